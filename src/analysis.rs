//! What checked code may do: the proofs over the typed tree.
//!
//! In: a [`Package`], perhaps with broken parts. Out: [`Facts`] for the compiler and the report,
//! and diagnostics. The call graph has no cycles, so each proof is one pass over declarations in
//! call order: no fixpoint, no solver.

mod about;
mod again;
mod bounds;
mod change;
mod core;
mod failed;
mod held;
mod kind;
mod level;
mod manifest;
mod order;
mod outward;
mod path;
mod phase;
mod place;
mod queries;
mod said;
mod same;
mod stale;
mod step;
mod taint;
mod time;
mod touch;
mod undo;
mod world;

use std::collections::{BTreeMap, BTreeSet};

pub use self::core::LATER_FIELDS;
use crate::diag::{Code, Diagnostic};
use crate::effect::Integrity;
use crate::text::Span;
use crate::typed::{Block, Expr, Facts, Package, Runbook, RunbookFacts};
use kind::BlockKind;
pub use manifest::{manifests, manifests_while};
use queries::Queries;
pub use world::number::{Interval, is_number, number};

/// Runs every proof over the functions of the package and the runbooks that are looked at; the others have no facts.
/// Told besides is how far each name in a runbook is trusted that stands for a value.
pub fn analyse(
    package: &Package,
    looked_at: &dyn Fn(&Runbook) -> bool,
) -> (Facts, BTreeMap<Span, Integrity>, Vec<Diagnostic>) {
    let mut out = Vec::new();
    let order = order::callees_first(package, &mut out);
    let functions = level::functions(package, &order, &mut out);
    let levels = level::Levels::new(package, &functions);
    let changes = change::Changes::new(&levels, &order);
    let mut terms = same::Terms::new(package, &order);
    step::check_functions(package, &order, &mut terms, &mut out);
    let backs = undo::given::functions(package, &order, &mut terms, &mut out);
    let touches = touch::functions(package, &order, &mut out);
    let taints = taint::functions(package, &order, &mut out);
    let queries = Queries::default();
    failed::check(package, &order, &queries, &mut out);
    let mut told_lookups = BTreeSet::new();
    let mut trusts = BTreeMap::new();
    let mut runbooks = Vec::with_capacity(package.runbooks.len());
    let times = time::functions(package, &order);
    let observed = about::functions(package, &order, &mut terms, &mut out);
    let holds = held::functions(package, &order, &mut terms, &mut out);

    for runbook in &package.runbooks {
        if !looked_at(runbook) {
            runbooks.push(RunbookFacts::default());
            continue;
        }
        kind::check_runbook(package, runbook, &mut out);
        level::check_runbook(&levels, runbook, &mut out);
        phase::check_runbook(&levels, runbook, &mut out);
        path::check_runbook(&levels, &changes, runbook, &mut out);
        said::check_runbook(runbook, &mut out);
        stale::check_runbook(&levels, runbook, &mut out);
        let mut scopes = terms.runbook(runbook);
        held::check_runbook(&holds, &mut terms, &scopes, runbook, &mut out);
        step::check_runbook(package, &mut terms, &mut scopes, runbook, &mut out);
        undo::given::check_runbook(&backs, &mut terms, &mut scopes, runbook, &mut out);
        about::check_runbook(&observed, &mut terms, &mut scopes, runbook, &mut out);
        let bound = touch::runbook(package, &touches, runbook, &mut out);
        bounds::check_runbook(package, runbook, &bound, &mut out);
        let seen = (&mut told_lookups, &mut trusts);
        let endorsed = taint::check_runbook(package, &taints, runbook, seen, &mut out);
        world::check_runbook(&levels, &queries, runbook, &mut out);
        let (machine_time, remedy_times) = time::machine(package, &times, runbook);
        let units = time::units(package, &times, runbook);
        time::check_units(package, runbook, &units, &mut out);
        let touched = bounds::touched(runbook, &bound);
        time::check_runbook(runbook, machine_time, &touched, &mut out);
        let endorsements = taint::endorsements(package, &taints, &told_lookups, runbook, endorsed);
        let said = outward::of_runbook(package, runbook);
        runbooks.push(RunbookFacts {
            level: levels.runbook(runbook),
            scope: bound.scope,
            touched,
            machine_time,
            remedy_times,
            remedy_touches: bound.each,
            human_time: time::human(runbook),
            raw: said.raw,
            queries: said.queries,
            waivers: step::waivers(package, runbook),
            undo_claims: undo::claims(package, runbook),
            endorsements,
            made_up: failed::made_up_values(package, runbook),
            units,
        });
    }
    taints.told_lookups(&mut told_lookups);
    tell_once(&mut out);
    let facts = Facts {
        told_lookups,
        looks: time::looks(package, &times),
        functions,
        runbooks,
    };
    (facts, trusts, out)
}

/// One mistake, one error: a `cleared if` that takes a failure for absence holds where nothing is there,
/// too; and a call that takes free text makes nothing else of it.
fn tell_once(out: &mut Vec<Diagnostic>) {
    let of = |code: Code| -> Vec<Span> {
        let told = out.iter().filter(|told| told.code == code);
        told.map(|told| told.primary.span).collect()
    };
    let (failures, free) = (of(Code::FailureAsAbsence), of(Code::FreeTextMisplaced));
    out.retain(|told| {
        let at = told.primary.span;
        match told.code {
            Code::ClearedByAbsence => !failures.iter().any(|failure| failure.holds(at)),
            Code::FreeTextMisplaced => !free.iter().any(|inner| *inner != at && at.holds(*inner)),
            _ => true,
        }
    });
}

/// The code blocks of a runbook with what they are for.
fn blocks(runbook: &Runbook) -> impl Iterator<Item = (BlockKind, &Block)> {
    let diagnose = runbook
        .diagnose
        .iter()
        .map(|body| (BlockKind::Diagnose, &body.block));
    let acting = runbook.acting_blocks();
    let acting = acting.map(|block| (BlockKind::Remedy, block));
    let otherwise = runbook
        .otherwise
        .iter()
        .map(|clause| (BlockKind::Otherwise, &clause.body.block));
    diagnose.chain(acting).chain(otherwise)
}

/// Whether the expression is broken somewhere, so that nothing should be said about it.
fn is_broken(expr: &Expr) -> bool {
    let mut broken = false;
    expr.for_each(&mut |part| {
        broken |= matches!(part.kind, crate::typed::ExprKind::Error);
    });
    broken
}
