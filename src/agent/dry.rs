//! A dry run: everything is looked at for real, and nothing is changed or told.
//!
//! In: a package of which one runbook takes the alert. Out: what was seen, what was found, and the plan: each change in
//! its order up to the first verify, and the digest that the plan is known by. An approval of the
//! same plan signs the same digest.

use std::collections::VecDeque;
use std::sync::Arc;

use super::load::{Package, Refused};
use super::serve::{Options, folder_of, reach, store_refused};
use super::take_up::look_at;
use crate::effect::{ChangeOutcome, Observed, Settled};
use crate::engine::{Ahead, Engine, Plain, Told};
use crate::host::{Clock, Performer};
use crate::journal::{Alert, Error, Journal};
use crate::run::population::{self, Counted};
use crate::run::room;
use crate::run::words::{self, Print};
use crate::run::{Action, Event, Input, Intent, IntentKind, Observe, Run, State};
use crate::settings::Settings;
use crate::value::{Time, Value};

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
    /// What the gates of the agent would refuse, and what its connectors would.
    pub denied: Vec<String>,
    /// What would have to wait, or not begin at all, as things are.
    pub waits: Vec<String>,
}

/// Runs the runbook that takes an alert, beside whatever the store of the agent knows.
pub async fn dry_run(
    options: &Options,
    settings: &Settings,
    package: &Package,
    alert: &Alert,
) -> Result<Plan, Vec<Refused>> {
    let reach = reach(settings, options, package)?;
    let path = folder_of(&options.settings).join(&settings.store);
    let clock = Arc::new(Clock::default());
    let runbooks = package.runbooks();
    let (journal, mut engine) = look_at(&path, runbooks, settings, &clock)?;
    let refused = |failure| vec![store_refused(&path, &failure)];
    let ahead = engine.would_begin(journal.as_ref(), alert, clock.now());
    let Some(ahead) = ahead.map_err(refused)? else {
        return Ok(Plan::default());
    };
    let plan = Plan {
        waits: ahead.instead.clone(),
        ..Plan::default()
    };
    let mut dry = Dry {
        ahead: &ahead,
        engine,
        journal: journal.as_ref(),
        performer: &reach.performer,
        clock: &clock,
        plan,
        verifying: false,
        counted: Vec::new(),
    };
    dry.run().await.map_err(refused)?;
    Ok(dry.plan)
}

struct Dry<'a> {
    ahead: &'a Ahead,
    /// Nothing of what it knows is ever written.
    engine: Engine,
    journal: &'a dyn Journal,
    performer: &'a Performer,
    clock: &'a Arc<Clock>,
    plan: Plan,
    verifying: bool,
    /// The populations that lines look at before the next change.
    counted: Vec<Counted>,
}

impl Dry<'_> {
    async fn run(&mut self) -> Result<(), Error> {
        let Ahead {
            program,
            code,
            input,
            ..
        } = self.ahead;
        let mut run = Run::open(*code, input.clone(), self.clock.now());
        let mut inputs = VecDeque::from([Input::Begin]);
        while let Some(input) = inputs.pop_front() {
            let actions = run.handle(program, input, self.clock.now());
            self.listed(&run, &actions);
            // The digest is that of the plan on which the first change would be made.
            let intends = actions
                .iter()
                .any(|action| matches!(action, Action::Intend { .. }));
            if intends && self.plan.digest.is_none() {
                self.plan.digest = Some(run.plan_digest());
            }
            for action in actions {
                inputs.extend(self.act(action).await?);
            }
            if self.verifying {
                break;
            }
        }
        Ok(())
    }

    async fn act(&mut self, action: Action) -> Result<Option<Input>, Error> {
        let now = self.clock.now();
        Ok(match action {
            Action::Observe(observe) => Some(self.look(observe, now).await?),
            Action::Intend { id, intent } => {
                self.ask_leave(id, &intent, false, now);
                self.plan.changes.push(Plain.call(&intent.call, now));
                Some(Input::Granted { id })
            }
            Action::Repeat { id, intent } => {
                self.ask_leave(id, &intent, true, now);
                Some(Input::Granted { id })
            }
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
        })
    }

    /// What the run has listed for the change that is among these.
    fn listed(&mut self, run: &Run, actions: &[Action]) {
        for action in actions {
            if let Action::Intend { intent, .. } | Action::Repeat { intent, .. } = action {
                self.counted = run.counted(&self.ahead.program, intent);
            }
        }
    }

    /// What the journal knows, or the world.
    async fn look(&mut self, observe: Observe, now: Time) -> Result<Input, Error> {
        let Observe {
            id,
            call,
            deadline,
            newer_than,
            evaluable: _,
        } = observe;
        let program = &self.ahead.program;
        let known = self
            .engine
            .would_answer(self.journal, program, &call, now)?;
        let outcome: Observed = match known {
            Some(outcome) => outcome,
            None => {
                let asked = self.performer.ask(call.clone(), now, deadline, newer_than);
                asked.await
            }
        };
        self.plan
            .seen
            .push(words::saw(&Plain, &call, &outcome, now));
        Ok(Input::Observed { id, outcome })
    }

    /// What the gates say, and then the connector that would make the change.
    fn ask_leave(&mut self, id: u64, intent: &Intent, again: bool, now: Time) {
        let asked = (id, self.counted.clone());
        match self.engine.would_let(self.ahead, asked, intent, again, now) {
            Told::Go => {
                let lasts = self.engine.window_ends(self.ahead, now);
                let lasts = lasts.filter(|_| intent.kind == IntentKind::Do);
                let lasts = lasts.map(|end| format!("its window lasts until {end}"));
                self.plan.seen.extend(lasts);
                let program = &self.ahead.program;
                let counted = self.counted.iter();
                let figures = counted.filter_map(|counted| {
                    let line = population::line(program, counted.line)?;
                    Some(room::figures(line, counted))
                });
                self.plan.seen.extend(figures);
            }
            Told::Refused(why) => return self.plan.denied.push(why),
            Told::Waits(why) => self.plan.waits.push(why),
        }
        self.plan
            .denied
            .extend(self.performer.refuses(&intent.call));
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
