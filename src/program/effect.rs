//! The instructions that ask the world: where their operands are in the frame.
//!
//! They are few and far between, so they may be as large as they like; the machine turns each into
//! one request.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{
    FunctionIndex, GuardIndex, MitigationIndex, ObservableIndex, Register, RoleIndex, StepIndex,
    VerifyIndex,
};
use crate::value::Duration;

/// What an effect instruction asks for. The order of the variants is part of the serialised form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Observations independent of each other; of several failures the first is the failure.
    Observe(Vec<ObservationSite>),
    /// The plan of a phase is complete. Sets `already` to whether the phase is true already.
    PlanReady {
        phase: u16,
        values: Vec<Register>,
        precheck: Option<(VerifyIndex, Vec<Register>)>,
        /// It has no plan line of its own: it only follows a verify.
        follows: bool,
        already: Register,
    },
    GuardOpen {
        guard: GuardIndex,
        captures: Vec<Register>,
    },
    GuardClose {
        count: u16,
    },
    Do {
        step: StepIndex,
        arguments: Vec<Register>,
        captures: Vec<Register>,
        /// Where the result goes.
        to: Register,
    },
    Verify {
        verify: VerifyIndex,
        captures: Vec<Register>,
    },
    BeginAttempt {
        title: SmolStr,
        index: u16,
    },
    /// The element that the iterator gave last.
    BeginElement {
        iterator: Register,
        value: Register,
    },
    BeginWith,
    End,
    /// The newest piece failed with the fault that brought the code to its handler.
    Unwind,
    Wait(Duration),
    Tell {
        kind: MessageKind,
        roles: Vec<RoleIndex>,
        text: Option<Register>,
    },
    Attach(Vec<Register>),
    Found {
        finding: u16,
        arguments: Vec<Register>,
    },
    Novel(Option<Register>),
    Inconclusive(Option<Register>),
    Cleared(Register),
    Mitigated {
        mitigation: MitigationIndex,
        text: Register,
        captures: Vec<Register>,
    },
    /// What the block changed waits for no verify.
    Waive,
}

/// One observation of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObservationSite {
    pub of: ObservableIndex,
    pub arguments: Vec<Register>,
    /// Further named arguments of an open probe.
    pub equals: Vec<(SmolStr, Register)>,
    /// The package's own code for it, run when nobody answers.
    pub code: Option<FunctionIndex>,
    /// What that code takes before the arguments.
    pub captures: Vec<Register>,
    pub must_own: bool,
    /// Further tries and their distance.
    pub retry: Option<(u32, Duration)>,
    pub to: Register,
}

/// How people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageKind {
    /// Now, with the duty to answer.
    Page,
    /// No duty.
    Tell,
    /// A task, due in this time or at the end of that many workdays.
    HandWithin(Duration),
    HandWorkdays(u32),
}

impl Effect {
    /// Calls `visit` with each register that the effect reads or writes.
    pub fn for_each_register(&self, visit: &mut dyn FnMut(Register)) {
        match self {
            Effect::Observe(sites) => {
                for site in sites {
                    site.arguments
                        .iter()
                        .chain(&site.captures)
                        .copied()
                        .for_each(&mut *visit);
                    site.equals.iter().for_each(|(_, value)| visit(*value));
                    visit(site.to);
                }
            }
            Effect::PlanReady {
                values,
                precheck,
                already,
                phase: _,
                follows: _,
            } => {
                let captures = precheck.iter().flat_map(|(_, captures)| captures);
                values.iter().chain(captures).copied().for_each(&mut *visit);
                visit(*already);
            }
            Effect::GuardOpen { captures, guard: _ }
            | Effect::Verify {
                captures,
                verify: _,
            } => {
                captures.iter().copied().for_each(visit);
            }
            Effect::Do {
                arguments,
                captures,
                to,
                step: _,
            } => {
                arguments
                    .iter()
                    .chain(captures)
                    .copied()
                    .for_each(&mut *visit);
                visit(*to);
            }
            Effect::BeginElement { iterator, value } => {
                visit(Register(iterator.0.saturating_add(1)));
                visit(*value);
            }
            Effect::Tell {
                text: register,
                kind: _,
                roles: _,
            }
            | Effect::Novel(register)
            | Effect::Inconclusive(register) => register.iter().copied().for_each(visit),
            Effect::Attach(registers)
            | Effect::Found {
                arguments: registers,
                finding: _,
            } => {
                registers.iter().copied().for_each(visit);
            }
            Effect::Cleared(register) => visit(*register),
            Effect::Mitigated {
                text,
                captures,
                mitigation: _,
            } => {
                visit(*text);
                captures.iter().copied().for_each(visit);
            }
            Effect::GuardClose { count: _ }
            | Effect::BeginAttempt { title: _, index: _ }
            | Effect::BeginWith
            | Effect::End
            | Effect::Unwind
            | Effect::Waive
            | Effect::Wait(_) => {}
        }
    }
}
