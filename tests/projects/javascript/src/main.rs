//! A parser of JavaScript and TypeScript: 2 MB of source, five times, and a walk over the tree.

use oxc_allocator::Allocator;
use oxc_ast::ast::{CallExpression, IdentifierReference};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;
use std::fmt::Write;

#[derive(Default)]
struct Counter {
    calls: usize,
    names: usize,
}

impl<'a> Visit<'a> for Counter {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        self.calls += 1;
        walk::walk_call_expression(self, call);
    }

    fn visit_identifier_reference(&mut self, name: &IdentifierReference<'a>) {
        self.names += name.name.len();
    }
}

fn source() -> String {
    let mut text = String::new();
    for number in 0..6000 {
        let _ = write!(
            text,
            "export async function* step{number}<T extends object>(input: T[], {{ depth = {number}, ...rest }}: Options = {{}}) {{
  for await (const item of input.filter(it => it !== null && /a[b-z]+{number}/iu.test(`${{it}} of ${{depth}}`))) {{
    const value = item?.values?.[{number}] ?? (await load(item, rest)) ** 2;
    if (value > {number}.5e3 || !(value instanceof Map)) yield {{ ...item, value, [`key${{value}}`]: class extends Base {{ #x = 1; }} }};
    else switch (value) {{ case {number}: break; default: throw new Error('step {number}'); }}
  }}
}}
"
        );
    }
    text
}

fn main() {
    let text = source();
    let mut counter = Counter::default();
    for _ in 0..5 {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, &text, SourceType::ts()).parse();
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics.first());
        counter.visit_program(&parsed.program);
    }
    println!("{} bytes, {} calls, {} bytes of names", text.len(), counter.calls, counter.names);
}
