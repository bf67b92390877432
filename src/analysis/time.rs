//! P4: the longest that a run may take, machine and humans apart.
//!
//! A sum over the text: one look takes at most the deadlines of the observations that it names,
//! however many elements a list has. Each function is summed up once, callees first.

mod clock;
mod plan;
mod units;

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{Block, Cap, Expr, FunctionId, Package, Runbook, StmtKind, Touched, Type};
use crate::value::Duration;
use clock::{Clock, Loops};
pub use units::{check_units, units};

/// A run that may take longer says so.
const LONGEST: Duration = Duration::from_seconds(7 * 24 * 60 * 60);
/// The most changing calls of one incident.
const MOST_CALLS: u32 = 10_000;
/// How often a plan that went stale is made anew.
const RESTARTS: i64 = 2;

/// What a function may take.
#[derive(Clone, Copy, Debug, Default)]
struct Takes {
    /// In milliseconds, fields of targets read from snapshots.
    still: i64,
    /// The same where the fields of targets are read anew.
    live: i64,
    /// How often the guards around a call of it are read.
    guarded: i64,
    /// How often populations are listed for it.
    listed: i64,
}

/// The longest time of each function.
pub struct Times(BTreeMap<FunctionId, Takes>);

/// Sums up the functions, callees first.
pub fn functions(package: &Package, order: &[FunctionId]) -> Times {
    let mut times = Times(BTreeMap::new());
    for id in order {
        let body = &package.functions[id.index()].body.block;
        let clock = |live, guards, lists| Clock {
            package,
            times: &times,
            live,
            guards,
            lists,
            loops: Loops::Whole,
        };
        let still = clock(false, 0, 0).block(body);
        // With guards that take a millisecond, what is more is how often they are read; so with lists.
        let more = |guards, lists| {
            clock(false, guards, lists)
                .block(body)
                .saturating_sub(still)
        };
        let takes = Takes {
            still,
            live: clock(true, 0, 0).block(body),
            guarded: more(1, 0),
            listed: more(0, 1),
        };
        times.0.insert(*id, takes);
    }
    times
}

/// The longest that one look at each condition may take that is looked at again.
pub fn looks(package: &Package, times: &Times) -> BTreeMap<Span, Duration> {
    let clock = Clock {
        package,
        times,
        live: true,
        guards: 0,
        lists: 0,
        loops: Loops::Whole,
    };
    let mut looks = BTreeMap::new();
    let bodies = package.functions.iter();
    let bodies = bodies.map(|function| &function.body.block);
    let blocks = package.runbooks.iter().flat_map(super::blocks);
    for block in bodies.chain(blocks.map(|(_, block)| block)) {
        block.for_each_stmt(&mut |stmt| {
            let mut look = |condition: &Expr| {
                looks.insert(condition.span, Duration::from_millis(clock.expr(condition)));
            };
            match &stmt.kind {
                StmtKind::Guard(condition) => look(condition),
                StmtKind::Verify(verify) => {
                    verify
                        .conditions
                        .iter()
                        .chain(&verify.abort_if)
                        .for_each(look);
                }
                StmtKind::Mitigated(mitigated) => mitigated.until.iter().for_each(look),
                _ => {}
            }
        });
    }
    looks
}

/// The longest that the machine may work on one incident, `again` runs and waiting for locks
/// included; and on each remedy by itself in one run, its plan made anew included.
pub fn machine(package: &Package, times: &Times, runbook: &Runbook) -> (Duration, Vec<Duration>) {
    let lists = lists(package, times, runbook);
    let clock = Clock {
        package,
        times,
        live: false,
        guards: 0,
        lists,
        loops: Loops::Whole,
    };
    let named = runbook.bindings.iter();
    let named = named.fold(0_i64, |sum, binding| match binding.ty {
        Type::Target(target) => sum.saturating_add(clock.lookup(target)),
        _ => sum,
    });
    let rated = runbook
        .severity
        .iter()
        .filter_map(|case| case.when.as_ref());
    let rated = rated.fold(0, |sum: i64, when| sum.saturating_add(clock.expr(when)));
    let diagnose = runbook
        .diagnose
        .as_ref()
        .map_or(0, |body| clock.block(&body.block));
    let each: Vec<(i64, i64)> = runbook
        .acting_blocks()
        .map(|block| {
            // They are listed for the plan, too.
            let acting = clock.block(block).saturating_add(lists);
            (acting, clock.plan(block).time.saturating_add(lists))
        })
        .collect();
    let acting = each.iter().map(|(acting, _)| *acting).max().unwrap_or(0);
    let plan = each.iter().map(|(_, plan)| *plan).max().unwrap_or(0);
    let told = runbook.otherwise.iter();
    let told = told.map(|clause| clock.block(&clause.body.block)).max();
    // What an earlier run has changed may be owed a verify of any remedy.
    let owed = runbook
        .acting_blocks()
        .map(|block| clock.owed(block))
        .fold(0, i64::saturating_add);
    let patience = match runbook.acting_blocks().any(Block::changes) {
        true => runbook.patience.millis(),
        false => 0,
    };
    let runs = i64::from(runbook.again.unwrap_or(0)) + 1;
    // It is asked how severe it is where each plan begins, and before a human hears of it.
    let once = named
        .saturating_add(rated.saturating_mul(RESTARTS + 2))
        .saturating_add(diagnose.saturating_mul(RESTARTS + 1))
        .saturating_add(plan.saturating_mul(RESTARTS))
        .saturating_add(acting)
        .saturating_add(told.unwrap_or(0))
        .saturating_add(owed)
        .saturating_add(patience);
    let alone = |(acting, plan): &(i64, i64)| {
        Duration::from_millis(acting.saturating_add(plan.saturating_mul(RESTARTS)))
    };
    let remedies = each.iter().take(runbook.remedies.len()).map(alone);
    (
        Duration::from_millis(once.saturating_mul(runs)),
        remedies.collect(),
    )
}

/// What it takes to list the populations that lines of the `blast` look at.
fn lists(package: &Package, times: &Times, runbook: &Runbook) -> i64 {
    let clock = Clock {
        package,
        times,
        live: false,
        guards: 0,
        lists: 0,
        loops: Loops::Whole,
    };
    let populations = runbook.caps.iter().filter_map(Cap::population);
    let each = populations.map(|population| clock.expr(&population.call));
    each.fold(0, i64::saturating_add)
}

/// The longest that people may be waited for inside a run. Nothing in this edition waits for
/// people: whoever is paged has the duty, and the run has ended.
pub fn human(_runbook: &Runbook) -> Duration {
    Duration::ZERO
}

/// Whether the run is over in time, and after not too many calls.
pub fn check_runbook(
    runbook: &Runbook,
    machine: Duration,
    touched: &[Touched],
    out: &mut Vec<Diagnostic>,
) {
    let name = &runbook.name;
    match runbook.ends_within {
        Some((stated, span)) if stated < machine => out.push(
            Diagnostic::new(
                Code::EndsTooLate,
                format!("runbook `{name}` may take {machine}, longer than it says"),
                span,
                "ends later, at the worst",
            )
            .help("every look, try, wait and undo counts, each as often as loops, attempts and `again` allow: shorten them, or say how long it may take")
            .fix("say how long it may take", span, machine.to_string()),
        ),
        None if machine > LONGEST => out.push(
            Diagnostic::new(
                Code::RunsTooLong,
                format!("runbook `{name}` may take {machine}"),
                runbook.name_span,
                "longer than a week",
            )
            .help(format!(
                "say that it is meant, `ends within {machine}`, or lower what multiplies: `at most`, `retry`, `again`, `within`"
            )),
        ),
        Some(_) | None => {}
    }
    let calls = touched.iter().map(|touched| touched.attempts);
    let calls = calls.fold(0, u32::saturating_add);
    if calls > MOST_CALLS {
        out.push(
            Diagnostic::new(
                Code::RunsTooLong,
                format!("one incident of runbook `{name}` may make {calls} changes"),
                runbook.name_span,
                format!("more than {MOST_CALLS}"),
            )
            .help("lower what multiplies: the bounds of loops, `retry`, and `again at most`"),
        );
    }
}
