//! What the world decides, and what holds when nothing is there: the two judgements behind the
//! rules on diagnoses, verifies and `cleared if`.
//!
//! In: expressions of the typed tree. They become [`term`]s in a shared table: names stand for what
//! they were bound to, calls for what they return. Each judgement is one pass over that table.

mod absent;
mod acts;
mod corroborate;
mod decide;
mod eval;
mod fold;
mod form;
mod look;
pub mod number;
mod observe;
mod term;

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Runbook};

use super::level::Levels;
use super::queries::Queries;
use eval::{Asks, Eval};

/// Judges the conditions of a runbook.
pub fn check_runbook(
    levels: &Levels,
    queries: &Queries,
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    // What the diagnosis is made of is the same for both who ask whether words bring it about.
    let mut eval = Eval::new(levels.package, runbook, queries, Asks::Incident);
    corroborate::check(levels, runbook, &mut eval, out);
    look::check(levels, runbook, queries, out);
    acts::check(levels, runbook, &mut eval, out);
}

/// A condition that calls something with more different values than are looked at.
fn given_up(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::ConditionTooWide,
        "this condition has more sides than are looked at: nobody says what decides it",
        span,
        format!(
            "something in it is called with more than {} different values, or has too many outcomes",
            eval::ARGUMENTS
        ),
    )
    .help("let the function, probe or watch take fewer different values: bind what it returns with `let` and test the name, or test a part of the condition in one of its own")
}

/// A condition in which more combinations would have to be looked at than is done.
fn too_many(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::ConditionTooWide,
        "this condition tests too many values too often",
        span,
        format!("more than {} combinations", decide::COMBINATIONS),
    )
    .help("split it: test some of it in a condition of its own, one behind the other")
}

/// A condition with a number that is not told from those beside it: nobody says whether it can be.
fn too_large(condition: &Expr) -> Diagnostic {
    let mut span = condition.span;
    condition.for_each(&mut |part| {
        if matches!(&part.kind, ExprKind::Value(value) if number::is_inexact(value)) {
            span = part.span;
        }
    });
    Diagnostic::new(
        Code::ConditionTooWide,
        "this condition compares with a number that is too large to judge",
        span,
        "beyond 2^53 only every second, fourth, eighth .. whole number is told from its neighbours",
    )
    .help("write a smaller number, or a rounder one of a larger unit: `1_000_000TiB`")
}
