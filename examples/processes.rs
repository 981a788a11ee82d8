//! Child processes: arguments, environment, pipes both ways, exit codes and signals.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Output, Stdio};

fn show(what: &str, output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().replace('\n', " | ");
    println!("{what}: {:?} {:?} {:?}", text(&output.stdout), text(&output.stderr), output.status.code());
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script);
    command
}

/// A line goes to `cat`, and comes back before the next one is sent.
fn conversation(lines: &[&str]) -> io::Result<Vec<String>> {
    let mut child = Command::new("/bin/cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut output = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
    let mut answers = Vec::new();
    for line in lines {
        writeln!(input, "{line}")?;
        let mut answer = String::new();
        output.read_line(&mut answer)?;
        answers.push(answer.trim_end().to_uppercase());
    }
    drop(input);
    println!("cat ended: {}", child.wait()?);
    Ok(answers)
}

fn pipeline() -> io::Result<String> {
    let mut first = shell("printf 'b\\na\\nc\\na\\n'").stdout(Stdio::piped()).spawn()?;
    let between = first.stdout.take().map_or_else(Stdio::null, Stdio::from);
    let second = Command::new("sort").arg("-u").env("LC_ALL", "C").stdin(between).stdout(Stdio::piped()).spawn()?;
    first.wait()?;
    let output = second.wait_with_output()?;
    Ok(String::from_utf8_lossy(&output.stdout).split_whitespace().collect())
}

fn large(size: usize) -> io::Result<usize> {
    let mut child = Command::new("/bin/cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let writer = std::thread::spawn(move || input.write_all(&vec![b'x'; size]));
    let mut bytes = Vec::new();
    child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?.read_to_end(&mut bytes)?;
    writer.join().expect("no panic")?;
    child.wait()?;
    Ok(bytes.len())
}

fn main() -> io::Result<()> {
    show("echo", &Command::new("/bin/echo").args(["one", "two words", "*"]).output()?);
    show("environment", &shell("echo $GREETING; env | wc -l").env_clear().env("GREETING", "hallo").output()?);
    show("folder", &shell("pwd; echo oops >&2; exit 7").current_dir("/").output()?);
    show("signal", &shell("kill -TERM $$").output()?);
    println!("{:?}", shell("kill -9 $$").status()?.signal());
    println!("{:?}", shell("exit 0").status()?.success());
    println!("{:?}", Command::new("/nonexistent/program").spawn().map(|_| ()).map_err(|error| error.kind()));
    println!("{:?}", conversation(&["first", "zweite Zeile", ""])?);
    println!("{} {}", pipeline()?, large(300_000)?);

    let mut sleeper = Command::new("sleep").arg("1000").spawn()?;
    println!("{:?}", sleeper.try_wait()?.is_none());
    sleeper.kill()?;
    println!("{}", sleeper.wait()?);

    // SAFETY: between fork and exec only a system call is made.
    let named = unsafe {
        shell("umask")
            .pre_exec(|| {
                umask(0o027);
                Ok(())
            })
            .arg0("other")
            .output()?
    };
    show("pre_exec", &named);
    println!("{:?}", Command::new("a").arg("b c"));
    io::stdout().flush()?;
    // The rest of this process is another program.
    Err(shell("echo replaced; exit 5").exec())
}

unsafe extern "C" {
    fn umask(mask: u32) -> u32;
}
