//! Populations: listed when the plan is made, and again right before each change that a line looks at.
//!
//! In: the lines of the program, and lists of the world. Out: who was there and who is, for whoever gives leave. That a
//! line cannot be kept whatever others do is said in the plan, before anything is changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::code::Purpose;
use super::frame::{Frame, Outcome, Signal, Turn};
use super::{Context, Event, Intent, IntentKind, Run, call, own};
use crate::effect::Fault;
use crate::program::Program;
use crate::program::lower::{Asks, PopulationLine};
use crate::value::{Failure, Identity, Value};
use crate::vm::Reply;

/// What was listed for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The line, by its place in the program.
    pub line: u16,
    /// Who was there when the plan was made.
    pub frozen: BTreeSet<Identity>,
    /// Who is there now, and of whom the field of a floor is true.
    pub now: BTreeMap<Identity, bool>,
}

/// All that a run has listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Populations {
    counted: Vec<Counted>,
    /// The plan waits for lists.
    freezing: bool,
}

/// Lists are being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counting {
    /// For the plan.
    freezes: bool,
    /// The lines to go; the last is next.
    left: Vec<u16>,
}

impl Counting {
    fn of(mut lines: Vec<u16>, freezes: bool) -> Counting {
        lines.reverse();
        let left = lines;
        Counting { freezes, left }
    }

    /// The lines whose list has been read now: the next one, and all that count the same.
    fn take_alike(&mut self, program: &Program) -> Vec<u16> {
        let list = |number: &u16| line(program, *number).map(|line| line.list);
        let next = self.left.last().and_then(list);
        let all = self.left.iter();
        let (mut read, left): (Vec<u16>, Vec<u16>) = all.partition(|number| list(number) == next);
        self.left = left;
        read.reverse();
        read
    }
}

impl Populations {
    pub fn is_empty(&self) -> bool {
        *self == Populations::default()
    }

    /// Whether the plan waited for lists; not any more.
    pub fn take_freezing(&mut self) -> bool {
        std::mem::take(&mut self.freezing)
    }

    /// The plan is made once more.
    pub fn clear(&mut self) {
        *self = Populations::default();
    }
}

impl Run {
    /// What was listed for the lines that look at a change.
    pub fn counted(&self, program: &Program, intent: &Intent) -> Vec<Counted> {
        let lines = covering(program, intent.kind, &intent.remedy, &intent.targets);
        let counted = self.populations.counted.iter();
        counted
            .filter(|counted| lines.contains(&counted.line))
            .cloned()
            .collect()
    }

    /// The lists that a plan is made on, where they are not there yet.
    pub(super) fn freeze(&mut self, program: &Program) -> Option<Frame> {
        if !self.populations.counted.is_empty() {
            return None;
        }
        let lines = numbered(program).filter(|(_, line)| line.concerns(&self.plan.remedy));
        let lines: Vec<u16> = lines.map(|(number, _)| number).collect();
        self.populations.freezing = !lines.is_empty();
        let counting = Counting::of(lines, true);
        self.populations
            .freezing
            .then_some(Frame::Counting(counting))
    }

    /// The lists that are read right before a change, if a line looks at it.
    pub(super) fn recount(
        &self,
        program: &Program,
        kind: IntentKind,
        targets: &[Identity],
    ) -> Option<Frame> {
        let lines = covering(program, kind, &self.plan.remedy, targets);
        (!lines.is_empty()).then(|| Frame::Counting(Counting::of(lines, false)))
    }

    pub(super) fn counting(
        &mut self,
        context: &mut Context<'_>,
        mut counting: Counting,
        signal: Signal,
    ) -> Turn {
        if let Signal::Reply(outcome) = signal {
            let read = counting.take_alike(context.program);
            if let Err(fault) = self.listed(context, &read, counting.freezes, outcome) {
                return Turn::failed(fault);
            }
        }
        let next = counting
            .left
            .last()
            .and_then(|number| line(context.program, *number));
        let Some(next) = next else {
            return Turn::reply(Reply::Done);
        };
        let bindings = self.input.bindings.clone();
        let code = self.start_code(context, next.list, bindings, Purpose::Condition);
        Turn::Call(Frame::Counting(counting), code)
    }

    /// A list is read, for all lines that count it.
    fn listed(
        &mut self,
        context: &mut Context<'_>,
        lines: &[u16],
        freezes: bool,
        outcome: Outcome,
    ) -> Result<(), Fault> {
        let value = match outcome {
            Outcome::Reply(Reply::Failed(fault)) => return Err(fault),
            Outcome::Reply(Reply::Value(value)) => value,
            Outcome::Reply(Reply::Done | Reply::AlreadySo | Reply::Observed(_))
            | Outcome::Ended(_) => Value::None,
        };
        for number in lines {
            if let Some(line) = line(context.program, *number) {
                let now = members(context.program, line, &value)?;
                self.count(context, (*number, line), freezes, now)?;
            }
        }
        Ok(())
    }

    fn count(
        &mut self,
        context: &mut Context<'_>,
        (number, line): (u16, &PopulationLine),
        freezes: bool,
        now: BTreeMap<Identity, bool>,
    ) -> Result<(), Fault> {
        let mut counted = self.populations.counted.iter_mut();
        let known = counted.find(|counted| counted.line == number);
        match known {
            Some(known) if !freezes => known.now = now,
            Some(_) | None => {
                let frozen: BTreeSet<Identity> = now.keys().cloned().collect();
                keepable(line, &frozen)?;
                context.record(Event::PopulationFrozen {
                    line: line.words.clone(),
                    members: frozen.iter().cloned().collect(),
                });
                let line = number;
                let counted = Counted { line, frozen, now };
                self.populations.counted.push(counted);
            }
        }
        Ok(())
    }
}

/// The lines of a program with their places.
fn numbered(program: &Program) -> impl Iterator<Item = (u16, &PopulationLine)> {
    (0..).zip(&program.lowers.populations)
}

/// A line by its place.
pub fn line(program: &Program, number: u16) -> Option<&PopulationLine> {
    program.lowers.populations.get(usize::from(number))
}

/// The lines that look at a change.
fn covering(program: &Program, kind: IntentKind, remedy: &str, targets: &[Identity]) -> Vec<u16> {
    match kind {
        IntentKind::Do => {}
        IntentKind::Undo | IntentKind::Release => return Vec::new(),
    }
    let kinds = || targets.iter().map(Identity::kind);
    let lines = numbered(program).filter(|(_, line)| line.covers(remedy, kinds()));
    lines.map(|(number, _)| number).collect()
}

/// Everyone in a list, all of whom the product owns: others would lend it room that is not its own.
fn members(
    program: &Program,
    line: &PopulationLine,
    value: &Value,
) -> Result<BTreeMap<Identity, bool>, Fault> {
    let Value::List(items) = value else {
        let failure = Failure::conversion("a population is not a list");
        return Err(Fault::Value(failure));
    };
    let mut members = BTreeMap::new();
    for item in items.iter() {
        let Value::Target(target) = item else {
            continue;
        };
        if !own::owns(program, &target.identity) {
            let foreign = call::printed(&target.identity);
            return Err(Fault::Value(Failure::NotOwned(foreign.into())));
        }
        let is_well = match &line.asks {
            Asks::Share(_) => true,
            Asks::Floor { field, .. } => target.field(field) == Some(&Value::Bool(true)),
        };
        members.insert(target.identity.clone(), is_well);
    }
    Ok(members)
}

/// Whether the line leaves room for any change at all.
fn keepable(line: &PopulationLine, frozen: &BTreeSet<Identity>) -> Result<(), Fault> {
    let (words, of, all) = (&line.words, &line.of, frozen.len());
    let number = line.number(all);
    let why = match &line.asks {
        _ if all == 0 => format!("`{words}`: nothing is there to be counted"),
        Asks::Share(_) if number == 0 => {
            format!("`{words}` is 0 of {all}; for so few the line is `at most 1 {of} at once`")
        }
        Asks::Floor { .. } if number > all => {
            format!("`{words}` can never be kept: there are {all}")
        }
        Asks::Share(_) | Asks::Floor { .. } => return Ok(()),
    };
    Err(Fault::OverBound(why))
}
