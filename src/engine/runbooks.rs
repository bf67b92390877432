//! The runbooks that an agent has loaded, and which of them an event concerns.
//!
//! In: programs. Out: for an alert, the triggers whose labels fit, found by an index on the rarest
//! equality of each; the rest of a trigger is only looked at then.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use super::Model;
use super::model::Known;
use crate::diag::Code;
use crate::journal::{Alert, PackageLoaded, RunbookLoaded};
use crate::program::manifest::CoreHash;
use crate::program::{CodeHash, DataType, LabelTest, Program, Trigger, TriggerKind};
use crate::value::{Value, escape_text, re2};

/// A set of runbooks, loaded together.
#[derive(Clone, Debug, Default)]
pub struct Runbooks {
    loaded: Vec<Loaded>,
    by_name: BTreeMap<SmolStr, usize>,
    /// Per equality that some trigger asks for, the triggers that are found by it.
    alerts: HashMap<(SmolStr, SmolStr), Vec<Candidate>>,
    /// The label names among those equalities.
    asked: Vec<SmolStr>,
    events: BTreeMap<SmolStr, Vec<Found>>,
    /// Whether agents load more than these.
    is_part: bool,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub program: Arc<Program>,
    pub hash: CodeHash,
    /// What it does, whatever compiler read it; none where that is not known.
    pub core: Option<CoreHash>,
    /// Why its version does not say what it does: it changes nothing.
    pub other: Option<Other>,
}

/// What a version has stood for that was at work before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// Something else than it does now.
    Differs,
    /// Nobody knows any more.
    Unreadable,
}

impl Loaded {
    /// Why it looks and tells, and changes nothing: its version has meant something else, or nobody knows what it has
    /// meant. None for an ordinary runbook.
    pub fn shadow(&self) -> Option<String> {
        let Program {
            runbook, version, ..
        } = &*self.program;
        Some(match self.other? {
            Other::Differs => format!(
                "`{runbook}` {version} does something else than the `{runbook}` {version} that this agent has had at \
                 work: give it another version; `rbk diff` shows what changed"
            ),
            Other::Unreadable => format!(
                "what `{runbook}` {version} did here cannot be read any more ({}): give it another version",
                Code::StoreCorrupt.as_str()
            ),
        })
    }
}

/// A trigger, by the places of its runbook and of itself in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub runbook: usize,
    pub trigger: usize,
}

#[derive(Clone, Debug)]
struct Candidate {
    found: Found,
    /// What else the labels have to be.
    tests: Vec<(SmolStr, Test)>,
}

/// A test of a label, ready to be made.
#[derive(Clone, Debug)]
enum Test {
    Present,
    Equal(SmolStr),
    NotEqual(SmolStr),
    In(Vec<SmolStr>),
    Matches(regex::Regex),
    /// It could not be made ready: it never holds.
    Never,
}

/// The runbooks that are named where none takes an alert.
const REASONS: usize = 5;

/// The label that holds an alert's name.
const NAME: &str = "alertname";

impl Runbooks {
    /// Takes in programs and builds the index.
    pub fn new(programs: Vec<Program>) -> Runbooks {
        let mut runbooks = Runbooks::default();
        for program in programs {
            let hash = program.code_hash();
            let place = runbooks.loaded.len();
            runbooks.by_name.insert(program.runbook.clone(), place);
            let program = Arc::new(program);
            runbooks.loaded.push(Loaded {
                program,
                hash,
                core: None,
                other: None,
            });
        }
        runbooks.index();
        runbooks
    }

    /// Knows what each of them does, by its name.
    pub fn doing(mut self, cores: &BTreeMap<SmolStr, CoreHash>) -> Runbooks {
        for loaded in &mut self.loaded {
            loaded.core = cores.get(&loaded.program.runbook).copied();
        }
        self
    }

    /// Knows which of them do something else than what was at work under the same version.
    pub(super) fn beside(mut self, model: &Model) -> Runbooks {
        for loaded in &mut self.loaded {
            loaded.other = other(loaded, model);
        }
        self
    }

    /// They are not all that agents load here: that one is missing says nothing.
    pub fn into_part(mut self) -> Runbooks {
        self.is_part = true;
        self
    }

    pub fn is_part(&self) -> bool {
        self.is_part
    }

    pub fn all(&self) -> &[Loaded] {
        &self.loaded
    }

    pub fn programs(&self) -> Vec<Arc<Program>> {
        let all = self.loaded.iter();
        all.map(|loaded| loaded.program.clone()).collect()
    }

    /// That each package of them is loaded.
    pub fn packages(&self) -> Vec<PackageLoaded> {
        let mut packages: BTreeMap<&SmolStr, Vec<&Loaded>> = BTreeMap::new();
        for loaded in &self.loaded {
            packages
                .entry(&loaded.program.package)
                .or_default()
                .push(loaded);
        }
        let package = |(name, loaded): (&SmolStr, Vec<&Loaded>)| {
            let mut digest = Sha256::new();
            for one in &loaded {
                digest.update(one.hash.0);
            }
            let version = loaded.first().map(|one| one.program.version.clone());
            let runbooks = loaded.iter().map(|one| RunbookLoaded {
                name: one.program.runbook.clone(),
                version: one.program.version.clone(),
                code: one.hash,
                core: one.core.map(|core| CodeHash(core.0)),
            });
            PackageLoaded {
                name: name.clone(),
                version: version.unwrap_or_default(),
                digest: CodeHash(digest.finalize().into()),
                runbooks: runbooks.collect(),
            }
        };
        packages.into_iter().map(package).collect()
    }

    pub fn named(&self, name: &str) -> Option<&Loaded> {
        self.loaded.get(*self.by_name.get(name)?)
    }

    pub fn at(&self, found: Found) -> Option<(&Loaded, &Trigger)> {
        let loaded = self.loaded.get(found.runbook)?;
        let trigger = loaded.program.metadata.triggers.get(found.trigger)?;
        Some((loaded, trigger))
    }

    /// The triggers whose labels fit, in the order of the runbooks; the first of each runbook.
    pub fn on_alert(&self, alert: &Alert) -> Vec<Found> {
        let mut found = Vec::new();
        for label in &self.asked {
            let Some((name, value)) = alert.labels.get_key_value(label) else {
                continue;
            };
            let Some(candidates) = self.alerts.get(&(name.clone(), value.clone())) else {
                continue;
            };
            let fitting = candidates.iter().filter(|candidate| candidate.fits(alert));
            found.extend(fitting.map(|candidate| candidate.found));
        }
        found.sort_unstable();
        found
    }

    /// Why no runbook takes an alert, in words: which label of it lacks, or does not fit, for whom.
    pub fn not_taken(&self, alert: &Alert) -> String {
        let name = escape_text(&alert.name, 120);
        let key = (SmolStr::new(NAME), alert.name.clone());
        let candidates = self.alerts.get(&key).map(Vec::as_slice).unwrap_or_default();
        let reasons: Vec<String> = candidates
            .iter()
            .filter_map(|candidate| {
                let (loaded, _) = self.at(candidate.found)?;
                Some(format!(
                    "`{}` {}",
                    loaded.program.runbook,
                    candidate.misfit(alert, loaded.program.condition(candidate.found.trigger))
                ))
            })
            .take(REASONS)
            .collect();
        match reasons.is_empty() {
            true => format!("no runbook takes the alert `{name}`"),
            false => format!(
                "no runbook takes the alert `{name}`: {}",
                reasons.join("; ")
            ),
        }
    }

    /// The runbooks with a trigger on alerts or events of this name, whatever else they ask for.
    pub fn naming(&self, name: &str) -> Vec<Arc<Program>> {
        let names = |trigger: &Trigger| match &trigger.kind {
            TriggerKind::Alert(known) | TriggerKind::Event(known) => known == name,
            TriggerKind::Schedule { .. }
            | TriggerKind::ScheduleWithin { .. }
            | TriggerKind::Request { .. } => false,
        };
        let naming = self
            .loaded
            .iter()
            .filter(|loaded| loaded.program.metadata.triggers.iter().any(names));
        naming.map(|loaded| loaded.program.clone()).collect()
    }

    /// The triggers on events of this name.
    pub fn on_event(&self, name: &str) -> &[Found] {
        self.events.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The record that events of this name have to fit, if any code asks for them.
    pub fn record(&self, name: &str) -> Option<&DataType> {
        let records = self
            .loaded
            .iter()
            .flat_map(|loaded| &loaded.program.records);
        records
            .into_iter()
            .find(|record| matches!(record, DataType::Record(record) if record.shape.name == name))
    }

    /// The place of the request trigger of a runbook.
    pub fn on_request(&self, name: &str) -> Option<Found> {
        let runbook = *self.by_name.get(name)?;
        let triggers = &self.loaded.get(runbook)?.program.metadata.triggers;
        let request = |trigger: &Trigger| matches!(trigger.kind, TriggerKind::Request { .. });
        let trigger = triggers.iter().position(request)?;
        Some(Found { runbook, trigger })
    }

    fn index(&mut self) {
        let mut common: HashMap<(SmolStr, SmolStr), usize> = HashMap::new();
        let mut wanted = Vec::new();
        for (runbook, loaded) in self.loaded.iter().enumerate() {
            for (trigger, declared) in loaded.program.metadata.triggers.iter().enumerate() {
                let found = Found { runbook, trigger };
                match &declared.kind {
                    TriggerKind::Alert(name) => {
                        let equalities = equalities(name, &declared.labels);
                        for equality in &equalities {
                            *common.entry(equality.clone()).or_default() += 1;
                        }
                        wanted.push((found, equalities, tests(name, &declared.labels)));
                    }
                    TriggerKind::Event(name) => {
                        self.events.entry(name.clone()).or_default().push(found);
                    }
                    TriggerKind::Schedule { .. }
                    | TriggerKind::ScheduleWithin { .. }
                    | TriggerKind::Request { .. } => {}
                }
            }
        }
        for (found, equalities, tests) in wanted {
            let rarest = equalities
                .into_iter()
                .min_by_key(|equality| common.get(equality).copied().unwrap_or_default());
            if let Some(rarest) = rarest {
                let candidate = Candidate { found, tests };
                self.asked.push(rarest.0.clone());
                self.alerts.entry(rarest).or_default().push(candidate);
            }
        }
        self.asked.sort_unstable();
        self.asked.dedup();
    }
}

/// Whether another behaviour was at work under the version of this one, as far as that is known.
pub(super) fn other(loaded: &Loaded, model: &Model) -> Option<Other> {
    let known = model.at_work(&loaded.program.runbook, &loaded.program.version);
    match (known?, loaded.core) {
        (Known::Unreadable, _) => Some(Other::Unreadable),
        (Known::Does(known), Some(core)) => (known != core).then_some(Other::Differs),
        (Known::Does(_), None) => None,
    }
}

fn equalities(name: &SmolStr, labels: &[(SmolStr, LabelTest)]) -> Vec<(SmolStr, SmolStr)> {
    let equal = |(label, test): &(SmolStr, LabelTest)| match test {
        LabelTest::Equal(value) => Some((label.clone(), plain(value))),
        LabelTest::Present | LabelTest::NotEqual(_) | LabelTest::In(_) | LabelTest::Matches(_) => {
            None
        }
    };
    let named = std::iter::once((NAME.into(), name.clone()));
    named.chain(labels.iter().filter_map(equal)).collect()
}

fn tests(name: &SmolStr, labels: &[(SmolStr, LabelTest)]) -> Vec<(SmolStr, Test)> {
    let ready = |(label, test): &(SmolStr, LabelTest)| {
        let test = match test {
            LabelTest::Present => Test::Present,
            LabelTest::Equal(value) => Test::Equal(plain(value)),
            LabelTest::NotEqual(value) => Test::NotEqual(plain(value)),
            LabelTest::In(values) => Test::In(values.iter().map(plain).collect()),
            LabelTest::Matches(pattern) => match re2::whole(pattern) {
                Some(regex) => Test::Matches(regex),
                None => Test::Never,
            },
        };
        (label.clone(), test)
    };
    let named = std::iter::once((NAME.into(), Test::Equal(name.clone())));
    named.chain(labels.iter().map(ready)).collect()
}

fn plain(value: &Value) -> SmolStr {
    value.to_plain().into()
}

impl Candidate {
    fn fits(&self, alert: &Alert) -> bool {
        self.tests
            .iter()
            .all(|(label, test)| test.holds(alert.labels.get(label)))
    }

    /// What of the labels does not fit.
    fn misfit(&self, alert: &Alert, written: Option<&str>) -> String {
        let misfit = self
            .tests
            .iter()
            .find(|(label, test)| !test.holds(alert.labels.get(label)));
        match misfit {
            Some((label, _)) if !alert.labels.contains_key(label) => {
                format!("asks for the label `{label}`, which it lacks")
            }
            Some((label, test)) => {
                let found = alert.labels.get(label).map_or("", SmolStr::as_str);
                format!(
                    "asks for `{label}` {}, and it is {}",
                    test.words(),
                    quoted(found)
                )
            }
            None => match written {
                Some(written) => {
                    format!("asks `where {}`, which is false", escape_text(written, 120))
                }
                None => "has a `where` that does not hold".to_owned(),
            },
        }
    }
}

/// Words from outside, or of an author, short and in one line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escape_text(text, 80))
}

impl Test {
    /// What it asks for, behind the label's name.
    fn words(&self) -> String {
        match self {
            Test::Present => "to be there".to_owned(),
            Test::Equal(wanted) => format!("== {}", quoted(wanted)),
            Test::NotEqual(unwanted) => format!("!= {}", quoted(unwanted)),
            Test::In(wanted) => {
                let wanted: Vec<_> = wanted.iter().take(8).map(|one| quoted(one)).collect();
                format!("in [{}]", wanted.join(", "))
            }
            Test::Matches(regex) => format!("to match {}", quoted(regex.as_str())),
            Test::Never => "to match a pattern that cannot be read".to_owned(),
        }
    }

    /// Whether the label is as it has to be, or none.
    fn holds(&self, value: Option<&SmolStr>) -> bool {
        match (self, value) {
            (Test::Present, value) => value.is_some(),
            (Test::Equal(wanted), Some(value)) => value == wanted,
            // A label that must be something else still has to be there.
            (Test::NotEqual(unwanted), Some(value)) => value != unwanted,
            (Test::In(wanted), Some(value)) => wanted.contains(value),
            (Test::Matches(regex), Some(value)) => regex.is_match(value),
            (Test::Never, _)
            | (Test::Equal(_) | Test::NotEqual(_) | Test::In(_) | Test::Matches(_), None) => false,
        }
    }
}
