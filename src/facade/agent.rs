//! The agent's mind and its store at work, for benches: alerts in, answers in, batches on disk.
//!
//! In: a package as text, and numbers that say how many of what. Out: numbers. Time is moved by
//! hand, and what is asked of the world is answered at once.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diag::Diagnostic;
use crate::effect::Observed;
use crate::engine::{self, Accepted, Action, Arriving, Engine, Input, Runbooks};
use crate::front;
use crate::journal::{Alert, Batch, Error, IncidentId, Journal, Needs, RunId, Stamp, Standing};
use crate::program::Program;
use crate::settings::{self, Grants};
use crate::store::Sqlite;
use crate::text::Sources;
use crate::value::{Time, Value};

use super::File;

/// The most inputs of one commit, as in the driver.
const BATCH: usize = 4_096;
/// When it all begins, in milliseconds since 1970.
const BEGIN: i64 = 1_800_000_000_000;

/// Runbooks, and alerts that each concern one of them.
#[derive(Debug)]
pub struct Matching {
    runbooks: Runbooks,
    alerts: Vec<Alert>,
}

/// An engine on a store.
#[derive(Debug)]
pub struct Agent {
    store: Sqlite,
    engine: Engine,
    now: Time,
    /// What is asked of the world and not answered yet.
    asked: Vec<(RunId, u64)>,
    /// How many messages wait to be sent, which nobody does here.
    said: usize,
    /// What was written last.
    last: Batch,
}

impl Matching {
    /// Takes in the runbooks of a package; the words why not.
    pub fn new(package: &str) -> Result<Matching, String> {
        Ok(Matching {
            runbooks: Runbooks::new(programs(package)?),
            alerts: Vec::new(),
        })
    }

    /// Alerts to be matched, each by its name and the label `shard`.
    pub fn alerts(&mut self, alerts: impl Iterator<Item = (String, String)>) {
        let alert = |(name, shard): (String, String)| alert(&name, "web-7f9c-xkq2v", &shard);
        self.alerts = alerts.map(alert).collect();
    }

    /// How many triggers the alerts find, all together.
    pub fn found(&self) -> usize {
        let found = self.alerts.iter().map(|one| self.runbooks.on_alert(one));
        found.map(|found| found.len()).sum()
    }
}

impl Agent {
    /// Opens a store, which may hold what another agent left, and begins with the first commit.
    pub fn open(path: &Path, package: &Prepared) -> Result<Agent, String> {
        let store = Sqlite::open(path, "measured").map_err(words)?;
        let now = Time::from_millis(BEGIN).unwrap_or_default();
        let runbooks = package.runbooks.clone();
        let engine = Engine::start(&store, runbooks, package.grants.clone(), None, None, now);
        let mut agent = Agent {
            engine: engine.map_err(words)?,
            store,
            now,
            asked: Vec::new(),
            said: 0,
            last: Batch::default(),
        };
        agent.settle().map_err(words)?;
        Ok(agent)
    }

    /// Accepts alerts of this name as one batch; each is about one pod. Gives how many were taken.
    pub fn accept(
        &mut self,
        name: &str,
        pods: impl Iterator<Item = usize>,
    ) -> Result<usize, String> {
        self.accept_all(pods.map(|pod| alert(name, &format!("web-7f9c-{pod}"), "s17")))
    }

    /// Accepts alerts of this name as one batch, all of them about one pod.
    pub fn join(
        &mut self,
        name: &str,
        shards: impl Iterator<Item = usize>,
    ) -> Result<usize, String> {
        self.accept_all(shards.map(|shard| alert(name, "web-7f9c", &format!("s{shard:05}"))))
    }

    fn accept_all(&mut self, alerts: impl Iterator<Item = Alert>) -> Result<usize, String> {
        let mut taken = 0;
        for alert in alerts {
            let arriving = Arriving::Alert(alert);
            let accepted = self.engine.accept(&self.store, arriving, self.now);
            taken += usize::from(matches!(
                accepted.map_err(words)?,
                Accepted::Taken(_) | Accepted::Joined(_)
            ));
        }
        self.settle().map_err(words)?;
        Ok(taken)
    }

    /// Answers what is asked, or else lets time pass until something is due; gives how many inputs
    /// that were: none when nothing goes on before `until`, in milliseconds from the beginning.
    pub fn step(&mut self, until: i64) -> Result<usize, String> {
        if self.asked.is_empty() {
            let next = self.engine.next_timer();
            let Some(next) = next.filter(|next| next.millis() < BEGIN + until) else {
                return Ok(0);
            };
            self.now = next;
            let tick = Input::Tick;
            let handled = self.engine.handle(&self.store, tick, self.now);
            handled.map_err(words)?;
            // Each run that a timer wakes asks something.
            self.settle().map_err(words)?;
            return Ok(self.asked.len());
        }
        let rest = self.asked.len().saturating_sub(BATCH);
        let answered = self.asked.split_off(rest);
        let many = answered.len();
        for (run, id) in answered {
            let outcome = Observed::Value(Value::Float(2.0));
            let input = Input::Observed { run, id, outcome };
            let handled = self.engine.handle(&self.store, input, self.now);
            handled.map_err(words)?;
        }
        self.settle().map_err(words)?;
        Ok(many)
    }

    /// How many questions to the world are open.
    pub fn asked(&self) -> usize {
        self.asked.len()
    }

    /// How many messages were to be sent.
    pub fn said(&self) -> usize {
        self.said
    }

    /// How many characters the facts and rows have that were written last, printed.
    pub fn written(&self) -> usize {
        format!("{:?}{:?}", self.last.facts, self.last.writes).len()
    }

    /// The bytes of the state of an incident's first run, and of what it waits for.
    pub fn state(&self, incident: u64) -> Result<(usize, usize), String> {
        let id = RunId::Incident(IncidentId(incident), 0);
        let found = self.store.fetch(&Needs::run(id)).map_err(words)?;
        let (_, run) = found.runs.into_iter().next().ok_or("there is no answer")?;
        let run = run.map_err(words)?.ok_or("there is no such run")?;
        let pending = postcard::to_stdvec(&run.pending).map_err(|error| error.to_string())?;
        Ok((run.state.len(), pending.len()))
    }

    fn settle(&mut self) -> Result<(), Error> {
        let engine::Batch {
            at,
            facts,
            writes,
            actions,
        } = self.engine.take();
        if !writes.is_empty() || !facts.is_empty() {
            let stamp = Stamp {
                at,
                ..Stamp::default()
            };
            self.last = Batch {
                stamp,
                facts,
                writes,
            };
            self.store.append(&self.last)?;
        }
        for action in actions {
            match action {
                Action::Observe { run, observe } => self.asked.push((run, observe.id)),
                Action::Send(_) => self.said += 1,
                Action::Perform { .. } | Action::Settle { .. } | Action::Note { .. } => {}
            }
        }
        Ok(())
    }
}

/// A package that is compiled and granted the metrics.
#[derive(Clone, Debug)]
pub struct Prepared {
    runbooks: Runbooks,
    grants: Grants,
}

impl Prepared {
    /// Compiles a package; the words why not.
    pub fn new(package: &str) -> Result<Prepared, String> {
        let mut sources = Sources::default();
        let text = "[prometheus]\nurl = \"http://127.0.0.1:9\"\n[grants]\n\"prom.query\" = true\n";
        let source = sources.add(settings::SETTINGS, text);
        let (read, diagnostics) = settings::read(sources.source(source));
        let read = read.ok_or_else(|| said(&diagnostics))?;
        Ok(Prepared {
            runbooks: Runbooks::new(programs(package)?),
            grants: read.grants,
        })
    }
}

fn programs(package: &str) -> Result<Vec<Program>, String> {
    let files: [File<'_>; 1] = [("main.rbk", package.as_bytes())];
    let (_, analysis, diagnostics) = super::analyse(&files);
    match analysis {
        Some(analysis) if front::is_sound(&diagnostics) => {
            front::compile(&analysis).map_err(|refused| said(&refused))
        }
        Some(_) | None => Err(said(&diagnostics)),
    }
}

fn alert(name: &str, pod: &str, shard: &str) -> Alert {
    let labels = [
        ("alertname", name),
        ("cluster", "eu-north-1"),
        ("namespace", "shop"),
        ("pod", pod),
        ("severity", "critical"),
        ("shard", shard),
        ("team", "checkout"),
    ];
    let labels = labels.map(|(name, value)| (name.into(), value.into()));
    let summary = "the queue does not move any more".into();
    let since = Time::from_millis(BEGIN).unwrap_or_default();
    Alert {
        name: name.into(),
        labels: BTreeMap::from(labels),
        annotations: BTreeMap::from([("summary".into(), summary)]),
        standing: Standing::Firing,
        fingerprint: format!("{pod}:{shard}").into(),
        since,
        ended: None,
        sender: Default::default(),
    }
}

fn said(diagnostics: &[Diagnostic]) -> String {
    let messages = diagnostics.iter().map(|one| one.message.as_str());
    messages.collect::<Vec<_>>().join("\n")
}

fn words(error: Error) -> String {
    error.to_string()
}
