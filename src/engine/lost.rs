//! What could not be read, at a start or when it was asked for: each record is given up alone, and somebody hears of it.
//!
//! An incident is made anew from its columns and from the facts: it keeps every target that its runs had hold of,
//! nothing counts as proven that they changed, and its owner has it. A run of it, or one whose change
//! cannot be read, is put aside. Of a message, a debt and an alert that stood, a letter says that it is gone.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::{Engine, Model};
use crate::diag::Code;
use crate::effect::{Call, Reason, Severity};
use crate::journal::{
    DeadLetter, Error, EventId, Fact, Incident, IncidentId, IncidentQuarantined, IncidentState,
    IntentId, IntentState, Journal, Lost, LostIncident, Needs, Read, RunId, Source, Write,
};
use crate::program::CodeHash;
use crate::run::{Dirt, IntentKind};
use crate::value::Time;

/// How many batches are read at once.
const BATCHES: usize = 1_000;

impl Engine {
    /// Gives up what is lost; the answer is the runs that nobody goes on with.
    pub(super) fn give_up(
        &mut self,
        journal: &dyn Journal,
        lost: Vec<Lost>,
        now: Time,
    ) -> Result<BTreeSet<RunId>, Error> {
        if lost.is_empty() {
            return Ok(BTreeSet::new());
        }
        let awake = journal.awake_runs()?.into_iter();
        let awake = awake.map(|run| run.map_or_else(|id| id, |run| run.id));
        let asleep = journal.sleeping_runs()?.into_iter();
        let live: BTreeSet<RunId> = awake.chain(asleep.map(|asleep| asleep.run)).collect();
        let incidents = lost.iter().filter_map(Lost::incident);
        let past = Past::of(journal, &incidents.collect())?;
        let (mut gone, mut of_lost) = (BTreeSet::new(), BTreeSet::new());
        for lost in lost {
            self.desk.write(Write::Lost(lost.clone()));
            match &lost {
                Lost::Incident(left) => {
                    of_lost.extend(live.iter().filter(|run| is_of(**run, left.id)));
                    self.make_anew(left, &past, now);
                }
                Lost::Intent { run, .. } => gone.extend(live.get(run)),
                Lost::Debt(debt) => {
                    gone.extend(
                        live.iter()
                            .filter(|run| matches!(run, RunId::Debt(of, _) if of == debt)),
                    );
                }
                Lost::Dwell { .. } | Lost::Message(_) => {}
            }
            self.say_lost(&lost, now);
        }
        // Whoever is told of the incident need not hear of its runs as well.
        gone.retain(|run| !of_lost.contains(run));
        for run in &of_lost {
            self.puts_aside(*run, now);
        }
        self.put_runs_aside(journal, &gone, now)?;
        gone.extend(of_lost);
        Ok(gone)
    }

    /// Runs that cannot be gone on with, and whose incidents may not be at hand.
    pub(super) fn put_runs_aside(
        &mut self,
        journal: &dyn Journal,
        runs: &BTreeSet<RunId>,
        now: Time,
    ) -> Result<(), Error> {
        let mut needs = Needs::default();
        for incident in runs.iter().filter_map(|run| run.incident()) {
            needs.add(self.lacks_incident(incident));
        }
        self.fetch(journal, &needs, now)?;
        for run in runs {
            self.quarantine(*run, now);
        }
        Ok(())
    }

    /// An incident out of what is left of it.
    fn make_anew(&mut self, left: &LostIncident, past: &Past, now: Time) {
        let program = self.runbooks.named(&left.runbook);
        let incident = Incident {
            id: left.id,
            runbook: left.runbook.clone(),
            code: program.map_or(CodeHash([0; 32]), |loaded| loaded.hash),
            key: left.key.clone(),
            severity: Severity::Sev2,
            title: "an incident whose record is damaged".to_owned(),
            opened: left.opened,
            state: IncidentState::Open,
            since: now,
            events: 0,
            newest_event: EventId(0),
            bindings: Vec::new(),
            firing: Default::default(),
            run: None,
            runs: left.runs,
            reopened: 0,
            duty: None,
            told: Vec::new(),
            locks: past.held.locks().of_incident(left.id).cloned().collect(),
            disturbed: past
                .held
                .disturbed()
                .of_incident(left.id)
                .cloned()
                .collect(),
            dirt: Dirt::unproven(past.changes_of(left.id), now),
            next_entry: left.lines,
            heard: Default::default(),
            cleared: false,
            said: None,
            until: None,
            pages: Vec::new(),
            storm: None,
            again: false,
        };
        let why = format!(
            "the record of this incident is damaged ({}): what was bound to it and which alerts fire is gone, what it \
             has changed counts as not verified",
            Code::StoreCorrupt.as_str()
        );
        let quarantined = IncidentQuarantined {
            incident: left.id,
            why: why.clone(),
            body: Some(Box::new(incident)),
        };
        self.record(quarantined, now);
        self.page_chain(left.id, &why, Some(Reason::Limit), now);
    }

    fn say_lost(&mut self, lost: &Lost, now: Time) {
        let gone = match lost {
            // Its owner has it; without a runbook nobody would.
            Lost::Incident(left) if self.runbooks.named(&left.runbook).is_some() => return,
            Lost::Incident(left) => format!(
                "the record of incident {} is damaged, and its runbook `{}` is not loaded: nobody works on it",
                left.id, left.runbook
            ),
            Lost::Intent { id, run } => format!(
                "the record of change {id} of run {run} is damaged: nobody knows any more what came of it"
            ),
            Lost::Dwell { event, runbook, .. } => format!(
                "the record of event {event}, an alert that stood for the runbook `{runbook}`, is damaged: it is taken \
                 when it is sent again"
            ),
            Lost::Message(id) => {
                format!("the record of message {id} is damaged: whom it was for will not get it")
            }
            Lost::Debt(id) => {
                format!("the record of debt {id} is damaged: nobody is reminded of it any more")
            }
        };
        let letter = DeadLetter {
            event: None,
            at: now,
            source: Source::Event("store".into()),
            code: Code::StoreCorrupt.as_str().into(),
            why: gone,
            body: String::new(),
        };
        self.bury(letter, "");
    }
}

/// What the facts tell of the changes of incidents.
#[derive(Default)]
struct Past {
    held: Model,
    /// What was granted, and is not known to have had no effect.
    changes: BTreeMap<IntentId, (IncidentId, SmolStr, Call)>,
}

impl Past {
    /// Reads every batch that is kept, once for all of these: this is for damage alone.
    fn of(journal: &dyn Journal, incidents: &BTreeSet<IncidentId>) -> Result<Past, Error> {
        let mut past = Past::default();
        let mut after = 0;
        while !incidents.is_empty() {
            let batches = journal.facts(after, BATCHES)?;
            let Some(last) = batches.last() else {
                break;
            };
            after = last.header.number;
            for batch in &batches {
                for read in batch.facts.iter().flatten() {
                    if let Read::Fact(fact) = read {
                        past.held.apply(fact, batch.header.stamp.at);
                        past.learn(fact, incidents);
                    }
                }
            }
        }
        Ok(past)
    }

    fn learn(&mut self, fact: &Fact, incidents: &BTreeSet<IncidentId>) {
        match fact {
            Fact::IntentGranted(fact) if fact.change.kind == IntentKind::Do => {
                if let RunId::Incident(incident, _) = fact.run
                    && incidents.contains(&incident)
                {
                    let (key, call) = (fact.change.key.clone(), fact.change.call.clone());
                    self.changes.insert(fact.intent, (incident, key, call));
                }
            }
            Fact::ChangePerformed(fact) if fact.state == IntentState::NotApplied => {
                self.changes.remove(&fact.intent);
            }
            _ => {}
        }
    }

    /// The changes of one incident, in the order in which they were granted.
    fn changes_of(&self, incident: IncidentId) -> Vec<(SmolStr, Call)> {
        let all = self.changes.values();
        let own = all.filter(|(of, ..)| *of == incident);
        own.map(|(_, key, call)| (key.clone(), call.clone()))
            .collect()
    }
}

fn is_of(run: RunId, incident: IncidentId) -> bool {
    matches!(run, RunId::Incident(of, _) if of == incident)
}
