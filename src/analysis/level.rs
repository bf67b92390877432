//! Effect levels: what each expression may do, and the ceiling of the place it stands in.

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::typed::{
    ActionCallee, Block, Callee, Expr, ExprKind, FunctionFacts, FunctionId, FunctionKind, Package,
    Runbook, Step, StmtKind, Type,
};

use super::is_broken;
use super::kind::{BlockKind, check_answer, check_block};

/// The levels of everything that can be called.
pub struct Levels<'a> {
    pub package: &'a Package,
    functions: &'a [FunctionFacts],
}

impl<'a> Levels<'a> {
    pub fn new(package: &'a Package, functions: &'a [FunctionFacts]) -> Self {
        Levels { package, functions }
    }

    /// What evaluating the expression may do; fields are read from snapshots.
    pub fn expr(&self, expr: &Expr) -> Level {
        let mut level = Level::Pure;
        expr.for_each(&mut |part| level = level.max(self.own_level(part)));
        level
    }

    /// What evaluating the expression in a live position may do: fields of targets are read anew.
    pub fn live_expr(&self, expr: &Expr) -> Level {
        let mut level = self.expr(expr);
        expr.for_each(&mut |part| {
            if let ExprKind::Field { base, .. } = &part.kind
                && matches!(base.ty, Type::Target(_))
            {
                level = level.max(Level::Observe);
            }
        });
        level
    }

    /// What the expression's own call does, its parts left aside.
    fn own_level(&self, expr: &Expr) -> Level {
        match &expr.kind {
            ExprKind::Call(call) => match call.callee {
                Callee::Extern(id) => self.package.externs[id.index()].level,
                Callee::Function(id) => self.function(id),
                Callee::Builtin(_) => Level::Pure,
            },
            _ => Level::Pure,
        }
    }

    /// Whether the expression's own call only reads the clock.
    fn is_clock(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Call(call) => match call.callee {
                Callee::Extern(id) => {
                    let name = &self.package.externs[id.index()].name;
                    name.name == "now" && name.module.as_deref() == Some("prelude")
                }
                Callee::Function(_) | Callee::Builtin(_) => false,
            },
            _ => false,
        }
    }

    fn function(&self, id: FunctionId) -> Level {
        self.functions
            .get(id.index())
            .map_or(Level::Pure, |facts| facts.level)
    }

    /// What a `do` may do.
    pub fn step(&self, step: &Step) -> Level {
        match step.callee {
            ActionCallee::Extern(id) => self.package.externs[id.index()].level,
            ActionCallee::Function(id) => self.function(id),
        }
    }

    /// The highest level in a block.
    pub fn block(&self, block: &Block) -> Level {
        let mut level = Level::Pure;
        block.for_each_expr(&mut |expr| level = level.max(self.own_level(expr)));
        block.for_each_stmt(&mut |stmt| {
            level = level.max(match &stmt.kind {
                StmtKind::Do(step) | StmtKind::WithDo { step, .. } => self.step(step),
                StmtKind::Page { .. } | StmtKind::Tell { .. } | StmtKind::Hand(_) => Level::Notify,
                _ => Level::Pure,
            });
        });
        level
    }

    /// The highest level that the runbook reaches.
    pub fn runbook(&self, runbook: &Runbook) -> Level {
        super::blocks(runbook)
            .map(|(_, block)| self.block(block))
            .max()
            .unwrap_or_default()
    }
}

/// The level of each function; one that goes above its ceiling is reported and counts as its
/// ceiling from there on, so that one mistake is one error.
pub fn functions(
    package: &Package,
    order: &[FunctionId],
    out: &mut Vec<Diagnostic>,
) -> Vec<FunctionFacts> {
    let mut facts = vec![FunctionFacts::default(); package.functions.len()];
    for id in order {
        let function = &package.functions[id.index()];
        let levels = Levels::new(package, &facts);
        let level = levels.block(&function.body.block);
        let block = &function.body.block;
        let ceiling = match &function.kind {
            FunctionKind::Fn => {
                refuse_above(
                    &levels,
                    block,
                    Level::Pure,
                    "a `fn` computes from its arguments alone: make it a `probe`",
                    out,
                );
                Level::Pure
            }
            FunctionKind::Watch(_) => Level::Observe,
            FunctionKind::Probe => {
                check_block(package, BlockKind::Probe, block, out);
                check_answer(function, out);
                Level::Observe
            }
            FunctionKind::Action { .. } => {
                check_block(package, BlockKind::Action, block, out);
                Level::Irreversible
            }
        };
        check_comprehensions(&levels, block, out);
        check_loops(&levels, block, MOST_AT_HAND, out);
        facts[id.index()].level = level.min(ceiling);
    }
    facts
}

/// Ceilings inside a runbook that are lower than that of the block around them.
pub fn check_runbook(levels: &Levels, runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    for condition in runbook
        .triggers
        .iter()
        .flat_map(|trigger| &trigger.conditions)
    {
        if levels.expr(condition) > Level::Pure {
            out.push(observes(
                levels,
                condition,
                "a trigger's `where` sees the event alone: observe in `diagnose`",
            ));
        }
    }
    // A bound above what the blast allows would be the next error.
    let limits = runbook.blast.iter().map(|line| line.count);
    let most = limits.chain([MOST_AT_HAND]).min().unwrap_or(MOST_AT_HAND);
    for (_, block) in super::blocks(runbook) {
        check_comprehensions(levels, block, out);
        check_loops(levels, block, most, out);
        block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Verify(verify) = &stmt.kind {
                check_verify(levels, verify, out);
            }
        });
    }
}

fn refuse_above(
    levels: &Levels,
    block: &Block,
    ceiling: Level,
    help: &str,
    out: &mut Vec<Diagnostic>,
) {
    block.for_each_expr(&mut |expr| {
        if levels.own_level(expr) > ceiling {
            out.push(observes(levels, expr, help));
        }
    });
}

fn observes(levels: &Levels, expr: &Expr, help: &str) -> Diagnostic {
    let mut span = expr.span;
    expr.for_each(&mut |part| {
        if levels.own_level(part) > Level::Pure {
            span = part.span;
        }
    });
    Diagnostic::new(
        Code::ObservesWherePure,
        "this observes where only computing is allowed",
        span,
        "an observation",
    )
    .help(help)
}

/// A comprehension over observations would be a loop without a bound and without handlers.
fn check_comprehensions(levels: &Levels, block: &Block, out: &mut Vec<Diagnostic>) {
    block.for_each_expr(&mut |expr| {
        let inner: Vec<&Expr> = match &expr.kind {
            ExprKind::Comprehension(comprehension) => comprehension
                .condition
                .iter()
                .chain([&comprehension.element])
                .collect(),
            ExprKind::Pick { condition, .. } => vec![condition.as_ref()],
            _ => return,
        };
        for part in inner {
            if levels.expr(part) > Level::Pure {
                out.push(observes(levels, part, help_for_each(levels, part)));
            }
        }
    });
}

/// A clock is read once for all elements; what is asked about each of them needs a bound.
fn help_for_each(levels: &Levels, part: &Expr) -> &'static str {
    let mut only_clock = true;
    part.for_each(&mut |part| {
        if levels.own_level(part) > Level::Pure {
            only_clock &= levels.is_clock(part);
        }
    });
    match only_clock {
        true => {
            "read the clock once for all elements: `let moment = now()` before; where this is a condition, in a `watch` or `probe` that returns what is asked"
        }
        false => "observe in a `for` with `at most`, or bind the observation with `let` before",
    }
}

/// The bound that is offered where nothing lower is known.
const MOST_AT_HAND: u32 = 10;

/// P4: what observes or acts in a loop needs the loop's bound.
fn check_loops(levels: &Levels, block: &Block, most: u32, out: &mut Vec<Diagnostic>) {
    block.for_each_stmt(&mut |stmt| {
        if let StmtKind::For(for_loop) = &stmt.kind
            && for_loop.at_most.is_none()
            && levels.block(&for_loop.body) > Level::Pure
        {
            out.push(
                Diagnostic::new(
                    Code::UnboundedLoop,
                    "a loop that observes or acts needs a bound",
                    for_loop.source.span,
                    "how many at most?",
                )
                .help("a longer list is refused before anything is touched; it is never cut short")
                .fix(
                    "add a bound",
                    for_loop.source.span.at_end(),
                    format!(" at most {most}"),
                ),
            );
        }
    });
}

fn check_verify(levels: &Levels, verify: &crate::typed::Verify, out: &mut Vec<Diagnostic>) {
    if verify.conditions.iter().any(is_broken) {
        return;
    }
    let level = verify
        .conditions
        .iter()
        .map(|condition| levels.live_expr(condition))
        .max()
        .unwrap_or_default();
    if level < Level::Observe {
        out.push(
            Diagnostic::new(
                Code::VerifyWithoutObservation,
                "this verify looks at nothing",
                verify.span,
                "no condition observes",
            )
            .help("mention a `watch`, a probe, or a field of a target: those are read again at each poll; a `let` is a snapshot from before"),
        );
    }
    if verify.every > verify.within {
        out.push(
            Diagnostic::new(
                Code::VerifyNeverPolls,
                format!(
                    "`every {}` is longer than `within {}`",
                    verify.every, verify.within
                ),
                verify.span,
                "would end before its first poll",
            )
            .help("poll at least once: make `every` shorter or `within` longer"),
        );
    }
    if let Some(holding) = verify.holding
        && holding > verify.within
    {
        out.push(
            Diagnostic::new(
                Code::VerifyNeverPolls,
                format!(
                    "`holding {holding}` is longer than `within {}`",
                    verify.within
                ),
                verify.span,
                "can never hold that long",
            )
            .help("make `within` longer than `holding`, with time to recover before it"),
        );
    }
}
