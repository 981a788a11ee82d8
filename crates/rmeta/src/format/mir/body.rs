//! Bodies and what belongs to them (`rustc_middle::mir` and its module `coverage`).

use super::super::decoder::{Decode, Decoder};
use crate::error::Result;
use ::mir::{
    BasicBlock, BasicBlockData, Body, ConstOperand, Coverage, CoverageBlock, Local, LocalDecl, Mention, MentionedItem,
    Place, ProjectionElem, SourceInfo, SourceScope, SourceScopeData, Statement, Terminator, VarDebugInfo,
    VarDebugInfoContents, VarDebugInfoFragment,
};
use ty::{IndexVec, Instance, InstanceKind, Mutability, Span};

impl<'tcx> Decode<'tcx> for Body<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Body<'tcx>> {
        d.nested(|d| {
            let basic_blocks: IndexVec<BasicBlock, BasicBlockData<'tcx>> = d.read()?;
            skip_phase(d)?;
            let _pass_count = d.read_usize()?;
            let _source: (InstanceKind<'tcx>, Option<u32>) = d.read()?;
            let source_scopes = d.read()?;
            let coroutine = d.read()?;
            let local_decls: IndexVec<Local, LocalDecl<'tcx>> = d.read()?;
            if d.read_usize()? != 0 {
                return Err(d.error("a body with user type annotations, which none has after borrow checking"));
            }
            let arg_count = d.read_usize()?;
            let spread_arg = d.read()?;
            let var_debug_info = d.read()?;
            let span = d.read()?;
            let required_consts: Option<Vec<ConstOperand<'tcx>>> = d.read()?;
            let mentions: Option<Vec<Mention<'tcx>>> = d.read()?;
            let _is_polymorphic = d.read_bool()?;
            if d.read_option()? {
                skip_phase(d)?;
            }
            if d.read_option()? {
                return Err(d.error("a body with errors"));
            }
            if d.read_option()? {
                skip_coverage_markers(d)?;
            }
            let coverage = if d.read_option()? { Some(Box::new(read_coverage(d)?)) } else { None };
            let body = Body {
                basic_blocks,
                source_scopes,
                local_decls,
                arg_count,
                spread_arg,
                var_debug_info,
                span,
                required_consts: required_consts.unwrap_or_default(),
                mentions: mentions.unwrap_or_default(),
                coroutine,
                coverage,
            };
            match body.check() {
                Ok(()) => Ok(body),
                Err(message) => Err(d.error(message)),
            }
        })
    }
}

/// The phase says little: constructors and coroutines' drop bodies are made late but claim an early one. That a body is
/// lowered shows in that nothing is left in it that only the borrow checker understands.
fn skip_phase(d: &mut Decoder<'_>) -> Result<()> {
    let steps = [0, 2, 3][usize::from(d.read_variant(3, "no such MIR phase")?)];
    if steps != 0 {
        d.read_variant(steps, "no such MIR phase")?;
    }
    Ok(())
}

/// Reads a list whose elements are not needed.
fn skip_list<'tcx>(d: &mut Decoder<'tcx>, mut element: impl FnMut(&mut Decoder<'tcx>) -> Result<()>) -> Result<()> {
    for _ in 0..d.read_len()? {
        element(d)?;
    }
    Ok(())
}

impl<'tcx> Decode<'tcx> for Mention<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Mention<'tcx>> {
        let item = match d.read_variant(4, "no such mentioned item")? {
            0 => MentionedItem::Fn(d.read()?),
            1 => MentionedItem::Drop(d.read()?),
            2 => MentionedItem::UnsizeCast { source: d.read()?, target: d.read()? },
            _ => MentionedItem::Closure(d.read()?),
        };
        Ok(Mention { item, span: d.read()? })
    }
}

fn skip_coverage_markers(d: &mut Decoder<'_>) -> Result<()> {
    let _count = d.read_usize()?;
    skip_list(d, |d| {
        Span::decode(d)?;
        d.read_u32()?;
        d.read_u32()?;
        Ok(())
    })
}

fn read_coverage(d: &mut Decoder<'_>) -> Result<Coverage> {
    let source_hash = d.read_u64()?;
    let [from, to, priority] = [blocks(d)?, blocks(d)?, blocks(d)?];
    let mut mappings = Vec::new();
    for _ in 0..d.read_len()? {
        match d.read_variant(2, "no such coverage mapping")? {
            0 => mappings.push((d.read_u32()?, Span::decode(d)?)),
            // Asked for by an option that is not stable, and refused.
            _ => {
                let _both = (d.read_u32()?, d.read_u32()?, Span::decode(d)?);
            }
        }
    }
    let count = from.len();
    let all = [&from, &to, &priority].into_iter().flatten().copied().chain(mappings.iter().map(|it| it.0));
    if to.len() != count || priority.len() != count || all.max().is_some_and(|block| block as usize >= count) {
        return Err(d.error("coverage of blocks that are not there"));
    }
    Ok(Coverage { source_hash, from, to, priority, mappings })
}

fn blocks(d: &mut Decoder<'_>) -> Result<Vec<CoverageBlock>> {
    (0..d.read_len()?).map(|_| d.read_u32()).collect()
}

impl<'tcx> Decode<'tcx> for BasicBlockData<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<BasicBlockData<'tcx>> {
        let len = d.read_len()?;
        // Most statements are kept; what is left out leaves no hole.
        let mut statements = d.list_of(len);
        for _ in 0..len {
            let source_info = d.read()?;
            let kind = super::syntax::read_statement_kind(d)?;
            skip_debug_infos(d)?;
            statements.extend(kind.map(|kind| Statement { source_info, kind }));
        }
        skip_debug_infos(d)?;
        let terminator: Option<Terminator<'tcx>> = d.read()?;
        let is_cleanup = d.read_bool()?;
        match terminator {
            Some(terminator) => Ok(BasicBlockData { statements, terminator, is_cleanup }),
            None => Err(d.error("a basic block without a terminator")),
        }
    }
}

/// What debuggers may be told of removed statements.
fn skip_debug_infos(d: &mut Decoder<'_>) -> Result<()> {
    skip_list(d, |d| {
        let is_invalid = d.read_variant(2, "no such debug information of a statement")? == 1;
        Local::decode(d)?;
        if !is_invalid {
            Place::decode(d)?;
        }
        Ok(())
    })
}

impl<'tcx> Decode<'tcx> for SourceInfo {
    fn decode(d: &mut Decoder<'tcx>) -> Result<SourceInfo> {
        Ok(SourceInfo { span: d.read()?, scope: d.read()? })
    }
}

impl<'tcx> Decode<'tcx> for LocalDecl<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<LocalDecl<'tcx>> {
        let mutability: Mutability = d.read()?;
        let ty = d.read()?;
        if d.read_option()? {
            return Err(d.error("a local with a user's type, which none has after borrow checking"));
        }
        Ok(LocalDecl { mutability, ty, source_info: d.read()? })
    }
}

impl<'tcx> Decode<'tcx> for SourceScopeData<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<SourceScopeData<'tcx>> {
        let span = d.read()?;
        let parent_scope: Option<SourceScope> = d.read()?;
        let inlined: Option<(Instance<'tcx>, Span)> = d.read()?;
        let inlined_parent_scope: Option<SourceScope> = d.read()?;
        Ok(SourceScopeData { span, parent_scope, inlined, inlined_parent_scope })
    }
}

impl<'tcx> Decode<'tcx> for VarDebugInfoContents<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<VarDebugInfoContents<'tcx>> {
        Ok(match d.read_variant(2, "no such place of a variable")? {
            0 => VarDebugInfoContents::Place(d.read()?),
            _ => VarDebugInfoContents::Const(d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for VarDebugInfoFragment<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<VarDebugInfoFragment<'tcx>> {
        let ty = d.read()?;
        let path: Vec<ProjectionElem<'tcx>> = d.read()?;
        let mut projection = Vec::with_capacity(path.len());
        for elem in path {
            match elem {
                ProjectionElem::Field(field, _) => projection.push(field),
                _ => return Err(d.error("a part of a variable is not a field")),
            }
        }
        Ok(VarDebugInfoFragment { ty, projection })
    }
}

impl<'tcx> Decode<'tcx> for VarDebugInfo<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<VarDebugInfo<'tcx>> {
        Ok(VarDebugInfo {
            name: d.read()?,
            source_info: d.read()?,
            composite: d.read()?,
            value: d.read()?,
            argument_index: if d.read_option()? { Some(d.read_u16()?) } else { None },
        })
    }
}
