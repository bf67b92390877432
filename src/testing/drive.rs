//! Drives the runs of a test: the world answers, virtual time passes, everything is recorded.

use smol_str::SmolStr;

use super::case::Case;
use super::clock::{self, Clock};
use super::problem;
use super::record::{Effect, Fate, Happened, Record};
use super::world::{Silent, World};
use super::{Meanwhile, Options, effect, identity};
use crate::diag::Diagnostic;
use crate::effect::{Argument, Call, ChangeOutcome, End, Observed};
use crate::run::{Action, Dirt, Event, Input, Intent, Leave, Observe, Perform};
use crate::run::{Run, RunInput, Start};
use crate::text::Span;
use crate::typed::ExternId;
use crate::value::{Failure, Target, Time, Value};

/// What came of driving a test.
pub struct Driven {
    pub record: Record,
    /// Why the test cannot say anything about the runbook.
    pub problems: Vec<Diagnostic>,
    /// The `given` lines that were asked, by where they stand.
    pub asked: Vec<Span>,
}

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
    silence: Silence,
    /// Of each change under way: its key and the line that it stands in.
    lines: Vec<(SmolStr, Option<Span>)>,
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
}

/// Drives the test's run, and those that follow it.
pub fn drive(case: &Case<'_>, options: &Options, silence: Silence) -> Driven {
    let world = World::new(case);
    let mut driver = Driver {
        case,
        options,
        clock: Clock::default(),
        now: world.opened,
        began: world.opened,
        record: Record::new(world.opened),
        problems: Vec::new(),
        silence,
        lines: Vec::new(),
        removed: Vec::new(),
        not_undone: Vec::new(),
        verified: 0,
        evaluated: None,
        dirt: Dirt::default(),
        world,
    };
    let mut ordinal = 0;
    while driver.run(ordinal) == Some(End::Again) {
        ordinal += 1;
    }
    let asked = driver.world.asked();
    Driven {
        asked,
        record: driver.record,
        problems: driver.problems,
    }
}

impl Driver<'_, '_> {
    /// Drives one run to its end; None if the test does not say enough.
    fn run(&mut self, ordinal: u32) -> Option<End> {
        self.record.add(self.now, Happened::Opened { ordinal });
        let program = self.case.program;
        let start = self.start(ordinal);
        let input = RunInput {
            incident: "test".into(),
            ordinal,
            incident_opened: self.world.opened,
            began: self.began,
            bindings: self.bindings(),
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
            let actions = run.handle(program, input, time);
            if self.options.restore {
                run = restored(&run);
            }
            for action in actions {
                self.act(action);
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

    /// What the trigger binds; a requested target is looked up before the run begins.
    fn bindings(&mut self) -> Vec<Value> {
        let case = self.case;
        match &case.test.trigger {
            Some(trigger) => {
                let values = trigger.bindings.iter().map(Option::as_ref);
                values
                    .map(|value| value.map_or(Value::None, |value| self.looked_up(value)))
                    .collect()
            }
            None => vec![Value::None; case.runbook.bindings.len()],
        }
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
                let happened = Happened::Intended {
                    call: intent.call,
                    kind: intent.kind,
                    attempt: intent.attempt,
                };
                self.record.add(self.now, happened);
                self.clock.at(self.now, Input::Granted { id });
            }
            Action::Repeat { id, .. } => self.clock.at(self.now, Input::Granted { id }),
            Action::Perform(perform) => self.perform(perform),
            Action::Settle { id, key, call, .. } => self.settle(id, &key, &call),
            Action::Wait { id, until } => self.clock.at(until.max(self.now), Input::Timer { id }),
            Action::Tell(notice) => self.record.add(self.now, Happened::Told(notice)),
            Action::Attach(values) => self.record.add(self.now, Happened::Attached(values)),
            Action::Record(event) => self.report(event),
            Action::End(end) => self.record.add(self.now, Happened::Ended(end)),
        }
    }

    /// Whether this change is one of those that are taken out.
    fn intend(&mut self, intent: &Intent) -> bool {
        let step = self.case.program.steps.get(intent.path.step.index());
        let line = step.map(|step| step.place);
        self.lines.push((intent.key.clone(), line));
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
        if let Event::Verified { .. } = event {
            self.verified += 1;
        }
        if let Some(unsaid) = problem::unsaid_field(&event) {
            let problem = problem::field_not_given(self.case, unsaid);
            self.problems.push(problem);
        }
        self.record.add(self.now, Happened::Run(event));
    }

    fn observe(&mut self, observe: Observe) {
        let answer = match self
            .world
            .observe(&observe.call, self.now, observe.newer_than)
        {
            Ok(answer) => answer,
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
                problem::not_given(self.case, call, self.evaluated.as_ref(), self.now)
            }
            Silent::NotIdentified(what) => problem::not_identified(self.case, call, &what),
        };
        self.problems.push(problem);
    }

    fn perform(&mut self, perform: Perform) {
        if self.is_removed(&perform.key) {
            let outcome = ChangeOutcome::Applied(Value::None);
            let id = perform.id;
            return self.clock.at(self.now, Input::Performed { id, outcome });
        }
        let silent = match self.silence {
            Silence::After(verifies) | Silence::Frozen(verifies) => self.verified >= verifies,
            Silence::Nothing | Silence::Line(_) => false,
        };
        if silent && matches!(self.silence, Silence::Frozen(_)) {
            self.world.freeze(self.now);
        }
        let mut lines = self.lines.iter().rev();
        let line = lines.find(|(key, _)| *key == perform.key);
        let line = line.and_then(|(_, line)| *line);
        let repeats = perform.how.is_again();
        let mut answer = self.world.perform(&perform, self.now, silent || repeats);
        if repeats && clock::after(self.now, answer.takes) < perform.deadline {
            answer.outcome = effect::script(self.case, &perform.call).repeated();
        }
        let at = clock::after(self.now, answer.takes);
        self.record.effects.push(Effect {
            call: perform.call.clone(),
            how: perform.how.clone(),
            key: perform.key,
            kind: perform.kind,
            line,
            fate: match answer.outcome {
                // What broke counts as applied.
                ChangeOutcome::Applied(_) | ChangeOutcome::Broke(_) => Fate::Applied,
                ChangeOutcome::NotApplied(_) | ChangeOutcome::NotBegun(_) if repeats => {
                    Fate::Unknown
                }
                ChangeOutcome::NotApplied(_) | ChangeOutcome::NotBegun(_) => Fate::NotApplied,
                ChangeOutcome::Unknown => Fate::Unknown,
            },
            after_verifies: self.verified,
            at,
        });
        let happened = Happened::Performed {
            kind: perform.kind,
            how: perform.how,
            call: perform.call,
            outcome: answer.outcome.clone(),
        };
        let (id, outcome) = (perform.id, answer.outcome);
        self.clock
            .shown_at(at, Input::Performed { id, outcome }, happened);
    }

    fn settle(&mut self, id: u64, key: &str, probe: &Call) {
        let changed = self
            .record
            .effects
            .iter_mut()
            .rev()
            .find(|effect| effect.key == key);
        let Some(effect) = changed else { return };
        let change = effect.call.clone();
        let answer = match self.world.settle(&change, probe, self.now) {
            Ok(answer) => answer,
            Err(silent) => return self.not_given(probe, silent),
        };
        let at = clock::after(self.now, answer.takes);
        let outcome = answer.outcome;
        let changed = self
            .record
            .effects
            .iter_mut()
            .rev()
            .find(|effect| effect.key == key);
        if let Some(effect) = changed {
            effect.fate = match outcome {
                crate::effect::Settled::Applied => Fate::Applied,
                crate::effect::Settled::NotApplied => Fate::NotApplied,
                crate::effect::Settled::Nothing => Fate::Unknown,
            };
        }
        let call = probe.clone();
        let happened = Happened::Settled { call, outcome };
        self.clock
            .shown_at(at, Input::Settled { id, outcome }, happened);
    }
}

/// The call that finds a target by its identity.
fn lookup_call(case: &Case<'_>, target: &Target) -> Option<Call> {
    let kind = target.identity.kind();
    let mut declared = case.package.targets.iter();
    let declared = declared.find(|found| found.name.is(kind))?;
    let id: ExternId = declared.lookup?;
    let lookup = case.package.externs.get(id.index())?;
    let values = identity::lookup_arguments(lookup, &target.identity);
    let named = lookup.params.iter().zip(values);
    Some(Call {
        name: lookup.name.to_string().into(),
        args: named
            .map(|(param, value)| Argument {
                name: param.name.as_str().into(),
                value,
            })
            .collect(),
    })
}

/// The run as it comes back from where it was stored.
fn restored(run: &Run) -> Run {
    let stored = postcard::to_stdvec(run).expect("a run is plain data and always serialises");
    postcard::from_bytes(&stored).expect("a run comes back from what it was stored as")
}
