//! The ends that a runbook can come to by its own code: those that a test can show.

use std::collections::BTreeSet;

use crate::effect::{End, Reason};
use crate::program::{
    Effect, Filter, Function, FunctionIndex, MessageKind, Op, Program, VerifyElse,
};

/// An end, without what is said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    Resolved,
    SelfResolved,
    Cleared,
    Mitigated,
    Again,
    Cancelled,
    Handed(Reason),
}

impl Ending {
    pub fn of(end: &End) -> Ending {
        match end {
            End::Resolved => Ending::Resolved,
            End::Cleared { .. } => Ending::Cleared,
            End::SelfResolved => Ending::SelfResolved,
            End::Mitigated { .. } => Ending::Mitigated,
            End::Handed { reason, .. } => Ending::Handed(*reason),
            End::Cancelled => Ending::Cancelled,
            End::Again => Ending::Again,
        }
    }

    /// As a test says it: `resolved`, `handed because guard`.
    pub fn words(self) -> String {
        match self {
            Ending::Resolved => "resolved".to_owned(),
            Ending::SelfResolved => "self_resolved".to_owned(),
            Ending::Cleared => "cleared".to_owned(),
            Ending::Mitigated => "mitigated".to_owned(),
            Ending::Again => "again".to_owned(),
            Ending::Cancelled => "cancelled".to_owned(),
            Ending::Handed(reason) => format!("handed because {}", reason.word()),
        }
    }
}

/// The ends that something in the code leads to. What an agent's limits, grants or people bring about is not among
/// them.
pub fn possible(program: &Program) -> BTreeSet<Ending> {
    let mut ends = BTreeSet::new();
    let entries = &program.entries;
    if let Some(diagnosis) = entries.diagnose {
        of_code(program, diagnosis, Part::Diagnosis, &mut ends);
    }
    let remedies = entries.remedies.iter().map(|remedy| remedy.function);
    for remedy in remedies.chain(entries.steps) {
        of_code(program, remedy, Part::Remedy, &mut ends);
    }
    ends
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Diagnosis,
    Remedy,
}

fn of_code(program: &Program, index: FunctionIndex, part: Part, ends: &mut BTreeSet<Ending>) {
    let Some(function) = program.functions.get(index.index()) else {
        return;
    };
    let reached = reachable(function, is_last);
    let code = function.code.iter().zip(reached).enumerate();
    if part == Part::Remedy && goes_well(function) {
        ends.insert(Ending::Resolved);
    }
    for (at, (op, _)) in code.filter(|(_, (_, reached))| *reached) {
        match op {
            Op::Effect { effect } => {
                if let Some(effect) = function.effects.get(effect.index()) {
                    of_effect(program, function, at, effect, part, ends);
                }
            }
            Op::LiveField { .. } if part == Part::Diagnosis && !is_caught(function, at) => {
                ends.insert(Ending::Handed(Reason::Inconclusive));
            }
            Op::Bound { .. } if part == Part::Remedy => {
                ends.insert(Ending::Handed(Reason::OverBound));
            }
            Op::NotEmpty { .. } => {
                ends.insert(Ending::Handed(Reason::Empty));
            }
            // An action of the package is a part of the remedy.
            Op::Call { function, .. } if part == Part::Remedy && *function != index => {
                of_code(program, *function, part, ends);
            }
            _ => {}
        }
    }
}

fn of_effect(
    program: &Program,
    function: &Function,
    at: usize,
    effect: &Effect,
    part: Part,
    ends: &mut BTreeSet<Ending>,
) {
    match effect {
        Effect::Observe(_) if part == Part::Diagnosis && !is_caught(function, at) => {
            ends.insert(Ending::Handed(Reason::Inconclusive));
        }
        Effect::PlanReady {
            precheck: Some(_), ..
        } => {
            ends.insert(Ending::SelfResolved);
        }
        Effect::GuardOpen { .. } => {
            ends.insert(Ending::Handed(Reason::Guard));
        }
        Effect::Do { step, .. } => {
            // What only gives back has no end of its own.
            let step = program.steps.get(step.index());
            if step.is_some_and(|step| !step.release) {
                ends.insert(Ending::Handed(Reason::Unknown));
                ends.insert(Ending::Handed(Reason::Broke));
                if !handles(function, at, |filter| matches!(filter, Filter::NotApplied)) {
                    ends.insert(Ending::Handed(Reason::NotApplied));
                }
            }
        }
        Effect::Verify { verify, .. } => {
            let verify = program.verifies.get(verify.index());
            ends.insert(match verify.map(|verify| verify.otherwise) {
                Some(VerifyElse::Again) => Ending::Again,
                Some(VerifyElse::Undo | VerifyElse::Keep) | None => {
                    Ending::Handed(Reason::NotVerified)
                }
            });
        }
        Effect::Tell { kind, .. } => match kind {
            MessageKind::Page | MessageKind::HandWithin(_) | MessageKind::HandWorkdays(_) => {
                ends.insert(Ending::Handed(Reason::Declared));
            }
            MessageKind::Tell => {}
        },
        Effect::Novel(_) => {
            ends.insert(Ending::Handed(Reason::Novel));
        }
        Effect::Inconclusive(_) => {
            ends.insert(Ending::Handed(Reason::Inconclusive));
        }
        Effect::Cleared(_) => {
            ends.insert(Ending::Cleared);
        }
        Effect::Mitigated { .. } => {
            ends.insert(Ending::Mitigated);
        }
        Effect::Observe(_)
        | Effect::PlanReady { precheck: None, .. }
        | Effect::GuardClose { .. }
        | Effect::BeginAttempt { .. }
        | Effect::BeginElement { .. }
        | Effect::BeginWith
        | Effect::End
        | Effect::Unwind
        | Effect::Wait(_)
        | Effect::Attach(_)
        | Effect::Found { .. }
        | Effect::Waive => {}
    }
}

/// Whether every failure of a value is handled in the same function.
fn is_caught(function: &Function, at: usize) -> bool {
    let takes = |wanted: Filter| {
        handles(function, at, |filter| {
            matches!(filter, Filter::Any | Filter::Every) || filter == wanted
        })
    };
    takes(Filter::NoData) && takes(Filter::Failed)
}

fn handles(function: &Function, at: usize, takes: impl Fn(Filter) -> bool) -> bool {
    let mut handlers = function.handlers.iter();
    handlers.any(|handler| {
        (handler.from.index()..handler.to.index()).contains(&at) && takes(handler.filter)
    })
}

/// Whether something is verified, and the code can end without a word to people.
fn goes_well(function: &Function) -> bool {
    let mut effects = function.effects.iter();
    let verifies = effects.any(|effect| matches!(effect, Effect::Verify { .. }));
    let tells = |effect: &Effect| {
        let hands_over = matches!(effect, Effect::Tell { kind, .. } if *kind != MessageKind::Tell);
        hands_over || is_last(effect)
    };
    let mut code = function.code.iter().zip(reachable(function, tells));
    verifies && code.any(|(op, reached)| reached && matches!(op, Op::Return { .. }))
}

/// Which instructions can be come to, by jumps, handlers and straight on; the code is left with what `is_last` says.
fn reachable(function: &Function, is_last: impl Fn(&Effect) -> bool) -> Vec<bool> {
    let mut reached = vec![false; function.code.len()];
    let mut next = vec![0];
    while let Some(at) = next.pop() {
        let Some(seen) = reached.get_mut(at) else {
            continue;
        };
        if std::mem::replace(seen, true) {
            continue;
        }
        let Some(op) = function.code.get(at) else {
            continue;
        };
        let (jump, goes_on) = leads(function, op, &is_last);
        next.extend(jump);
        if goes_on {
            next.push(at + 1);
        }
        let handlers = function.handlers.iter();
        let around = handlers.filter(|one| (one.from.index()..one.to.index()).contains(&at));
        next.extend(around.map(|handler| handler.target.index()));
    }
    reached
}

/// Where an instruction jumps, and whether the one behind it may follow.
fn leads(function: &Function, op: &Op, is_last: impl Fn(&Effect) -> bool) -> (Option<usize>, bool) {
    match op {
        Op::Jump { target } => (Some(target.index()), false),
        Op::JumpIf { target, .. }
        | Op::JumpCompare { target, .. }
        | Op::JumpConstant { target, .. }
        | Op::JumpInt { target, .. }
        | Op::JumpIntImmediate { target, .. }
        | Op::JumpNone { target, .. }
        | Op::Next { exit: target, .. } => (Some(target.index()), true),
        Op::Return { .. } | Op::Fail { .. } | Op::Rethrow => (None, false),
        Op::Effect { effect } => {
            let effect = function.effects.get(effect.index());
            (None, !effect.is_some_and(is_last))
        }
        _ => (None, true),
    }
}

/// Whether the code is left with it.
fn is_last(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Found { .. }
            | Effect::Novel(_)
            | Effect::Inconclusive(_)
            | Effect::Cleared(_)
            | Effect::Mitigated { .. }
    )
}
