//! What rustc notes in bodies of crates whose coverage is measured (`-C instrument-coverage`): which blocks are executed equally
//! often, how these follow from each other, and which text is theirs.

use ty::Span;

/// A set of basic blocks that run equally often, as rustc numbers them in a body (its "BCB"). What is said of them holds for the
/// body before it was optimised.
pub type CoverageBlock = u32;

/// What is known of a function whose coverage is measured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// Tells one text of the function from another.
    pub source_hash: u64,
    /// Of each block the node of the flow graph that it leaves, ...
    pub from: Vec<CoverageBlock>,
    /// ... and the one that it enters. As often as a node is entered, it is left.
    pub to: Vec<CoverageBlock>,
    /// All blocks; those come first that had better be calculated than counted. The first one leads from the function's end to
    /// its beginning and has no code.
    pub priority: Vec<CoverageBlock>,
    /// The text that runs as often as a block.
    pub mappings: Vec<(CoverageBlock, Span)>,
}
