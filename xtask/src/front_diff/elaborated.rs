//! Bodies as they are compiled.
//!
//! Stage `mir`: what is built and elaborated of a body that was read from rustc's text is compared with the body in the metadata
//! that rustc wrote at level 0 of its optimisations: as text, with the promoted constants, the body for compile time, a
//! coroutine's layout and drop glue, and the lists of what a body needs and mentions. Both texts are written by the same printer, so names need no care.

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
    let elaborate_cx = elaborate::ElaborateCx { build: cx, layouts: program.layouts, known: bodies };
    let mut qualifs = None;
    let elaborated = build::build(cx, body)
        .map_err(|doubt| format!("built {}: {}", doubt.construct, doubt.message))
        .and_then(|built| {
            if bodies.const_qualifs(def_id).is_some() {
                let found = elaborate::const_qualifs(elaborate_cx, def_id, built.clone());
                qualifs = Some(found.map_err(|doubt| doubt.to_string())?);
            }
            elaborate::elaborate(elaborate_cx, def_id, built).map_err(|doubt| doubt.to_string())
        });
    let elaborated = match elaborated {
        Ok(elaborated) => elaborated,
        Err(doubt) => return Outcome::Doubt(doubt),
    };
    let expected = if is_function { bodies.optimized_mir(def_id) } else { bodies.mir_for_ctfe(def_id) };
    let expected_ctfe = (is_function && has_ctfe).then(|| bodies.mir_for_ctfe(def_id));
    let kind = if is_function { "fn f" } else { "const C" };
    let mut ours = text(program, kind, &elaborated.body, elaborated.for_ctfe.as_ref(), &elaborated.promoted);
    let mut expected = text(program, kind, expected, expected_ctfe, bodies.promoted_mir(def_id));
    for (text, known) in [(&mut ours, qualifs), (&mut expected, bodies.const_qualifs(def_id))] {
        if let Some(known) = known {
            text.push_str(&format!("{known:?}\n"));
        }
    }
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
        all.push_str(&mentioned(program.tcx, mention.item));
    }
    if let Some(coroutine) = &body.coroutine {
        for drop in coroutine.coroutine_drop.iter().chain(&coroutine.coroutine_drop_async) {
            all.push_str("\nits drop glue: ");
            all.push_str(&one(program, kind, drop));
        }
        if let Some(layout) = &coroutine.coroutine_layout {
            all.push_str(&format!("\nits layout: {}", layout_text(program, layout)));
        }
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
        let constant = mir::Operand::Constant(Box::new(*constant));
        all.push_str(&format!("requires {}\n", mir::pretty::Printer::new(program.tcx).operand(&constant)));
    }
    all
}

/// A line for each saved local, with those that it conflicts with, and one for each variant.
fn layout_text<'tcx>(program: &testing::Program<'tcx>, layout: &mir::CoroutineLayout<'tcx>) -> String {
    let mut all = String::new();
    let count = layout.field_tys.len();
    for (number, (saved, name)) in layout.field_tys.iter().zip(&layout.field_names).enumerate() {
        let conflicts: Vec<usize> =
            (0..count).filter(|other| layout.storage_conflicts[number * count + other]).collect();
        let text = program.tcx.ty_str(saved.ty);
        let ignored = if saved.ignore_for_traits { " (not for traits)" } else { "" };
        all.push_str(&format!("{number} {name:?}: {text}{ignored}, conflicts with {conflicts:?}\n"));
    }
    for (variant, fields) in layout.variant_fields.iter_enumerated() {
        all.push_str(&format!("variant {variant:?}: {:?}\n", fields.raw));
    }
    all
}

fn mentioned<'tcx>(tcx: ty::Tcx<'tcx>, item: mir::MentionedItem<'tcx>) -> String {
    let text = |ty| tcx.ty_str(ty);
    match item {
        mir::MentionedItem::Fn(ty) => format!("mentions fn {}\n", text(ty)),
        mir::MentionedItem::Drop(ty) => format!("mentions drop {}\n", text(ty)),
        mir::MentionedItem::Closure(ty) => format!("mentions closure {}\n", text(ty)),
        mir::MentionedItem::UnsizeCast { source, target } => {
            format!("mentions cast {} to {}\n", text(source), text(target))
        }
    }
}
