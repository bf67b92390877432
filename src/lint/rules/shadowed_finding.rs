//! A `found` behind a test that an earlier one has taken all cases from.
//!
//! Both test the same words, and the earlier one always leaves, or the later one stands in its `else`. Behind a `wait`
//! what is looked up may be another: there, only what a `let` holds is the same.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::range::{self, Test};
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::text::Span;
use crate::typed::{BinaryOp, Block, Callee, Expr, ExprKind, Stmt, StmtKind, Type};

pub static RULE: Rule = Rule {
    code: Code::ShadowedFinding,
    name: "shadowed-finding",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(_, runbook) = node else {
        return;
    };
    if let Some(body) = &runbook.diagnose {
        let mut waits = BTreeSet::new();
        for stmt in &body.block.statements {
            note_waits(stmt, &mut waits);
        }
        block(&Diagnosis { cx, waits }, &body.block, Vec::new(), out);
    }
}

/// What is looked through.
struct Diagnosis<'a, 'c> {
    cx: &'a Cx<'c>,
    /// The statements in which time passes.
    waits: BTreeSet<Span>,
}

/// A condition that does not hold from here on: its cases went another way.
#[derive(Clone, Copy)]
struct Gone<'e> {
    condition: &'e Expr,
    test: Option<Test<'e>>,
}

fn block<'e>(
    of: &Diagnosis<'_, '_>,
    block: &'e Block,
    mut gone: Vec<Gone<'e>>,
    out: &mut Vec<Diagnostic>,
) {
    for stmt in &block.statements {
        let waits = of.waits.contains(&stmt.span);
        // The second round of a loop comes behind the wait of the first.
        if waits && matches!(stmt.kind, StmtKind::For(_)) {
            gone.retain(|gone| is_held(gone.condition));
        }
        let after = statement(of, stmt, &gone, out);
        gone.extend(after);
        if waits {
            gone.retain(|gone| is_held(gone.condition));
        }
    }
}

/// Looks at a statement; what is gone behind it.
fn statement<'e>(
    of: &Diagnosis<'_, '_>,
    stmt: &'e Stmt,
    gone: &[Gone<'e>],
    out: &mut Vec<Diagnostic>,
) -> Vec<Gone<'e>> {
    match &stmt.kind {
        StmtKind::If {
            condition,
            then,
            otherwise,
        } => {
            match (shadow(of.cx, condition, gone), finds(then)) {
                (Some(earlier), Some(found)) => out.push(told(condition, earlier, found)),
                _ => block(of, then, gone.to_vec(), out),
            }
            let failed = alternatives(of.cx, condition);
            if let Some(otherwise) = otherwise {
                let inside = gone.iter().chain(&failed).copied();
                block(of, otherwise, inside.collect(), out);
            }
            match leaves(then) {
                true => failed,
                false => Vec::new(),
            }
        }
        StmtKind::Cleared {
            condition: Some(condition),
            ..
        } => alternatives(of.cx, condition),
        _ => {
            stmt.for_each_block(&mut |inside| block(of, inside, gone.to_vec(), out));
            Vec::new()
        }
    }
}

/// The earlier test that has taken every case of a condition.
fn shadow(cx: &Cx<'_>, condition: &Expr, gone: &[Gone<'_>]) -> Option<Span> {
    let same = |one: &Expr, other: &Expr| cx.text(one.span) == cx.text(other.span);
    let parts = range::joined(BinaryOp::And, condition);
    parts.into_iter().find_map(|part| {
        let test = range::test(cx, part);
        let is_gone = |gone: &&Gone<'_>| match (&test, &gone.test) {
            (Some(test), Some(earlier)) => same(test.of, earlier.of) && test.implies(earlier),
            _ => same(part, gone.condition),
        };
        let earlier = gone.iter().find(is_gone)?;
        Some(earlier.condition.span)
    })
}

/// What does not hold where a condition does not.
fn alternatives<'e>(cx: &Cx<'_>, condition: &'e Expr) -> Vec<Gone<'e>> {
    let parts = range::joined(BinaryOp::Or, condition).into_iter();
    let gone = parts.map(|condition| Gone {
        condition,
        test: range::test(cx, condition),
    });
    gone.collect()
}

fn told(condition: &Expr, earlier: Span, found: Span) -> Diagnostic {
    let message = "this is never found: an earlier test takes every such case";
    let label = "never reached with a case of its own";
    let told = Diagnostic::new(Code::ShadowedFinding, message, condition.span, label);
    let told = told
        .and(earlier, "takes them all")
        .and(found, "never found");
    told.help("put the narrower test first")
}

/// Notes a statement, and those in it, in which time passes; whether it is one.
fn note_waits(stmt: &Stmt, found: &mut BTreeSet<Span>) -> bool {
    let mut waits = passes_time(stmt);
    stmt.for_each_block(&mut |block| {
        for inner in &block.statements {
            waits |= note_waits(inner, found);
        }
    });
    if waits {
        found.insert(stmt.span);
    }
    waits
}

/// Whether time passes in a statement, so that what is looked up behind it may be another.
fn passes_time(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::Wait(_) | StmtKind::Let { retry: Some(_), .. }
    )
}

/// Whether a condition is only about what is held already, and looks nothing up.
fn is_held(condition: &Expr) -> bool {
    let mut is_held = true;
    condition.for_each(&mut |part| {
        is_held &= match &part.kind {
            ExprKind::Call(call) => matches!(call.callee, Callee::Builtin(_)),
            ExprKind::Field { base, field: _ } => !matches!(base.ty, Type::Target(_)),
            _ => true,
        };
    });
    is_held
}

/// The `found` that the block ends with.
fn finds(block: &Block) -> Option<Span> {
    let last = block.statements.last()?;
    matches!(last.kind, StmtKind::Found { .. }).then_some(last.span)
}

fn leaves(block: &Block) -> bool {
    let ends = |stmt: &Stmt| {
        matches!(
            stmt.kind,
            StmtKind::Found { .. }
                | StmtKind::Novel(_)
                | StmtKind::Inconclusive(_)
                | StmtKind::Cleared {
                    condition: None,
                    ..
                }
        )
    };
    block.statements.last().is_some_and(ends)
}
