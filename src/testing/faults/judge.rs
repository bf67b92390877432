//! What must hold whatever goes wrong, judged by what reached the world and by whom people heard of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::effect::{End, Reason, Repeat};
use crate::program::Effect as Asks;
use crate::run::{Event, IntentKind};
use crate::testing::case::Case;
use crate::testing::drive::{Driven, FREEZE};
use crate::testing::fault::{Fault, RecordFault};
use crate::testing::record::{Effect, Happened};
use crate::typed::RunbookFacts;
use crate::value::{Duration, Time, Value};

/// What is stated of a runbook, and what its test comes to by itself.
pub struct Stated {
    time: Duration,
    /// Distinct targets of a run, by type.
    touched: BTreeMap<String, u32>,
    end: Option<End>,
    /// The author answers for what is not verified.
    waives: bool,
}

impl Stated {
    pub fn of(case: &Case<'_>, facts: Option<&RunbookFacts>, plain: &Driven) -> Stated {
        let targets = &case.package.targets;
        let touched = facts.iter().flat_map(|facts| &facts.touched);
        let touched = touched.filter_map(|one| {
            let target = targets.get(one.target.index())?;
            Some((target.name.to_string(), one.targets))
        });
        let mut effects = case.program.functions.iter().flat_map(|one| &one.effects);
        Stated {
            time: facts.map(RunbookFacts::stated_time).unwrap_or_default(),
            touched: touched.collect(),
            end: plain.record.end().map(|(_, end)| end.clone()),
            waives: effects.any(|effect| matches!(effect, Asks::Waive)),
        }
    }
}

/// Whether what happened is judged later, or is part of what was found: two pasts that are told apart by nothing else
/// are judged alike.
pub fn remembers(happened: &Happened) -> bool {
    match happened {
        Happened::Performed { .. }
        | Happened::Settled { .. }
        | Happened::Told(_)
        | Happened::Ended(_) => true,
        Happened::Run(event) => match event {
            Event::Entered(_)
            | Event::Found { .. }
            | Event::Novel { .. }
            | Event::Inconclusive { .. }
            | Event::AlreadySo
            | Event::Verified { .. }
            | Event::Began(_)
            | Event::Undone { .. } => true,
            Event::Planned { .. }
            | Event::Stale { .. }
            | Event::Guard { .. }
            | Event::Unread { .. }
            | Event::Polled { .. }
            | Event::NotVerified { .. }
            | Event::PieceFailed { .. }
            | Event::Failed { .. }
            | Event::UndoStopped { .. }
            | Event::Owes { .. }
            | Event::AlertResolved
            | Event::CancelRequested
            | Event::Held
            | Event::Released
            | Event::Unproven { .. }
            | Event::HoldsOn { .. }
            | Event::NotTakenBack { .. }
            | Event::PopulationFrozen { .. }
            | Event::Rated { .. } => false,
        },
        Happened::Opened { .. }
        | Happened::Observed { .. }
        | Happened::Intended { .. }
        | Happened::Closed(_)
        | Happened::Attached(_) => false,
    }
}

/// The first promise that is broken, in words.
pub fn judge(
    case: &Case<'_>,
    stated: &Stated,
    faults: &[Fault],
    driven: &Driven,
) -> Option<String> {
    let Some((took, end)) = driven.record.end() else {
        return Some("the run never ends".to_owned());
    };
    let effects = &driven.record.effects;
    told(end, driven)
        .or_else(|| in_time(stated, faults, took))
        .or_else(|| clean(case, stated, end, driven))
        .or_else(|| taken_back(case, driven))
        .or_else(|| once(case, effects))
        .or_else(|| not_while_diagnosing(driven))
        .or_else(|| within_width(stated, effects))
        .or_else(|| holds_nothing(case, end, driven))
        .or_else(|| after_death(stated, faults, end, driven))
}

/// Who is needed hears of it.
fn told(end: &End, driven: &Driven) -> Option<String> {
    let is_told = driven.record.notices().next().is_some();
    let changed = driven.record.effects.iter().any(|effect| effect.applied);
    match end {
        End::Handed { .. } if !is_told => Some("it is handed over, and nobody is told".to_owned()),
        End::Cancelled if changed => {
            Some("it is called off after a change, and nobody has it".to_owned())
        }
        End::Handed { .. }
        | End::Cancelled
        | End::Resolved
        | End::SelfResolved
        | End::Cleared { .. }
        | End::Mitigated { .. }
        | End::Again => None,
    }
}

/// Time in which all changes are stopped is nobody's.
fn in_time(stated: &Stated, faults: &[Fault], took: Duration) -> Option<String> {
    let away = faults.iter().map(|fault| match fault {
        Fault::Record(_, RecordFault::Freeze) => FREEZE.millis(),
        Fault::Record(..) | Fault::Change(..) | Fault::Observation(..) => 0,
    });
    let most = stated.time.millis().saturating_add(away.sum());
    (took.millis() > most).then(|| {
        let time = stated.time;
        format!("it takes {took}, and {time} is stated")
    })
}

/// A good end leaves nothing that was changed and is not proven.
fn clean(case: &Case<'_>, stated: &Stated, end: &End, driven: &Driven) -> Option<String> {
    if !is_good(end) || stated.waives {
        return None;
    }
    let mut open: Vec<&Effect> = Vec::new();
    let mut effects = driven.record.effects.iter().peekable();
    for proven in proofs(case, driven) {
        while effects.next_if(|effect| effect.at <= proven).is_some() {}
    }
    for effect in effects {
        match effect.kind {
            IntentKind::Do if effect.applied => open.push(effect),
            IntentKind::Undo if effect.applied => {
                open.retain(|done| Some(&done.key) != effect.undoes.as_ref());
            }
            IntentKind::Do | IntentKind::Undo | IntentKind::Release => {}
        }
    }
    let left = open.first()?;
    Some(format!(
        "it ends {}, and nothing has proven `{}`",
        end.word(),
        left.call.name
    ))
}

/// Since when each proof has held: a verify that passed, or one that held beforehand, looked at for as long as it has
/// to hold.
fn proofs(case: &Case<'_>, driven: &Driven) -> Vec<Time> {
    let verifies = case.program.verifies.iter();
    let beforehand = verifies.filter(|verify| verify.precheck);
    let holding = beforehand.map(|verify| verify.holding.map_or(0, |holding| holding.millis()));
    let holding = holding.min().unwrap_or(0);
    let mut proofs = Vec::new();
    // Since when nothing was done.
    let mut since = driven.record.opened;
    for (at, happened) in &driven.record.entries {
        match happened {
            Happened::Performed { .. } | Happened::Run(Event::Began(_)) => since = *at,
            Happened::Run(Event::Verified { .. }) => proofs.push(*at),
            Happened::Run(Event::AlreadySo) if at.millis() - since.millis() >= holding => {
                proofs.push(since);
            }
            _ => {}
        }
    }
    proofs
}

/// What is said to be taken back is.
fn taken_back(case: &Case<'_>, driven: &Driven) -> Option<String> {
    let effects = &driven.record.effects;
    let said = driven.record.events().filter_map(|event| match event {
        Event::Undone { call } => Some(call),
        _ => None,
    });
    for call in said {
        let done = effects.iter().filter(|effect| {
            effect.kind == IntentKind::Do && effect.call == *call && effect.applied
        });
        for done in done {
            let is_undone = |effect: &Effect| {
                effect.undoes.as_ref() == Some(&done.key) && effect.applied && effect.at >= done.at
            };
            let late = effects.iter().any(is_undone);
            let has_undo = case.program.steps.iter().any(|step| {
                Some(step.place) == done.line && step.undo != crate::program::Undo::Nothing
            });
            if has_undo && !late {
                return Some(format!(
                    "`{}` is said to be taken back, and is not",
                    call.name
                ));
            }
        }
    }
    None
}

/// Nothing is done twice that must not be.
fn once(case: &Case<'_>, effects: &[Effect]) -> Option<String> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for effect in effects.iter().filter(|effect| effect.applied) {
        let is_new = done.insert(&effect.key);
        let action = case.program.actions.iter();
        let mut action = action.filter(|action| *action.name == *effect.call.name);
        let repeat = action.next().map(|action| action.repeat);
        let may = match repeat {
            Some(Repeat::Safe | Repeat::Keyed) => true,
            Some(Repeat::UnsafeProbe | Repeat::UnsafeHuman) | None => false,
        };
        if !is_new && !may {
            return Some(format!("`{}` is done twice", effect.call.name));
        }
    }
    None
}

/// A diagnosis changes nothing.
fn not_while_diagnosing(driven: &Driven) -> Option<String> {
    let mut diagnosing = false;
    for (_, happened) in &driven.record.entries {
        match happened {
            Happened::Run(Event::Entered(state)) => {
                diagnosing = *state == crate::run::State::Diagnosing;
            }
            Happened::Performed { call, .. } if diagnosing => {
                return Some(format!("`{}` is done while it is diagnosed", call.name));
            }
            _ => {}
        }
    }
    None
}

/// No more targets are changed than is stated.
fn within_width(stated: &Stated, effects: &[Effect]) -> Option<String> {
    let mut touched: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for effect in effects {
        let targets = effect.call.args.iter().filter_map(|arg| match &arg.value {
            Value::Target(target) => Some(&target.identity),
            _ => None,
        });
        for target in targets {
            touched
                .entry(target.kind())
                .or_default()
                .insert(target.key());
        }
    }
    touched.into_iter().find_map(|(kind, keys)| {
        let most = *stated.touched.get(kind)?;
        let count = keys.len();
        (count > most as usize)
            .then(|| format!("{count} {kind} are changed, and {most} are stated"))
    })
}

/// A good end leaves nothing held that something gives back.
fn holds_nothing(case: &Case<'_>, end: &End, driven: &Driven) -> Option<String> {
    if !is_good(end) || matches!(end, End::Mitigated { .. }) {
        return None;
    }
    let effects = &driven.record.effects;
    effects.iter().enumerate().find_map(|(index, effect)| {
        // What takes a change back stands in the same line.
        let mut steps = case.program.steps.iter();
        let step = steps.find(|step| {
            let action = case.program.actions.get(step.action.index());
            Some(step.place) == effect.line
                && action.is_some_and(|action| *action.name == *effect.call.name)
        });
        let by = step?.given_back_by.as_ref().filter(|_| effect.applied)?;
        let behind = effects.get(index + 1..).unwrap_or_default();
        let given_back = behind
            .iter()
            .any(|other| other.applied && *other.call.name == **by);
        (effect.kind == IntentKind::Do && !given_back).then(|| {
            format!(
                "it ends {}, and `{}` holds on",
                end.word(),
                effect.call.name
            )
        })
    })
}

/// A death changes nothing about the end, unless nobody knows what became of a change, or it is known that nothing did.
fn after_death(stated: &Stated, faults: &[Fault], end: &End, driven: &Driven) -> Option<String> {
    let [Fault::Record(_, death)] = faults else {
        return None;
    };
    // Later than in the test something else is asked, of which the test says nothing: it failed, and is listed.
    if !driven.unscripted.is_empty() {
        return None;
    }
    let alike = stated
        .end
        .as_ref()
        .is_some_and(|before| before.word() == end.word());
    let lost = matches!(
        end,
        End::Handed {
            reason: Reason::Unknown | Reason::NotApplied,
            ..
        }
    );
    (death.is_death() && !alike && !lost).then(|| {
        let before = stated.end.as_ref().map_or("nothing", End::word);
        format!(
            "the agent dies, and the run ends {} instead of {before}",
            end.word()
        )
    })
}

fn is_good(end: &End) -> bool {
    match end {
        End::Resolved | End::Cleared { .. } | End::SelfResolved | End::Mitigated { .. } => true,
        End::Handed { .. } | End::Cancelled | End::Again => false,
    }
}
