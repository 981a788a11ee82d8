//! Programs for boards without a system, made with the crates that people use there: a linker script that a crate brings, a table
//! of vectors, interrupts, text and an exit code by way of the debugger's host, which QEMU is.

use super::project::{Outcome, Project, has, std_source};
use std::process::{Command, Stdio};

/// A board as QEMU has it, and a package for it.
struct Board {
    target: &'static str,
    emulator: &'static str,
    machine: &'static [&'static str],
    dependencies: &'static str,
    program: &'static str,
    memory: &'static str,
    scripts: &'static str,
    /// What the program prints, and how it ends.
    prints: &'static str,
    code: i32,
}

fn check(board: &Board) {
    let Some(source) = std_source() else { return };
    if !has(board.emulator) {
        return;
    }
    let manifest = format!(
        "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[profile.release]\nopt-level = \"s\"\n\
         [workspace]\n[dependencies]\n{}",
        board.dependencies
    );
    let project =
        Project::new(&[("Cargo.toml", &manifest), ("src/main.rs", board.program), ("memory.x", board.memory)]);
    let target = format!("--target={}", board.target);
    for (level, folder) in [(&[][..], "debug"), (&["--release"], "release")] {
        let mut command = project.bessemer_with_std(&source, &[&["build", &target], level].concat());
        command.env("RUSTFLAGS", board.scripts);
        Outcome::of(command.output().unwrap()).success();
        let program = project.path(&format!("target/bessemer/{}/{folder}/program", board.target));
        let mut command = Command::new(board.emulator);
        command.args(board.machine).args(["-nographic", "-monitor", "none", "-serial", "none"]);
        command.args(["-semihosting-config", "enable=on,target=native", "-kernel"]).arg(program).stdin(Stdio::null());
        let ran = Outcome::of(command.output().unwrap()).code(board.code);
        // Which of the two the host prints to is the crate's choice.
        assert_eq!(format!("{}{}", ran.stdout, ran.stderr), board.prints, "{} {folder}", board.target);
    }
}

#[test]
fn arm() {
    check(&Board {
        target: "thumbv7em-none-eabihf",
        emulator: "qemu-system-arm",
        machine: &["-M", "mps2-an386"],
        dependencies: "cortex-m = { version = \"=0.7.10\", features = [\"critical-section-single-core\"] }\n\
                       cortex-m-rt = \"=0.7.7\"\ncortex-m-semihosting = \"=0.5.0\"\n",
        program: include_str!("boards/arm.rs"),
        memory: "MEMORY { FLASH : ORIGIN = 0x00000000, LENGTH = 4M\nRAM : ORIGIN = 0x20000000, LENGTH = 4M }\n",
        scripts: "-C link-arg=-Tlink.x",
        prints: "7 [3, 1, 4, 1] 0.667\ncalled the supervisor\nthree ticks, primask false\n\
                 panicked at src/main.rs:60:21:\nindex out of bounds: the len is 4 but the index is 4\n",
        code: 1,
    });
}

#[test]
fn risc_v() {
    check(&Board {
        target: "riscv32imac-unknown-none-elf",
        emulator: "qemu-system-riscv32",
        machine: &["-M", "virt", "-bios", "none"],
        dependencies: "riscv = { version = \"=0.16.1\", features = [\"critical-section-single-hart\"] }\n\
                       riscv-rt = \"=0.17.1\"\nsemihosting = { version = \"=0.1.25\", features = [\"stdio\"] }\n",
        program: include_str!("boards/riscv.rs"),
        memory: "MEMORY { RAM : ORIGIN = 0x80000000, LENGTH = 16M }\nREGION_ALIAS(\"REGION_TEXT\", RAM);\n\
                 REGION_ALIAS(\"REGION_RODATA\", RAM);\nREGION_ALIAS(\"REGION_DATA\", RAM);\n\
                 REGION_ALIAS(\"REGION_BSS\", RAM);\nREGION_ALIAS(\"REGION_HEAP\", RAM);\n\
                 REGION_ALIAS(\"REGION_STACK\", RAM);\n",
        scripts: "-C link-arg=-Tmemory.x -C link-arg=-Tlink.x",
        prints: "7 [3, 1, 4, 1] 0.667\nthree ticks, and 2635249153387078802\n\
                 panicked at src/main.rs:49:20:\nindex out of bounds: the len is 4 but the index is 4\n",
        code: 3,
    });
}
