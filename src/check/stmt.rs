//! Statements: blocks from the tree to typed ones.
//!
//! In: a block. Out: typed statements over the body's locals. Which statement may stand where, and
//! what each path comes to, is proven later over the typed tree.

mod action;
mod branch;
mod handler;
mod notice;
mod verify;

use super::expr::{Elaborator, Why};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, StmtKind as Tree};
use crate::typed::{Attempt, Block, Stmt, StmtKind, Type};

impl Elaborator<'_, '_> {
    /// A block; what it declares is forgotten behind it.
    pub fn block(&mut self, block: &tree::Block) -> Block {
        let mark = self.mark();
        let found = self.open_block(block);
        self.unwind(mark);
        found
    }

    /// A block whose names stay, for whoever unwinds them.
    fn open_block(&mut self, block: &tree::Block) -> Block {
        let mut statements: Vec<Stmt> = Vec::with_capacity(block.statements.len());
        for tree in &block.statements {
            if let Tree::Attempt { title, body } = &tree.kind {
                let attempt = Attempt {
                    title: title.text.clone(),
                    body: self.block(body),
                    span: tree.span,
                };
                if let Some(Stmt {
                    kind: StmtKind::Attempts(group),
                    span,
                }) = statements.last_mut()
                {
                    group.push(attempt);
                    *span = span.to(tree.span);
                    continue;
                }
                statements.push(Stmt {
                    kind: StmtKind::Attempts(vec![attempt]),
                    span: tree.span,
                });
                continue;
            }
            let kind = self.stmt(tree);
            statements.push(Stmt {
                kind,
                span: tree.span,
            });
        }
        Block {
            statements,
            span: block.span,
        }
    }

    fn stmt(&mut self, stmt: &tree::Stmt) -> StmtKind {
        crate::steps::count(1);
        match &stmt.kind {
            // Attempts are gathered into groups by the block around them.
            Tree::Attempt { .. } => StmtKind::Error,
            Tree::Missing => {
                self.note_broken();
                StmtKind::Error
            }
            Tree::Let(found) => self.let_stmt(found, stmt.span),
            Tree::If(found) => self.if_stmt(found),
            Tree::Match(found) => self.match_stmt(found),
            Tree::For(found) => self.for_stmt(found),
            Tree::Found { finding, args } => self.found(finding, args),
            Tree::Cleared { condition, why } => StmtKind::Cleared {
                condition: condition.as_ref().map(|tree| self.condition(tree)),
                why: why.as_ref().map(|text| self.message(text)),
            },
            Tree::Return(tree) => self.return_stmt(tree, stmt.span),
            Tree::Wait(time) => match self.duration(time, "wait") {
                Some(time) => StmtKind::Wait(time),
                None => StmtKind::Error,
            },
            Tree::Guard(tree) => StmtKind::Guard(self.condition(tree)),
            Tree::Do(found) => match self.step(&found.call, stmt.span) {
                Some(step) => StmtKind::Do(Box::new(step)),
                None => StmtKind::Error,
            },
            Tree::WithDo { call, body } => self.with_do(call, body, stmt.span),
            Tree::Verify(found) => self.verify(found, stmt.span),
            Tree::WaiveVerify(why) => StmtKind::WaiveVerify(why.text.clone()),
            Tree::Mitigated(found) => self.mitigated(found, stmt.span),
            Tree::Page { roles, text } => StmtKind::Page {
                roles: self.roles(roles),
                text: text.as_ref().map(|text| self.message(text)),
            },
            Tree::Tell { roles, text } => StmtKind::Tell {
                roles: self.roles(roles),
                text: text.as_ref().map(|text| self.message(text)),
            },
            Tree::Hand(hand) => StmtKind::Hand(self.hand(hand)),
            Tree::Attach(trees) => {
                let found = trees.iter().map(|tree| self.attached(tree));
                StmtKind::Attach(found.collect())
            }
        }
    }

    /// A `found` may be in what could not be read.
    fn note_broken(&mut self) {
        if let Some(runbook) = self.runbook {
            self.checker.drafts[runbook.index()].is_broken = true;
        }
    }

    fn return_stmt(&mut self, tree: &tree::Expr, span: crate::text::Span) -> StmtKind {
        if self.place != super::expr::Place::Probe {
            let message = "`return` gives the answer of a probe";
            let found = Diagnostic::new(Code::StatementNotHere, message, span, "no probe");
            self.say(found.help("a runbook ends with `found`, `cleared`, a verify or a page"));
            self.expr(tree, None);
            return StmtKind::Error;
        }
        let result = self.result.clone();
        StmtKind::Return(self.expr_of(tree, &result, Why::Return))
    }

    fn attached(&mut self, tree: &tree::Expr) -> crate::typed::Expr {
        let found = self.expr(tree, None);
        if super::types::holds_secret(&found.ty) {
            self.checker
                .refuse_secret(&Type::Secret, tree.span, "the evidence");
        }
        found
    }
}
