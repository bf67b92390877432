//! P3: where a change takes what was observed, such as the list of files that it deletes, this was
//! observed of the very target that it changes.
//!
//! What a parameter brings is judged where it is handed over: at each call of an action, and at each
//! `found` that leads to a remedy.

use std::collections::{BTreeMap, BTreeSet};

use super::same::{Id, Scope, Scopes, Term, Terms};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{
    ActionCallee, Block, Expr, ExternId, ExternKind, FunctionId, FunctionKind, Package, RecordId,
    Runbook, Step, StmtKind, Type,
};

/// How many alternatives of one value are followed.
const WAYS: usize = 200;

/// The records of the library that changes take: they stand for what was observed.
pub fn taken(package: &Package) -> BTreeSet<RecordId> {
    let mut taken = BTreeSet::new();
    for extern_ in &package.externs {
        if matches!(extern_.kind, ExternKind::Action(_)) {
            let records = extern_.params.iter().filter_map(|param| match param.ty {
                Type::Record(id) => Some(id),
                _ => None,
            });
            taken.extend(records.filter(|id| package.records[id.index()].name.module.is_some()));
        }
    }
    taken
}

/// What has to be an observation of one of these targets.
#[derive(Clone, Debug)]
struct Needed {
    observed: Id,
    of: Vec<Id>,
    /// The library's action, and the parameter.
    by: (ExternId, usize),
}

/// What an action of the package leaves to be judged at its calls.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    params: Vec<Id>,
    needed: Vec<Needed>,
}

pub type Summaries = BTreeMap<FunctionId, Summary>;

/// Checks the package's own actions, callees first.
pub fn functions(
    package: &Package,
    order: &[FunctionId],
    terms: &mut Terms<'_>,
    out: &mut Vec<Diagnostic>,
) -> Summaries {
    let mut summaries = Summaries::new();
    if taken(package).is_empty() {
        return summaries;
    }
    for id in order {
        let function = &package.functions[id.index()];
        if !matches!(function.kind, FunctionKind::Action { .. }) {
            continue;
        }
        let mut scope = terms.function(*id);
        let params = terms.params(&mut scope, function.params.len());
        let found = needed(package, &summaries, terms, &mut scope, &function.body.block);
        let mut open = Vec::new();
        for (needed, span) in found {
            match judge(terms, &needed, &params) {
                Judged::Fits => {}
                Judged::Open => open.push(needed),
                Judged::Another => out.push(refused(package, &needed, span)),
            }
        }
        let summary = Summary {
            params,
            needed: open,
        };
        summaries.insert(*id, summary);
    }
    summaries
}

pub fn check_runbook(
    summaries: &Summaries,
    terms: &mut Terms<'_>,
    scopes: &mut Scopes,
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    let package = terms.package();
    for (block, acting) in runbook.acting_blocks().zip(&mut scopes.blocks) {
        for (needed, span) in self::needed(package, summaries, terms, &mut acting.scope, block) {
            let fits = match judge(terms, &needed, &acting.params) {
                Judged::Fits => true,
                Judged::Another => false,
                Judged::Open => acting.handed.iter().all(|args| {
                    let each = replaced(terms, &needed, &acting.params, args);
                    matches!(judge(terms, &each, &[]), Judged::Fits)
                }),
            };
            if !fits {
                out.push(refused(package, &needed, span));
            }
        }
    }
}

/// What the steps of a block need.
fn needed(
    package: &Package,
    summaries: &Summaries,
    terms: &mut Terms<'_>,
    scope: &mut Scope,
    block: &Block,
) -> Vec<(Needed, Span)> {
    let mut found = Vec::new();
    block.for_each_stmt(&mut |stmt| {
        let (StmtKind::Do(step) | StmtKind::WithDo { step, .. }) = &stmt.kind else {
            return;
        };
        match step.callee {
            ActionCallee::Extern(id) => found.extend(of_library(package, terms, scope, step, id)),
            ActionCallee::Function(id) => {
                let Some(summary) = summaries.get(&id).filter(|known| !known.needed.is_empty())
                else {
                    return;
                };
                let args: Vec<Id> = step.args.iter().map(|arg| terms.of(scope, arg)).collect();
                for needed in &summary.needed {
                    let needed = replaced(terms, needed, &summary.params, &args);
                    found.push((needed, step.span));
                }
            }
        }
    });
    found
}

fn of_library(
    package: &Package,
    terms: &mut Terms<'_>,
    scope: &mut Scope,
    step: &Step,
    id: ExternId,
) -> Vec<(Needed, Span)> {
    let extern_ = &package.externs[id.index()];
    let ExternKind::Action(contract) = &extern_.kind else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, (param, arg)) in extern_.params.iter().zip(&step.args).enumerate() {
        let is_taken = |record: RecordId| package.records[record.index()].name.module.is_some();
        match param.ty {
            Type::Record(record) if is_taken(record) && !is_broken(arg) => {}
            _ => continue,
        }
        let changed = contract.changes.iter();
        let changed = changed.filter_map(|changed| step.args.get(usize::from(*changed)));
        let of = changed.map(|arg| terms.of(scope, arg)).collect();
        let observed = terms.of(scope, arg);
        let by = (id, index);
        found.push((Needed { observed, of, by }, arg.span));
    }
    found
}

fn is_broken(arg: &Expr) -> bool {
    arg.ty == Type::Error || super::is_broken(arg)
}

/// The same with arguments in the places of parameters.
fn replaced(terms: &mut Terms<'_>, needed: &Needed, params: &[Id], args: &[Id]) -> Needed {
    let pairs = params.iter().copied().zip(args.iter().copied());
    let mut places: BTreeMap<Id, Id> = pairs.collect();
    let of = needed.of.iter();
    let of = of.map(|of| terms.replaced(*of, &mut places)).collect();
    Needed {
        observed: terms.replaced(needed.observed, &mut places),
        of,
        by: needed.by,
    }
}

enum Judged {
    Fits,
    /// It hangs on a parameter.
    Open,
    Another,
}

/// Whether it is observed of what is changed, on each way.
fn judge(terms: &Terms<'_>, needed: &Needed, params: &[Id]) -> Judged {
    let mut open = vec![needed.observed];
    let mut seen = BTreeSet::new();
    let mut judged = Judged::Fits;
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        crate::steps::count(1);
        if seen.len() > WAYS {
            return Judged::Another;
        }
        match terms.term(id) {
            Term::Choose {
                then, otherwise, ..
            } => open.extend([*then, *otherwise]),
            Term::Observed { args, .. } => {
                if !args.iter().any(|arg| needed.of.contains(arg)) {
                    let hangs = |id: &Id| params.contains(&terms.root(*id));
                    match args.iter().chain(&needed.of).any(hangs) {
                        true => judged = Judged::Open,
                        false => return Judged::Another,
                    }
                }
            }
            _ if terms.is_none(id) => {}
            _ => match terms.term(terms.root(id)) {
                // What comes with the trigger is refused there.
                Term::Trigger(_) => {}
                Term::Unknown(_) if params.contains(&terms.root(id)) => judged = Judged::Open,
                _ => return Judged::Another,
            },
        }
    }
    judged
}

fn refused(package: &Package, needed: &Needed, span: Span) -> Diagnostic {
    let (id, index) = needed.by;
    let action = &package.externs[id.index()];
    let param = &action.params[index];
    let probe = package
        .externs
        .iter()
        .find(|probe| matches!(probe.kind, ExternKind::Probe) && probe.result == param.ty);
    let probe = match probe {
        Some(probe) => format!("`let {} = {}(..)`", param.name, probe.name),
        None => "a `let`".to_owned(),
    };
    Diagnostic::new(
        Code::ObservedElsewhere,
        format!(
            "`{}` of `{}` is not known to be observed of what it changes",
            param.name, action.name
        ),
        span,
        "of something else, or made by hand",
    )
    .help(format!(
        "ask for it about the same target, by the same name, and hand on the answer itself: {probe}"
    ))
}
