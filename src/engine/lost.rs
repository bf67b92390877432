//! What could not be read, at a start or when it was asked for: each record is given up alone, and somebody hears of it.
//!
//! What the facts still tell stands again as it was: a change, a storm, how long a run has waited. An incident is made
//! anew from its columns and from the facts: it keeps every target that its runs had hold of, nothing counts as proven
//! that they changed, and its owner has it. A run of it is put aside, and what it had begun is unknown; so is a change of
//! which the facts tell nothing. Of a message, a debt and an alert that stood, a letter says that it is gone.

mod past;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::close::{Unreadable, in_flight, named_run};
use super::open::severity;
use crate::diag::Code;
use crate::effect::{Call, Severity};
use crate::journal::{
    DebtId, Error, EventId, Incident, IncidentId, IncidentQuarantined, IncidentState, IntentId,
    IntentState, Journal, Lost, LostIncident, Needs, RunId, Scope, StoredIntent, StormBegan, Write,
};
use crate::program::{CodeHash, StepIndex};
use crate::run::{Dirt, Intent, IntentKind, StepPath, VERSION};
use crate::value::Time;
use past::Past;

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
        let live = live(journal)?;
        let past = Past::of(journal, &lost)?;
        let lost = filled(lost, &past);
        self.fetch_codes(journal, &lost, &past, now)?;
        let mut letters = Vec::new();
        let (mut gone, mut of_lost) = (BTreeMap::new(), BTreeSet::new());
        let damaged: Vec<LostIncident> = lost.iter().filter_map(Lost::left).cloned().collect();
        // What is known of changes decides what becomes of incidents.
        let (intents, others): (Vec<_>, Vec<_>) = lost
            .into_iter()
            .partition(|lost| lost.changed_by().is_some());
        for lost in intents.into_iter().chain(others) {
            let is_restored = match &lost {
                Lost::Incident(left) => {
                    self.desk.write(Write::Lost(lost.clone()));
                    let own = self.runs_of(left.id, &live);
                    self.make_anew(left, &own, &past, now);
                    of_lost.extend(own);
                    false
                }
                Lost::Intent { id, run, state } => {
                    let known = past.granted(*id).cloned();
                    let is_known = known.is_some();
                    if !is_known {
                        let what = Unreadable::Change(*id);
                        gone.extend(live.get(run).map(|run| (*run, what)));
                    }
                    let state = known_state(is_known, *state);
                    let intent = known.unwrap_or_else(|| self.left_of(*id, *run, now));
                    let of = damaged.iter().find(|left| is_of(*run, left.id));
                    if let (Some(left), true) = (of, intent.intent.targets.is_empty()) {
                        self.stops_around(*id, left, now);
                    }
                    let left = self.stands_again(StoredIntent { state, ..intent }, &live);
                    gone.extend(left.map(|run| (run, Unreadable::Row)));
                    is_known
                }
                Lost::Misplaced { intent, .. } => {
                    self.desk.write(Write::Lost(lost.clone()));
                    let left = self.stands_again(intent.as_ref().clone(), &live);
                    gone.extend(left.map(|run| (run, Unreadable::Row)));
                    true
                }
                Lost::Displaced { incident, .. } => {
                    self.desk.write(Write::Lost(lost.clone()));
                    self.desk.writes_anew(incident.id);
                    true
                }
                Lost::Run(run) => {
                    gone.extend([(*run, Unreadable::Row)]);
                    false
                }
                Lost::Stray(run) => {
                    self.desk.write(Write::Lost(lost.clone()));
                    of_lost.insert(*run);
                    false
                }
                Lost::Debt(debt) => {
                    self.desk.write(Write::Lost(lost.clone()));
                    gone.extend(looks_at(*debt, &live));
                    false
                }
                Lost::Wait(run) => self.waits_again(*run, &lost, &past),
                Lost::Storm(scope) => self.storms_again(scope, &lost, &past, now),
                // The row is written again once it is loaded.
                Lost::Version(_) | Lost::Schedule(_) => false,
                Lost::Dwell { .. } | Lost::Message(_) => {
                    self.desk.write(Write::Lost(lost.clone()));
                    false
                }
            };
            letters.extend(self.letter_of(&lost, is_restored, &past, now));
        }
        self.bury_damaged(letters, now);
        // Whoever is told of the incident need not hear of its runs as well.
        gone.retain(|run, _| !of_lost.contains(run));
        self.put_runs_aside(journal, &gone, now)?;
        let all = gone.into_keys().chain(of_lost);
        Ok(all.collect())
    }

    /// The runs of an incident: those that live, and those that left a change of which nobody knows.
    fn runs_of(&self, incident: IncidentId, live: &BTreeSet<RunId>) -> BTreeSet<RunId> {
        let begun = self.model.unsettled_of(incident).map(|one| one.run);
        let own = live.iter().copied().chain(begun);
        own.filter(|run| is_of(*run, incident)).collect()
    }

    /// The code that incidents had which are to be made anew: it says who has them, also where their runbook is
    /// not loaded any more.
    fn fetch_codes(
        &mut self,
        journal: &dyn Journal,
        lost: &[Lost],
        past: &Past,
        now: Time,
    ) -> Result<(), Error> {
        let mut needs = Needs::default();
        for left in lost.iter().filter_map(Lost::left) {
            needs.add(self.lacks_code(past.code_of(left.id)));
        }
        self.fetch(journal, &needs, now)
    }

    /// Gives up a run that nothing counts on.
    pub(super) fn gives_up_stray(&mut self, run: RunId, now: Time) {
        self.desk.put_aside(run);
        let letter = self.letter_of(&Lost::Stray(run), false, &Past::default(), now);
        self.bury_damaged(letter.into_iter().collect(), now);
    }

    /// A change as it is known to be; the answer is its run, where that had begun it and is not there any more.
    fn stands_again(&mut self, intent: StoredIntent, live: &BTreeSet<RunId>) -> Option<RunId> {
        let (run, is_live) = (intent.run, live.contains(&intent.run));
        let is_begun = intent.state.is_awaited();
        self.model.restore_intent(intent.clone(), is_live);
        self.desk.write(Write::Intent(intent));
        (is_begun && !is_live).then_some(run)
    }

    /// What is left of a change where no fact tells of it: nobody knows what it was, and what its incident has
    /// hold of counts as its targets.
    fn left_of(&self, id: IntentId, run: RunId, now: Time) -> StoredIntent {
        let incident = run.incident();
        let locks = incident.map(|id| self.model.locks().of_incident(id));
        let known = incident.and_then(|id| self.model.incident(id));
        StoredIntent {
            id,
            run,
            runbook: known.map(|one| one.runbook.clone()).unwrap_or_default(),
            at: now,
            intent: Intent {
                version: VERSION,
                incident: Default::default(),
                ordinal: 0,
                remedy: Default::default(),
                path: StepPath {
                    within: Vec::new(),
                    step: StepIndex(0),
                    occurrence: 0,
                },
                kind: IntentKind::Do,
                undoes: None,
                attempt: 0,
                call: Call {
                    name: "a change whose record is damaged".into(),
                    args: Vec::new(),
                },
                targets: locks.into_iter().flatten().cloned().collect(),
                key: Default::default(),
            },
            state: IntentState::Unknown,
            repeated: Vec::new(),
        }
    }

    /// Nothing tells any more which target a change has, nor what its incident had locked: it can be any of its
    /// product, so nothing of that is changed until a human lets it go on.
    fn stops_around(&mut self, id: IntentId, left: &LostIncident, now: Time) {
        let loaded = self.runbooks.named(&left.runbook);
        let scope = loaded.map_or(Scope::All, |loaded| {
            Scope::Product(loaded.program.product().clone())
        });
        let why = format!(
            "nobody knows any more what change {id} of incident {} changes, or whether it still does",
            left.id
        );
        // Where they are stopped already, they stay so.
        let _ = self.freezes(scope, "the agent", &why, now);
    }

    /// How long a run has waited: without facts that tell it, its patience begins anew.
    fn waits_again(&mut self, run: RunId, lost: &Lost, past: &Past) -> bool {
        let known = past.wait(run).cloned();
        let is_known = known.is_some();
        self.desk.write(Write::Lost(lost.clone()));
        if let Some(wait) = known {
            self.desk.write(Write::Wait(run, Some(wait.clone())));
            self.model.restore_wait(wait);
        }
        is_known
    }

    /// A storm: without facts that tell how it was, it counts as one that lasts, and ends as any other.
    fn storms_again(&mut self, scope: &Scope, lost: &Lost, past: &Past, now: Time) -> bool {
        let known = past.storm(scope).cloned();
        let is_known = known.is_some();
        self.desk.write(Write::Lost(lost.clone()));
        match known {
            Some(storm) => {
                self.desk.write(Write::Storm(scope.clone(), storm.clone()));
                self.model.restore_storm(scope.clone(), storm);
            }
            None => {
                let (scope, incidents, since) = (scope.clone(), Vec::new(), now);
                let began = StormBegan {
                    scope,
                    incidents,
                    since,
                };
                self.record(began, now);
            }
        }
        is_known
    }

    /// Runs that cannot be gone on with, and whose incidents may not be at hand.
    pub(super) fn put_runs_aside(
        &mut self,
        journal: &dyn Journal,
        runs: &BTreeMap<RunId, Unreadable>,
        now: Time,
    ) -> Result<(), Error> {
        let mut needs = Needs::default();
        for incident in runs.keys().filter_map(|run| run.incident()) {
            needs.add(self.lacks_incident(incident));
        }
        self.fetch(journal, &needs, now)?;
        for (run, what) in runs {
            self.quarantine_for(*run, *what, now);
        }
        Ok(())
    }

    /// An incident out of what is left of it. Its runs are put aside, and what they had begun is unknown.
    fn make_anew(&mut self, left: &LostIncident, runs: &BTreeSet<RunId>, past: &Past, now: Time) {
        let (mut locks, disturbed) = past.held_by(left.id);
        let under_way: Vec<StoredIntent> = self.model.unsettled_of(left.id).cloned().collect();
        for change in under_way
            .iter()
            .filter(|one| one.intent.kind == IntentKind::Do)
        {
            locks.extend(change.intent.targets.iter().cloned());
        }
        let program = self.runbooks.named(&left.runbook);
        let code = program.map(|loaded| loaded.hash);
        let code = code.or_else(|| past.code_of(left.id));
        let unloaded = match program {
            Some(_) => String::new(),
            None => format!(
                ". Its runbook `{}` is not loaded: nobody works on it",
                left.runbook
            ),
        };
        let is_unchanged = past.is_unchanged(left.id) && under_way.is_empty();
        let mut dirt = Dirt::unproven(past.changes_of(left.id), now);
        if !is_unchanged {
            // What was measured before says nothing, whatever it has changed.
            dirt.newest = Some(now);
        }
        let changed = match is_unchanged {
            true => "It has changed nothing: look whether the trouble is still there",
            false => "What it has changed counts as not verified: look whether it holds",
        };
        let incident = Incident {
            id: left.id,
            runbook: left.runbook.clone(),
            code: code.unwrap_or(CodeHash([0; 32])),
            key: left.key.clone(),
            severity: program.map_or(Severity::Sev2, |loaded| severity(&loaded.program)),
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
            locks,
            disturbed,
            dirt,
            next_entry: left.lines,
            heard: Default::default(),
            cleared: false,
            said: None,
            until: None,
            pages: Vec::new(),
            storm: None,
            again: false,
            settled: None,
        };
        let why = format!(
            "{} ({}): what was bound to it and which alerts fire is gone. {changed}{}{unloaded}",
            words::unread(left.what),
            Code::StoreCorrupt.as_str(),
            in_flight(&under_way)
        );
        let quarantined = IncidentQuarantined {
            incident: left.id,
            why: why.clone(),
            body: Some(Box::new(incident)),
        };
        self.record(quarantined, now);
        for run in runs {
            self.puts_aside(*run, &format!("{} does not go on", named_run(*run)), now);
        }
        let reason = self.model.reason_of_damage(left.id);
        self.page_chain(left.id, &why, Some(reason), now);
    }
}

/// What was lost, with what the facts say that its row does not.
fn filled(lost: Vec<Lost>, past: &Past) -> Vec<Lost> {
    let filled = lost.into_iter().map(|lost| match lost {
        Lost::Incident(left) => Lost::Incident(past.fill(&left)),
        other => other,
    });
    filled.collect()
}

/// The runs that look whether a debt is paid.
fn looks_at(debt: DebtId, live: &BTreeSet<RunId>) -> impl Iterator<Item = (RunId, Unreadable)> {
    let looks = live
        .iter()
        .filter(move |run| matches!(run, RunId::Debt(of, _) if *of == debt));
    looks.map(|run| (*run, Unreadable::Debt))
}

/// Every run that is listed as one that has not ended.
fn live(journal: &dyn Journal) -> Result<BTreeSet<RunId>, Error> {
    let awake = journal.awake_runs()?.into_iter();
    let awake = awake.map(|run| run.map_or_else(|id| id, |run| run.id));
    let asleep = journal.sleeping_runs()?.into_iter();
    Ok(awake.chain(asleep.map(|asleep| asleep.run)).collect())
}

/// The state of a change: of one whose record is lost nobody knows.
fn known_state(is_known: bool, state: IntentState) -> IntentState {
    match is_known {
        true => state,
        false => IntentState::Unknown,
    }
}

fn is_of(run: RunId, incident: IncidentId) -> bool {
    matches!(run, RunId::Incident(of, _) if of == incident)
}
