//! From an answer to the registers that it belongs in.

use super::request::{ObservedValue, Reply};
use super::{Vm, broken};
use crate::effect::Fault;
use crate::program::{Effect, ObservationSite, Op, Program};
use crate::value::Value;

impl Vm {
    /// Takes the answer to the instruction that the newest frame stands at.
    pub(super) fn answer(&mut self, program: &Program, reply: Reply) -> Result<(), Box<Fault>> {
        if let Reply::Failed(fault) = reply {
            return Err(Box::new(fault));
        }
        match self.op(program)? {
            Op::LiveField { .. } => self.take_fresh(reply),
            _ => {
                let effect = self.effect(program)?;
                self.answer_effect(program, effect, reply)
            }
        }
    }

    fn answer_effect(
        &mut self,
        program: &Program,
        effect: &Effect,
        reply: Reply,
    ) -> Result<(), Box<Fault>> {
        match (effect, reply) {
            (Effect::Observe(sites), Reply::Observed(results)) => {
                return self.take_observed(program, sites, results);
            }
            (Effect::PlanReady { already, .. }, Reply::Done) => {
                self.write(*already, Value::Bool(false))?;
            }
            (Effect::PlanReady { already, .. }, Reply::AlreadySo) => {
                self.write(*already, Value::Bool(true))?;
            }
            (Effect::Do { to, .. }, Reply::Value(value)) => {
                self.meter.takes(&value)?;
                self.write(*to, value)?;
            }
            (
                Effect::GuardOpen { .. }
                | Effect::GuardClose { .. }
                | Effect::Verify { .. }
                | Effect::BeginAttempt { .. }
                | Effect::BeginElement { .. }
                | Effect::BeginWith
                | Effect::End
                | Effect::Unwind
                | Effect::Waive
                | Effect::Wait(_)
                | Effect::Tell { .. }
                | Effect::Attach(_),
                Reply::Done,
            ) => {}
            (
                Effect::Found { .. }
                | Effect::Novel(_)
                | Effect::Inconclusive(_)
                | Effect::Cleared(_)
                | Effect::Mitigated { .. },
                _,
            ) => return Err(Box::new(broken("an answer to what is never answered"))),
            (
                _,
                Reply::Done
                | Reply::Value(_)
                | Reply::AlreadySo
                | Reply::Observed(_)
                | Reply::Failed(_),
            ) => {
                return Err(Box::new(broken(
                    "an answer of another kind than was asked for",
                )));
            }
        }
        self.advance();
        Ok(())
    }

    /// The results of a group. Of several failures the first in the text is the failure, whichever
    /// came first in time.
    fn take_observed(
        &mut self,
        program: &Program,
        sites: &[ObservationSite],
        results: Vec<ObservedValue>,
    ) -> Result<(), Box<Fault>> {
        if sites.len() != results.len() {
            return Err(Box::new(broken(
                "another number of results than was asked for",
            )));
        }
        for (site, result) in sites.iter().zip(results) {
            match result {
                ObservedValue::Value(value) => {
                    self.meter.takes(&value)?;
                    self.write(site.to, value)?;
                }
                ObservedValue::Failed(failure) => return Err(Box::new(Fault::Value(failure))),
                ObservedValue::Evaluate => return self.evaluate(program, sites),
            }
        }
        self.advance();
        Ok(())
    }

    /// Nobody answers for a watch or a probe of the package: its own code does.
    fn evaluate(&mut self, program: &Program, sites: &[ObservationSite]) -> Result<(), Box<Fault>> {
        let [site] = sites else {
            return Err(Box::new(broken(
                "code of the package in a group of observations",
            )));
        };
        let Some(function) = site.code else {
            return Err(Box::new(broken("an observation without code of its own")));
        };
        let arguments = [site.captures.as_slice(), site.arguments.as_slice()];
        self.enter_with(program, function, arguments, site.to)
    }

    /// A target as it is now, kept for the rest of the evaluation.
    fn take_fresh(&mut self, reply: Reply) -> Result<(), Box<Fault>> {
        let Reply::Observed(results) = reply else {
            return Err(Box::new(broken(
                "an answer of another kind than was asked for",
            )));
        };
        match results.into_iter().next() {
            Some(ObservedValue::Value(fresh @ Value::Target(_))) => {
                self.meter.takes(&fresh)?;
                self.refreshed.push(fresh);
                Ok(())
            }
            Some(ObservedValue::Failed(failure)) => Err(Box::new(Fault::Value(failure))),
            Some(ObservedValue::Value(_) | ObservedValue::Evaluate) | None => {
                Err(Box::new(broken("a lookup that gave no target")))
            }
        }
    }
}
