//! P3: the inferred bound against the declared `blast`.

use crate::diag::{Code, Diagnostic};
use crate::typed::{BlastLine, BlastPer, Package, Runbook, TargetId, Touched};
use crate::value::Duration;

use super::touch::{Bound, SITES, TypeTouch};

pub fn check_runbook(
    package: &Package,
    runbook: &Runbook,
    bound: &Bound,
    out: &mut Vec<Diagnostic>,
) {
    if runbook.blast_span.is_none() {
        no_blast(package, runbook, bound, out);
        return;
    }
    for (target, touch) in &bound.total.types {
        check_type(package, runbook, *target, touch, bound, out);
    }
    let bounds = runbook.blast.iter().map(|line| (line.target, line.span));
    let caps = runbook.caps.iter();
    let caps = caps.filter_map(|cap| Some((cap.counted()?, cap.span)));
    for (target, span) in bounds.chain(caps) {
        if !bound.total.types.contains_key(&target) {
            let name = &package.targets[target.index()].name;
            out.push(
                Diagnostic::new(
                    Code::BlastLineUnused,
                    format!("this runbook never changes a `{name}`"),
                    span,
                    "bounds nothing",
                )
                .help("remove the line, so that the block says what may really happen")
                .fix("remove the line", span, ""),
            );
        }
    }
}

/// For the report: the bound per type.
pub fn touched(runbook: &Runbook, bound: &Bound) -> Vec<Touched> {
    let runs = runs(runbook);
    bound
        .total
        .types
        .iter()
        .map(|(target, touch)| Touched {
            target: *target,
            targets: touch.count(),
            at_once: bound.at_once.get(target).copied().unwrap_or_default(),
            attempts: touch.attempts.saturating_mul(runs),
        })
        .collect()
}

/// How many runs one incident may see.
fn runs(runbook: &Runbook) -> u32 {
    runbook.again.unwrap_or(0).saturating_add(1)
}

fn no_blast(package: &Package, runbook: &Runbook, bound: &Bound, out: &mut Vec<Diagnostic>) {
    let Some(site) = bound
        .total
        .types
        .values()
        .find_map(|touch| touch.sites.first())
    else {
        return;
    };
    let lines: Vec<String> = bound
        .total
        .types
        .iter()
        .map(|(target, touch)| {
            let name = &package.targets[target.index()].name;
            format!("at most {} {name}", touch.count())
        })
        .collect();
    out.push(
        Diagnostic::new(
            Code::NoBlast,
            format!(
                "runbook `{}` changes something and states no bound",
                runbook.name
            ),
            runbook.name_span,
            "has no `blast`",
        )
        .and(*site, "changed here")
        .help(match lines.as_slice() {
            [line] => format!("state what it may touch at most: `blast {{ {line} }}`"),
            lines => format!(
                "state what it may touch at most in a `blast {{ ... }}`, each on a line of its own: `{}`",
                lines.join("`, `")
            ),
        }),
    );
}

fn check_type(
    package: &Package,
    runbook: &Runbook,
    target: TargetId,
    touch: &TypeTouch,
    bound: &Bound,
    out: &mut Vec<Diagnostic>,
) {
    let name = package.targets[target.index()].name.to_string();
    let lines = || runbook.blast.iter().filter(|line| line.target == target);
    let per_run = lines().find(|line| line.per == BlastPer::Run);
    let smallest_window = lines()
        .filter(|line| matches!(line.per, BlastPer::Window(_)))
        .min_by_key(|line| line.count);
    match per_run.or(smallest_window) {
        Some(line) if touch.count() > line.count => {
            out.push(too_small(&name, line, touch.count(), "in a run", touch));
        }
        Some(_) => {}
        None => no_line(&name, runbook, touch, out),
    }
    for line in lines() {
        match line.per {
            BlastPer::Run => {}
            BlastPer::AtOnce => {
                let at_once = bound.at_once.get(&target).copied().unwrap_or_default();
                if at_once > line.count {
                    out.push(
                        too_small(&name, line, at_once, "at once", touch)
                            .help("a passed `verify` begins the count again, a failed one does not: verify between the changes, stop at a failure, or raise the bound"),
                    );
                }
            }
            BlastPer::Window(window) => check_window(&name, runbook, line, window, touch, out),
        }
    }
}

fn check_window(
    name: &str,
    runbook: &Runbook,
    line: &BlastLine,
    window: Duration,
    touch: &TypeTouch,
    out: &mut Vec<Diagnostic>,
) {
    let attempts = touch.attempts.saturating_mul(runs(runbook));
    if attempts > line.count {
        let mut diagnostic = Diagnostic::new(
            Code::NeverFits,
            format!(
                "one incident may need {attempts} changes of a `{name}`, but only {} are allowed per {window}",
                line.count
            ),
            line.span,
            "can never finish within this",
        );
        for site in touch.sites.iter().take(SITES) {
            diagnostic = diagnostic.and(*site, "counts here");
        }
        out.push(diagnostic.help(format!(
            "a rate counts changing calls, retries and `again` runs included: raise it to {attempts}, or do less"
        )));
    }
}

fn too_small(
    name: &str,
    line: &BlastLine,
    count: u32,
    over: &str,
    touch: &TypeTouch,
) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        Code::BlastTooSmall,
        format!(
            "this runbook may touch {count} `{name}` {over}, but its blast allows {}",
            line.count
        ),
        line.span,
        format!("at most {}", line.count),
    );
    for site in touch.sites.iter().take(SITES) {
        diagnostic = diagnostic.and(*site, "adds up here");
    }
    diagnostic.help("raise the bound if you mean it, or touch fewer targets")
}

fn no_line(name: &str, runbook: &Runbook, touch: &TypeTouch, out: &mut Vec<Diagnostic>) {
    let (Some(site), Some(blast)) = (touch.sites.first(), runbook.blast_span) else {
        return;
    };
    out.push(
        Diagnostic::new(
            Code::BlastLineMissing,
            format!("this changes a `{name}`, which the blast does not bound"),
            *site,
            "changed here",
        )
        .and(blast, format!("no line bounds `{name}` for a run"))
        .help(format!(
            "add the line `at most {} {name}` to the blast",
            touch.count()
        )),
    );
}
