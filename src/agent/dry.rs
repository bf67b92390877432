//! A dry run: everything is looked at for real, and nothing is changed or told.
//!
//! In: one runbook and one alert. Out: what was seen, what was found, and the plan: each change in
//! its order up to the first verify, and the digest that the plan is known by. An approval of the
//! same plan signs the same digest.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::effect::{ChangeOutcome, Observed, Settled};
use crate::engine::{Loaded, Plain, granted};
use crate::host::{Clock, Performer};
use crate::program::Program;
use crate::run::words::{self, Print};
use crate::run::{Action, Dirt, Event, Input, Leave, Run, RunInput, Start, State};
use crate::settings::Grants;
use crate::value::{Failure, Time, Value};

/// What a run would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What was seen and decided, in order.
    pub seen: Vec<String>,
    /// The changes, in order.
    pub changes: Vec<String>,
    /// Whoever would be told, and what.
    pub tells: Vec<String>,
    /// Of the plan of the first phase; none when nothing would be changed.
    pub digest: Option<String>,
    /// How the run ends, if it ends without a change.
    pub end: Option<String>,
    /// What the agent is not granted of it, and what its connectors would refuse.
    pub denied: Vec<String>,
}

/// Runs one runbook on what an alert binds.
pub async fn dry_run(
    loaded: &Loaded,
    bindings: Vec<Value>,
    grants: &Grants,
    performer: &Performer,
    clock: &Arc<Clock>,
) -> Plan {
    let now = clock.now();
    let program = &loaded.program;
    let input = RunInput {
        incident: "dry-run".into(),
        ordinal: 0,
        incident_opened: now,
        began: now,
        bindings,
        start: match program.entries.diagnose {
            Some(_) => Start::Diagnose,
            None => Start::Steps,
        },
        leave: Leave::Mend,
        dirt: Dirt::default(),
        offer: false,
    };
    let mut dry = Dry {
        program,
        grants,
        performer,
        clock,
        plan: Plan::default(),
        verifying: false,
    };
    let mut run = Run::open(loaded.hash, input, now);
    let mut inputs = VecDeque::from([Input::Begin]);
    while let Some(input) = inputs.pop_front() {
        let actions = run.handle(program, input, clock.now());
        // The digest is that of the plan on which the first change would be made.
        let intends = actions
            .iter()
            .any(|action| matches!(action, Action::Intend { .. }));
        if intends && dry.plan.digest.is_none() {
            dry.plan.digest = Some(run.plan_digest());
        }
        for action in actions {
            inputs.extend(dry.act(action).await);
        }
        if dry.verifying {
            break;
        }
    }
    dry.plan
}

struct Dry<'a> {
    program: &'a Program,
    grants: &'a Grants,
    performer: &'a Performer,
    clock: &'a Arc<Clock>,
    plan: Plan,
    verifying: bool,
}

impl Dry<'_> {
    async fn act(&mut self, action: Action) -> Option<Input> {
        let now = self.clock.now();
        match action {
            Action::Observe(observe) => {
                let declared = self.program.observables.iter();
                let mut declared = declared.filter(|one| *one.name == *observe.call.name);
                let needs = declared
                    .next()
                    .map(|one| one.needs.as_slice())
                    .unwrap_or_default();
                let outcome = match granted(self.grants, needs, &observe.call) {
                    Ok(()) => {
                        let asked = self.performer.ask(
                            observe.call.clone(),
                            now,
                            observe.deadline,
                            observe.newer_than,
                        );
                        asked.await
                    }
                    Err(denied) => Observed::Failed(Failure::Failed(denied.into())),
                };
                self.plan
                    .seen
                    .push(words::saw(&Plain, &observe.call, &outcome, now));
                Some(Input::Observed {
                    id: observe.id,
                    outcome,
                })
            }
            Action::Intend { id, intent } => {
                let declared = self.program.actions.iter();
                let mut declared = declared.filter(|one| *one.name == *intent.call.name);
                let needs = declared
                    .next()
                    .map(|one| one.needs.as_slice())
                    .unwrap_or_default();
                if let Err(denied) = granted(self.grants, needs, &intent.call) {
                    self.plan.denied.push(denied);
                } else if let Some(refused) = self.performer.refuses(&intent.call) {
                    self.plan.denied.push(refused);
                }
                self.plan.changes.push(Plain.call(&intent.call, now));
                Some(Input::Granted { id })
            }
            Action::Repeat { id, .. } => Some(Input::Granted { id }),
            // As if it had taken effect: what follows it in the plan does not depend on it.
            Action::Perform(perform) => Some(Input::Performed {
                id: perform.id,
                outcome: ChangeOutcome::Applied(Value::None),
            }),
            Action::Settle { id, .. } => Some(Input::Settled {
                id,
                outcome: Settled::Applied,
            }),
            Action::Wait { id, until } => self.wait(id, until).await,
            Action::Tell(notice) => {
                self.plan.tells.push(words::told(&notice));
                None
            }
            Action::Attach(values) => {
                self.plan.seen.push(words::attached(&Plain, &values));
                None
            }
            Action::Record(event) => {
                self.verifying |= event == Event::Entered(State::Verifying);
                self.plan.seen.extend(words::event(&Plain, &event));
                None
            }
            Action::End(end) => {
                self.plan.end = Some(words::end(&end));
                None
            }
        }
    }

    /// A diagnosis may wait between two looks; that is waited for here, too.
    async fn wait(&self, id: u64, until: Time) -> Option<Input> {
        if self.verifying || !self.plan.changes.is_empty() {
            return None;
        }
        let millis = until.millis().saturating_sub(self.clock.now().millis());
        let millis = u64::try_from(millis).unwrap_or_default();
        // The timer of a `tell … if unresolved` lies behind everything that a dry run looks at.
        if millis > 120_000 {
            return None;
        }
        tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
        Some(Input::Timer { id })
    }
}
