//! What each local of a body stands for, and what of the world is in it: which reading of several of one thing, and
//! whether something was done or waited for since.
//!
//! In: a body. Out: its [`Meanings`]. Moments part a body where it acts or waits: what was read at an earlier one may no
//! longer be so. Two readings of one moment are two readings all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::Cores;
use super::canon::{Canon, Digest};
use super::reading::{Moment, Place, Reading, Readings, Through};
use crate::text::Span;
use crate::typed::{
    Arm, ArmPattern, Attempt, Block, Body, Expr, ExprKind, Local, LocalId, Runbook, Step, Stmt,
    StmtKind, Type, UndoChoice,
};

pub(super) struct Meaning {
    pub digest: Digest,
    pub readings: Vec<Reading>,
    pub through: Through,
}

/// Readings of another branch, or of what takes something back, which stand before and are none of this one.
#[derive(Clone, Copy, Debug)]
struct Apart {
    /// After this one.
    from: u32,
    /// With this one.
    to: u32,
    /// Of the branch around, its number among all.
    around: Option<usize>,
}

/// What is so where a part begins.
#[derive(Clone, Copy, Debug, Default)]
struct Begin {
    now: Moment,
    /// How many readings were made before.
    made: u32,
    /// Those that do not count, by its number.
    apart: Option<usize>,
}

/// What each local of a body stands for.
#[derive(Default)]
pub struct Meanings {
    locals: BTreeMap<LocalId, Meaning>,
    /// The numbers of all readings, ascending, by what they are of.
    all: BTreeMap<Digest, Vec<u32>>,
    apart: Vec<Apart>,
    /// By the place in the source what is so behind it.
    moments: BTreeMap<u32, Begin>,
    at: Begin,
}

impl Meanings {
    pub(super) fn of(&self, local: LocalId) -> Option<&Meaning> {
        self.locals.get(&local)
    }

    /// From now on what is hashed stands in this statement.
    pub fn go_to(&mut self, stmt: Span) {
        let before = self.moments.range(..=stmt.start).next_back();
        self.at = before.map_or_else(Begin::default, |(_, begins)| *begins);
    }

    pub fn now(&self) -> Moment {
        self.at.now
    }

    /// When each of these was read that grows old at such a place.
    pub(super) fn read(readings: &Readings, place: Place) -> Vec<Moment> {
        let all = readings.iter();
        let counted = all.filter(|(_, through)| place.counts(*through));
        counted.map(|(reading, _)| reading.at).collect()
    }

    /// How many moments ago each of these was read; none where all are of now.
    pub(super) fn ages(&self, readings: &Readings, place: Place) -> Option<Vec<u64>> {
        let age = |(reading, through): &(Reading, Through)| match place.counts(*through) {
            true => self.at.now.since(reading.at),
            false => 0,
        };
        let ages: Vec<u64> = readings.iter().map(age).collect();
        ages.iter().any(|age| *age > 0).then_some(ages)
    }

    /// Of each of these how many of the same thing were made since; none where there are none.
    pub(super) fn later(&self, readings: &Readings) -> Option<Vec<u64>> {
        let later = |(one, _): &(Reading, Through)| self.since(one);
        let later: Vec<u64> = readings.iter().map(later).collect();
        later.iter().any(|count| *count > 0).then_some(later)
    }

    /// How many readings of the same thing were made since, other branches left out.
    fn since(&self, one: &Reading) -> u64 {
        let numbers = self.all.get(&one.of).map_or(&[][..], Vec::as_slice);
        let between = |from: u32, to: u32| {
            let to = numbers.partition_point(|number| *number <= to);
            to.saturating_sub(numbers.partition_point(|number| *number <= from))
        };
        let mut count = between(one.number, self.at.made);
        let mut apart = self.at.apart.and_then(|at| self.apart.get(at));
        while let Some(Apart { from, to, around }) = apart {
            count = count.saturating_sub(between(one.number.max(*from), *to));
            apart = around.and_then(|at| self.apart.get(at));
        }
        count as u64
    }
}

/// Goes through a body in the order in which it runs.
pub(super) struct Finder<'c, 'a> {
    cores: &'c Cores<'a>,
    runbook: &'a Runbook,
    locals: &'a [Local],
    /// What each name stands for that is read once, and that nothing is handled of.
    lets: BTreeMap<LocalId, &'a Expr>,
    /// How often each name is read, beside by what people are shown.
    uses: BTreeMap<LocalId, u32>,
    /// What the loops around go through.
    around: Vec<Digest>,
    found: Meanings,
    /// The bodies of loops in which something is done or waited for.
    passing: BTreeSet<u32>,
}

impl<'c, 'a> Finder<'c, 'a> {
    pub fn new(cores: &'c Cores<'a>, runbook: &'a Runbook, body: &'a Body) -> Finder<'c, 'a> {
        let mut loops = BTreeSet::new();
        passing(&body.block, &mut loops);
        let mut uses = BTreeMap::new();
        body.block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Attach(_) = stmt.kind {
                return;
            }
            stmt.for_each_expr(&mut |expr| {
                expr.for_each(&mut |part| {
                    if let ExprKind::Local(local) = part.kind {
                        *uses.entry(local).or_default() += 1;
                    }
                });
            });
        });
        Finder {
            passing: loops,
            cores,
            runbook,
            locals: &body.locals,
            lets: BTreeMap::new(),
            uses,
            around: Vec::new(),
            found: Meanings::default(),
        }
    }

    pub fn body(mut self, body: &'a Body) -> Meanings {
        self.block(&body.block);
        self.found.at = Begin::default();
        self.found
    }

    /// A local that stands for something of what is known already.
    pub fn is(&mut self, local: LocalId, word: &'static str, said: impl FnOnce(&mut Canon<'_>)) {
        self.stands_for(local, word, None, said);
    }

    /// `reads` says how, where the world is asked for it.
    fn stands_for(
        &mut self,
        local: LocalId,
        word: &'static str,
        reads: Option<Through>,
        said: impl FnOnce(&mut Canon<'_>),
    ) {
        let mut canon = Canon::new(self.cores, self.runbook).meaning(&self.found);
        canon.tag(word);
        said(&mut canon);
        let met = canon.met();
        let (digest, ..) = canon.finish();
        let mut readings: Vec<Reading> = Vec::new();
        for (reading, _) in met.iter() {
            if !readings.contains(reading) {
                readings.push(*reading);
            }
        }
        let local_type = self.locals.get(local.index()).map(|local| &local.ty);
        let through = match (local_type, reads) {
            (Some(Type::Target(_)), Some(through)) => through,
            (Some(Type::Target(_)), None) => Through::Choice,
            (_, _) => Through::Value,
        };
        if reads.is_some() {
            self.found.at.made += 1;
            let reading = Reading {
                at: self.found.at.now,
                number: self.found.at.made,
                of: digest,
            };
            // What is only shown stands beside no other reading.
            if self.uses.contains_key(&local) {
                let known = self.found.all.entry(digest).or_default();
                known.push(reading.number);
            }
            readings.push(reading);
        }
        let meaning = Meaning {
            digest,
            readings,
            through,
        };
        self.found.locals.insert(local, meaning);
    }

    fn digest_of(&self, value: &Expr) -> Digest {
        let mut canon = Canon::new(self.cores, self.runbook).meaning(&self.found);
        canon.expr(value);
        canon.finish().0
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
        let through = match &value.kind {
            ExprKind::Call(_) => Through::Lookup,
            _ => Through::Choice,
        };
        self.stands_for(local, word, reads.then_some(through), said);
    }

    /// What follows is of this moment.
    fn begin(&mut self, at: u32, moment: Moment) {
        self.found.at.now = moment;
        self.found.moments.insert(at, self.found.at);
    }

    /// Something was done, or waited for.
    fn passed(&mut self, stmt: Span) {
        self.begin(stmt.end, self.found.at.now.next());
    }

    fn block(&mut self, block: &'a Block) {
        for stmt in &block.statements {
            self.stmt(stmt);
        }
    }

    /// Blocks of which at most one is gone through.
    fn one_of(&mut self, blocks: impl Iterator<Item = &'a Block>, end: u32) {
        let before = self.found.at;
        let mut last = before.now;
        for block in blocks {
            self.leave(before);
            self.begin(block.span.start, before.now);
            self.block(block);
            last = last.max(self.found.at.now);
        }
        self.found.at.apart = before.apart;
        self.begin(end, last);
    }

    /// What was read since is of another branch, or of later.
    fn leave(&mut self, before: Begin) {
        if self.found.at.made > before.made {
            self.found.apart.push(Apart {
                from: before.made,
                to: self.found.at.made,
                around: before.apart,
            });
            self.found.at.apart = self.found.apart.len().checked_sub(1);
        }
    }

    /// A list that was read just now, for this alone, is the same whether it has a name or not.
    fn unnamed(&self, list: &'a Expr) -> &'a Expr {
        let ExprKind::Local(local) = &list.kind else {
            return list;
        };
        let now = self.found.at.now;
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

    fn stmt(&mut self, stmt: &'a Stmt) {
        self.in_stmt(stmt);
        self.found.moments.insert(stmt.span.end, self.found.at);
    }

    /// Names are bound before the statements that see them are looked at.
    fn in_stmt(&mut self, stmt: &'a Stmt) {
        stmt.for_each_expr(&mut |expr| expr.for_each(&mut |part| self.bound_by(part)));
        match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                retry,
                handlers,
            } => {
                let is_read_once = self.uses.get(local) == Some(&1);
                if handlers.is_empty() && retry.is_none() && is_read_once {
                    self.lets.insert(*local, value);
                }
                // Between two tries of a reading time passes.
                if retry.is_some() {
                    self.passed(stmt.span.at_start());
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
                let list = self.digest_of(source);
                // Elements of two loops through one list are two.
                let same = self.around.iter().filter(|around| **around == list).count() as u64;
                self.comes_of(for_loop.local, "element of", source, |canon| {
                    canon.expr(source);
                    canon.option((same > 0).then_some(same), Canon::number);
                });
                self.around.push(list);
                // From the second element on what was read before the loop is as old as what is done in it.
                let body = &for_loop.body;
                if self.passing.contains(&body.span.start) {
                    self.passed(body.span.at_start());
                }
                self.block(body);
                self.around.pop();
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

    /// What takes it back is done later: what is read there is of then, what was read before is of before.
    fn step(&mut self, step: &'a Step, end: Span) {
        let before = self.found.at;
        if let UndoChoice::Block(block) = &step.undo {
            self.passed(block.span.at_start());
            self.block(block);
            self.found.at.now = before.now;
            self.leave(before);
        }
        self.passed(end);
        if let Some(result) = step.result {
            self.stands_for(result, "result of", Some(Through::Choice), |canon| {
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
            StmtKind::Do(_)
                | StmtKind::WithDo { .. }
                | StmtKind::Wait(_)
                | StmtKind::Verify(_)
                | StmtKind::Let { retry: Some(_), .. }
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
