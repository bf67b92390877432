//! The bodies of a runbook and of the actions that it comes to: what guards, proves and undoes each `do` line, when
//! something is found, who hears when.
//!
//! A condition guards a step when the step is not reached where it is false: a `guard` before it in its
//! block or around it, an `if` around it, the arm it stands in, and all before it that may have ended the path.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;

use super::amount::Lets;
use super::given::{self, Handed};
use super::labels::{self, Labels};
use super::paths::Known;
use super::{Made, amount};
use crate::analysis::core::{Cores, Meanings};
use crate::program::manifest::{Cause, ConditionHash, Numbers, Read, Seen, Step, Verify};
use crate::typed::{Body, FunctionId, OtherwiseOf, Runbook};
use crate::value::Duration;

/// What is done, what proves it, what is waived of that, and what else the bodies say.
#[derive(Default)]
pub struct Steps {
    pub steps: Vec<Step>,
    pub verifies: Vec<Verify>,
    /// `undo k8s.restart`, `verify bad_deploy`
    pub waives: Vec<String>,
    pub causes: Vec<Cause>,
    /// What the ways to them ask.
    pub asked: Numbers,
    pub reads: Vec<Read>,
    /// Who hears when; not sorted.
    pub duties: Vec<String>,
    /// What people read.
    pub words: Vec<(Seen, ConditionHash)>,
}

/// A body, and what its names stand for.
struct Entry<'a> {
    /// Of the remedy, or of the action.
    name: String,
    /// What it is for; a remedy may have another name.
    duty: &'static str,
    body: &'a Body,
    meanings: Meanings,
    labels: Labels<'a>,
    handed: Handed,
}

pub fn of_runbook<'a>(cores: &Cores<'a>, runbook: &'a Runbook, made: &mut Made<'a>) -> Steps {
    let mut found = Steps::default();
    let mut called = Called::default();
    for entry in entries(cores, runbook, made) {
        walk(cores, runbook, made, &mut found, &mut called, entry);
    }
    // A chain of calls may be as long as the package.
    while let Some(id) = called.open.pop_front() {
        let function = &made.package.functions[id.index()];
        let body = &function.body;
        let entry = Entry {
            name: format!("action {}", function.name),
            duty: "action",
            body,
            meanings: cores.meanings(runbook, body, function.params.len() as u32),
            labels: Labels::of_body(runbook, body),
            handed: Handed::new(),
        };
        walk(cores, runbook, made, &mut found, &mut called, entry);
    }
    found
}

/// The runbook's own bodies.
fn entries<'a>(cores: &Cores<'a>, runbook: &'a Runbook, made: &Made<'a>) -> Vec<Entry<'a>> {
    let (handed, given) = (cores.handed(runbook), labels::handed(runbook));
    let found = given::found(made, runbook);
    let mut entries = Vec::new();
    for remedy in &runbook.remedies {
        entries.push(Entry {
            name: remedy.name.to_string(),
            duty: "remedy",
            body: &remedy.body,
            meanings: cores.remedy_meanings(runbook, remedy, &handed),
            labels: Labels::of_remedy(runbook, remedy, &given),
            handed: given::handed(remedy, &found),
        });
    }
    let mut plain = |duty: &'static str, body: &'a Body| {
        entries.push(Entry {
            name: duty.to_owned(),
            duty,
            body,
            meanings: cores.meanings(runbook, body, 0),
            labels: Labels::of_body(runbook, body),
            handed: Handed::new(),
        });
    };
    runbook.steps.iter().for_each(|body| plain("steps", body));
    runbook
        .diagnose
        .iter()
        .for_each(|body| plain("diagnose", body));
    for clause in &runbook.otherwise {
        let duty = match clause.of {
            OtherwiseOf::Both => "otherwise",
            OtherwiseOf::Novel => "novel",
            OtherwiseOf::Inconclusive => "inconclusive",
            OtherwiseOf::Systemic => "systemic",
        };
        plain(duty, &clause.body);
    }
    entries
}

/// The actions of the package that are called, each once.
#[derive(Default)]
pub(super) struct Called {
    pub(super) seen: BTreeSet<FunctionId>,
    pub(super) open: VecDeque<FunctionId>,
}

fn walk<'a>(
    cores: &Cores<'a>,
    runbook: &'a Runbook,
    made: &mut Made<'a>,
    found: &mut Steps,
    called: &mut Called,
    entry: Entry<'a>,
) {
    let Entry {
        name,
        duty,
        body,
        meanings,
        labels,
        handed,
    } = entry;
    let acts = body.block.changes();
    let found_before = found.steps.len();
    let mut walk = Walk {
        cores,
        runbook,
        made,
        found,
        called,
        meanings,
        labels,
        lets: amount::lets(&body.block),
        handed,
        name,
        duty,
        acts,
        steps: 0,
        verifies: 0,
        known: Known::default(),
        around: Vec::new(),
        innermost: 0..0,
        unproven: Vec::new(),
        asked: vec![Vec::new(); found_before],
        last: None,
        each: None,
        continues: false,
        undoing: false,
        finds: runbook
            .diagnose
            .as_ref()
            .is_some_and(|diagnosis| std::ptr::eq(diagnosis, body)),
        waited: Duration::ZERO,
        waits: Vec::new(),
    };
    walk.block(&body.block);
}

pub(super) struct Walk<'w, 'a> {
    pub(super) cores: &'w Cores<'a>,
    pub(super) runbook: &'a Runbook,
    pub(super) made: &'w mut Made<'a>,
    pub(super) found: &'w mut Steps,
    pub(super) called: &'w mut Called,
    pub(super) meanings: Meanings,
    pub(super) labels: Labels<'a>,
    pub(super) lets: Lets<'a>,
    pub(super) handed: Handed,
    /// Of the remedy, or of the action.
    pub(super) name: String,
    /// What the body is for.
    pub(super) duty: &'static str,
    /// Whether something of it changes the world.
    pub(super) acts: bool,
    pub(super) steps: u32,
    pub(super) verifies: u32,
    /// What is known to hold here.
    pub(super) known: Known,
    /// What has to be so in each of the branches around.
    pub(super) around: Vec<ConditionHash>,
    /// Which of what is known the innermost of them asks for.
    pub(super) innermost: Range<usize>,
    /// The steps that no verify has followed yet.
    pub(super) unproven: Vec<usize>,
    /// Of each step of all bodies what has to be so for it, whenever that was asked.
    pub(super) asked: Vec<Vec<ConditionHash>>,
    /// The last step that a verify was about.
    pub(super) last: Option<usize>,
    pub(super) each: Option<u32>,
    /// Whether a loop around goes on where one element failed.
    pub(super) continues: bool,
    pub(super) undoing: bool,
    /// Whether this is the diagnosis, of which the ways are told.
    pub(super) finds: bool,
    /// What was waited since the last step or verify, all branches together.
    pub(super) waited: Duration,
    /// By which branches each of those waits was reached.
    pub(super) waits: Vec<Option<ConditionHash>>,
}
