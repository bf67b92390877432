//! What a phase is: plan lines (`let`, `guard`), then changes, up to a `verify`.
//!
//! One begins with a remedy or `steps`, with an attempt, with the body of a loop, and with the first plan line or change
//! behind a `verify`. Whoever speaks of phases asks here what a line is to its own: the rule that a plan comes first,
//! the times, the compiler.

use super::{Attempt, Block, For, Runbook, Step, Stmt, StmtKind, Verify};

/// What a line is to the phase in which it stands.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// It belongs to the plan; with its keyword.
    Plan(&'static str),
    /// `do`, `with do`: a change, and the block in which it lasts.
    Change(&'a Step, Option<&'a Block>),
    /// `verify`: the phase ends.
    Verify(&'a Verify),
    /// `waive verify`: nothing proves the changes of the phase.
    Waiver,
    /// `if`, `match`: its blocks go on with the phase.
    Branch,
    /// Each element has phases of its own.
    Loop(&'a For),
    /// Each has phases of its own, and the last one that is gone through has verified.
    Attempts(&'a [Attempt]),
    /// It may stand anywhere.
    Beside,
}

impl Line<'_> {
    /// Whether a phase that has planned ends its plan here.
    pub fn acts(self) -> bool {
        match self {
            Line::Change(..) | Line::Verify(_) => true,
            Line::Plan(_)
            | Line::Waiver
            | Line::Branch
            | Line::Loop(_)
            | Line::Attempts(_)
            | Line::Beside => false,
        }
    }

    /// Whether it belongs to the plan.
    pub fn plans(self) -> bool {
        matches!(self, Line::Plan(_))
    }

    /// Whether it makes a change.
    pub fn changes(self) -> bool {
        matches!(self, Line::Change(..))
    }
}

impl Stmt {
    /// What it is to its phase.
    pub fn line(&self) -> Line<'_> {
        match &self.kind {
            StmtKind::Let { .. } => Line::Plan("let"),
            StmtKind::Guard(_) => Line::Plan("guard"),
            StmtKind::Do(step) => Line::Change(step, None),
            StmtKind::WithDo { step, body, .. } => Line::Change(step, Some(body)),
            StmtKind::Verify(verify) => Line::Verify(verify),
            StmtKind::WaiveVerify(_) => Line::Waiver,
            StmtKind::If { .. } | StmtKind::Match { .. } => Line::Branch,
            StmtKind::For(for_loop) => Line::Loop(for_loop),
            StmtKind::Attempts(attempts) => Line::Attempts(attempts),
            StmtKind::Error
            | StmtKind::Found { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => Line::Beside,
        }
    }
}

impl Block {
    /// Whether a change is made in it or below it.
    pub fn changes(&self) -> bool {
        let mut found = false;
        self.for_each_stmt(&mut |stmt| found |= stmt.line().changes());
        found
    }
}

impl Runbook {
    /// The blocks of code with phases: those of the remedies and of `steps`.
    pub fn acting_blocks(&self) -> impl Iterator<Item = &Block> {
        let remedies = self.remedies.iter().map(|remedy| &remedy.body);
        remedies.chain(&self.steps).map(|body| &body.block)
    }
}
