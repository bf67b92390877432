//! The course of a run: diagnose, remedy, take back, notify, end.

use serde::{Deserialize, Serialize};

use super::code::Purpose;
use super::frame::{Ending, Frame, Outcome, Signal, Turn};
use super::observe::{Observing, is_named_only, owned_lookup};
use super::undo::After;
use super::verify::Verifying;
use super::{Context, Event, Leave, Run, Start, State};
use crate::effect::{End, Fault, Reason};
use crate::program::{MitigationIndex, VerifyIndex};
use crate::rule::Rule;
use crate::value::Value;
use crate::vm::{ObservedValue, Reply};

/// The bottom frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    stage: Stage,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Stage {
    #[default]
    Opened,
    /// Looks up what a request names, by the places of the bindings.
    LookingUp(Vec<usize>),
    Diagnosing,
    Remedying,
    /// Takes back what a failed remedy did.
    Undoing(Fault),
    /// Runs the `otherwise` of this reason.
    Notifying(Reason),
    /// Asks whether a debt is paid.
    Asking,
    /// Runs the verifies that are owed, before a good end; the last is next.
    Owing {
        well: Well,
        left: Vec<(VerifyIndex, Vec<Value>)>,
        passed: Vec<VerifyIndex>,
    },
    /// What was found before is not found any more: looks whether that is well. Else it is novel,
    /// with these words of the author.
    Vanished(Option<String>),
    /// Asks how severe the incident is, and goes on with this.
    Rating(Then),
}

/// What comes once it is known how severe the incident is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Then {
    Start,
    Notify(Reason),
    /// Tells what was only looked at.
    Look,
    Close(End),
}

impl Course {
    /// Asks how severe the incident is before the run ends so.
    pub fn closing(end: End) -> Course {
        Course {
            stage: Stage::Rating(Then::Close(end)),
        }
    }
}

/// A good end, if everything that was changed is proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Well {
    /// The remedy has come to its end.
    Remedied,
    Cleared(String),
    /// With a debt.
    Mitigated(MitigationIndex, String, Vec<Value>),
}

impl Run {
    pub(super) fn course(
        &mut self,
        context: &mut Context<'_>,
        course: Course,
        signal: Signal,
    ) -> Turn {
        match (course.stage, signal) {
            (Stage::Opened, Signal::Enter) => self.open_bindings(context),
            (Stage::LookingUp(places), Signal::Reply(outcome)) => {
                self.looked_up(context, &places, outcome)
            }
            (Stage::Diagnosing, Signal::Reply(outcome)) => self.diagnosed(context, outcome),
            (Stage::Remedying, Signal::Reply(outcome)) => self.remedied(context, outcome),
            (Stage::Undoing(fault), Signal::Reply(outcome)) => {
                let fault = match outcome {
                    Outcome::Reply(Reply::Failed(newer)) => newer,
                    Outcome::Reply(_) | Outcome::Ended(_) => fault,
                };
                Turn::Finish(self.handed(fault.reason()))
            }
            (Stage::Notifying(reason), Signal::Reply(_)) => Turn::Close(self.handed(reason)),
            (Stage::Rating(then), Signal::Reply(_)) => match then {
                Then::Start => self.start_rated(context),
                Then::Notify(reason) => self.notify_rated(context, reason),
                Then::Look => self.tell_looked(context),
                Then::Close(end) => Turn::Close(end),
            },
            (Stage::Asking, Signal::Reply(outcome)) => Turn::Finish(match context.read(outcome) {
                Ok(true) => End::SelfResolved,
                // What cannot be read is not paid.
                Ok(false) | Err(_) => End::Cancelled,
            }),
            (Stage::Owing { well, left, passed }, Signal::Reply(outcome)) => match outcome {
                Outcome::Reply(Reply::Failed(fault)) => self.unproven(context, fault),
                Outcome::Reply(_) | Outcome::Ended(_) => self.owing(context, well, left, passed),
            },
            (Stage::Vanished(text), Signal::Reply(outcome)) => {
                self.vanished(context, text, outcome)
            }
            // Nothing else reaches the bottom: it never waits for the driver.
            (stage, Signal::Enter | Signal::Reply(_) | Signal::Input(_)) => {
                Turn::Wait(Frame::Course(Course { stage }))
            }
        }
    }

    /// Targets that a request only names are looked up first.
    fn open_bindings(&mut self, context: &mut Context<'_>) -> Turn {
        let named = self.input.bindings.iter().enumerate();
        let named = named.filter(|(_, value)| is_named_only(value));
        let found =
            named.map(|(place, value)| Some((place, owned_lookup(context.program, value)?)));
        let Some(found) = found.collect::<Option<Vec<_>>>() else {
            return Turn::Finish(self.handed(Reason::Inconclusive));
        };
        if found.is_empty() {
            return self.start(context);
        }
        let (places, observations) = found.into_iter().unzip();
        let looking = Frame::Observing(Observing::new(observations, None));
        Turn::Call(course(Stage::LookingUp(places)), looking)
    }

    fn looked_up(&mut self, context: &mut Context<'_>, places: &[usize], outcome: Outcome) -> Turn {
        let Outcome::Reply(Reply::Observed(values)) = outcome else {
            return Turn::Finish(self.handed(Reason::Inconclusive));
        };
        for (place, value) in places.iter().zip(values) {
            match (value, self.input.bindings.get_mut(*place)) {
                (ObservedValue::Value(value), Some(binding)) => *binding = value,
                (ObservedValue::Failed(failure), _) => {
                    let fault = Fault::Value(failure);
                    let reason = fault.reason();
                    self.failed(context, fault);
                    return Turn::Finish(self.handed(reason));
                }
                (ObservedValue::Evaluate | ObservedValue::Value(_), _) => {
                    return Turn::Finish(self.handed(Reason::Inconclusive));
                }
            }
        }
        self.start(context)
    }

    fn start(&mut self, context: &mut Context<'_>) -> Turn {
        match self.rates(context.program) {
            Some(rating) => Turn::Call(course(Stage::Rating(Then::Start)), rating),
            None => self.start_rated(context),
        }
    }

    fn start_rated(&mut self, context: &mut Context<'_>) -> Turn {
        let entries = &context.program.entries;
        match (self.input.start.clone(), entries.diagnose, entries.steps) {
            (Start::Finding(finding, args), ..) => self.remedy(context, finding, args),
            (Start::Condition(function, captures), ..) => {
                let code = self.start_code(context, function, captures, Purpose::Condition);
                Turn::Call(course(Stage::Asking), code)
            }
            (Start::Diagnose, Some(function), _) => {
                self.enter(context, State::Diagnosing);
                let bindings = self.input.bindings.clone();
                let code = self.start_code(context, function, bindings, Purpose::Diagnose);
                Turn::Call(course(Stage::Diagnosing), code)
            }
            (Start::Diagnose | Start::Steps, _, Some(function)) => {
                if let Leave::Look { .. } = self.input.leave {
                    return self.only_looked(context);
                }
                self.enter(context, State::Planned);
                self.plan.begin("steps", &[], context.now);
                let bindings = self.input.bindings.clone();
                let code = self.start_code(context, function, bindings, Purpose::Remedy);
                Turn::Call(course(Stage::Remedying), code)
            }
            (Start::Diagnose | Start::Steps, _, None) => {
                Turn::Finish(self.handed(Reason::Inconclusive))
            }
        }
    }

    fn diagnosed(&mut self, context: &mut Context<'_>, outcome: Outcome) -> Turn {
        match outcome {
            Outcome::Ended(Ending::Cleared(why)) => self.end_well(context, Well::Cleared(why)),
            Outcome::Ended(Ending::Found(finding, args)) if !self.is_over(context) => {
                self.remedy(context, finding, args)
            }
            Outcome::Ended(Ending::Novel(text)) if !self.is_over(context) => {
                self.found_nothing(context, text)
            }
            // Falling off the end: everything was asked and nothing fits.
            Outcome::Reply(Reply::Done | Reply::Value(_)) if !self.is_over(context) => {
                self.found_nothing(context, None)
            }
            Outcome::Ended(Ending::Inconclusive(text)) if !self.is_over(context) => {
                self.inconclusive(context, text)
            }
            Outcome::Reply(Reply::Failed(fault)) if !self.is_over(context) => {
                self.undiagnosed(context, fault)
            }
            Outcome::Ended(Ending::Mitigated(..))
            | Outcome::Reply(Reply::AlreadySo | Reply::Observed(_))
                if !self.is_over(context) =>
            {
                self.inconclusive(context, None)
            }
            // The alert resolved by itself while it was looked into.
            Outcome::Ended(_) | Outcome::Reply(_) => Turn::Finish(End::SelfResolved),
        }
    }

    fn undiagnosed(&mut self, context: &mut Context<'_>, fault: Fault) -> Turn {
        let reason = fault.reason();
        self.failed(context, fault);
        if reason == Reason::Limit {
            return Turn::Finish(self.handed(reason));
        }
        self.notify(context, Reason::Inconclusive)
    }

    /// Nothing fits. What was found before it waited may have healed meanwhile: the first verify of
    /// its remedy is looked at, for as long as that has to hold.
    fn found_nothing(&mut self, context: &mut Context<'_>, text: Option<String>) -> Turn {
        let Some(before) = self.plan.found_before() else {
            return self.novel(context, text);
        };
        let more = format!("{before} was found before it waited, and is not found any more");
        let text = match text {
            Some(text) => format!("{text} ({more})"),
            None => more,
        };
        match self.plan.waits.clone().filter(|_| !self.is_dirty()) {
            Some((verify, captures)) => Turn::Call(
                course(Stage::Vanished(Some(text))),
                Frame::Verifying(Verifying::look(verify, captures)),
            ),
            None => self.novel(context, Some(text)),
        }
    }

    fn vanished(
        &mut self,
        context: &mut Context<'_>,
        text: Option<String>,
        outcome: Outcome,
    ) -> Turn {
        match context.read(outcome) {
            Ok(true) => {
                context.record(Event::AlreadySo);
                Turn::Finish(End::SelfResolved)
            }
            // What cannot be read is not well.
            Ok(false) | Err(_) if !self.is_over(context) => self.novel(context, text),
            Ok(false) | Err(_) => Turn::Finish(End::SelfResolved),
        }
    }

    fn novel(&mut self, context: &mut Context<'_>, text: Option<String>) -> Turn {
        self.told.explain(text.as_deref());
        context.record(Event::Novel { text });
        self.notify(context, Reason::Novel)
    }

    fn inconclusive(&mut self, context: &mut Context<'_>, text: Option<String>) -> Turn {
        self.told.explain(text.as_deref());
        context.record(Event::Inconclusive { text });
        self.notify(context, Reason::Inconclusive)
    }

    /// Runs the author's `otherwise`; whatever becomes of it, somebody is paged.
    fn notify(&mut self, context: &mut Context<'_>, reason: Reason) -> Turn {
        match self.rates(context.program) {
            Some(rating) => Turn::Call(course(Stage::Rating(Then::Notify(reason))), rating),
            None => self.notify_rated(context, reason),
        }
    }

    fn notify_rated(&mut self, context: &mut Context<'_>, reason: Reason) -> Turn {
        let entries = &context.program.entries;
        let entry = match reason {
            Reason::Novel => entries.novel,
            Reason::Systemic => entries.systemic,
            _ => entries.inconclusive,
        };
        let Some(function) = entry else {
            return Turn::Finish(self.handed(reason));
        };
        let bindings = self.input.bindings.clone();
        let code = self.start_code(context, function, bindings, Purpose::Notify(reason));
        Turn::Call(course(Stage::Notifying(reason)), code)
    }

    fn remedy(&mut self, context: &mut Context<'_>, finding: u16, args: Vec<Value>) -> Turn {
        let Some(remedy) = context.program.entries.remedies.get(usize::from(finding)) else {
            return self.inconclusive(context, None);
        };
        context.record(Event::Found {
            finding: remedy.finding.clone(),
            args: args.clone(),
        });
        if remedy.changes && matches!(self.input.leave, Leave::Look { .. }) {
            return self.only_looked(context);
        }
        self.enter(context, State::Planned);
        self.plan.begin(&remedy.finding, &args, context.now);
        let mut all = self.input.bindings.clone();
        all.extend(args);
        let code = self.start_code(context, remedy.function, all, Purpose::Remedy);
        Turn::Call(course(Stage::Remedying), code)
    }

    /// It would be mended now, and may not be: a human is told.
    fn only_looked(&mut self, context: &mut Context<'_>) -> Turn {
        match self.rates(context.program) {
            Some(rating) => Turn::Call(course(Stage::Rating(Then::Look)), rating),
            None => self.tell_looked(context),
        }
    }

    fn tell_looked(&mut self, context: &mut Context<'_>) -> Turn {
        let Leave::Look { reason, text, then } = self.input.leave.clone() else {
            return Turn::Finish(self.handed(Reason::Declared));
        };
        self.told.explain(Some(&text));
        let Some(function) = then else {
            return Turn::Finish(self.handed(reason));
        };
        let bindings = self.input.bindings.clone();
        let code = self.start_code(context, function, bindings, Purpose::Notify(reason));
        Turn::Call(course(Stage::Notifying(reason)), code)
    }

    fn remedied(&mut self, context: &mut Context<'_>, outcome: Outcome) -> Turn {
        match outcome {
            Outcome::Reply(Reply::Failed(fault)) => {
                if self.ends.again {
                    return Turn::Finish(End::Again);
                }
                self.failed(context, fault.clone());
                let undoing = self.undo_since(0, After::Return);
                Turn::Call(course(Stage::Undoing(fault)), undoing)
            }
            Outcome::Reply(
                Reply::Done | Reply::Value(_) | Reply::AlreadySo | Reply::Observed(_),
            ) => self.end_well(context, Well::Remedied),
            Outcome::Ended(Ending::Mitigated(index, text, captures)) => {
                match self.first_failure() {
                    // A loop went on without some of its elements: that is no debt but a task.
                    Some(reason) => Turn::Finish(self.handed(reason)),
                    None => self.end_well(context, Well::Mitigated(index, text, captures)),
                }
            }
            Outcome::Ended(Ending::Cleared(why)) => match self.is_for_a_human() {
                false => self.end_well(context, Well::Cleared(why)),
                true => Turn::Finish(self.conclusion()),
            },
            Outcome::Ended(Ending::Novel(text)) => self.gave_up(Reason::Novel, text),
            Outcome::Ended(Ending::Inconclusive(text)) => self.gave_up(Reason::Inconclusive, text),
            Outcome::Ended(Ending::Found(..)) => self.gave_up(Reason::Inconclusive, None),
        }
    }

    /// Ends well, unless something is dirty: then the verifies that are owed have the last word.
    fn end_well(&mut self, context: &mut Context<'_>, well: Well) -> Turn {
        if !self.is_dirty() || self.is_for_a_human() || !Rule::OwedVerifies.holds() {
            return Turn::Finish(self.well(context, well));
        }
        match self.owed() {
            Some(left) => self.owing(context, well, left, Vec::new()),
            None => self.unproven(context, Fault::NotVerified),
        }
    }

    fn owing(
        &mut self,
        context: &mut Context<'_>,
        well: Well,
        mut left: Vec<(VerifyIndex, Vec<Value>)>,
        mut passed: Vec<VerifyIndex>,
    ) -> Turn {
        if let Some((verify, captures)) = left.pop() {
            passed.push(verify);
            let stage = Stage::Owing { well, left, passed };
            return Turn::Call(
                course(stage),
                Frame::Verifying(Verifying::owed(verify, captures)),
            );
        }
        for verify in passed {
            context.record(Event::Verified { verify });
        }
        self.commit();
        let end = match self.well(context, well) {
            End::Cleared { .. } | End::SelfResolved => End::Resolved,
            end => end,
        };
        Turn::Finish(end)
    }

    fn well(&mut self, context: &mut Context<'_>, well: Well) -> End {
        let owes = matches!(well, Well::Mitigated(..));
        if let Some(end) = self.held_on().filter(|_| !owes && !self.is_for_a_human()) {
            return end;
        }
        match well {
            Well::Remedied => self.conclusion(),
            Well::Cleared(_) if self.has_proven() => End::Resolved,
            Well::Cleared(why) => End::Cleared { why },
            Well::Mitigated(index, text, captures) => {
                self.mitigated(context, index, text, captures)
            }
        }
    }

    /// Something stands that nothing has proven: a human takes it over.
    fn unproven(&mut self, context: &mut Context<'_>, fault: Fault) -> Turn {
        let reason = fault.reason();
        self.failed(context, fault);
        self.say_what_stands(context);
        Turn::Finish(self.handed(reason))
    }

    /// A remedy says itself that it does not know on.
    fn gave_up(&mut self, reason: Reason, text: Option<String>) -> Turn {
        self.told.explain(text.as_deref());
        let undoing = self.undo_since(0, After::Return);
        Turn::Call(course(Stage::Undoing(Fault::Refused(reason))), undoing)
    }
}

fn course(stage: Stage) -> Frame {
    Frame::Course(Course { stage })
}
