//! A remedy whose first verify holds whenever it is found never acts: each run ends
//! `self_resolved`.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::text::Span;
use crate::typed::{Block, FindingId, LocalId, Remedy, Runbook, Stmt, StmtKind, Verify};

use super::eval::{Eval, Scope};
use super::term::{Id, Node};
use crate::analysis::kind::always_ends;
use crate::analysis::level::Levels;

pub fn check<'a>(
    levels: &Levels<'a>,
    runbook: &'a Runbook,
    eval: &mut Eval<'a>,
    out: &mut Vec<Diagnostic>,
) {
    let Some(body) = &runbook.diagnose else {
        return;
    };
    let mut course = Course {
        eval,
        found: BTreeMap::new(),
        holds: Holds::default(),
    };
    let mut scope = Scope::new(body.locals.len());
    course.block(&mut scope, &body.block);
    for remedy in &runbook.remedies {
        if levels.block(&remedy.body.block) >= Level::Change {
            course.remedy(remedy, out);
        }
    }
}

/// A `found`: its arguments, and what holds where it is reached.
struct Site {
    args: Vec<Id>,
    at: usize,
    span: Span,
}

/// What holds at each moment of a walk: nothing is copied where paths part.
#[derive(Default)]
struct Holds {
    now: usize,
    /// From when, and until when.
    terms: BTreeMap<Id, Vec<(usize, usize)>>,
    open: Vec<Id>,
}

impl Holds {
    fn take(&mut self, id: Id) {
        crate::steps::count(1);
        self.now += 1;
        self.terms
            .entry(id)
            .or_default()
            .push((self.now, usize::MAX));
        self.open.push(id);
    }

    /// Forgets what was taken since so many were open.
    fn leave(&mut self, open: usize) {
        self.now += 1;
        // Of one term the last one to begin is the first one to end.
        while self.open.len() > open {
            let id = self.open.pop();
            let times = id.and_then(|id| self.terms.get_mut(&id));
            let last = times.and_then(|times| {
                let open = |(_, until): &&mut (usize, usize)| *until == usize::MAX;
                times.iter_mut().rev().find(open)
            });
            if let Some((_, until)) = last {
                *until = self.now;
            }
        }
    }

    fn at(&self, moment: usize, id: Id) -> bool {
        let mut times = self.terms.get(&id).into_iter().flatten();
        times.any(|(from, until)| *from <= moment && moment < *until)
    }
}

struct Course<'a, 'b> {
    eval: &'b mut Eval<'a>,
    found: BTreeMap<FindingId, Vec<Site>>,
    holds: Holds,
}

impl Course<'_, '_> {
    fn block(&mut self, scope: &mut Scope, block: &Block) {
        for stmt in &block.statements {
            self.stmt(scope, stmt);
        }
    }

    /// The block, entered where these hold, and left again.
    fn branch(&mut self, scope: &mut Scope, condition: Option<Id>, block: &Block) {
        let open = self.holds.open.len();
        if let Some(condition) = condition {
            self.take(condition);
        }
        self.block(scope, block);
        self.holds.leave(open);
    }

    fn stmt(&mut self, scope: &mut Scope, stmt: &Stmt) {
        let asked = self.eval.enter(scope, stmt);
        match &stmt.kind {
            StmtKind::Found { finding, args } => {
                let args = args.iter().map(|arg| self.eval.expr(scope, arg)).collect();
                self.found.entry(*finding).or_default().push(Site {
                    args,
                    at: self.holds.now,
                    span: stmt.span,
                });
            }
            StmtKind::Cleared { .. } => {
                if let Some(condition) = asked {
                    let not = self.eval.terms.not(condition);
                    self.take(not);
                }
            }
            StmtKind::If {
                then, otherwise, ..
            } => {
                let Some(condition) = asked else { return };
                let not = self.eval.terms.not(condition);
                self.branch(scope, Some(condition), then);
                if let Some(otherwise) = otherwise {
                    self.branch(scope, Some(not), otherwise);
                }
                if then.statements.last().is_some_and(always_ends) {
                    self.take(not);
                }
            }
            StmtKind::Match { subject, arms } => {
                let Some(value) = asked else { return };
                for arm in arms {
                    let fits = self.eval.fits(scope, value, &subject.ty, &arm.pattern);
                    self.branch(scope, Some(fits), &arm.body);
                }
            }
            StmtKind::For(for_loop) => {
                self.branch(scope, None, &for_loop.body);
                self.eval.leave_element();
            }
            _ => {}
        }
    }

    /// Takes what is known where a condition holds.
    fn take(&mut self, condition: Id) {
        for part in self.conjuncts(condition) {
            self.holds.take(part);
        }
    }

    /// A conjunction with all its parts.
    fn conjuncts(&self, condition: Id) -> Vec<Id> {
        let table = &self.eval.terms.table;
        table.reach(condition, |node, visit| {
            if let Node::And(left, right) = node {
                visit(*left);
                visit(*right);
            }
        })
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
                // A conjunction holds where its parts do.
                let mut parts = self.conjuncts(id);
                parts.retain(|part| !matches!(self.eval.terms.table.node(*part), Node::And(..)));
                if !parts.iter().all(|part| self.holds.at(site.at, *part)) {
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
