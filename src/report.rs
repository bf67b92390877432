//! What a runbook may do to production, in words and as data.
//!
//! In: a package without errors and its [`Facts`]. Out: a [`Report`] that is shown to people or
//! serialised. Computes nothing: it only says what was proven.

mod show;
mod trigger;

use serde::Serialize;

use crate::typed::{
    BlastPer, Facts, FunctionKind, Package, Runbook, RunbookFacts, StmtKind, Touched,
};
use crate::value::Value;

pub use show::show;

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub package: String,
    pub version: String,
    pub runbooks: Vec<RunbookReport>,
}

/// One runbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunbookReport {
    pub name: String,
    pub version: Option<String>,
    pub product: Option<String>,
    /// In words: `alert "QueueStuck" with namespace, pod`.
    pub triggers: Vec<String>,
    /// What the diagnosis may find, with what the remedy of each does.
    pub findings: Vec<FindingReport>,
    /// The highest effect level.
    pub level: String,
    /// The widest scope of what is changed.
    pub scope: Option<String>,
    pub touches: Vec<TouchReport>,
    /// The longest that the machine works on one incident.
    pub machine_time: String,
    pub machine_time_ms: i64,
    /// What the runbook says of it: `ends within D`.
    pub ends_within: Option<String>,
    /// The longest that people are waited for.
    pub human_time: String,
    pub human_time_ms: i64,
    /// Who may be paged, told or handed a task.
    pub people: Vec<String>,
    pub capabilities: Vec<String>,
    /// The commands and URLs that the text names, of every raw call.
    pub raw: Vec<String>,
    pub waivers: Vec<WaiverReport>,
    /// Raw actions of which it is claimed, not proven, that they take something back.
    pub claims: Vec<String>,
    /// Where words from outside pick a target, and by what right.
    pub endorsements: Vec<String>,
    /// What stands for data that is not there: each `else no_data V`.
    pub no_data: Vec<String>,
    /// Why an agent loads it as `shadow`, so that it changes nothing; empty if it does not.
    pub shadow: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingReport {
    pub name: String,
    /// The `do` lines of its remedy, in order: `k8s.restart`.
    pub does: Vec<String>,
}

/// The proven bound for one target type, next to the declared lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TouchReport {
    pub target: String,
    /// Distinct targets in a run.
    pub targets: u32,
    /// Distinct targets between verifications.
    pub at_once: u32,
    /// Changing calls of one incident, retries and further runs included.
    pub attempts: u32,
    /// The lines of `blast` for it.
    pub allowed: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaiverReport {
    pub of: String,
    pub why: String,
}

/// Says what the package's runbooks may do.
pub fn report(package: &Package, facts: &Facts) -> Report {
    let runbooks = package
        .runbooks
        .iter()
        .zip(&facts.runbooks)
        .map(|(runbook, facts)| of_runbook(package, runbook, facts));
    Report {
        package: package.name.to_string(),
        version: package.version.to_string(),
        runbooks: runbooks.collect(),
    }
}

fn of_runbook(package: &Package, runbook: &Runbook, facts: &RunbookFacts) -> RunbookReport {
    let version = runbook
        .version
        .map(|version| format!("{}.{}.{}", version.major, version.minor, version.patch));
    RunbookReport {
        name: runbook.name.to_string(),
        version,
        product: runbook
            .product
            .map(|id| package.products[id.index()].name.to_string()),
        triggers: trigger::describe(package, runbook),
        findings: findings(package, runbook),
        level: facts.level.word().to_owned(),
        scope: facts.scope.map(|scope| scope.word().to_owned()),
        touches: facts
            .touched
            .iter()
            .map(|touched| touch(package, runbook, touched))
            .collect(),
        machine_time: facts.machine_time.to_string(),
        machine_time_ms: facts.machine_time.millis(),
        ends_within: runbook.ends_within.map(|(ends, _)| ends.to_string()),
        human_time: facts.human_time.to_string(),
        human_time_ms: facts.human_time.millis(),
        people: people(package, runbook),
        capabilities: facts
            .capabilities
            .iter()
            .map(|used| match &used.of {
                Some(of) => format!("{} {}", used.name, Value::text(of)),
                None => format!("{} (known when it runs)", used.name),
            })
            .collect(),
        raw: facts.raw.clone(),
        waivers: facts
            .waivers
            .iter()
            .map(|waiver| WaiverReport {
                of: waiver.of.to_owned(),
                why: waiver.why.to_string(),
            })
            .collect(),
        claims: facts
            .undo_claims
            .iter()
            .map(|claim| format!("`{}` takes `{}` back", claim.by, claim.of))
            .collect(),
        endorsements: facts
            .endorsements
            .iter()
            .map(|endorsement| format!("{}: {}", endorsement.what, endorsement.by))
            .collect(),
        no_data: facts
            .made_up
            .iter()
            .map(|made_up| format!("{} without data is {}", made_up.of, made_up.value))
            .collect(),
        shadow: runbook.shadow().map(|why| why.to_string()).collect(),
    }
}

fn findings(package: &Package, runbook: &Runbook) -> Vec<FindingReport> {
    let remedies = runbook.remedies.iter().map(|remedy| FindingReport {
        name: remedy.name.to_string(),
        does: actions(package, &remedy.body.block),
    });
    let steps = runbook.steps.iter().map(|body| FindingReport {
        name: "steps".to_owned(),
        does: actions(package, &body.block),
    });
    remedies.chain(steps).collect()
}

/// The `do` lines of a block, those of an undo left aside.
fn actions(package: &Package, block: &crate::typed::Block) -> Vec<String> {
    let mut names = Vec::new();
    for stmt in &block.statements {
        match &stmt.kind {
            StmtKind::Do(step) => names.push(action_name(package, step)),
            StmtKind::WithDo { step, body, .. } => {
                names.push(action_name(package, step));
                names.extend(actions(package, body));
            }
            _ => stmt.for_each_block(&mut |inner| names.extend(actions(package, inner))),
        }
    }
    names
}

fn action_name(package: &Package, step: &crate::typed::Step) -> String {
    match step.callee {
        crate::typed::ActionCallee::Extern(id) => package.externs[id.index()].name.to_string(),
        crate::typed::ActionCallee::Function(id) => {
            let function = &package.functions[id.index()];
            debug_assert!(matches!(function.kind, FunctionKind::Action { .. }));
            function.name.to_string()
        }
    }
}

fn touch(package: &Package, runbook: &Runbook, touched: &Touched) -> TouchReport {
    let allowed = runbook
        .blast
        .iter()
        .filter(|line| line.target == touched.target)
        .map(|line| match line.per {
            BlastPer::Run => format!("{} a run", line.count),
            BlastPer::AtOnce => format!("{} at once", line.count),
            BlastPer::Window(window) => format!("{} per {window}", line.count),
        });
    TouchReport {
        target: package.targets[touched.target.index()].name.to_string(),
        targets: touched.targets,
        at_once: touched.at_once,
        attempts: touched.attempts,
        allowed: allowed.collect(),
    }
}

/// Everybody whom some line of the runbook may reach; the owner stands in where nothing is said.
fn people(package: &Package, runbook: &Runbook) -> Vec<String> {
    let mut roles = std::collections::BTreeSet::new();
    let bodies = runbook.remedies.iter().map(|remedy| &remedy.body);
    let bodies = bodies
        .chain(&runbook.steps)
        .chain(runbook.otherwise.iter().map(|clause| &clause.body));
    for body in bodies {
        body.block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Page { roles: named, .. } | StmtKind::Tell { roles: named, .. } => {
                roles.extend(named.iter().copied());
            }
            StmtKind::Hand(hand) => roles.extend(hand.roles.iter().copied()),
            StmtKind::Mitigated(mitigated) => {
                roles.insert(mitigated.owed_by);
            }
            _ => {}
        });
    }
    roles.extend(runbook.tells.iter().flat_map(|tell| tell.roles.clone()));
    let owner = runbook
        .product
        .and_then(|id| package.products[id.index()].owner);
    roles.extend(owner);
    roles
        .into_iter()
        .map(|id| package.roles[id.index()].name.to_string())
        .collect()
}
