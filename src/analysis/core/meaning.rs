//! What each local of a body stands for, and what of the world is in it: which reading of several of one thing, and
//! whether something was done or waited for since.
//!
//! In: a body. Out: its [`Meanings`]. Moments part a body where it acts or waits: what was read at an earlier one may no
//! longer be so. Two readings of one moment are two readings all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::Cores;
use super::canon::{Canon, Digest};
use crate::text::Span;
use crate::typed::{
    Arm, ArmPattern, Attempt, Block, Body, Expr, ExprKind, Local, LocalId, Runbook, Step, Stmt,
    StmtKind, Type, UndoChoice,
};

/// The most readings that are told apart in one value.
const READINGS: usize = 64;

/// How often something was done or waited for before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(u32);

/// One reading of the world: when, in which order, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reading {
    at: Moment,
    /// The readings of one body are numbered.
    number: u32,
    of: Digest,
    /// Whether it grows old. A target is the same however long ago it was looked up, and what is asked of it is looked at
    /// where that is asked.
    ages: bool,
}

struct Meaning {
    digest: Digest,
    readings: Vec<Reading>,
}

/// What each local of a body stands for.
#[derive(Default)]
pub struct Meanings {
    locals: BTreeMap<LocalId, Meaning>,
    /// Where each moment begins, by the place in the source.
    moments: BTreeMap<u32, Moment>,
    now: Moment,
}

impl Meanings {
    pub(super) fn of(&self, local: LocalId) -> Option<(Digest, &[Reading])> {
        let meaning = self.locals.get(&local)?;
        Some((meaning.digest, &meaning.readings))
    }

    /// From now on what is hashed stands in this statement.
    pub fn go_to(&mut self, stmt: Span) {
        let before = self.moments.range(..=stmt.start).next_back();
        self.now = before.map_or(Moment::default(), |(_, moment)| *moment);
    }

    /// Of each of these readings whether it was made before something was done or waited for; none where all are of now.
    pub(super) fn old(&self, readings: &Readings) -> Option<Vec<bool>> {
        let old: Vec<bool> = readings
            .0
            .iter()
            .map(|one| one.ages && one.at < self.now)
            .collect();
        old.contains(&true).then_some(old)
    }
}

/// The readings that are met in one part, each once, in the order in which they are met.
#[derive(Default)]
pub(super) struct Readings(Vec<Reading>);

impl Readings {
    pub fn meet(&mut self, more: &[Reading]) {
        for reading in more {
            if self.0.len() < READINGS && !self.0.contains(reading) {
                self.0.push(*reading);
            }
        }
    }

    /// Which of those of one thing each is, from the first that was made on; none where there is one of each.
    pub fn ranks(&self) -> Option<Vec<u64>> {
        let rank = |one: &Reading| {
            let before = self.0.iter().filter(|other| other.of == one.of);
            before.filter(|other| other.number < one.number).count() as u64
        };
        let ranks: Vec<u64> = self.0.iter().map(rank).collect();
        ranks.iter().any(|rank| *rank > 0).then_some(ranks)
    }
}

/// Goes through a body in the order in which it runs.
pub(super) struct Finder<'c, 'a> {
    cores: &'c Cores<'a>,
    runbook: &'a Runbook,
    locals: &'a [Local],
    /// What each name stands for that nothing is handled of.
    lets: BTreeMap<LocalId, &'a Expr>,
    found: Meanings,
    /// The bodies of loops in which something is done or waited for.
    passing: BTreeSet<u32>,
    readings: u32,
}

impl<'c, 'a> Finder<'c, 'a> {
    pub fn new(cores: &'c Cores<'a>, runbook: &'a Runbook, body: &'a Body) -> Finder<'c, 'a> {
        let mut loops = BTreeSet::new();
        passing(&body.block, &mut loops);
        Finder {
            passing: loops,
            cores,
            runbook,
            locals: &body.locals,
            lets: BTreeMap::new(),
            found: Meanings::default(),
            readings: 0,
        }
    }

    pub fn body(mut self, body: &'a Body) -> Meanings {
        self.block(&body.block);
        self.found.now = Moment::default();
        self.found
    }

    /// A local that stands for something of what is known already.
    pub fn is(&mut self, local: LocalId, word: &'static str, said: impl FnOnce(&mut Canon<'_>)) {
        self.stands_for(local, word, false, said);
    }

    fn stands_for(
        &mut self,
        local: LocalId,
        word: &'static str,
        reads: bool,
        said: impl FnOnce(&mut Canon<'_>),
    ) {
        let mut canon = Canon::new(self.cores, self.runbook).meaning(&self.found);
        canon.tag(word);
        said(&mut canon);
        canon.ranks();
        let mut readings = canon.readings();
        let (digest, ..) = canon.finish();
        if reads {
            self.readings += 1;
            readings.meet(&[Reading {
                at: self.found.now,
                number: self.readings,
                of: digest,
                ages: true,
            }]);
        }
        let mut readings = readings.0;
        let local_type = self.locals.get(local.index()).map(|local| &local.ty);
        if let Some(Type::Target(_)) = local_type {
            readings.iter_mut().for_each(|reading| reading.ages = false);
        }
        self.found
            .locals
            .insert(local, Meaning { digest, readings });
    }

    /// A local that stands for what comes of this.
    fn comes_of(
        &mut self,
        local: LocalId,
        word: &'static str,
        value: &'a Expr,
        said: impl FnOnce(&mut Canon<'_>),
    ) {
        let reads = value.observes(self.cores.package);
        self.stands_for(local, word, reads, said);
    }

    /// What follows is of this moment.
    fn begin(&mut self, at: u32, moment: Moment) {
        self.found.now = moment;
        self.found.moments.insert(at, moment);
    }

    /// Something was done, or waited for.
    fn passed(&mut self, stmt: Span) {
        self.begin(stmt.end, Moment(self.found.now.0.saturating_add(1)));
    }

    fn block(&mut self, block: &'a Block) {
        for stmt in &block.statements {
            self.stmt(stmt);
        }
    }

    /// Blocks of which at most one is gone through.
    fn one_of(&mut self, blocks: impl Iterator<Item = &'a Block>, end: u32) {
        let before = self.found.now;
        let mut last = before;
        for block in blocks {
            self.begin(block.span.start, before);
            self.block(block);
            last = last.max(self.found.now);
        }
        self.begin(end, last);
    }

    /// A list that was read just now is the same whether it has a name or not.
    fn unnamed(&self, list: &'a Expr) -> &'a Expr {
        let ExprKind::Local(local) = &list.kind else {
            return list;
        };
        let now = self.found.now;
        let is_of_now = |meaning: &Meaning| meaning.readings.iter().all(|one| one.at == now);
        let meaning = self
            .found
            .locals
            .get(local)
            .filter(|known| is_of_now(known));
        meaning
            .and_then(|_| self.lets.get(local).copied())
            .unwrap_or(list)
    }

    /// Names are bound before the statements that see them are looked at.
    fn stmt(&mut self, stmt: &'a Stmt) {
        stmt.for_each_expr(&mut |expr| expr.for_each(&mut |part| self.bound_by(part)));
        match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                retry,
                handlers,
            } => {
                if handlers.is_empty() && retry.is_none() {
                    self.lets.insert(*local, value);
                }
                self.comes_of(*local, "let", value, |canon| {
                    canon.expr(value);
                    canon.list(handlers, Canon::handler);
                });
            }
            StmtKind::Match { subject, arms } => {
                for Arm { pattern, .. } in arms {
                    if let ArmPattern::Some(local) = pattern {
                        self.comes_of(*local, "some of", subject, |canon| canon.expr(subject));
                    }
                }
                self.one_of(arms.iter().map(|arm| &arm.body), stmt.span.end);
            }
            StmtKind::For(for_loop) => {
                let source = self.unnamed(&for_loop.source);
                self.comes_of(for_loop.local, "element of", source, |canon| {
                    canon.expr(source)
                });
                // From the second element on what was read before the loop is as old as what is done in it.
                let body = &for_loop.body;
                if self.passing.contains(&body.span.start) {
                    self.passed(body.span.at_start());
                }
                self.block(body);
            }
            StmtKind::If {
                then, otherwise, ..
            } => self.one_of([then].into_iter().chain(otherwise), stmt.span.end),
            StmtKind::Do(step) => self.step(step, stmt.span),
            StmtKind::WithDo { step, body, .. } => {
                self.step(step, body.span.at_start());
                self.block(body);
                self.passed(stmt.span);
            }
            StmtKind::Attempts(attempts) => {
                for Attempt { body, .. } in attempts {
                    self.block(body);
                }
            }
            StmtKind::Wait(_) | StmtKind::Verify(_) => self.passed(stmt.span),
            StmtKind::Error
            | StmtKind::Found { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_)
            | StmtKind::Guard(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {}
        }
    }

    /// What takes it back is given what was read before it, however late that is.
    fn step(&mut self, step: &'a Step, end: Span) {
        if let UndoChoice::Block(block) = &step.undo {
            self.block(block);
        }
        self.passed(end);
        if let Some(result) = step.result {
            self.stands_for(result, "result of", true, |canon| {
                canon.callee(step.callee);
                canon.exprs(&step.args);
            });
        }
    }

    /// `x is some c` binds `c` for what follows.
    fn bound_by(&mut self, expr: &'a Expr) {
        if let ExprKind::IsSome {
            operand,
            bind: Some(local),
        } = &expr.kind
        {
            self.comes_of(*local, "some of", operand, |canon| canon.expr(operand));
        }
    }
}

/// The bodies of loops in which something is done or waited for, by where they begin; says whether the block is one.
fn passing(block: &Block, found: &mut BTreeSet<u32>) -> bool {
    let mut passes = false;
    for stmt in &block.statements {
        passes |= matches!(
            stmt.kind,
            StmtKind::Do(_) | StmtKind::WithDo { .. } | StmtKind::Wait(_) | StmtKind::Verify(_)
        );
        let is_loop = matches!(stmt.kind, StmtKind::For(_));
        stmt.for_each_block(&mut |inner| {
            if passing(inner, found) {
                passes = true;
                found.extend(is_loop.then_some(inner.span.start));
            }
        });
    }
    passes
}
