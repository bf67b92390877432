//! What could not be read, at a start or when it was asked for: each record is given up alone, and somebody hears of it.
//!
//! What the facts still tell stands again as it was: a change, a storm, how long a run has waited. An incident is made
//! anew from its columns and from the facts: it keeps every target that its runs had hold of, nothing counts as proven
//! that they changed, and its owner has it. A run of it is put aside, and what it had begun is unknown; so is a change of
//! which the facts tell nothing. Of a message, a debt and an alert that stood, a letter says that it is gone.

mod past;

use std::collections::BTreeSet;

use super::Engine;
use super::close::in_flight;
use super::dead::Damaged;
use super::open::severity;
use crate::diag::Code;
use crate::effect::{Call, Severity};
use crate::journal::{
    DeadLetter, Error, EventId, Incident, IncidentId, IncidentQuarantined, IncidentState, IntentId,
    IntentState, Journal, Lost, LostIncident, Needs, RunId, Scope, Source, StoredIntent,
    StormBegan, Write,
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
        self.fetch_codes(journal, &lost, &past, now)?;
        let mut letters = Vec::new();
        let (mut gone, mut of_lost) = (BTreeSet::new(), BTreeSet::new());
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
                        gone.extend(live.get(run));
                    }
                    let state = known_state(is_known, *state);
                    let intent = known.unwrap_or_else(|| self.left_of(*id, *run, now));
                    let of = damaged.iter().find(|left| is_of(*run, left.id));
                    if let (Some(left), true) = (of, intent.intent.targets.is_empty()) {
                        self.stops_around(*id, left, now);
                    }
                    gone.extend(self.stands_again(StoredIntent { state, ..intent }, &live));
                    is_known
                }
                Lost::Misplaced { intent, .. } => {
                    self.desk.write(Write::Lost(lost.clone()));
                    gone.extend(self.stands_again(intent.as_ref().clone(), &live));
                    true
                }
                Lost::Displaced { incident, .. } => {
                    self.desk.write(Write::Lost(lost.clone()));
                    self.desk.writes_anew(incident.id);
                    true
                }
                Lost::Run(run) => {
                    gone.insert(*run);
                    false
                }
                Lost::Stray(run) => {
                    self.desk.write(Write::Lost(lost.clone()));
                    of_lost.insert(*run);
                    false
                }
                Lost::Debt(debt) => {
                    self.desk.write(Write::Lost(lost.clone()));
                    gone.extend(
                        live.iter()
                            .filter(|run| matches!(run, RunId::Debt(of, _) if of == debt)),
                    );
                    false
                }
                Lost::Wait(run) => self.waits_again(*run, &lost, &past),
                Lost::Storm(scope) => self.storms_again(scope, &lost, &past, now),
                Lost::Version(_) => false,
                Lost::Dwell { .. } | Lost::Message(_) => {
                    self.desk.write(Write::Lost(lost.clone()));
                    false
                }
            };
            letters.extend(self.letter_of(&lost, is_restored, now));
        }
        self.bury_damaged(letters, now);
        // Whoever is told of the incident need not hear of its runs as well.
        gone.retain(|run| !of_lost.contains(run));
        self.put_runs_aside(journal, &gone, now)?;
        gone.extend(of_lost);
        Ok(gone)
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
        let letter = self.letter_of(&Lost::Stray(run), false, now);
        self.bury_damaged(letter.into_iter().collect(), now);
    }

    /// A change as it is known to be; the answer is its run, where that had begun it and is not there any more.
    fn stands_again(&mut self, intent: StoredIntent, live: &BTreeSet<RunId>) -> Option<RunId> {
        let (run, is_live) = (intent.run, live.contains(&intent.run));
        let is_begun = intent.state == IntentState::Open;
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
        let changed = match past.is_unchanged(left.id) && under_way.is_empty() {
            true => "it has changed nothing",
            false => "what it has changed counts as not verified",
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
            dirt: Dirt::unproven(past.changes_of(left.id), now),
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
            "the record of this incident is damaged ({}): what was bound to it and which alerts fire is gone, \
             {changed}{}{unloaded}",
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
            self.puts_aside(*run, &why, now);
        }
        let reason = self.model.reason_of_damage(left.id);
        self.page_chain(left.id, &why, Some(reason), now);
    }

    /// What is said of a record; nothing of what the page of an incident says, and with whom it concerns beside
    /// the platform: the runbook.
    fn letter_of(&self, lost: &Lost, is_restored: bool, now: Time) -> Option<Damaged> {
        let gone = match lost {
            // Somebody has it.
            Lost::Incident(_) => return None,
            Lost::Intent { id, run, .. } if is_restored => {
                format!("the record of change {id} of run {run} is damaged{RESTORED}")
            }
            Lost::Intent { id, run, .. } => format!(
                "the record of change {id} of run {run} is damaged: nobody knows any more what came of it{}",
                settled_by(*id, *run)
            ),
            Lost::Misplaced { intent, .. } => format!(
                "the row of change {} of run {} is damaged: its record says how it was, and it stands again",
                intent.id, intent.run
            ),
            Lost::Displaced { incident, .. } => format!(
                "the row of incident {} is damaged: its record says how it was, and it stands again",
                incident.id
            ),
            // Whoever has its incident is told.
            Lost::Run(_) => return None,
            Lost::Stray(run) => format!(
                "the row of run {run} is damaged: nothing says which run it was, and nobody goes on with it"
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
            Lost::Wait(run) if is_restored => {
                format!("the record of how long run {run} has waited is damaged{RESTORED}")
            }
            Lost::Wait(run) => format!(
                "the record of how long run {run} has waited is damaged: its patience begins anew"
            ),
            Lost::Storm(scope) if is_restored => {
                let scope = scope.shown();
                format!("the record of the storm of {scope} is damaged{RESTORED}")
            }
            Lost::Storm(scope) => format!(
                "the record of the storm of {} is damaged: it counts as one that lasts, and ends as any other",
                scope.shown()
            ),
            Lost::Version((runbook, version)) => format!(
                "the record of what version {version} of the runbook `{runbook}` did here is damaged: under that \
                 version it changes nothing until it has another one"
            ),
        };
        let letter = DeadLetter {
            event: None,
            at: now,
            source: Source::Event("store".into()),
            code: Code::StoreCorrupt.as_str().into(),
            why: gone,
            body: String::new(),
        };
        let runbook = match lost {
            Lost::Dwell { runbook, .. } | Lost::Version((runbook, _)) => Some(runbook.clone()),
            Lost::Incident(_)
            | Lost::Intent { .. }
            | Lost::Misplaced { .. }
            | Lost::Displaced { .. }
            | Lost::Run(_)
            | Lost::Stray(_)
            | Lost::Message(_)
            | Lost::Debt(_)
            | Lost::Wait(_)
            | Lost::Storm(_) => None,
        };
        Some(Damaged { letter, runbook })
    }
}

/// What is said of a record that the facts have whole.
const RESTORED: &str = ": what happened says how it was, and it stands again";

/// Which command says what became of a change.
fn settled_by(id: IntentId, run: RunId) -> String {
    let Some(incident) = run.incident() else {
        return String::new();
    };
    format!(
        ". `rbk incident settle {incident} applied` or `not-applied`, with `--change {id}` and `--why`, says it"
    )
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
