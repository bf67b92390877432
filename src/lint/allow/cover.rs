//! The node that a comment covers: the largest one that begins on a line.
//!
//! In: the tree of a file and one of its comments. Out: a span; the line itself where no node begins on it.

use crate::syntax::tree::{
    Block, Clause, ClauseKind, Comment, Else, ExternKind, File, Item, ItemKind, ProductClause,
    Runbook, Stmt, StmtKind, Undo, Watch,
};
use crate::text::{Source, Sources, Span};

/// What a comment covers.
pub fn of(sources: &Sources, tree: &File, comment: &Comment) -> Span {
    let source = sources.source(comment.span.source);
    let mut line = source.position(comment.span.start).line;
    if comment.own_line {
        line += 1;
        while says_nothing(source, line) {
            line += 1;
        }
    }
    let range = source.line_range(line);
    let text = source.text.get(range.clone()).unwrap_or_default();
    let blanks = text.len() - text.trim_start().len();
    let mut seek = Seek {
        best: Span::new(source.id, range.start + blanks, range.end),
        from: (range.start + blanks) as u32,
        to: range.end as u32,
    };
    let own = |item: &&Item| item.span.source == source.id;
    for item in tree.items.iter().filter(own) {
        seek.item(item);
    }
    seek.best
}

/// Whether a line has nothing but a comment on it.
fn says_nothing(source: &Source, line: u32) -> bool {
    let range = source.line_range(line);
    let text = source.text.get(range.clone()).unwrap_or_default().trim();
    range.end < source.text.len() && text.starts_with("//")
}

struct Seek {
    best: Span,
    /// Where the line's text begins and ends.
    from: u32,
    to: u32,
}

impl Seek {
    /// Takes the span if it is a larger one that begins on the line; says whether to look inside.
    fn take(&mut self, span: Span) -> bool {
        if (self.from..self.to).contains(&span.start) && span.end > self.best.end {
            self.best = span;
        }
        span.start < self.to && self.from <= span.end
    }

    fn item(&mut self, item: &Item) {
        if !self.take(item.span) {
            return;
        }
        match &item.kind {
            ItemKind::Product(product) => {
                product
                    .clauses
                    .iter()
                    .for_each(|ProductClause { kind: _, span }| {
                        self.take(*span);
                    })
            }
            ItemKind::Record(record) => record.fields.iter().for_each(|field| {
                self.take(field.span);
            }),
            ItemKind::Probe(probe) => self.block(&probe.body),
            ItemKind::Action(action) => self.block(&action.body),
            ItemKind::Runbook(runbook) => self.runbook(runbook),
            ItemKind::Test(test) => test.lines.iter().for_each(|line| {
                self.take(line.span);
            }),
            ItemKind::Extern(found) => match &found.kind {
                ExternKind::Target(_)
                | ExternKind::Fn { .. }
                | ExternKind::Probe { .. }
                | ExternKind::Action { .. } => {}
            },
            ItemKind::Missing
            | ItemKind::Use(_)
            | ItemKind::Role(_)
            | ItemKind::Window(_)
            | ItemKind::Const(_)
            | ItemKind::Enum(_)
            | ItemKind::Secret(_)
            | ItemKind::Fn(_) => {}
        }
    }

    fn runbook(&mut self, runbook: &Runbook) {
        for Clause { doc: _, kind, span } in &runbook.clauses {
            if !self.take(*span) {
                continue;
            }
            match kind {
                ClauseKind::On(trigger) => trigger.clauses.iter().for_each(|clause| {
                    self.take(clause.span);
                }),
                ClauseKind::Blast(lines) => lines.iter().for_each(|line| {
                    self.take(line.span);
                }),
                ClauseKind::Diagnose(block) | ClauseKind::Steps(block) => self.block(block),
                ClauseKind::Remedy(remedy) => self.block(&remedy.body),
                ClauseKind::Otherwise(otherwise) => self.block(&otherwise.body),
                ClauseKind::Watch(Watch { .. })
                | ClauseKind::Missing
                | ClauseKind::Version(_)
                | ClauseKind::Severity(_)
                | ClauseKind::IncidentPer(_)
                | ClauseKind::Again(_)
                | ClauseKind::Recurs { .. }
                | ClauseKind::Clears(_)
                | ClauseKind::Fresh(_)
                | ClauseKind::Patience(_)
                | ClauseKind::EndsWithin(_)
                | ClauseKind::Tell(_) => {}
            }
        }
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.statements {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if !self.take(stmt.span) {
            return;
        }
        match &stmt.kind {
            StmtKind::If(found) => {
                self.block(&found.then);
                match &found.otherwise {
                    Some(Else::If(nested)) => self.stmt(nested),
                    Some(Else::Block(block)) => self.block(block),
                    None => {}
                }
            }
            StmtKind::Match(found) => found.arms.iter().for_each(|arm| {
                if self.take(arm.span) {
                    self.block(&arm.body);
                }
            }),
            StmtKind::For(found) => self.block(&found.body),
            StmtKind::WithDo { call: _, body } | StmtKind::Attempt { title: _, body } => {
                self.block(body);
            }
            StmtKind::Do(found) => {
                if let Some(Undo::Block(block)) = &found.call.undo {
                    self.block(block);
                }
            }
            StmtKind::Verify(found) => found.conditions.iter().for_each(|condition| {
                self.take(condition.span);
            }),
            StmtKind::Missing
            | StmtKind::Let(_)
            | StmtKind::Found { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {}
        }
    }
}
