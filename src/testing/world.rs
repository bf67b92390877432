//! The scripted world of a test: what is seen in it, and what a change does to it.

use super::case::Case;
use super::clock;
use super::effect;
use super::fresh;
use super::given::{self, Reading};
use super::identity;
use super::stored;
use crate::effect::{Call, ChangeOutcome, Observed, Settled};
use crate::rule::Rule;
use crate::run::Perform;
use crate::text::Span;
use crate::typed::{Observable, ProbeSays, ReplyKind};
use crate::value::{Duration, Failure, Time, Value};

/// The world, as far as the test says anything of it.
pub struct World<'c, 'p> {
    pub case: &'c Case<'p>,
    pub opened: Time,
    /// How far each `given` of an observation has got.
    readings: Vec<Reading>,
    /// The changes that took effect, and when.
    pub done: Vec<(Time, Call)>,
    /// The `given` lines of changes that were asked.
    asked: Vec<Span>,
    /// The kinds of events that were asked for.
    events: Vec<String>,
    /// From when on time changes nothing.
    frozen: Option<Time>,
}

/// What the world answers, and how long it takes.
pub struct Answer<Outcome> {
    pub outcome: Outcome,
    pub takes: Duration,
}

/// The test does not say what would be seen.
pub enum Silent {
    /// Nothing is given for this.
    NotGiven,
    /// What is given is a target of which it cannot be told which one it is.
    NotIdentified(String),
}

impl<'c, 'p> World<'c, 'p> {
    pub fn new(case: &'c Case<'p>) -> Self {
        World {
            case,
            opened: case.test.at,
            readings: vec![Reading::default(); case.test.observations.len()],
            done: Vec::new(),
            asked: Vec::new(),
            events: Vec::new(),
            frozen: None,
        }
    }

    /// From now on neither time nor being looked at changes anything.
    pub fn freeze(&mut self, now: Time) {
        self.frozen = self.frozen.or(Some(now));
    }

    /// The `given` lines that were asked.
    pub fn asked(&self) -> Vec<Span> {
        let observations = self.case.test.observations.iter().zip(&self.readings);
        let read = observations.filter(|(_, reading)| reading.is_read());
        let read = read.map(|(given, _)| given.span);
        let told = self.case.test.told.iter();
        let told = told.filter(|(kind, _)| self.events.iter().any(|asked| *asked == **kind));
        let told = told.map(|(_, span)| *span);
        read.chain(told).chain(self.asked.iter().copied()).collect()
    }

    /// What is observed at this moment, and was measured after the newest change.
    pub fn observe(
        &mut self,
        call: &Call,
        now: Time,
        newer_than: Option<Time>,
    ) -> Result<Answer<Observed>, Silent> {
        let mut answer = self.seen(call, now)?;
        let change = newer_than.filter(|_| Rule::TestsKnowWhenChanged.holds());
        if let Some(change) = change {
            answer.outcome = fresh::since(call, answer.outcome, now, change);
        }
        Ok(answer)
    }

    fn seen(&mut self, call: &Call, now: Time) -> Result<Answer<Observed>, Silent> {
        let Some(of) = self.case.observable(&call.name) else {
            return Err(Silent::NotGiven);
        };
        let Some(index) = given::find(self.case, of, call) else {
            return self.unwritten(of, call, now);
        };
        let Some(given) = self.case.test.observations.get(index) else {
            return Err(Silent::NotGiven);
        };
        let mut reading = self.readings.get(index).cloned().unwrap_or_default();
        let seen_at = self.frozen.unwrap_or(now);
        let is_due = |cause: &_| given::is_due(self, cause, seen_at);
        let reply = match self.frozen {
            None => reading.read(given, is_due),
            Some(_) => reading.look(given, is_due),
        };
        if let Some(kept) = self.readings.get_mut(index) {
            *kept = reading;
        }
        let Some(reply) = reply else {
            return Err(Silent::NotGiven);
        };
        let outcome = match &reply.kind {
            ReplyKind::Value(value) => {
                let value = identity::complete(self.case, value, call);
                Observed::Value(value.map_err(Silent::NotIdentified)?)
            }
            ReplyKind::NoData => {
                Observed::Failed(Failure::no_data(format!("{} has none", call.name)))
            }
            ReplyKind::Fails(why) => {
                let why = why.as_deref().unwrap_or("the test says that it fails");
                Observed::Failed(Failure::Failed(why.into()))
            }
        };
        let takes = reply.takes.unwrap_or_default();
        Ok(Answer { outcome, takes })
    }

    /// No `given` matches: the event store, or the code of a watch, may still answer.
    fn unwritten(
        &mut self,
        of: Observable,
        call: &Call,
        now: Time,
    ) -> Result<Answer<Observed>, Silent> {
        let spoken_of = |given: &crate::typed::GivenObservation| given.of == of;
        let outcome = match of {
            Observable::Function(_) if !self.case.test.observations.iter().any(spoken_of) => {
                Some(Observed::Evaluate)
            }
            Observable::Function(_) => None,
            Observable::Extern(_) => {
                self.events.extend(stored::kind(call));
                stored::answer(self.case, call, now)
            }
        };
        let takes = Duration::ZERO;
        let answer = outcome.map(|outcome| Answer { outcome, takes });
        answer.ok_or(Silent::NotGiven)
    }

    /// What comes of a change. Unless `silent`, it takes effect when it says so.
    pub fn perform(&mut self, perform: &Perform, now: Time, silent: bool) -> Answer<ChangeOutcome> {
        let script = effect::script(self.case, &perform.call);
        self.asked.extend(script.said);
        let at = clock::after(now, script.takes);
        if script.takes_effect() && !silent {
            self.done.push((at, perform.call.clone()));
        }
        let outcome = script.outcome();
        if at > perform.deadline {
            // Whatever comes of it later, nobody waits for it.
            let takes = perform.deadline.millis() - now.millis();
            return Answer {
                outcome: ChangeOutcome::Unknown,
                takes: Duration::from_millis(takes),
            };
        }
        Answer {
            outcome,
            takes: script.takes,
        }
    }

    /// Whether a change takes effect by what the test says.
    pub fn takes_effect(&self, call: &Call) -> bool {
        effect::script(self.case, call).takes_effect()
    }

    /// A change takes effect at that time, whoever hears of it.
    pub fn apply(&mut self, call: &Call, at: Time) {
        self.done.push((at, call.clone()));
    }

    /// What the settling probe says of an unknown change.
    pub fn settle(
        &mut self,
        change: &Call,
        probe: &Call,
        now: Time,
    ) -> Result<Answer<Settled>, Silent> {
        let says = |outcome| {
            let takes = Duration::ZERO;
            Ok(Answer { outcome, takes })
        };
        match effect::script(self.case, change).probe_says() {
            ProbeSays::Applied => says(Settled::Applied),
            ProbeSays::NotApplied => says(Settled::NotApplied),
            ProbeSays::Nothing => says(Settled::Nothing),
            ProbeSays::Unsaid => {
                let answer = self.seen(probe, now)?;
                let outcome = match answer.outcome {
                    Observed::Value(Value::Bool(true)) => Settled::Applied,
                    Observed::Value(Value::Bool(false)) => Settled::NotApplied,
                    Observed::Value(_) | Observed::Failed(_) | Observed::Evaluate => {
                        Settled::Nothing
                    }
                };
                let takes = answer.takes;
                Ok(Answer { outcome, takes })
            }
        }
    }
}
