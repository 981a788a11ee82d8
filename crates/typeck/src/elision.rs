//! Lifetimes that are left out where a binder binds them: in a closure's parameters, in `fn(&T)` and `Fn(&T)`.

use crate::doubt::{Answer, Doubt};
use hir::ty::LifetimeKind;

/// A binder whose parameters' types are lowered.
#[derive(Clone, Debug)]
pub(crate) struct Elision {
    /// How many binders there are up to it.
    depth: usize,
    /// How many lifetimes it binds so far.
    pub count: usize,
    is_closure: bool,
    /// The lifetimes of the parameters, each once.
    inputs: Vec<Input>,
    is_output: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Input {
    /// The variable that the binder has for it.
    LeftOut(usize),
    Written(LifetimeKind),
}

/// What a lifetime that is left out means.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Elided {
    /// A variable of the binder at that depth.
    Bound { depth: usize, var: usize },
    /// The one that a parameter names.
    Named(LifetimeKind),
    /// One to be inferred.
    Fresh,
}

impl Elision {
    /// The innermost of so many binders, which has so many named lifetimes.
    pub fn new(depth: usize, named: usize, is_closure: bool) -> Elision {
        Elision { depth, count: named, is_closure, inputs: Vec::new(), is_output: false }
    }

    /// From here on the result's type is lowered: it has the lifetime of the parameters, if they have one.
    pub fn begin_output(&mut self) {
        self.is_output = true;
    }

    /// A lifetime that is written in a parameter's type.
    pub fn written(&mut self, kind: LifetimeKind) {
        if !self.is_output && !self.inputs.contains(&Input::Written(kind)) {
            self.inputs.push(Input::Written(kind));
        }
    }

    /// A lifetime that is left out, or `'_`.
    pub fn left_out(&mut self, kind: LifetimeKind) -> Answer<Elided> {
        if kind != LifetimeKind::Elided && !self.is_closure {
            return Ok(Elided::Fresh);
        }
        if self.is_output {
            return match self.inputs[..] {
                _ if self.is_closure => Ok(Elided::Fresh),
                [Input::LeftOut(var)] => Ok(Elided::Bound { depth: self.depth, var }),
                [Input::Written(kind)] => Ok(Elided::Named(kind)),
                _ => Err(Doubt::new("a lifetime that is left out in a result", "")),
            };
        }
        let var = self.count;
        self.count += 1;
        self.inputs.push(Input::LeftOut(var));
        Ok(Elided::Bound { depth: self.depth, var })
    }
}
