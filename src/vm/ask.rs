//! From an instruction that needs the world to the request that says so.
//!
//! Requests are made from the state alone and change nothing in it, so a restored machine can make
//! the same one again.

use super::request::{Message, Observation, Piece, Request};
use super::{Vm, broken};
use crate::effect::Fault;
use crate::program::{Effect, ObservationSite, Op, Program, Register};
use crate::value::Value;

impl Vm {
    /// Makes the request for the first time: pays for it.
    pub(super) fn ask(&mut self, program: &Program) -> Result<Request, Box<Fault>> {
        let request = self.request(program)?;
        match &request {
            Request::Observe(observations) => self.meter.observe(observations.len() as u32)?,
            Request::Refresh(_) => self.meter.observe(1)?,
            Request::PlanReady { .. }
            | Request::GuardOpen { .. }
            | Request::GuardClose { .. }
            | Request::Do { .. }
            | Request::Verify { .. }
            | Request::Begin(_)
            | Request::End
            | Request::Unwind(_)
            | Request::Wait(_)
            | Request::Tell(_)
            | Request::Attach(_)
            | Request::Found { .. }
            | Request::Novel { .. }
            | Request::Inconclusive { .. }
            | Request::Cleared { .. }
            | Request::Mitigated { .. }
            | Request::Waive => {}
        }
        Ok(request)
    }

    /// The request of the instruction that the newest frame stands at.
    pub(super) fn request(&self, program: &Program) -> Result<Request, Box<Fault>> {
        match self.op(program)? {
            Op::LiveField { base, .. } => Ok(Request::Refresh(self.read(base)?.clone())),
            _ => self.effect_request(self.effect(program)?),
        }
    }

    /// The instruction that the newest frame stands at.
    pub(super) fn op(&self, program: &Program) -> Result<Op, Box<Fault>> {
        let frame = self.newest()?;
        let op = frame.function(program)?.code.get(frame.at.index());
        op.copied()
            .ok_or_else(|| Box::new(broken("the code runs off its end")))
    }

    /// The effect that the newest frame stands at.
    pub(super) fn effect<'p>(&self, program: &'p Program) -> Result<&'p Effect, Box<Fault>> {
        let function = self.newest()?.function(program)?;
        let effect = match self.op(program)? {
            Op::Effect { effect } => function.effects.get(effect.index()),
            _ => None,
        };
        effect.ok_or_else(|| Box::new(broken("an effect that is not there")))
    }

    fn effect_request(&self, effect: &Effect) -> Result<Request, Box<Fault>> {
        Ok(match effect {
            Effect::Observe(sites) => {
                let observations = sites.iter().map(|site| self.observation(site));
                Request::Observe(observations.collect::<Result<_, _>>()?)
            }
            Effect::PlanReady {
                phase,
                values,
                precheck,
                follows,
                already: _,
            } => Request::PlanReady {
                phase: *phase,
                values: self.values(values)?,
                precheck: match precheck {
                    Some((verify, captures)) => Some((*verify, self.values(captures)?)),
                    None => None,
                },
                follows: *follows,
            },
            Effect::GuardOpen { guard, captures } => Request::GuardOpen {
                guard: *guard,
                captures: self.values(captures)?,
            },
            Effect::GuardClose { count } => Request::GuardClose { count: *count },
            Effect::Do {
                step,
                arguments,
                captures,
                to: _,
            } => Request::Do {
                step: *step,
                args: self.values(arguments)?,
                captures: self.values(captures)?,
            },
            Effect::Verify { verify, captures } => Request::Verify {
                verify: *verify,
                captures: self.values(captures)?,
            },
            Effect::BeginAttempt { .. } | Effect::BeginElement { .. } | Effect::BeginWith => {
                Request::Begin(self.piece(effect)?)
            }
            Effect::Waive => Request::Waive,
            Effect::End => Request::End,
            Effect::Unwind => Request::Unwind(self.thrown()?),
            Effect::Wait(duration) => Request::Wait(*duration),
            Effect::Tell { kind, roles, text } => Request::Tell(Message {
                kind: *kind,
                roles: roles.clone(),
                text: self.optional_text(*text)?,
            }),
            Effect::Attach(values) => Request::Attach(self.values(values)?),
            Effect::Found { finding, arguments } => Request::Found {
                finding: *finding,
                args: self.values(arguments)?,
            },
            Effect::Novel(text) => Request::Novel {
                text: self.optional_text(*text)?,
            },
            Effect::Inconclusive(text) => Request::Inconclusive {
                text: self.optional_text(*text)?,
            },
            Effect::Cleared(why) => Request::Cleared {
                why: self.text(*why)?,
            },
            Effect::Mitigated {
                mitigation,
                text,
                captures,
            } => Request::Mitigated {
                mitigation: *mitigation,
                text: self.text(*text)?,
                captures: self.values(captures)?,
            },
        })
    }

    fn observation(&self, site: &ObservationSite) -> Result<Observation, Box<Fault>> {
        let equals = site.equals.iter().map(|(name, value)| {
            let value = self.read(*value)?.clone();
            Ok::<_, Box<Fault>>((name.clone(), value))
        });
        Ok(Observation {
            of: site.of,
            args: self.values(&site.arguments)?,
            equals: equals.collect::<Result<_, _>>()?,
            must_own: site.must_own,
            retry: site.retry,
        })
    }

    fn piece(&self, effect: &Effect) -> Result<Piece, Box<Fault>> {
        match effect {
            Effect::BeginAttempt { title, index } => Ok(Piece::Attempt {
                title: title.to_string(),
                index: *index,
            }),
            Effect::BeginElement { iterator, value } => {
                let counter = Register(iterator.0.saturating_add(1));
                let Value::Int(next) = self.read(counter)? else {
                    return Err(Box::new(broken("an iterator without its counter")));
                };
                let index = u32::try_from(next.saturating_sub(1)).unwrap_or(0);
                let value = self.read(*value)?.clone();
                Ok(Piece::Element { index, value })
            }
            _ => Ok(Piece::With),
        }
    }

    fn thrown(&self) -> Result<Fault, Box<Fault>> {
        let fault = self.caught.clone();
        fault.ok_or_else(|| Box::new(broken("nothing failed that could be unwound")))
    }

    fn values(&self, registers: &[Register]) -> Result<Vec<Value>, Box<Fault>> {
        registers
            .iter()
            .map(|register| self.read(*register).cloned())
            .collect()
    }

    fn text(&self, register: Register) -> Result<String, Box<Fault>> {
        Ok(self.optional_text(Some(register))?.unwrap_or_default())
    }

    /// No text where it could not be made.
    fn optional_text(&self, register: Option<Register>) -> Result<Option<String>, Box<Fault>> {
        let Some(register) = register else {
            return Ok(None);
        };
        Ok(match self.read(register)? {
            Value::None => None,
            value => Some(value.to_plain()),
        })
    }
}
