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
pub struct Moment(u32);

impl Moment {
    /// How many moments lie between.
    pub fn since(self, before: Moment) -> u64 {
        u64::from(self.0.saturating_sub(before.0))
    }
}

/// One reading of the world: when, in which order, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reading {
    at: Moment,
    /// The readings of one body are numbered.
    number: u32,
    of: Digest,
}

/// How what was read comes to where it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Through {
    /// As a value, which stays what it was.
    Value,
    /// By which target was chosen.
    Choice,
    /// By looking a target up: which one it is stays, and its fields are what they were then.
    Lookup,
}

/// Where something stands, which decides what of it grows old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What a `guard` or a `verify` asks: it is looked at again, with the fields of targets.
    Live,
    /// What is looked at once.
    Once,
    /// Which target something is done to.
    Target,
}

impl Place {
    fn counts(self, through: Through) -> bool {
        match (self, through) {
            (_, Through::Value) | (Place::Once, _) | (Place::Target, Through::Choice) => true,
            (Place::Live, Through::Choice | Through::Lookup) | (Place::Target, Through::Lookup) => {
                false
            }
        }
    }
}

pub(super) struct Meaning {
    pub digest: Digest,
    readings: Vec<Reading>,
    through: Through,
}

/// What each local of a body stands for.
#[derive(Default)]
pub struct Meanings {
    locals: BTreeMap<LocalId, Meaning>,
    /// All readings, by their numbers.
    all: Vec<Reading>,
    /// By the place in the source what begins there: a moment, with the readings that were made before.
    moments: BTreeMap<u32, (Moment, u32)>,
    now: Moment,
    made: u32,
}

impl Meanings {
    pub(super) fn of(&self, local: LocalId) -> Option<&Meaning> {
        self.locals.get(&local)
    }

    /// From now on what is hashed stands in this statement.
    pub fn go_to(&mut self, stmt: Span) {
        let before = self.moments.range(..=stmt.start).next_back();
        (self.now, self.made) = before.map_or_else(Default::default, |(_, begins)| *begins);
    }

    pub fn now(&self) -> Moment {
        self.now
    }

    /// When each of these was read that grows old at such a place.
    pub(super) fn read(readings: &Readings, place: Place) -> Vec<Moment> {
        let all = readings.0.iter();
        let counted = all.filter(|(_, through)| place.counts(*through));
        counted.map(|(reading, _)| reading.at).collect()
    }

    /// How many moments ago each of these was read; none where all are of now.
    pub(super) fn ages(&self, readings: &Readings, place: Place) -> Option<Vec<u64>> {
        let age = |(reading, through): &(Reading, Through)| match place.counts(*through) {
            true => self.now.since(reading.at),
            false => 0,
        };
        let ages: Vec<u64> = readings.0.iter().map(age).collect();
        ages.iter().any(|age| *age > 0).then_some(ages)
    }

    /// Of each of these how many of the same thing were made since; none where there are none.
    pub(super) fn later(&self, readings: &Readings) -> Option<Vec<u64>> {
        let later = |(one, _): &(Reading, Through)| {
            let since = self.all.iter().skip(one.number as usize);
            let since = since.take_while(|other| other.number <= self.made);
            since.filter(|other| other.of == one.of).count() as u64
        };
        let later: Vec<u64> = readings.0.iter().map(later).collect();
        later.iter().any(|count| *count > 0).then_some(later)
    }
}

/// The readings that are met in one part, each once, in the order in which they are met.
#[derive(Default)]
pub(super) struct Readings(Vec<(Reading, Through)>);

impl Readings {
    pub fn meet(&mut self, meaning: &Meaning) {
        for reading in &meaning.readings {
            self.add(*reading, meaning.through);
        }
    }

    fn add(&mut self, reading: Reading, through: Through) {
        let room = self.0.len() < READINGS;
        match self
            .0
            .iter_mut()
            .find(|(known, by)| *known == reading && *by == through)
        {
            Some(_) => {}
            None if room => self.0.push((reading, through)),
            // Of too many the last one stands for the oldest.
            None => {
                if let Some((last, _)) = self.0.last_mut() {
                    last.at = last.at.min(reading.at);
                }
            }
        }
    }

    /// Which of those of one thing each is, from the first that was made on; none where there is one of each.
    pub fn ranks(&self) -> Option<Vec<u64>> {
        let rank = |(one, _): &(Reading, Through)| {
            let of = self.0.iter().map(|(other, _)| other);
            let of = of.filter(|other| other.of == one.of && other.number < one.number);
            of.count() as u64
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
        }
    }

    pub fn body(mut self, body: &'a Body) -> Meanings {
        self.block(&body.block);
        (self.found.now, self.found.made) = Default::default();
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
        for (reading, _) in met.0 {
            if !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        let local_type = self.locals.get(local.index()).map(|local| &local.ty);
        let through = match (local_type, reads) {
            (Some(Type::Target(_)), Some(through)) => through,
            (Some(Type::Target(_)), None) => Through::Choice,
            (_, _) => Through::Value,
        };
        if reads.is_some() {
            self.found.made += 1;
            let reading = Reading {
                at: self.found.now,
                number: self.found.made,
                of: digest,
            };
            self.found.all.push(reading);
            readings.push(reading);
        }
        let meaning = Meaning {
            digest,
            readings,
            through,
        };
        self.found.locals.insert(local, meaning);
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
        self.found.now = moment;
        self.found.moments.insert(at, (moment, self.found.made));
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

    fn stmt(&mut self, stmt: &'a Stmt) {
        self.in_stmt(stmt);
        let begins = (self.found.now, self.found.made);
        self.found.moments.insert(stmt.span.end, begins);
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
