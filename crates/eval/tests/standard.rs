//! Evaluates everything without parameters in the standard library.

mod common;

use mir::Bodies;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use ty::{DefId, DefKind, Definitions};

/// Constants and statics, promoteds of functions, and enums' discriminants, of all crates. None may fail.
#[test]
fn all_of_std() {
    let (counts, failures) = common::with_snippet("", |program| {
        let session = program.session;
        let mut counts = BTreeMap::<&str, usize>::new();
        let mut failures = Vec::new();
        let crates: Vec<_> = session.all_crate_data().map(|data| (data.num, data.root.tables.def_kind.len())).collect();
        for (num, count) in crates {
            for index in 0..count as u32 {
                let def_id = DefId { krate: num, index };
                let mut run = |what: &'static str, f: &dyn Fn() -> Result<(), ty::ConstError>| {
                    *counts.entry(what).or_default() += 1;
                    let failure = match catch_unwind(AssertUnwindSafe(f)) {
                        Ok(Ok(())) => return,
                        Ok(Err(error)) => error.message,
                        Err(payload) => match payload.downcast::<String>() {
                            Ok(message) => format!("panicked: {message}"),
                            Err(payload) => match payload.downcast::<traits::Failure>() {
                                Ok(failure) => format!("failed: {failure}"),
                                Err(payload) => match payload.downcast::<ty::MetadataError>() {
                                    Ok(error) => format!("{error}"),
                                    Err(_) => "unwound".to_string(),
                                },
                            },
                        },
                    };
                    failures.push(format!("{what} {}: {failure}", program.tcx.def_path_str(def_id)));
                };
                if session
                    .crate_data(num)
                    .is_none_or(|data| data.root.tables.def_kind.byte(data.bytes, index).ok() == Some(0))
                {
                    continue;
                }
                match session.def_kind(def_id) {
                    DefKind::Const | DefKind::AssocConst | DefKind::AnonConst | DefKind::InlineConst => {
                        let valued = session.has_ctfe_mir(def_id) || session.trivial_const(def_id).is_some();
                        if valued {
                            run("constant", &|| match program.has_type_params(def_id) {
                                true => Ok(()),
                                false => program.constant(def_id).1.map(drop),
                            });
                        }
                    }
                    DefKind::Static { .. } if !session.is_foreign_item(def_id) => {
                        run("static", &|| program.eval.eval_static(def_id).map(drop));
                    }
                    DefKind::Enum => {
                        let adt = session.adt_def(def_id);
                        run("enum", &|| program.layouts.discriminants(adt).map(drop));
                    }
                    DefKind::Fn | DefKind::AssocFn
                        if !program.has_type_params(def_id) && session.has_optimized_mir(def_id) =>
                    {
                        for promoted in session.promoted_mir(def_id).indices() {
                            run("promoted", &|| promoted_value(program, def_id, promoted));
                        }
                    }
                    _ => {}
                }
            }
        }
        (counts, failures)
    });
    eprintln!("{counts:?}");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

fn promoted_value(program: &common::Program<'_>, def_id: DefId, promoted: mir::Promoted) -> Result<(), ty::ConstError> {
    let ty = program.session.promoted_mir(def_id)[promoted].return_ty();
    let constant = ty::UnevaluatedConst { def: def_id, args: program.erased_args(def_id) };
    program.eval.eval_const_operand(mir::Const::Unevaluated { constant, promoted: Some(promoted), ty }).map(drop)
}
