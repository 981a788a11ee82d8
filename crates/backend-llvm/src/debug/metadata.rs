//! Files, the compile unit, functions, blocks and variables as LLVM's assembly text.

use super::types::Types;
use backend::{DebugInfo, OptLevel, Options};
use lir::{Data, Function, IndexVec, Linkage, Module, ScopeId, ScopeKind};
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// The list in the text that names what is asked for: the unit, then of each function its subprogram, its scopes and its
/// variables, then what describes each static.
pub(super) const LIST: &str = "bessemer.debug";

/// The text so far, and what is in it.
pub(super) struct Writer<'m> {
    text: String,
    next: u32,
    pub(super) files: FxHashMap<String, u32>,
    namespaces: FxHashMap<(Option<u32>, String), u32>,
    /// By linker name, or plain name where there is none.
    subprograms: FxHashMap<String, u32>,
    pub(super) module: &'m Module,
    unit: u32,
    /// The type of functions of which no result is known. Nothing is said of parameters.
    function_type: u32,
    pub(super) empty: u32,
    optimized: bool,
}

/// Writes the debug information of these functions and statics.
pub(super) fn write(module: &Module, options: &Options, functions: &[&Function], statics: &[&Data]) -> String {
    let mut w = Writer {
        text: String::new(),
        next: 0,
        files: FxHashMap::default(),
        namespaces: FxHashMap::default(),
        subprograms: FxHashMap::default(),
        module,
        unit: 0,
        function_type: 0,
        empty: 0,
        optimized: options.opt != OptLevel::O0,
    };
    let full = options.debug >= DebugInfo::Full;
    let main_file = w.node(format_args!(
        "!DIFile(filename: {}, directory: {})",
        quote(&format!("{}/@/{}", module.source_file, module.name)),
        quote(&module.source_folder)
    ));
    let kind = match options.debug {
        DebugInfo::Limited | DebugInfo::Full => "FullDebug",
        DebugInfo::Lines => "LineTablesOnly",
        DebugInfo::Directives => "DebugDirectivesOnly",
        DebugInfo::None => "NoDebug",
    };
    w.empty = w.node(format_args!("!{{}}"));
    let nothing = w.node(format_args!("!{{null}}"));
    w.function_type = w.node(format_args!("!DISubroutineType(types: !{nothing})"));
    let optimized = w.optimized;
    let globals = w.number();
    // gdb and lldb look for "clang" to know where a function's prologue ends.
    w.unit = w.node(format_args!(
        "distinct !DICompileUnit(language: DW_LANG_Rust, file: !{main_file}, producer: \"clang LLVM (Bessemer)\", \
         isOptimized: {optimized}, runtimeVersion: 0, emissionKind: {kind}, splitDebugInlining: false, \
         globals: !{globals}, nameTableKind: None)"
    ));
    let mut types = Types::new(&mut w);
    let mut wanted = vec![w.unit];
    // A function's own description comes before what is inlined of it.
    let subprograms: Vec<u32> = functions.iter().map(|function| w.reserve(function)).collect();
    for (function, subprogram) in functions.iter().zip(subprograms) {
        let scopes = w.scopes(function, subprogram);
        let variables = match full {
            true => w.variables(function, &scopes, &mut types),
            false => Vec::new(),
        };
        let own: Vec<u32> = own_variables(function, &variables);
        let ty = match function.debug_result.filter(|_| full) {
            Some(result) => {
                let result = types.node(&mut w, result);
                w.node(format_args!("!DISubroutineType(types: !{{!{result}}})"))
            }
            None => w.function_type,
        };
        w.subprogram(function, subprogram, ty, &own);
        wanted.push(subprogram);
        wanted.extend(scopes);
        wanted.extend(variables);
    }
    let statics: Vec<u32> = statics.iter().filter_map(|data| w.global(data, &mut types)).collect();
    w.put(globals, format_args!("{}", list_text(&statics)));
    wanted.extend(statics);
    let mut text = w.text;
    // Without these LLVM would take the rest for damaged.
    let (flag, unit) = (w.next, w.unit);
    write!(
        text,
        "!{LIST} = {}\n!llvm.dbg.cu = !{{!{unit}}}\n!llvm.module.flags = !{{!{flag}}}\n!{flag} = !{{i32 2, !\"Debug Info Version\", i32 3}}\n",
        list_text(&wanted)
    )
    .expect("a string takes everything");
    text
}

impl<'m> Writer<'m> {
    /// Adds a node; gives its number.
    pub(super) fn node(&mut self, content: std::fmt::Arguments) -> u32 {
        let number = self.number();
        self.put(number, content);
        number
    }

    /// A number for a node that comes later, for cycles.
    pub(super) fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    pub(super) fn put(&mut self, number: u32, content: std::fmt::Arguments) {
        writeln!(self.text, "!{number} = {content}").expect("a string takes everything");
    }

    /// A list of nodes.
    pub(super) fn list(&mut self, nodes: &[u32]) -> u32 {
        if nodes.is_empty() {
            return self.empty;
        }
        self.node(format_args!("{}", list_text(nodes)))
    }

    pub(super) fn file(&mut self, name: &str) -> u32 {
        if let Some(known) = self.files.get(name) {
            return *known;
        }
        // An absolute path stands for itself.
        let folder = if name.starts_with('/') { "" } else { &self.module.source_folder };
        let file = self.node(format_args!("!DIFile(filename: {}, directory: {})", quote(name), quote(folder)));
        self.files.insert(name.to_owned(), file);
        file
    }

    /// A path's last segment, and the namespace that the others make.
    pub(super) fn path<'p>(&mut self, path: &'p str) -> (Option<u32>, &'p str) {
        let mut segments = lir::path_segments(path);
        let last = segments.pop().unwrap_or(path);
        let mut scope = None;
        for segment in segments {
            let key = (scope, segment.to_owned());
            scope = Some(match self.namespaces.get(&key) {
                Some(known) => *known,
                None => {
                    let parent = scope_text(scope);
                    let node = self.node(format_args!("!DINamespace(name: {}, scope: {parent})", quote(segment)));
                    self.namespaces.insert(key, node);
                    node
                }
            });
        }
        (scope, last)
    }

    fn reserve(&mut self, function: &Function) -> u32 {
        let number = self.number();
        self.subprograms.insert(function.name.to_string(), number);
        number
    }

    fn subprogram(&mut self, function: &Function, number: u32, ty: u32, variables: &[u32]) {
        let scope = &function.scopes[ScopeId::ZERO];
        let file = self.file(&function.files[scope.file]);
        let local = function.linkage == Linkage::Internal;
        let retained = self.list(variables);
        self.subprogram_node(number, &scope.name, &function.name, file, scope.line, local, ty, retained);
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of the node")]
    fn subprogram_node(
        &mut self,
        number: u32,
        path: &str,
        linkage_name: &str,
        file: u32,
        line: u32,
        local: bool,
        ty: u32,
        retained: u32,
    ) {
        let (scope, name) = self.path(path);
        let linkage_name = match linkage_name {
            _ if linkage_name == path || linkage_name.is_empty() => String::new(),
            _ => format!("linkageName: {}, ", quote(linkage_name)),
        };
        let local = if local { "DISPFlagLocalToUnit | " } else { "" };
        let optimized = if self.optimized { " | DISPFlagOptimized" } else { "" };
        let (scope, name) = (scope_text(scope), quote(name));
        let (unit, empty) = (self.unit, self.empty);
        self.put(
            number,
            format_args!(
                "distinct !DISubprogram(name: {name}, {linkage_name}scope: {scope}, file: !{file}, line: {line}, \
                 type: !{ty}, scopeLine: {line}, flags: DIFlagPrototyped, spFlags: {local}DISPFlagDefinition{optimized}, \
                 unit: !{unit}, templateParams: !{empty}, retainedNodes: !{retained})"
            ),
        );
    }

    /// The nodes of a function's scopes.
    fn scopes(&mut self, function: &Function, subprogram: u32) -> IndexVec<ScopeId, u32> {
        let mut nodes = IndexVec::new();
        for scope in &function.scopes {
            let file = self.file(&function.files[scope.file]);
            let parent = scope.parent.and_then(|parent| nodes.get(parent)).copied().unwrap_or(subprogram);
            let node = match &scope.kind {
                ScopeKind::Function => subprogram,
                ScopeKind::Block => self.node(format_args!(
                    "distinct !DILexicalBlock(scope: !{parent}, file: !{file}, line: {})",
                    scope.line
                )),
                ScopeKind::Inlined { name, linkage_name, .. } => {
                    self.inlined_subprogram(name, linkage_name, file, scope.line)
                }
            };
            nodes.push(node);
        }
        nodes
    }

    fn inlined_subprogram(&mut self, name: &str, linkage_name: &str, file: u32, line: u32) -> u32 {
        let key = if linkage_name.is_empty() { name } else { linkage_name };
        if let Some(known) = self.subprograms.get(key) {
            return *known;
        }
        let number = self.number();
        self.subprograms.insert(key.to_owned(), number);
        let (ty, empty) = (self.function_type, self.empty);
        self.subprogram_node(number, name, linkage_name, file, line, true, ty, empty);
        number
    }

    fn variables(&mut self, function: &Function, scopes: &IndexVec<ScopeId, u32>, types: &mut Types) -> Vec<u32> {
        let mut seen = Vec::new();
        let mut nodes = Vec::with_capacity(function.debug_variables.len());
        for variable in &function.debug_variables {
            let scope = &function.scopes[variable.scope];
            let node = scopes[variable.scope];
            let (file, line) = match function.locations.get(variable.loc) {
                Some(location) if !variable.loc.is_none() => (location.file, location.line),
                _ => (scope.file, scope.line),
            };
            let file = self.file(&function.files[file]);
            // A function has one variable for each parameter.
            let argument = match variable.argument {
                Some(number) if !seen.contains(&(node, number)) => {
                    seen.push((node, number));
                    format!("arg: {number}, ")
                }
                _ => String::new(),
            };
            let ty = types.node(self, variable.ty);
            nodes.push(self.node(format_args!(
                "!DILocalVariable(name: {}, {argument}scope: !{node}, file: !{file}, line: {line}, type: !{ty})",
                quote(&variable.name)
            )));
        }
        nodes
    }

    /// A static, with the expression that LLVM wants even where the variable is simply in its place.
    fn global(&mut self, data: &Data, types: &mut Types) -> Option<u32> {
        let debug = data.debug.as_ref()?;
        let ty = types.node(self, debug.ty);
        let file = self.file(&debug.file);
        let (scope, name) = self.path(&debug.name);
        let (scope, name, linkage_name) = (scope_text(scope), quote(name), quote(&data.name));
        let (line, local, align) = (debug.line, data.linkage == Linkage::Internal, 8 * data.align);
        let variable = self.node(format_args!(
            "distinct !DIGlobalVariable(name: {name}, linkageName: {linkage_name}, scope: {scope}, file: !{file}, \
             line: {line}, type: !{ty}, isLocal: {local}, isDefinition: true, align: {align})"
        ));
        Some(self.node(format_args!("!DIGlobalVariableExpression(var: !{variable}, expr: !DIExpression())")))
    }
}

/// The variables that belong to the function itself, not to functions inlined in it.
fn own_variables(function: &Function, variables: &[u32]) -> Vec<u32> {
    let own = function.debug_variables.iter().zip(variables);
    own.filter(|(variable, _)| super::inlined_call(function, variable.scope).is_none()).map(|(_, node)| *node).collect()
}

fn list_text(nodes: &[u32]) -> String {
    let nodes: Vec<String> = nodes.iter().map(|node| format!("!{node}")).collect();
    format!("!{{{}}}", nodes.join(", "))
}

pub(super) fn scope_text(scope: Option<u32>) -> String {
    scope.map_or_else(|| "null".to_owned(), |scope| format!("!{scope}"))
}

/// A string of LLVM's assembly.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | 0..32 | 127.. => write!(quoted, "\\{byte:02X}").expect("a string takes everything"),
            _ => quoted.push(byte.into()),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting() {
        assert_eq!(quote("a\"b\\µ\n"), r#""a\22b\5C\C2\B5\0A""#);
    }
}
