//@ needs-subprocess
// A program that starts itself, by its first argument and by the path of its executable file.
use std::process::Command;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args.len() > 1 {
        println!("child {}", args[1]);
        std::process::exit(7);
    }
    let out = Command::new(&args[0]).arg("x").output().unwrap();
    println!("{:?} {:?}", out.status.code(), String::from_utf8_lossy(&out.stdout));
    let out = Command::new(std::env::current_exe().unwrap()).arg("y").output().unwrap();
    println!("{:?} {:?}", out.status.code(), String::from_utf8_lossy(&out.stdout));
}
