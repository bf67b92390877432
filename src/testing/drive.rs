//! Drives the runs of a test: the world answers, virtual time passes, everything is recorded.

mod astray;
mod change;
mod leave;
mod past;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::case::Case;
use super::clock::{self, Clock};
use super::coverage::{Counter, Passage};
use super::explore::Chooser;
use super::fault::Fault;
use super::identity::lookup_call;
use super::problem::{self, Lack};
use super::record::{Happened, Record};
use super::world::{Answer, Silent, World};
use super::{Meanwhile, Options};
use crate::diag::Diagnostic;
use crate::effect::{Call, End, Observed, Settled};
use crate::program::points::Points;
use crate::run::{Action, Dirt, Event, Input, Intent, IntentKind, Leave, Observe};
use crate::run::{Run, RunInput, Start, State};
use crate::text::Span;
use crate::value::{Duration, Failure, Time, Value};
use past::Past;

/// What came of driving a test.
pub struct Driven {
    pub record: Record,
    /// Why the test cannot say anything about the runbook.
    pub problems: Vec<Diagnostic>,
    /// The `given` lines that would have let it go on.
    pub lacks: Vec<Lack>,
    /// The `given` lines that were asked, by where they stand.
    pub asked: Vec<Span>,
    /// What was passed, if somebody counts.
    pub passage: Passage,
    /// How much can go wrong.
    pub counts: Counts,
    /// What was asked that the test says nothing of, where that is no problem.
    pub unscripted: BTreeSet<String>,
}

/// How many of each there were.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub changes: usize,
    pub looks: usize,
    /// Inputs that the runs took.
    pub records: usize,
}

impl Counts {
    /// Whether there was what this fault is of.
    pub fn reach(self, fault: Fault) -> bool {
        match fault {
            Fault::Change(at, _) => at <= self.changes,
            Fault::Observation(at, _) => at <= self.looks,
            Fault::Record(at, _) => at <= self.records,
        }
    }
}

/// How long all changes are stopped, where that is what goes wrong.
pub const FREEZE: Duration = Duration::from_millis(600_000);

/// Which changes cause nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    Nothing,
    /// Those begun after that many passed verifies; they are reported applied.
    After(usize),
    /// Those, and from the first of them on time changes nothing that is seen.
    Frozen(usize),
    /// Those of this line, which is taken out with its undo and its release.
    Line(Span),
}

struct Driver<'c, 'p> {
    case: &'c Case<'p>,
    options: &'c Options,
    world: World<'c, 'p>,
    clock: Clock,
    now: Time,
    record: Record,
    problems: Vec<Diagnostic>,
    lacks: Vec<Lack>,
    silence: Silence,
    /// Of each change under way: its key, the line that it stands in, and what it takes back.
    lines: Vec<(SmolStr, Option<Span>, Option<SmolStr>)>,
    /// The keys of the changes that are taken out, and the calls.
    removed: Vec<(SmolStr, Call)>,
    /// The changes whose undo is taken out: nobody undoes them.
    not_undone: Vec<Call>,
    verified: usize,
    /// The watch or probe of the package whose own code is being run.
    evaluated: Option<Call>,
    /// What the runs so far have changed and not proven.
    dirt: Dirt,
    /// Where the stated time counts from.
    began: Time,
    counter: Option<Counter<'c>>,
    counts: Counts,
    unscripted: BTreeSet<String>,
    /// Of the changes that went wrong, by their keys: whether they took effect, and what their probes say.
    astray: BTreeMap<SmolStr, (bool, Settled)>,
    /// Answers in place of the test, where all that can be is looked at.
    chooser: Option<Chooser<'c, 'p>>,
    /// What was bound for the first run.
    bound: Option<Vec<Value>>,
    state: State,
    past: Past,
    /// What the run asked leave for.
    asked: leave::Asked,
}

/// Drives the test's run, and those that follow it.
pub fn drive(case: &Case<'_>, options: &Options, silence: Silence) -> Driven {
    drive_counted(case, options, silence, None)
}

/// The same, and counts what is passed among these points of the program.
pub fn drive_counted(
    case: &Case<'_>,
    options: &Options,
    silence: Silence,
    points: Option<&Points>,
) -> Driven {
    drive_chosen(case, options, silence, points, None).0
}

/// The same, where somebody answers in place of the test. A path is given up where that has gone on for too long.
pub fn drive_chosen<'c, 'p>(
    case: &'c Case<'p>,
    options: &'c Options,
    silence: Silence,
    points: Option<&'c Points>,
    chooser: Option<Chooser<'c, 'p>>,
) -> (Driven, Option<Chooser<'c, 'p>>) {
    let world = World::new(case);
    let mut driver = Driver {
        case,
        options,
        clock: Clock::default(),
        now: world.opened,
        began: world.opened,
        record: Record::new(world.opened),
        problems: Vec::new(),
        lacks: Vec::new(),
        silence,
        lines: Vec::new(),
        removed: Vec::new(),
        not_undone: Vec::new(),
        verified: 0,
        evaluated: None,
        dirt: Dirt::default(),
        counter: points.map(|points| Counter::new(case.program, points)),
        counts: Counts::default(),
        unscripted: BTreeSet::new(),
        astray: BTreeMap::new(),
        chooser,
        bound: None,
        state: State::Opened,
        past: Past::default(),
        asked: leave::Asked::default(),
        world,
    };
    let mut ordinal = 0;
    while driver.run(ordinal) == Some(End::Again) {
        ordinal += 1;
    }
    let asked = driver.world.asked();
    let driven = Driven {
        asked,
        record: driver.record,
        problems: driver.problems,
        lacks: driver.lacks,
        passage: driver.counter.map(Counter::finish).unwrap_or_default(),
        counts: driver.counts,
        unscripted: driver.unscripted,
    };
    (driven, driver.chooser)
}

impl Driver<'_, '_> {
    /// Drives one run to its end; None if the test does not say enough.
    fn run(&mut self, ordinal: u32) -> Option<End> {
        self.record.add(self.now, Happened::Opened { ordinal });
        let program = self.case.program;
        self.asked = leave::Asked::default();
        let start = self.start(ordinal);
        let input = RunInput {
            incident: "test".into(),
            ordinal,
            incident_opened: self.world.opened,
            began: self.began,
            bindings: self.bindings()?,
            start,
            leave: Leave::Mend,
            dirt: std::mem::take(&mut self.dirt),
            offer: true,
        };
        let mut run = Run::open(self.case.hash, input, self.now);
        self.clock.at(self.now, Input::Begin);
        if let Some(passed) = self.case.test.alert_resolves {
            let at = clock::after(self.world.opened, passed);
            self.clock.at(at.max(self.now), Input::AlertResolved);
        }
        if ordinal == 0 {
            self.disturb();
        }
        while let Some((time, (input, happened))) = self.clock.next() {
            self.now = time;
            if let Some(happened) = happened {
                self.record.add(time, happened);
            }
            if self.passes(&input) {
                return None;
            }
            self.counts.records += 1;
            let fault = self.record_fault();
            let before = fault.map(|_| (run.clone(), input.clone()));
            let trace = self.counter.as_mut().map(Counter::trace);
            let actions = run.handle_traced(program, input, time, trace);
            if self.options.restore {
                run = restored(&run);
            }
            self.asked.listed(&run, program, &actions);
            match (fault, before) {
                (Some(fault), Some(before)) => run = self.go_astray(fault, before, run, actions),
                (Some(_) | None, _) => {
                    for action in actions {
                        if self.has_been(&run, &action) {
                            return None;
                        }
                        self.act(action);
                    }
                }
            }
            if !self.problems.is_empty() {
                return None;
            }
            if run.end().is_some() {
                break;
            }
        }
        self.clock.clear();
        self.dirt = run.dirt().clone();
        self.began = run.began();
        run.end().cloned()
    }

    fn disturb(&mut self) {
        for (passed, what) in &self.options.meanwhile {
            let input = match what {
                Meanwhile::AlertResolved => Input::AlertResolved,
                Meanwhile::Cancel => Input::Cancel,
                Meanwhile::Hold => Input::Hold,
                Meanwhile::Release => Input::Release,
            };
            self.clock.at(clock::after(self.now, *passed), input);
        }
    }

    fn start(&mut self, ordinal: u32) -> Start {
        match &self.case.test.finding {
            Some((finding, args)) if ordinal == 0 => {
                let args = args.iter().map(|arg| self.looked_up(arg)).collect();
                Start::Finding(finding.0 as u16, args)
            }
            Some(_) | None if self.case.runbook.steps.is_some() => Start::Steps,
            Some(_) | None => Start::Diagnose,
        }
    }

    /// Whether a chosen path is too long. While a run only waits the world may change by itself.
    fn passes(&mut self, input: &Input) -> bool {
        let Some(chooser) = &mut self.chooser else {
            return false;
        };
        if matches!(input, Input::Timer { .. }) && self.state != State::Verifying {
            chooser.pass();
        }
        chooser.is_spent()
    }

    /// What the trigger binds; a requested target is looked up before the run begins. None where nothing is set off.
    fn bindings(&mut self) -> Option<Vec<Value>> {
        let case = self.case;
        if let Some(chooser) = &mut self.chooser {
            if self.bound.is_none() {
                self.bound = Some(chooser.bindings()?);
            }
            return self.bound.clone();
        }
        Some(match &case.test.trigger {
            Some(trigger) => {
                let values = trigger.bindings.iter().map(Option::as_ref);
                values
                    .map(|value| value.map_or(Value::None, |value| self.looked_up(value)))
                    .collect()
            }
            None => vec![Value::None; case.runbook.bindings.len()],
        })
    }

    /// A target that the test names as the world shows it, if the test says how.
    fn looked_up(&mut self, value: &Value) -> Value {
        let Value::Target(target) = value else {
            return value.clone();
        };
        let call = lookup_call(self.case, target);
        let answer = call.map(|call| self.world.observe(&call, self.now, None));
        match answer {
            Some(Ok(answer)) => match answer.outcome {
                Observed::Value(seen @ Value::Target(_)) => seen,
                Observed::Value(_) | Observed::Failed(_) | Observed::Evaluate => value.clone(),
            },
            Some(Err(_)) | None => value.clone(),
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Observe(observe) => self.observe(observe),
            Action::Intend { id, intent } => {
                if self.intend(&intent) {
                    self.clock.at(self.now, Input::Granted { id });
                    return;
                }
                self.ask_leave(id, &intent);
            }
            Action::Repeat { id, intent } => self.ask_again(id, &intent),
            Action::Perform(perform) => self.perform(perform),
            Action::Settle { id, key, call, .. } => self.settle(id, &key, &call),
            Action::Wait { id, until } => self.clock.at(until.max(self.now), Input::Timer { id }),
            Action::Tell(notice) => self.record.add(self.now, Happened::Told(notice)),
            Action::Attach(values) => self.record.add(self.now, Happened::Attached(values)),
            Action::Record(event) => self.report(event),
            Action::End(end) => {
                if let Some(counter) = &mut self.counter {
                    counter.ended(&end);
                }
                self.record.add(self.now, Happened::Ended(end));
            }
        }
    }

    /// Whether this change is one of those that are taken out.
    fn intend(&mut self, intent: &Intent) -> bool {
        let step = self.case.program.steps.get(intent.path.step.index());
        let line = step.map(|step| step.place);
        let known = (intent.key.clone(), line, intent.undoes.clone());
        self.lines.push(known);
        let Silence::Line(removed) = self.silence else {
            return false;
        };
        let takes_back = |undoes: &SmolStr| self.removed.iter().any(|(key, _)| key == undoes);
        let is_removed = line == Some(removed) || intent.undoes.as_ref().is_some_and(takes_back);
        if is_removed {
            let entry = (intent.key.clone(), intent.call.clone());
            self.removed.push(entry);
            let effects = self.record.effects.iter();
            let undone = effects.filter(|effect| Some(&effect.key) == intent.undoes.as_ref());
            self.not_undone
                .extend(undone.map(|effect| effect.call.clone()));
        }
        is_removed
    }

    fn is_removed(&self, key: &str) -> bool {
        self.removed.iter().any(|(removed, _)| removed == key)
    }

    fn report(&mut self, event: Event) {
        if let Event::Undone { call } = &event
            && (self.not_undone.contains(call)
                || self.removed.iter().any(|(_, removed)| removed == call))
        {
            return;
        }
        match event {
            Event::Verified { .. } => self.verified += 1,
            Event::Entered(state) => self.state = state,
            // From here on what lives is looked at again.
            Event::Planned { .. } => {
                if let Some(chooser) = &mut self.chooser {
                    chooser.pass();
                }
            }
            _ => {}
        }
        self.count(&event);
        self.asked.said(&event);
        if self.options.faults.is_none()
            && let Some(unsaid) = problem::unsaid_field(&event)
        {
            let problem = problem::field_not_given(self.case, unsaid);
            self.problems.push(problem);
        }
        self.record.add(self.now, Happened::Run(event));
    }

    /// Counts what the run says about itself.
    fn count(&mut self, event: &Event) {
        let Some(counter) = &mut self.counter else {
            return;
        };
        counter.event(event);
        if let Event::Undone { call } = event {
            let mut effects = self.record.effects.iter().rev();
            let undone =
                effects.find(|effect| effect.kind == IntentKind::Do && effect.call == *call);
            counter.undone(undone.and_then(|effect| effect.line));
        }
    }

    fn observe(&mut self, observe: Observe) {
        self.counts.looks += 1;
        let seen = match (self.look_fault(&observe), &mut self.chooser) {
            (Some(wrong), _) => Ok(wrong),
            (None, Some(chooser)) => Ok(at_once(chooser.observe(&observe.call, self.now))),
            (None, None) => self
                .world
                .observe(&observe.call, self.now, observe.newer_than),
        };
        let answer = match seen {
            Ok(answer) => answer,
            Err(_) if self.options.faults.is_some() => self.unscripted(&observe.call),
            Err(silent) => return self.not_given(&observe.call, silent),
        };
        let mut outcome = answer.outcome;
        let mut at = clock::after(self.now, answer.takes);
        // The code of a watch has no deadline of its own.
        if at > observe.deadline && !observe.evaluable {
            at = observe.deadline;
            outcome = Observed::Failed(Failure::Failed("no answer in time".into()));
        }
        let id = observe.id;
        if outcome == Observed::Evaluate {
            self.evaluated = Some(observe.call);
            return self.clock.at(at, Input::Observed { id, outcome });
        }
        self.evaluated = None;
        let happened = Happened::Observed {
            call: observe.call,
            outcome: outcome.clone(),
        };
        self.clock
            .shown_at(at, Input::Observed { id, outcome }, happened);
    }

    fn not_given(&mut self, call: &Call, silent: Silent) {
        let problem = match silent {
            Silent::NotGiven => {
                let within = self.evaluated.as_ref();
                let lack = Lack::of(self.case, call, within, self.now);
                let found = problem::not_given(self.case, call, within, self.now, &lack);
                self.lacks.push(lack);
                found
            }
            Silent::NotIdentified(what) => problem::not_identified(self.case, call, &what),
        };
        self.problems.push(problem);
    }
}

fn at_once<Outcome>(outcome: Outcome) -> Answer<Outcome> {
    let takes = Duration::ZERO;
    Answer { outcome, takes }
}

/// The run as it comes back from where it was stored.
fn restored(run: &Run) -> Run {
    let stored = postcard::to_stdvec(run).expect("a run is plain data and always serialises");
    Run::of_stored(&stored).expect("a run comes back from what it was stored as")
}
