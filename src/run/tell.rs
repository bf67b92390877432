//! Words for people: from the code, from `tell` clauses, and the page that no run may lack.
//!
//! Telling fails open: whatever goes wrong around it, a message goes out.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::code::Purpose;
use super::held::Holds;
use super::{Action, Context, Leave, Notice, Run, moment};
use crate::effect::Reason;
use crate::program::MessageKind;
use crate::program::{FunctionIndex, Program, RoleIndex, TellClause};
use crate::value::Value;
use crate::vm::{Message, Step, Vm};

/// Instructions that the text of a clause may take.
const TEXT_FUEL: u64 = 10_000;

/// A `tell … if unresolved after` whose time has not come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    id: u64,
    clause: usize,
}

impl Timed {
    pub fn id_mut(&mut self) -> &mut u64 {
        &mut self.id
    }
}

/// Who knows what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Somebody was given the duty, by `page` or `hand`.
    handed_over: bool,
    /// What the author says of a diagnosis that came to nothing.
    explanation: Option<String>,
}

impl Told {
    pub fn is_handed_over(&self) -> bool {
        self.handed_over
    }

    /// Keeps the author's words for the page at the end.
    pub fn explain(&mut self, text: Option<&str>) {
        self.explanation = text.map(str::to_owned);
    }
}

impl Run {
    /// `tell … at once`, and the timers of those that come later.
    pub(super) fn open_tells(&mut self, context: &mut Context<'_>) {
        for (index, clause) in context.program.metadata.tells.iter().enumerate() {
            match clause.unresolved_after {
                None if self.input.ordinal == 0 => self.tell_clause(context, clause),
                None => {}
                Some(after) => {
                    let until = moment::after(self.input.incident_opened, after);
                    // An earlier run of the incident has told already.
                    if until > context.now || self.input.ordinal == 0 {
                        let id = self.fresh_id();
                        self.tells.push(Timed { id, clause: index });
                        context.actions.push(Action::Wait { id, until });
                    }
                }
            }
        }
    }

    /// Whether the timer was one of a `tell`, which is then told.
    pub(super) fn take_tell(&mut self, context: &mut Context<'_>, id: u64) -> bool {
        let Some(at) = self.tells.iter().position(|timed| timed.id == id) else {
            return false;
        };
        let timed = self.tells.remove(at);
        if let Some(clause) = context.program.metadata.tells.get(timed.clause) {
            self.tell_clause(context, clause);
        }
        true
    }

    fn tell_clause(&self, context: &mut Context<'_>, clause: &TellClause) {
        let text = clause
            .text
            .and_then(|function| self.text(context.program, function));
        let text = text.unwrap_or_else(|| format!("{} is at work", context.program.runbook));
        context.actions.push(Action::Tell(Notice {
            kind: MessageKind::Tell,
            roles: role_names(context.program, &clause.roles),
            text,
            because: None,
        }));
    }

    /// The text of a clause: pure code over the bindings. None if it fails.
    fn text(&self, program: &Program, function: FunctionIndex) -> Option<String> {
        let mut vm = Vm::start(program, function, self.input.bindings.clone());
        match vm.step(program, TEXT_FUEL) {
            Step::Done(Value::Text(text)) => Some(text.as_str().to_owned()),
            Step::Done(_) | Step::Need(_) | Step::Yield | Step::Fault(_) => None,
        }
    }

    /// A statement of the code.
    pub(super) fn tell(&mut self, context: &mut Context<'_>, message: Message, purpose: Purpose) {
        let hands_over = match message.kind {
            MessageKind::Page | MessageKind::HandWithin(_) | MessageKind::HandWorkdays(_) => true,
            MessageKind::Tell => false,
        };
        self.told.handed_over |= hands_over;
        let because = match purpose {
            Purpose::Notify(reason) => Some(reason),
            Purpose::Diagnose | Purpose::Remedy | Purpose::Condition | Purpose::Undo => {
                hands_over.then_some(Reason::Declared)
            }
        };
        let roles = role_names(context.program, &message.roles);
        let text = message
            .text
            .or_else(|| self.undiagnosed_text(context, purpose))
            .unwrap_or_else(|| self.default_text(context, because));
        context.actions.push(Action::Tell(Notice {
            kind: message.kind,
            roles,
            text,
            because,
        }));
    }

    /// The page of last resort: nobody who must know is left out.
    pub(super) fn page_owner(&mut self, context: &mut Context<'_>, reason: Reason) {
        if self.told.handed_over {
            return;
        }
        self.told.handed_over = true;
        let owner = context.program.metadata.owner;
        let text = self.default_text(context, Some(reason));
        context.actions.push(Action::Tell(Notice {
            kind: MessageKind::Page,
            roles: role_names(context.program, owner.as_slice()),
            text,
            because: Some(reason),
        }));
    }

    /// What is held is told to the owner, whatever else a page says.
    pub(super) fn tell_held(&mut self, context: &mut Context<'_>, held: &[Holds]) {
        let owner = context.program.metadata.owner;
        let held: Vec<String> = held.iter().map(Holds::to_string).collect();
        let runbook = &context.program.runbook;
        context.actions.push(Action::Tell(Notice {
            kind: MessageKind::Tell,
            roles: role_names(context.program, owner.as_slice()),
            text: format!("{runbook} leaves something held: {}", held.join("; ")),
            because: None,
        }));
    }

    /// What came of a diagnosis of which neither the clause nor the diagnosis says anything.
    fn undiagnosed_text(&self, context: &Context<'_>, purpose: Purpose) -> Option<String> {
        let Purpose::Notify(reason) = purpose else {
            return None;
        };
        let what = match reason {
            Reason::Novel => "nothing that the runbook knows explains this",
            Reason::Inconclusive => "the diagnosis could not be made",
            Reason::Systemic => "part of something larger, so nothing was done",
            _ => return None,
        };
        let silent = self.told.explanation.is_none();
        // That it is not the first time is worth more than which runbook it is.
        let of = match &self.input.leave {
            Leave::Look {
                reason: Reason::CameBack,
                text,
                ..
            } => text.as_str(),
            Leave::Look { .. } | Leave::Mend => &context.program.runbook,
        };
        silent.then(|| format!("{of}: {what}"))
    }

    fn default_text(&self, context: &Context<'_>, because: Option<Reason>) -> String {
        let runbook = &context.program.runbook;
        match (&self.told.explanation, because) {
            (Some(text), _) => text.clone(),
            (None, Some(reason)) => format!("{runbook} needs a human: {}", reason.explained()),
            (None, None) => format!("{runbook} is at work"),
        }
    }
}

fn role_names(program: &Program, roles: &[RoleIndex]) -> Vec<SmolStr> {
    let role = |index: &RoleIndex| program.roles.get(index.index());
    roles
        .iter()
        .filter_map(role)
        .map(|role| role.name.clone())
        .collect()
}
