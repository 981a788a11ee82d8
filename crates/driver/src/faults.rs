//! What is wrong with a program that rustc's check accepts, as it is told to people.

use crate::error::{DriverError, Place, ProgramError, Remark, lines};
use crate::front_half::FrontHalf;
use lower::{LowerError, Use};
use mono::{Clash, Failure, Note};
use ty::{ConstError, CrateNum, DefId, Span};

/// A call that is repeated this often is told once, with how often.
const MOST_REPEATS: usize = 3;

pub(crate) fn program_errors<'tcx>(front: &FrontHalf<'tcx>, failures: Vec<Failure<'tcx>>) -> DriverError {
    let mut errors: Vec<ProgramError> = Vec::new();
    for failure in failures {
        if let LowerError::Internal(message) = &failure.error {
            let place = name(front, failure.item).map_or(String::new(), |name| format!(" (in `{name}`)"));
            return DriverError::Internal(format!("{message}{place}"));
        }
        let error = program_error(front, failure);
        // A constant of an item without parameters fails alike wherever it is used.
        let is_same = |it: &ProgramError| {
            it.place.is_some() && (&it.place, &it.message, &it.label) == (&error.place, &error.message, &error.label)
        };
        if !errors.iter().any(is_same) {
            errors.push(error);
        }
    }
    DriverError::Program(errors)
}

fn name<'tcx>(front: &FrontHalf<'tcx>, item: Use<'tcx>) -> Option<String> {
    match item {
        Use::Function(instance) => Some(front.tcx.instance_str(instance)),
        Use::Static(def_id) => Some(front.tcx.def_path_str(def_id)),
        Use::Alloc(_) => None,
    }
}

fn program_error<'tcx>(front: &FrontHalf<'tcx>, failure: Failure<'tcx>) -> ProgramError {
    let mut error = ProgramError {
        message: failure.error.to_string(),
        place: failure.error.span().and_then(|span| place(front, span)),
        following: failure.notes.iter().flatten().map(|note| following(front, note)).collect(),
        ..ProgramError::default()
    };
    match (&failure.error, failure.item) {
        (LowerError::Const(cause), _) => {
            error.code = Some("E0080");
            error.label.clone_from(&cause.label);
            error.remarks = calls(front, cause);
        }
        (LowerError::RecursionLimit { .. }, Use::Function(instance)) => {
            error.message += &format!(" `{}`", front.tcx.short_instance_str(instance));
            let def_id = instance.def_id();
            error.remarks.push(Remark {
                message: format!("`{}` defined here", front.tcx.short_path_str(def_id)),
                place: place(front, front.tcx.definitions().def_span(def_id)),
                label: None,
            });
        }
        (LowerError::Abi { label, help, .. }, _) => {
            error.label = Some((*label).to_owned());
            error.help.clone_from(help);
        }
        _ => {}
    }
    if failure.notes.is_none() {
        error.notes.extend(name(front, failure.item).map(|name| format!("found while instantiating `{name}`")));
    }
    error
}

/// The calls that led to where a constant fails, outermost first.
fn calls(front: &FrontHalf<'_>, error: &ConstError) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    for repeated in error.frames.chunk_by(|left, right| left == right).rev() {
        let (span, function) = &repeated[0];
        let what = if function.ends_with('}') { "closure".to_owned() } else { format!("`{function}`") };
        let place = place(front, *span);
        let remark = |message| Remark { message, place: place.clone(), label: None };
        // Innermost first, as they are counted; the list is turned round below.
        let more = repeated.len() - 1;
        if more >= MOST_REPEATS {
            remarks.push(remark(format!("[... {more} additional calls inside {what} ...]")));
        } else {
            remarks.extend((0..more).map(|_| remark(format!("inside {what}"))));
        }
        remarks.push(remark(format!("inside {what}")));
    }
    if let Some(innermost) = remarks.last_mut()
        && innermost.place.as_ref().is_some_and(|place| !place.lines.is_empty())
    {
        innermost.label = Some("the failure occurred here".to_owned());
    }
    remarks
}

fn following<'tcx>(front: &FrontHalf<'tcx>, note: &Note<'tcx>) -> Remark {
    let (message, span) = match *note {
        Note::Erroneous { span } => ("erroneous constant encountered".to_owned(), span),
        Note::Instantiating { instance, span } => {
            let name = front.tcx.short_instance_str(instance);
            (format!("the above error was encountered while instantiating `fn {name}`"), span)
        }
    };
    Remark { message, place: place(front, span), label: None }
}

/// Definitions of one symbol.
pub(crate) fn symbol_errors<'tcx>(front: &FrontHalf<'tcx>, clashes: &[Clash<'tcx>]) -> DriverError {
    let definitions = front.tcx.definitions();
    let describe = |item: Use<'tcx>| match item {
        Use::Static(def_id) => (def_id, front.tcx.def_path_str(def_id)),
        Use::Function(instance) => (instance.def_id(), front.tcx.instance_str(instance)),
        Use::Alloc(_) => ty::bug!("constant memory has no name of its own"),
    };
    let error = |clash: &Clash<'tcx>| {
        let ((first, first_name), (second, second_name)) = (describe(clash.first), describe(clash.second));
        let at = |def_id| {
            let place = place(front, definitions.def_span(def_id));
            place.map_or(String::new(), |at| format!(" at {at}"))
        };
        let of_crate = |def_id: DefId| match def_id.krate == CrateNum::LOCAL || first.krate == second.krate {
            true => String::new(),
            false => format!(" in crate `{}`", definitions.crate_name(def_id.krate).as_str()),
        };
        let mut notes = Vec::new();
        let message = if clash.is_entry && second.krate == CrateNum::LOCAL {
            if first.krate == CrateNum::LOCAL && first != second {
                notes.push(format!("the program begins with `{first_name}`{}", at(first)));
            }
            notes.push(format!(
                "the entry of a program has the symbol `{0}`; with `#![no_main]`, the crate itself defines it",
                clash.symbol.as_str()
            ));
            format!("entry symbol `{}` declared multiple times", clash.symbol.as_str())
        } else {
            notes.push(format!("`{first_name}` has the symbol{}{}", of_crate(first), at(first)));
            notes.push(format!("so does `{second_name}`{}", of_crate(second)));
            format!("symbol `{}` is already defined", clash.symbol.as_str())
        };
        ProgramError {
            code: None,
            message,
            place: place(front, definitions.def_span(second)),
            notes,
            ..ProgramError::default()
        }
    };
    DriverError::Program(clashes.iter().map(error).collect())
}

/// Where a span is, with the text if the file can be read.
pub(crate) fn place(front: &FrontHalf<'_>, span: Span) -> Option<Place> {
    if span.is_dummy() {
        return None;
    }
    let definitions = front.tcx.definitions();
    let span = definitions.expansion_cause(span);
    let file = definitions.source_file(span.file);
    let (line, column) = file.line_column(span.lo);
    let (last_line, last_column) = file.line_column(span.hi);
    let text = std::fs::read_to_string(&*file.name).ok();
    let lines = text.map_or(Vec::new(), |text| lines(&text, line, last_line));
    // The toolchain's own sources are not there, as a rule; rustc counts columns from 0 then.
    let column = if lines.is_empty() && file.name.starts_with("/rustc/") { column - 1 } else { column };
    Some(Place { file: file.name.to_string(), line, column, last_line, last_column, lines })
}
