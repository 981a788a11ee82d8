//! A compiler explorer: a page where one types Rust, and sees what becomes of it (`cargo run --example explorer`).

use bessemer::{Codegen, Engine, OptLevel, Output, Source};
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

const PAGE: &str = r#"<!doctype html><meta charset=utf-8><title>Explorer</title>
<select id=form onchange=show()><option>asm<option>llvm-ir<option>clif<option>lir<option>mir</select>
<div style="display:flex"><textarea id=text oninput=show() style="width:45%;height:90vh">
#[unsafe(no_mangle)]
pub fn square(x: i32) -> i32 { x * x }
</textarea><pre id=out style="width:50%"></pre></div>
<script>async function show() {
  const answer = await fetch("/" + form.value, { method: "POST", body: text.value });
  out.textContent = await answer.text();
}
show()</script>"#;

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000")?;
    println!("http://{}/", listener.local_addr()?);
    let engine = Engine::new()?;
    listener.incoming().try_for_each(|stream| answer(&engine, stream?))
}

/// Answers one request: with the page, or with what becomes of the text that was sent.
pub fn answer(engine: &Engine, stream: TcpStream) -> Result<(), Box<dyn Error>> {
    let mut reader = BufReader::new(&stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") && reader.read_line(&mut request)? > 0 {}
    let path = request.split(' ').nth(1).unwrap_or("/");
    let length = request.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut text = String::new();
    reader.by_ref().take(length.unwrap_or(0)).read_to_string(&mut text)?;
    let (kind, body) = match path {
        "/" => ("text/html", PAGE.to_owned()),
        form => ("text/plain", compiled(engine, text, &form[1..])),
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    Ok((&stream).write_all((head + &body).as_bytes())?)
}

/// A form of the compiled text, or what the compiler has to say against it.
fn compiled(engine: &Engine, text: String, form: &str) -> String {
    let mut codegen = Codegen::default();
    codegen.opt = OptLevel::O2;
    let output = match form {
        "asm" => Output::Assembly,
        "lir" => Output::Lir,
        "mir" => Output::Mir,
        other => Output::Named(other.to_owned()),
    };
    let emitted = engine.compile(Source::text(text).codegen(codegen)).map(|unit| unit.emit(&output));
    match emitted {
        Ok(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(diagnostics) => diagnostics.to_string(),
    }
}
