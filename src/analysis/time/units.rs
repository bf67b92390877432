//! The units of a runbook whose `blast` names windows: the parts that begin only where all of them still fits.
//!
//! In: its acting blocks. Out: each unit with its longest time and the changes in it. A unit is one element of a loop that
//! changes something, else an attempt, else all of a remedy; what lies in an inner one is no part of the outer one.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Times;
use super::clock::{Clock, Loops};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{
    ActionCallee, Block, CapKind, FunctionId, Package, Runbook, Step, Stmt, StmtKind, UnitFacts,
};
use crate::value::Duration;

/// The units of a runbook, those of each remedy after each other; none where no window is named.
pub fn units(package: &Package, times: &Times, runbook: &Runbook) -> Vec<UnitFacts> {
    let windows = package.window_lines(runbook);
    if windows.is_empty() {
        return Vec::new();
    }
    let clock = Clock {
        package,
        times,
        live: false,
        guards: 0,
        lists: super::lists(package, times, runbook),
        loops: Loops::Once,
    };
    let mut walk = Walk {
        package,
        units: Vec::new(),
    };
    let remedies = runbook.remedies.iter();
    let remedies = remedies.map(|remedy| (remedy.name.clone(), &remedy.body, remedy.name_span));
    let steps = runbook.steps.iter();
    let steps = steps.map(|body| (SmolStr::new_static("steps"), body, runbook.name_span));
    for (remedy, body, span) in remedies.chain(steps) {
        let of = match remedy.as_str() {
            "steps" if runbook.steps.is_some() => "steps".to_owned(),
            name => format!("remedy {name}"),
        };
        let unit = walk.open(&remedy, of, span, clock.block(&body.block));
        walk.block(&body.block, clock, (unit, Inside::Body));
    }
    walk.units.retain(|unit| !unit.steps.is_empty());
    walk.units
}

/// Whether each unit fits into the windows of its runbook at all.
pub fn check_units(
    package: &Package,
    runbook: &Runbook,
    units: &[UnitFacts],
    out: &mut Vec<Diagnostic>,
) {
    let lines = runbook.caps.iter();
    let is_window = |kind: &CapKind| matches!(kind, CapKind::Pause(_) | CapKind::Only(_));
    let Some(line) = lines.clone().find(|cap| is_window(&cap.kind)) else {
        return;
    };
    let Some(longest) = package.window_lines(runbook).longest() else {
        return;
    };
    // One that takes up all of it never begins: the run looks once more where the window opens.
    for unit in units.iter().filter(|unit| unit.time >= longest) {
        let message = format!(
            "{} may take {}, and no window for it is longer than {longest}",
            unit.of, unit.time
        );
        let found = Diagnostic::new(Code::NeverInWindow, message, unit.span, "can never begin");
        out.push(
            found
                .and(line.span, "the windows are named here")
                .help("shorten what is waited for in it, take it apart with a loop or an attempt, or name a longer window"),
        );
    }
}

/// What a block lies in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Body,
    Element,
}

struct Walk<'a> {
    package: &'a Package,
    units: Vec<UnitFacts>,
}

impl Walk<'_> {
    fn open(&mut self, remedy: &SmolStr, of: String, span: Span, time: i64) -> usize {
        self.units.push(UnitFacts {
            remedy: remedy.clone(),
            of,
            time: Duration::from_millis(time),
            steps: BTreeSet::new(),
            span,
        });
        self.units.len() - 1
    }

    /// A unit inside another one, named after what it lies in.
    fn open_in(&mut self, outer: usize, what: String, span: Span, time: i64) -> usize {
        let (remedy, of) = match self.units.get(outer) {
            Some(unit) => (unit.remedy.clone(), format!("{what} of {}", unit.of)),
            None => (SmolStr::default(), what),
        };
        self.open(&remedy, of, span, time)
    }

    fn block(&mut self, block: &Block, mut clock: Clock<'_>, within: (usize, Inside)) {
        for stmt in &block.statements {
            crate::steps::count(1);
            self.stmt(stmt, clock, within);
            clock.stand(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, clock: Clock<'_>, (unit, inside): (usize, Inside)) {
        match &stmt.kind {
            StmtKind::For(for_loop) if for_loop.body.changes() => {
                let time = clock.block(&for_loop.body);
                let inner =
                    self.open_in(unit, "each element".to_owned(), for_loop.source.span, time);
                self.block(&for_loop.body, clock, (inner, Inside::Element));
            }
            // In an element an attempt is a part of it.
            StmtKind::Attempts(attempts) if inside == Inside::Body => {
                for attempt in attempts {
                    let time = clock.block(&attempt.body);
                    let what = format!("attempt \"{}\"", attempt.title);
                    let inner = self.open_in(unit, what, attempt.span, time);
                    self.block(&attempt.body, clock, (inner, Inside::Body));
                }
            }
            StmtKind::Do(step) => self.step(step, unit),
            StmtKind::WithDo { step, body, .. } => {
                self.step(step, unit);
                self.block(body, clock, (unit, inside));
            }
            _ => stmt.for_each_block(&mut |block| self.block(block, clock, (unit, inside))),
        }
    }

    /// The change itself, or all that the called action makes.
    fn step(&mut self, step: &Step, unit: usize) {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<FunctionId> = Vec::new();
        let mut note = |step: &Step, open: &mut Vec<FunctionId>| {
            found.insert(step.span);
            if let ActionCallee::Function(id) = step.callee {
                open.push(id);
            }
        };
        note(step, &mut open);
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                let body = &self.package.functions[id.index()].body.block;
                body.for_each_stmt(&mut |stmt| match &stmt.kind {
                    StmtKind::Do(step) | StmtKind::WithDo { step, .. } => note(step, &mut open),
                    _ => {}
                });
            }
        }
        if let Some(unit) = self.units.get_mut(unit) {
            unit.steps.extend(found);
        }
    }
}
