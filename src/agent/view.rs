//! Incidents as the API shows them, and as the command line reads them.

use serde::{Deserialize, Serialize};

use crate::diag::Code;
use crate::effect::Reason;
use crate::engine::{self, Engine};
use crate::journal::{
    DeadLetter, Disposition, Entry, Incident, IncidentId, IncidentState, LetterId, Obstacle,
    Remains, Source, StoredIntent,
};

/// One incident in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentView {
    pub id: u64,
    pub runbook: String,
    /// The values that join, as the runbook's `incident per` names them.
    pub key: String,
    pub severity: String,
    pub title: String,
    /// `open`, `handed`, `acknowledged`, `resolved`, `reopened`
    pub state: String,
    /// How it was resolved: `verified`, `cleared`, `self`, `mitigated`, `human`.
    pub how: Option<String>,
    /// Who acknowledged or resolved it.
    pub by: Option<String>,
    /// RFC 3339, in UTC.
    pub opened: String,
    /// Since when it is in this state.
    pub since: String,
    /// Until when whoever acknowledged it has it; then the chain hears of it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How many events it has taken.
    pub events: u32,
    pub runs: u32,
    /// Why a human is needed, while one is waited for.
    pub reason: Option<String>,
    /// Whether a run works on it now.
    pub at_work: bool,
    /// Whether its record cannot be read: only what is said here and its timeline is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub damaged: bool,
    /// What that run waits for, where it waits for leave to change something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// The changes of which nobody knows what became of them, until a human has settled them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// What a human has said last of a change of which nobody knew; `reason` stays what it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<SettledView>,
}

/// What a human has said of a change of which nobody knew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledView {
    pub change: String,
    /// `applied`, `not applied`
    pub outcome: String,
    pub by: String,
    pub at: String,
}

/// The answer to `GET /v1/incidents`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentList {
    /// Of this form.
    pub version: u32,
    /// A page of them, newest first.
    pub incidents: Vec<IncidentView>,
    /// How many the whole list has.
    pub total: u64,
    /// Who has stopped all changes, if somebody has.
    pub held_by: Option<String>,
    /// Where changes are stopped, the widest first.
    #[serde(default, rename = "holds")]
    pub freezes: Vec<FreezeView>,
    /// Storms that last.
    #[serde(default)]
    pub storms: Vec<StormView>,
    /// Runbooks that look and tell, and change nothing.
    #[serde(default)]
    pub shadows: Vec<ShadowView>,
}

/// A runbook that looks and tells, and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowView {
    pub runbook: String,
    pub version: String,
    pub why: String,
}

/// Where changes are stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreezeView {
    /// `all`, `product NAME`, `runbook NAME`
    pub scope: String,
    pub by: String,
    pub why: String,
    pub since: String,
}

/// So much happens at once that nothing is mended by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StormView {
    /// `all`, `product NAME`
    pub scope: String,
    pub since: String,
    /// How many incidents it has.
    pub incidents: usize,
    /// Whether somebody has taken it on.
    pub answered: bool,
    /// Who has, and until when; then its chain hears of it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Something that could not be dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterView {
    pub id: u64,
    pub at: String,
    /// `alertmanager`, `event NAME`, `request RUNBOOK`
    pub source: String,
    pub code: String,
    pub why: String,
    /// What arrived, or its beginning.
    pub body: String,
    /// That it was tried again and taken, and the incidents that came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<Vec<u64>>,
}

/// The answer to `GET /v1/dead-letters`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterList {
    pub version: u32,
    /// A page of them, newest first.
    pub dead_letters: Vec<LetterView>,
    /// How many the whole list has.
    pub total: u64,
}

/// The answer to `GET /v1/incidents/ID`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentDetail {
    pub version: u32,
    #[serde(flatten)]
    pub incident: IncidentView,
    pub timeline: Vec<TimelineLine>,
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineLine {
    pub number: u64,
    pub at: String,
    pub text: String,
}

impl IncidentView {
    pub fn of(incident: &Incident) -> IncidentView {
        let (how, by) = match &incident.state {
            IncidentState::Resolved { how, by } => (Some(how.word().to_owned()), by.clone()),
            IncidentState::Acknowledged { by } => (None, Some(by.clone())),
            IncidentState::Open | IncidentState::Handed | IncidentState::Reopened => (None, None),
        };
        IncidentView {
            id: incident.id.0,
            runbook: incident.runbook.to_string(),
            key: incident.key.to_string(),
            severity: incident.severity.word().to_owned(),
            title: incident.title.clone(),
            state: incident.state.word().to_owned(),
            how,
            by: by.map(|by| by.to_string()),
            opened: incident.opened.to_string(),
            since: incident.since.to_string(),
            until: incident.until.map(|until| until.to_string()),
            events: incident.events,
            runs: incident.runs,
            reason: reason(incident),
            at_work: incident.run.is_some(),
            damaged: false,
            waits_for: None,
            unknown: Vec::new(),
            settled: incident.settled.as_ref().map(|settled| SettledView {
                change: settled.change.clone(),
                outcome: settled.word().to_owned(),
                by: settled.by.to_string(),
                at: settled.at.to_string(),
            }),
        }
    }

    /// One that cannot be read, as far as it is known.
    fn damaged(remains: &Remains) -> IncidentView {
        let Remains { left, is_open } = remains;
        let (state, what_then) = match is_open {
            true => (
                IncidentState::Open.word(),
                "once it is needed, it is made again and its owner told",
            ),
            false => ("resolved", "it is over"),
        };
        IncidentView {
            id: left.id.0,
            runbook: left.runbook.to_string(),
            key: left.key.to_string(),
            severity: "unknown".to_owned(),
            title: format!(
                "its record is damaged ({}): no more than this and its timeline is known; {what_then}",
                Code::StoreCorrupt.as_str()
            ),
            state: state.to_owned(),
            how: None,
            by: None,
            opened: left.opened.to_string(),
            since: left.opened.to_string(),
            until: None,
            events: 0,
            runs: left.runs,
            reason: None,
            at_work: false,
            damaged: true,
            waits_for: None,
            unknown: Vec::new(),
            settled: None,
        }
    }

    /// One of a list.
    pub fn listed(one: &Result<Incident, Remains>) -> IncidentView {
        match one {
            Ok(incident) => IncidentView::of(incident),
            Err(remains) => IncidentView::damaged(remains),
        }
    }
}

impl IncidentView {
    /// Whether it is over, and no run that was called off is at work on it any more.
    pub fn is_done(&self) -> bool {
        self.state == "resolved" && !self.at_work
    }

    /// The same, with what its run waits for now, and what nobody knows of its changes.
    pub fn at(mut self, engine: &Engine) -> IncidentView {
        let (model, id) = (engine.model(), IncidentId(self.id));
        let known = model.incident(id);
        let is_first = known.is_some_and(|one| one.again && one.run.is_some());
        let waits = model.waits_for(id).map(Obstacle::awaited);
        self.waits_for = match is_first {
            true => Some("its run that was called off to end".to_owned()),
            false => waits,
        };
        self.unknown = StoredIntent::called(model.unknown_of(id));
        self
    }
}

/// Why a human is needed, by themselves or with everything else of a storm.
fn reason(incident: &Incident) -> Option<String> {
    let duty = incident.duty.as_ref();
    let own = duty.map(|duty| duty.reason.to_string());
    own.or_else(|| {
        let is_told = incident.state == IncidentState::Handed && incident.storm.is_some();
        is_told.then(|| Reason::Systemic.word().to_owned())
    })
}

impl LetterView {
    pub fn of(id: LetterId, letter: &DeadLetter, became: Option<&Disposition>) -> LetterView {
        let source = match &letter.source {
            Source::Alertmanager => "alertmanager".to_owned(),
            Source::Grafana => "grafana".to_owned(),
            Source::Event(name) => format!("event {name}"),
            Source::Request(runbook) => format!("request {runbook}"),
            Source::Schedule(runbook) => format!("schedule {runbook}"),
        };
        LetterView {
            id: id.0,
            at: letter.at.to_string(),
            source,
            code: letter.code.to_string(),
            why: letter.why.clone(),
            body: letter.body.clone(),
            replayed: match became {
                Some(Disposition::Taken(incidents)) => {
                    Some(incidents.iter().map(|id| id.0).collect())
                }
                Some(Disposition::Kept) => Some(Vec::new()),
                Some(Disposition::Dead) | None => None,
            },
        }
    }
}

impl IncidentDetail {
    pub fn of(incident: &Result<Incident, Remains>, entries: &[Entry]) -> IncidentDetail {
        let line = |entry: &Entry| {
            Some(TimelineLine {
                number: entry.number,
                at: entry.at.to_string(),
                text: engine::line(entry)?,
            })
        };
        IncidentDetail::with(incident, entries.iter().filter_map(line).collect())
    }

    /// The same, and polls that say the same are one line.
    pub fn folded(incident: &Result<Incident, Remains>, entries: &[Entry]) -> IncidentDetail {
        let lines = engine::folded(entries).into_iter();
        let lines = lines.map(|(number, line)| TimelineLine {
            number,
            at: line.at.to_string(),
            text: line.text,
        });
        IncidentDetail::with(incident, lines.collect())
    }

    fn with(incident: &Result<Incident, Remains>, timeline: Vec<TimelineLine>) -> IncidentDetail {
        IncidentDetail {
            version: 1,
            incident: IncidentView::listed(incident),
            timeline,
        }
    }
}
