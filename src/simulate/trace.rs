//! What happened, in words, a line for each thing: outside at the margin, what was written below it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::script::Step;
use super::world::Way;
use crate::engine::{Accepted, Plain, line};
use crate::journal::{
    Delivery, Fact, IncidentId, IncidentState, IntentState, MessageId, Outbox, ScheduleDue, Scope,
    Standing, Write,
};
use crate::run::words::Print;
use crate::run::{Perform, moment};
use crate::value::{Duration, Time};

/// The trace so far.
#[derive(Debug)]
pub struct Trace {
    pub begin: Time,
    pub text: String,
    /// Whether what is recorded is shown.
    pub shows_facts: bool,
    /// The last word for each incident.
    states: BTreeMap<IncidentId, String>,
    messages: BTreeMap<MessageId, ()>,
    storms: BTreeMap<Scope, String>,
}

impl Trace {
    pub fn new(begin: Time) -> Trace {
        Trace {
            begin,
            text: String::new(),
            shows_facts: false,
            states: BTreeMap::new(),
            messages: BTreeMap::new(),
            storms: BTreeMap::new(),
        }
    }

    /// A line at the margin.
    pub fn say(&mut self, now: Time, words: &str) {
        let at: Duration = moment::since(self.begin, now);
        // Writing to a text cannot fail.
        let _ = writeln!(self.text, "{:>8} {words}", at.to_string());
    }

    fn below(&mut self, now: Time, words: &str) {
        self.say(now, &format!("  {words}"));
    }

    /// Something happens from outside.
    pub fn step(&mut self, step: &Step, now: Time) {
        let words = match step {
            Step::Alert(alert, ..) => {
                let own = alert.labels.iter().filter(|(name, _)| *name != "alertname");
                let labels = own.map(|(name, value)| format!(" {name}={value}"));
                let labels = labels.collect::<String>();
                let verb = match alert.standing {
                    Standing::Firing => "fires",
                    Standing::Resolved => "is resolved",
                };
                format!("> {}{labels} {verb}", alert.name)
            }
            Step::Event(name, json) => format!("> {name} {json}"),
            Step::Ack(id, taker) => match taker.takes_over {
                true => format!("> {} takes {id} over", taker.by),
                false => format!("> {} acknowledges {id}", taker.by),
            },
            Step::AckPage(id, taker) => format!("> {} acknowledges page {id}", taker.by),
            Step::Resolve(id, by) => format!("> {by} resolves {id}"),
            Step::Settle(id, said) => match said.applied {
                true => format!("> {} says of {id}: it was applied", said.by),
                false => format!("> {} says of {id}: it was not applied", said.by),
            },
            Step::Freeze(Scope::All, by) => format!("> {by} stops all changes"),
            Step::Freeze(scope, by) => format!("> {by} stops the changes of {}", scope.shown()),
            Step::Release(scope, by) => {
                let what = match scope {
                    Scope::All => "changes".to_owned(),
                    scope => format!("changes of {}", scope.shown()),
                };
                match by {
                    Some(by) => format!("> {by} lets {what} go on"),
                    None => format!("> {what} go on"),
                }
            }
            Step::AckStorm(scope, taker) => {
                format!("> {} takes the storm of {} on", taker.by, scope.shown())
            }
            Step::Clock(by) => format!("> the clock is set by {by}"),
            Step::Load(name) => format!("> the package `{name}` is loaded"),
            Step::Grants(_) => "> other grants are loaded".to_owned(),
            Step::Drain => "> the agent is to stop".to_owned(),
            Step::Kill(_) => "> the agent is killed".to_owned(),
            Step::KillInto(name) => {
                format!("> the agent is killed, and the package `{name}` is there")
            }
            Step::Pause(length) => format!("> the agent is held up for {length}"),
            Step::Damage(id) => format!("> the run of {id} is damaged"),
            Step::Deliver(address, way) => match way {
                Way::Works => format!("> {address} works"),
                Way::Refuses => format!("> {address} refuses"),
                Way::Fails => format!("> {address} fails"),
                Way::Slow(length) => format!("> {address} takes {length}"),
                Way::Hangs(length) => format!("> {address} hangs, for {length} each time"),
                Way::Busy(after) => format!("> {address} asks for {after} of patience"),
            },
            Step::Answer(_) | Step::Perform(..) | Step::End => return,
        };
        self.say(now, &words);
    }

    /// What became of it.
    pub fn accepted(&mut self, accepted: &Accepted, now: Time) {
        let words = match accepted {
            Accepted::Taken(incidents) => {
                let all: Vec<String> = incidents.iter().map(ToString::to_string).collect();
                format!("taken by incident {}", all.join(", "))
            }
            Accepted::Joined(incident) => format!("joins incident {incident}"),
            Accepted::Kept => "kept".to_owned(),
            Accepted::Dead { code, why } => format!("dead: {why} ({code})"),
        };
        self.below(now, &words);
    }

    /// A change is sent into the world.
    pub fn dispatched(&mut self, perform: &Perform, now: Time) {
        let call = Plain.call(&perform.call, now);
        self.say(now, &format!("! {call}"));
    }

    /// What is recorded as having happened.
    pub fn facts(&mut self, facts: &[Fact], now: Time) {
        for fact in facts {
            if let Fact::ScheduleDue(fact) = fact {
                self.due(fact, now);
            }
        }
        for fact in facts
            .iter()
            .filter(|_| self.shows_facts)
            .collect::<Vec<_>>()
        {
            let kind = fact.kind();
            let fields: Vec<String> = fact
                .fields()
                .into_iter()
                .filter(|(name, _)| *name != "digest")
                .map(|(name, value)| format!("{name}: {}", without_hashes(&value)))
                .collect();
            self.say(
                now,
                &format!("= {} {}: {}", kind.number, kind.name, fields.join(", ")),
            );
        }
    }

    /// What has come of a schedule.
    fn due(&mut self, fact: &ScheduleDue, now: Time) {
        let (runbook, due) = (&fact.trigger.runbook, fact.due);
        let counted = match fact.count {
            0 | 1 => String::new(),
            count => format!(", of {count} since {}", fact.first),
        };
        let incident = fact.incident.map(|id| format!(": incident {id}"));
        let incident = incident.unwrap_or_default();
        let how = fact.how.word();
        self.say(
            now,
            &format!("> {runbook} is due at {due}{counted}, {how}{incident}"),
        );
    }

    /// The incidents that a page lists.
    fn lists(&mut self, outbox: &Outbox, now: Time) {
        let lines = outbox.message.evidence.iter();
        let first = lines.filter_map(|line| line.text.split(' ').next());
        let listed: Vec<&str> = first.collect();
        if !listed.is_empty() {
            let (id, listed) = (outbox.id, listed.join(", "));
            self.below(now, &format!("message {id} lists {listed}"));
        }
    }

    /// What became durable.
    pub fn writes(&mut self, writes: &[Write], now: Time) {
        for write in writes {
            match write {
                Write::Entry { incident, entry } => {
                    if let Some(words) = line(entry) {
                        self.below(now, &format!("{incident}: {words}"));
                    }
                }
                Write::Incident(incident) => {
                    let word = match &incident.state {
                        IncidentState::Resolved { how, .. } => format!("resolved ({})", how.word()),
                        other => other.word().to_owned(),
                    };
                    if self.states.get(&incident.id) != Some(&word) {
                        self.below(now, &format!("{}: is {word}", incident.id));
                        self.states.insert(incident.id, word);
                    }
                }
                Write::Message(outbox) => {
                    let kind = outbox.message.kind.word();
                    let (id, to, text) = (outbox.id, &outbox.to, &outbox.message.text);
                    if self.messages.insert(id, ()).is_none() {
                        self.below(now, &format!("message {id}, {kind} to {to}: {text}"));
                        self.lists(outbox, now);
                    } else if let Delivery::GivenUp { why } = &outbox.delivery {
                        self.below(now, &format!("message {id} is given up: {why}"));
                    }
                }
                Write::IntentState { id, state } => {
                    let word = match state {
                        IntentState::Open => "open",
                        IntentState::Applied => "applied",
                        IntentState::NotApplied => "not applied",
                        IntentState::Unknown => "unknown",
                        IntentState::Broke => "broken",
                        IntentState::Queued => "queued",
                    };
                    self.below(now, &format!("intent {id} is {word}"));
                }
                Write::Dwell(_) => self.below(now, "has to stand for a while"),
                Write::DwellGone { .. } => self.below(now, "stands no longer"),
                Write::Debt(debt) if debt.paid.is_some() => {
                    self.below(now, &format!("debt {} is paid", debt.id));
                }
                Write::Debt(debt) if debt.looks == 0 => {
                    self.below(now, &format!("debt {}: {}", debt.id, debt.text));
                }
                Write::Arrived(_)
                | Write::Disposed { .. }
                | Write::Dead(_)
                | Write::Alert { .. }
                | Write::Run(_)
                | Write::Program { .. }
                | Write::Intent(_)
                | Write::Debt(_)
                | Write::Freeze(..)
                | Write::Wait(..)
                | Write::AtWork(_)
                | Write::Schedule(_, _)
                | Write::Clock(_)
                | Write::Lost(_) => {}
                Write::Storm(scope, storm) => {
                    let words = match storm.cool_until {
                        None => "storm".to_owned(),
                        Some(until) => {
                            let until = moment::since(self.begin, until);
                            format!("no storm any more, calm at {until}")
                        }
                    };
                    if self.storms.get(scope) != Some(&words) {
                        self.below(now, &format!("{scope}: {words}"));
                        self.storms.insert(scope.clone(), words);
                    }
                }
            }
        }
    }
}

/// Hashes are of another program each time the compiler differs.
fn without_hashes(printed: &str) -> String {
    let mut kept = String::new();
    let mut rest = printed;
    while let Some((before, hash)) = rest.split_once("CodeHash([") {
        kept.push_str(before);
        kept.push_str("CodeHash");
        rest = hash.split_once("])").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}
