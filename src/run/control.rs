//! What happens to a run from outside: its alert resolves, somebody calls it off or holds it.
//!
//! A resolved alert is telemetry: it may stop a run whose incident has changed nothing, and never
//! stops, skips or undoes one that has.

use serde::{Deserialize, Serialize};

use super::act::CALLED_OFF;
use super::frame::{Frame, Signal};
use super::{Context, Event, Input, Run, State};
use crate::effect::{End, Reason};
use crate::rule::Rule;

/// What was asked of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    alert_resolved: bool,
    cancelled: bool,
    held: bool,
}

impl Control {
    /// Whether no further change may be begun.
    pub fn stops(self) -> bool {
        self.cancelled
    }

    /// Whether the next change has to wait.
    pub fn holds(self) -> bool {
        self.held
    }
}

impl Run {
    /// Whether what set the run off is over, and that stops it.
    pub(super) fn is_over(&self, context: &Context<'_>) -> bool {
        self.control.alert_resolved
            && context.program.metadata.clears_stop
            && !self.has_changed_for_good()
    }

    /// Whether the incident has changed anything; whether this run has is not the question.
    fn has_changed_for_good(&self) -> bool {
        match Rule::IncidentHasChanged.holds() {
            true => self.incident_has_changed(),
            false => self.has_changed(),
        }
    }

    pub(super) fn alert_resolved(&mut self, context: &mut Context<'_>) {
        context.record(Event::AlertResolved);
        self.control.alert_resolved = true;
        let idle = match self.state {
            // A diagnosis is finished and recorded first.
            State::Diagnosing | State::Ended => false,
            State::Opened | State::Planned | State::Queued | State::Held => true,
            State::Acting | State::Settling | State::Verifying | State::Undoing => false,
        };
        if idle && self.is_over(context) {
            self.finish(context, End::SelfResolved);
        }
    }

    /// What was over is not over any more.
    pub(super) fn alert_fires(&mut self) {
        self.control.alert_resolved = false;
    }

    /// What is under way is waited for, or looked for where nobody knows; nothing else is begun but releases.
    pub(super) fn cancel(&mut self, context: &mut Context<'_>) {
        context.record(Event::CancelRequested);
        match self.state {
            State::Ended => {}
            State::Acting | State::Settling | State::Undoing if self.is_changing() => {
                self.control.cancelled = true;
                self.turn(context, Signal::Input(Input::Cancel));
            }
            // Whoever takes back says what is left.
            _ if self.takes_back() => self.stop_taking_back(context),
            State::Opened
            | State::Diagnosing
            | State::Planned
            | State::Queued
            | State::Acting
            | State::Settling
            | State::Verifying
            | State::Undoing
            | State::Held => self.finish_cancelled(context),
        }
    }

    /// Whether something is being taken back.
    fn takes_back(&self) -> bool {
        let undoing = |frame: &Frame| matches!(frame, Frame::Undoing(_));
        self.frames.iter().any(undoing)
    }

    fn stop_taking_back(&mut self, context: &mut Context<'_>) {
        self.control.cancelled = true;
        // What is waited for is waited for no more.
        self.frames.pop();
        self.turn(context, Signal::failed(CALLED_OFF));
    }

    fn finish_cancelled(&mut self, context: &mut Context<'_>) {
        let end = match self.has_changed_for_good() {
            true => self.handed(Reason::CancelledAfterChange),
            false => End::Cancelled,
        };
        self.control.cancelled = true;
        // What is waited for is waited for no more.
        self.frames.pop();
        match self.releases_first(&end) {
            Some(fault) => self.turn(context, Signal::failed(fault)),
            None => self.finish(context, end),
        }
    }

    /// The end that a cancellation has been waiting for, if there was one.
    pub(super) fn cancelled(&self) -> Option<End> {
        let end = match self.has_changed_for_good() {
            true => self.handed(Reason::CancelledAfterChange),
            false => End::Cancelled,
        };
        self.control.cancelled.then_some(end)
    }

    fn is_changing(&self) -> bool {
        let acting = |frame: &Frame| matches!(frame, Frame::Acting(acting) if acting.is_changing());
        self.frames.iter().any(acting)
    }

    pub(super) fn hold(&mut self, context: &mut Context<'_>) {
        context.record(Event::Held);
        self.control.held = true;
    }

    pub(super) fn release(&mut self, context: &mut Context<'_>) {
        context.record(Event::Released);
        self.control.held = false;
        let waits = |frame: &Frame| matches!(frame, Frame::Acting(acting) if acting.is_held());
        if self.frames.last().is_some_and(waits) {
            self.turn(context, Signal::Input(Input::Release));
        }
    }
}
