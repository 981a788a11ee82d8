//! Bodies as they are compiled.
//!
//! Stage `mir`: what is built and elaborated of a body that was read from rustc's text is compared with the body in the metadata
//! that rustc wrote at level 0 of its optimisations: as text, with the promoted constants, the body for compile time, and the
//! lists of what a body needs and mentions. Both texts are written by the same printer, so names need no care.

use super::bodies::Outcome;
use ty::IndexVec;

/// Elaborates a body, and compares it.
pub fn examine<'tcx>(
    program: &testing::Program<'tcx>,
    cx: build::BuildCx<'tcx>,
    body: &thir::TypedBody<'tcx>,
) -> Outcome {
    let (bodies, def_id) = (program.bodies, body.def_id);
    let is_function = matches!(body.thir.body_type, thir::BodyTy::Fn(_));
    let has_ctfe = bodies.has_ctfe_mir(def_id);
    let is_known = if is_function { bodies.has_optimized_mir(def_id) } else { has_ctfe };
    if !is_known {
        return Outcome::Apart;
    }
    let elaborated = build::build(cx, body)
        .map_err(|doubt| format!("built {}: {}", doubt.construct, doubt.message))
        .and_then(|built| {
            let cx = elaborate::ElaborateCx { build: cx, layouts: program.layouts };
            elaborate::elaborate(cx, def_id, built).map_err(|doubt| doubt.to_string())
        });
    let elaborated = match elaborated {
        Ok(elaborated) => elaborated,
        Err(doubt) => return Outcome::Doubt(doubt),
    };
    let expected = if is_function { bodies.optimized_mir(def_id) } else { bodies.mir_for_ctfe(def_id) };
    let expected_ctfe = (is_function && has_ctfe).then(|| bodies.mir_for_ctfe(def_id));
    let kind = if is_function { "fn f" } else { "const C" };
    let ours = text(program, kind, &elaborated.body, elaborated.for_ctfe.as_ref(), &elaborated.promoted);
    let expected = text(program, kind, expected, expected_ctfe, bodies.promoted_mir(def_id));
    if ours == expected { Outcome::Equal } else { Outcome::Different(ours, expected) }
}

fn text<'tcx>(
    program: &testing::Program<'tcx>,
    kind: &str,
    body: &mir::Body<'tcx>,
    for_ctfe: Option<&mir::Body<'tcx>>,
    promoted: &IndexVec<mir::Promoted, mir::Body<'tcx>>,
) -> String {
    let mut all = one(program, kind, body);
    for mention in &body.mentions {
        all.push_str(&format!("mentions {:?}\n", mention.item));
    }
    if let Some(body) = for_ctfe {
        all.push_str("\nat compile time: ");
        all.push_str(&one(program, kind, body));
    }
    for (number, body) in promoted.iter_enumerated() {
        all.push('\n');
        all.push_str(&one(program, &format!("promoted[{}] of {kind}", number.index()), body));
    }
    all
}

fn one<'tcx>(program: &testing::Program<'tcx>, kind: &str, body: &mir::Body<'tcx>) -> String {
    let mut all = mir::pretty::body_to_string(program.tcx, kind, body);
    for constant in &body.required_consts {
        all.push_str(&format!("requires {:?}\n", constant.const_));
    }
    all
}
