//! Which statement may stand in which block.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{
    ActionCallee, Block, Function, FunctionId, FunctionKind, HandlerAction, Package, Runbook, Step,
    Stmt, StmtKind, UndoChoice,
};

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Probe,
    Action,
    Diagnose,
    /// A remedy or `steps`.
    Remedy,
    Undo,
    Otherwise,
}

impl BlockKind {
    /// With its article, as messages say it.
    fn phrase(self) -> &'static str {
        match self {
            BlockKind::Probe => "a probe",
            BlockKind::Action => "an action",
            BlockKind::Diagnose => "a diagnosis",
            BlockKind::Remedy => "a remedy",
            BlockKind::Undo => "an undo",
            BlockKind::Otherwise => "`otherwise`",
        }
    }

    fn purpose(self) -> &'static str {
        match self {
            BlockKind::Probe => "a probe observes and returns a value",
            BlockKind::Action => {
                "an action is `let` lines and then `do` lines, one after the other"
            }
            BlockKind::Diagnose => {
                "a diagnosis observes, and ends with `found`, `cleared`, or by falling off its end; whom to wake then is said with `otherwise page ...`"
            }
            BlockKind::Remedy => {
                "a remedy plans (`let`, `guard`), then acts (`do`, `verify`), then ends verified or with a human told"
            }
            BlockKind::Undo => "an undo is `let`, `if` and `do` lines",
            BlockKind::Otherwise => "`otherwise` tells people: `attach`, `tell`, `page`, `hand`",
        }
    }
}

/// Checks the runbook's own blocks.
pub fn check_runbook(package: &Package, runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    for (kind, block) in super::blocks(runbook) {
        check_block(package, kind, block, out);
    }
}

/// Checks one block and what is below it.
pub fn check_block(package: &Package, kind: BlockKind, block: &Block, out: &mut Vec<Diagnostic>) {
    for stmt in &block.statements {
        check_stmt(package, kind, stmt, out);
    }
    for (at, pair) in block.statements.windows(2).enumerate() {
        if let [ends, after] = pair
            && always_ends(ends)
        {
            // That nothing was verified before it is told there, and is mended by another order.
            let is_verify = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Verify { .. });
            let is_early = matches!(ends.kind, StmtKind::Mitigated { .. })
                && is_verify(after)
                && !block.statements.iter().take(at).any(is_verify);
            if is_early {
                break;
            }
            out.push(
                Diagnostic::new(
                    Code::Unreachable,
                    "this line is never reached",
                    after.span,
                    "never reached",
                )
                .and(ends.span, "the block ends here"),
            );
            break;
        }
    }
}

/// A probe answers on every path.
pub fn check_answer(probe: &Function, out: &mut Vec<Diagnostic>) {
    let block = &probe.body.block;
    let mut broken = false;
    block.for_each_stmt(&mut |stmt| broken |= matches!(stmt.kind, StmtKind::Error));
    if broken || block_ends(block) {
        return;
    }
    let closer = (block.span.end as usize).saturating_sub(1);
    out.push(
        Diagnostic::new(
            Code::ProbeWithoutAnswer,
            format!("`{}` may end without an answer", probe.name),
            Span::new(block.span.source, closer, block.span.end as usize),
            "ends here without a `return`",
        )
        .help("end every path with `return`"),
    );
}

fn check_stmt(package: &Package, kind: BlockKind, stmt: &Stmt, out: &mut Vec<Diagnostic>) {
    if !is_allowed(kind, stmt) {
        out.push(refusal(package, kind, stmt));
        return;
    }
    match &stmt.kind {
        StmtKind::Let { handlers, .. } => {
            for handler in handlers {
                if let HandlerAction::Diverge(stmt) = &handler.action {
                    check_stmt(package, kind, stmt, out);
                }
            }
        }
        StmtKind::Do(step) => check_undo(package, step, out),
        StmtKind::WithDo { step, body, .. } => {
            check_undo(package, step, out);
            check_block(package, kind, body, out);
        }
        _ => stmt.for_each_block(&mut |block| check_block(package, kind, block, out)),
    }
}

fn check_undo(package: &Package, step: &Step, out: &mut Vec<Diagnostic>) {
    if let UndoChoice::Block(block) = &step.undo {
        check_block(package, BlockKind::Undo, block, out);
    }
}

/// Whether every path through the block tells a human.
pub fn tells(block: &Block) -> bool {
    block.statements.iter().any(|stmt| match &stmt.kind {
        StmtKind::Page { .. } | StmtKind::Hand(_) => true,
        StmtKind::If {
            then,
            otherwise: Some(otherwise),
            ..
        } => tells(then) && tells(otherwise),
        StmtKind::Match { arms, .. } => !arms.is_empty() && arms.iter().all(|arm| tells(&arm.body)),
        // A broken line may have been the one.
        StmtKind::Error => true,
        _ => false,
    })
}

/// Whether control never goes on behind the statement.
pub fn always_ends(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Found { .. }
        | StmtKind::Return(_)
        | StmtKind::Novel(_)
        | StmtKind::Inconclusive(_)
        | StmtKind::Mitigated(_)
        | StmtKind::Cleared {
            condition: None, ..
        } => true,
        StmtKind::If {
            then,
            otherwise: Some(otherwise),
            ..
        } => block_ends(then) && block_ends(otherwise),
        StmtKind::Match { arms, .. } => {
            !arms.is_empty() && arms.iter().all(|arm| block_ends(&arm.body))
        }
        StmtKind::If {
            otherwise: None, ..
        }
        | StmtKind::Error
        | StmtKind::Let { .. }
        | StmtKind::For(_)
        | StmtKind::Cleared { .. }
        | StmtKind::Wait(_)
        | StmtKind::Guard(_)
        | StmtKind::Do(_)
        | StmtKind::WithDo { .. }
        | StmtKind::Verify(_)
        | StmtKind::WaiveVerify(_)
        | StmtKind::Attempts(_)
        | StmtKind::Page { .. }
        | StmtKind::Tell { .. }
        | StmtKind::Hand(_)
        | StmtKind::Attach(_) => false,
    }
}

fn block_ends(block: &Block) -> bool {
    block.statements.last().is_some_and(always_ends)
}

fn is_allowed(kind: BlockKind, stmt: &Stmt) -> bool {
    use BlockKind::{Action, Diagnose, Otherwise, Probe, Remedy, Undo};
    match &stmt.kind {
        StmtKind::Error | StmtKind::Let { .. } => true,
        StmtKind::If { .. } | StmtKind::Match { .. } => kind != Action,
        StmtKind::For(_) => matches!(kind, Probe | Diagnose | Remedy),
        StmtKind::Found { .. } | StmtKind::Novel(_) | StmtKind::Inconclusive(_) => kind == Diagnose,
        StmtKind::Cleared { .. } | StmtKind::Wait(_) => matches!(kind, Diagnose | Remedy),
        StmtKind::Return(_) => kind == Probe,
        StmtKind::Guard(_)
        | StmtKind::WithDo { .. }
        | StmtKind::Verify(_)
        | StmtKind::WaiveVerify(_)
        | StmtKind::Attempts(_)
        | StmtKind::Mitigated(_) => kind == Remedy,
        StmtKind::Do(_) => matches!(kind, Action | Remedy | Undo),
        StmtKind::Page { .. } | StmtKind::Tell { .. } | StmtKind::Hand(_) => {
            matches!(kind, Remedy | Otherwise)
        }
        StmtKind::Attach(_) => matches!(kind, Diagnose | Remedy | Otherwise),
    }
}

fn refusal(package: &Package, kind: BlockKind, stmt: &Stmt) -> Diagnostic {
    if let StmtKind::Do(step) | StmtKind::WithDo { step, .. } = &stmt.kind {
        return change_here(package, kind, step);
    }
    Diagnostic::new(
        Code::StatementNotHere,
        format!("`{}` has no place in {}", word(stmt), kind.phrase()),
        stmt.span,
        "not allowed here",
    )
    .help(kind.purpose())
}

/// P1: says what the change is, and where it hides when an action of the package makes it.
fn change_here(package: &Package, kind: BlockKind, step: &Step) -> Diagnostic {
    let (name, hidden) = action_name(package, step);
    let mut diagnostic = Diagnostic::new(
        Code::ChangeWhileObserving,
        format!("`{name}` changes something in {}", kind.phrase()),
        step.name_span,
        "changes the world",
    );
    if let Some((span, name)) = hidden {
        diagnostic = diagnostic.and(span, format!("the change hides here: `{name}`"));
    }
    diagnostic.help(format!("{}; make changes in a `remedy`", kind.purpose()))
}

fn action_name(package: &Package, step: &Step) -> (String, Option<(Span, String)>) {
    match step.callee {
        ActionCallee::Extern(id) => (package.externs[id.index()].name.to_string(), None),
        ActionCallee::Function(id) => {
            let function = &package.functions[id.index()];
            debug_assert!(matches!(function.kind, FunctionKind::Action { .. }));
            (function.name.to_string(), innermost_change(package, id))
        }
    }
}

/// The first extern action that a function of the package calls, perhaps through others. Each
/// function is looked through once, with a stack of its own: a chain of calls may be long.
fn innermost_change(package: &Package, id: FunctionId) -> Option<(Span, String)> {
    let mut seen = BTreeSet::from([id]);
    let mut open = steps_backwards(package, id);
    while let Some(step) = open.pop() {
        match step.callee {
            ActionCallee::Extern(id) => {
                return Some((step.name_span, package.externs[id.index()].name.to_string()));
            }
            ActionCallee::Function(id) if seen.insert(id) => {
                open.extend(steps_backwards(package, id));
            }
            ActionCallee::Function(_) => {}
        }
    }
    None
}

/// The steps of a function, the last one first.
fn steps_backwards(package: &Package, id: FunctionId) -> Vec<&Step> {
    let mut steps = Vec::new();
    let body = &package.functions[id.index()].body.block;
    body.for_each_stmt(&mut |stmt| {
        if let StmtKind::Do(step) | StmtKind::WithDo { step, .. } = &stmt.kind {
            steps.push(step.as_ref());
        }
    });
    steps.reverse();
    steps
}

/// The keyword of a statement.
fn word(stmt: &Stmt) -> &'static str {
    match &stmt.kind {
        StmtKind::Error => "",
        StmtKind::Let { .. } => "let",
        StmtKind::If { .. } => "if",
        StmtKind::Match { .. } => "match",
        StmtKind::For(_) => "for",
        StmtKind::Found { .. } => "found",
        StmtKind::Cleared { .. } => "cleared",
        StmtKind::Novel(_) => "novel",
        StmtKind::Inconclusive(_) => "inconclusive",
        StmtKind::Return(_) => "return",
        StmtKind::Wait(_) => "wait",
        StmtKind::Guard(_) => "guard",
        StmtKind::Do(_) => "do",
        StmtKind::WithDo { .. } => "with do",
        StmtKind::Verify(_) => "verify",
        StmtKind::WaiveVerify(_) => "waive verify",
        StmtKind::Attempts(_) => "attempt",
        StmtKind::Mitigated(_) => "mitigated",
        StmtKind::Page { .. } => "page",
        StmtKind::Tell { .. } => "tell",
        StmtKind::Hand(_) => "hand",
        StmtKind::Attach(_) => "attach",
    }
}
