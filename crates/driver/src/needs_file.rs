//! Whether a program must be a file: a program in memory shares this process and the toolchain's std.

use crate::lowering::Lowered;
use crate::options::Options;
use backend::DebugInfo;
use link::jit::is_in_process;

/// The shared std has an allocator and a panic runtime of its own, and debuggers and backtraces read files: programs that
/// replace the one or want the other are linked.
pub(crate) fn needs_file(options: &Options, program: &Lowered) -> bool {
    program.needs_static_std
        || options.panic_abort
        || options.debug != DebugInfo::None
        || !program.native_libraries.is_empty()
        || !options.libraries.is_empty()
        || !options.link_args.is_empty()
        || program.lir.functions.iter().any(wants_its_file)
        || starts_itself(program)
        // The program's own definition takes the place of a library's in the whole program only if it is a file that is started.
        || program.exported.iter().any(|symbol| symbol != "main" && is_in_process(symbol))
}

/// Asks for its own executable file, or for the names of functions, which are found in that.
fn wants_its_file(function: &lir::Function) -> bool {
    function.symbols.iter().any(|symbol| {
        let of_std = |module: &str, item: &str| symbol.name.contains(module) && symbol.name.contains(item);
        of_std("3std3env", "11current_exe") || of_std("3std9backtrace", "9Backtrace")
    })
}

/// Reads its own name and starts processes: the name may well be what it starts.
fn starts_itself(program: &Lowered) -> bool {
    let mut symbols = program.lir.functions.iter().flat_map(|function| &function.symbols);
    let (mut commands, mut arguments) = (false, false);
    symbols.any(|symbol| {
        commands |= symbol.name.contains("3std7process") && symbol.name.contains("7Command");
        arguments |= symbol.name.contains("3std3env") && symbol.name.contains("4args");
        commands && arguments
    })
}
