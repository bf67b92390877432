//! A remedy whose first verify holds whenever it is found never acts: each run ends
//! `self_resolved`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::text::Span;
use crate::typed::{Block, FindingId, LocalId, Remedy, Runbook, Stmt, StmtKind, Verify};

use super::eval::{Asks, Eval, Scope};
use super::term::{Id, Node};
use crate::analysis::kind::always_ends;
use crate::analysis::level::Levels;

pub fn check(levels: &Levels, runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    let Some(body) = &runbook.diagnose else {
        return;
    };
    let mut course = Course {
        eval: Eval::new(levels.package, runbook, Asks::Incident),
        found: BTreeMap::new(),
    };
    let mut scope = Scope::new(body.locals.len());
    course.block(&mut scope, &body.block, &mut BTreeSet::new());
    for remedy in &runbook.remedies {
        if levels.block(&remedy.body.block) >= Level::Change {
            course.remedy(remedy, out);
        }
    }
}

/// A `found`: its arguments, and what holds where it is reached.
struct Site {
    args: Vec<Id>,
    holds: BTreeSet<Id>,
    span: Span,
}

struct Course<'a> {
    eval: Eval<'a>,
    found: BTreeMap<FindingId, Vec<Site>>,
}

impl Course<'_> {
    fn block(&mut self, scope: &mut Scope, block: &Block, holds: &mut BTreeSet<Id>) {
        for stmt in &block.statements {
            self.stmt(scope, stmt, holds);
        }
    }

    fn stmt(&mut self, scope: &mut Scope, stmt: &Stmt, holds: &mut BTreeSet<Id>) {
        let asked = self.eval.enter(scope, stmt);
        match &stmt.kind {
            StmtKind::Found { finding, args } => {
                let args = args.iter().map(|arg| self.eval.expr(scope, arg)).collect();
                self.found.entry(*finding).or_default().push(Site {
                    args,
                    holds: holds.clone(),
                    span: stmt.span,
                });
            }
            StmtKind::Cleared { .. } => {
                if let Some(condition) = asked {
                    let not = self.eval.terms.not(condition);
                    self.take(not, holds);
                }
            }
            StmtKind::If {
                then, otherwise, ..
            } => {
                let Some(condition) = asked else { return };
                let not = self.eval.terms.not(condition);
                let mut inside = holds.clone();
                self.take(condition, &mut inside);
                self.block(scope, then, &mut inside);
                if let Some(otherwise) = otherwise {
                    let mut inside = holds.clone();
                    self.take(not, &mut inside);
                    self.block(scope, otherwise, &mut inside);
                }
                if then.statements.last().is_some_and(always_ends) {
                    self.take(not, holds);
                }
            }
            StmtKind::Match { subject, arms } => {
                let Some(value) = asked else { return };
                for arm in arms {
                    let fits = self.eval.fits(scope, value, &subject.ty, &arm.pattern);
                    let mut inside = holds.clone();
                    self.take(fits, &mut inside);
                    self.block(scope, &arm.body, &mut inside);
                }
            }
            StmtKind::For(for_loop) => {
                self.block(scope, &for_loop.body, &mut holds.clone());
                self.eval.leave_element();
            }
            _ => {}
        }
    }

    /// Adds what is known where a condition holds.
    fn take(&self, condition: Id, holds: &mut BTreeSet<Id>) {
        let table = &self.eval.terms.table;
        holds.extend(table.reach(condition, |node, visit| {
            if let Node::And(left, right) = node {
                visit(*left);
                visit(*right);
            }
        }));
    }

    fn remedy(&mut self, remedy: &Remedy, out: &mut Vec<Diagnostic>) {
        let Some(sites) = remedy.finding.and_then(|id| self.found.remove(&id)) else {
            return;
        };
        for site in &sites {
            let mut scope = Scope::new(remedy.body.locals.len());
            for (at, arg) in site.args.iter().enumerate() {
                scope.set(LocalId(at as u32), *arg);
            }
            let Some(verify) = self.first_verify(&mut scope, &remedy.body.block) else {
                return;
            };
            for condition in &verify.conditions {
                let id = self.eval.expr(&mut scope, condition);
                let mut parts = BTreeSet::new();
                self.take(id, &mut parts);
                // A conjunction holds where its parts do.
                parts.retain(|part| !matches!(self.eval.terms.table.node(*part), Node::And(..)));
                if !parts.is_subset(&site.holds) {
                    return;
                }
            }
        }
        let mut scope = Scope::new(remedy.body.locals.len());
        if let (Some(verify), Some(site)) = (
            self.first_verify(&mut scope, &remedy.body.block),
            sites.first(),
        ) {
            out.push(
                Diagnostic::new(
                    Code::RemedyNeverActs,
                    format!("remedy `{}` can never act", remedy.name),
                    verify.span,
                    "holds already whenever this is found",
                )
                .and(site.span, "found only where it holds")
                .help("a run whose first verify holds already ends `self_resolved`: verify what is wrong when it is found"),
            );
        }
    }

    /// The verify that is asked before anything is done.
    fn first_verify<'b>(&mut self, scope: &mut Scope, block: &'b Block) -> Option<&'b Verify> {
        for stmt in &block.statements {
            match &stmt.kind {
                StmtKind::Verify(verify) => return Some(verify),
                StmtKind::Attempts(attempts) => {
                    return self.first_verify(scope, &attempts.first()?.body);
                }
                StmtKind::Let { .. } => {
                    self.eval.enter(scope, stmt);
                }
                StmtKind::Guard(_)
                | StmtKind::Do(_)
                | StmtKind::Wait(_)
                | StmtKind::Tell { .. }
                | StmtKind::Attach(_) => {}
                _ => return None,
            }
        }
        None
    }
}
