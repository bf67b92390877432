//! A `found` behind a test that an earlier one has taken all cases from.
//!
//! Both test the same words against a constant, in one block, and the earlier one always leaves the block.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::{Cx, Place};
use crate::lint::range::{self, Test};
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::text::Span;
use crate::typed::{BinaryOp, Block, Expr, ExprKind, Stmt, StmtKind};

pub static RULE: Rule = Rule {
    code: Code::ShadowedFinding,
    name: "shadowed-finding",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook, Kind::Stmt], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    match node {
        Node::Runbook(_, runbook) => {
            let body = runbook.diagnose.iter();
            body.for_each(|body| block(cx, &body.block, out));
        }
        Node::Stmt(stmt) if cx.place == Place::Diagnose => {
            stmt.for_each_block(&mut |inner| block(cx, inner, out));
        }
        _ => {}
    }
}

fn block(cx: &Cx<'_>, block: &Block, out: &mut Vec<Diagnostic>) {
    let mut before: Vec<(Test<'_>, Span)> = Vec::new();
    for stmt in &block.statements {
        let StmtKind::If {
            condition,
            then,
            otherwise,
        } = &stmt.kind
        else {
            continue;
        };
        let tests = conjuncts(condition);
        let tests = tests.iter().filter_map(|part| range::test(cx, part));
        let shadow = tests.into_iter().find_map(|test| {
            let mut before = before.iter();
            before
                .find(|(earlier, _)| {
                    cx.text(test.of.span) == cx.text(earlier.of.span) && test.implies(earlier)
                })
                .map(|(_, span)| *span)
        });
        if let (Some(earlier), Some(found)) = (shadow, finds(then)) {
            let message = "this is never found: an earlier test takes every such case";
            let label = "never reached with a case of its own";
            let told = Diagnostic::new(Code::ShadowedFinding, message, condition.span, label);
            let told = told
                .and(earlier, "takes them all")
                .and(found, "never found");
            out.push(told.help("put the narrower test first"));
        }
        if otherwise.is_none()
            && leaves(then)
            && let Some(test) = range::test(cx, condition)
        {
            before.push((test, condition.span));
        }
    }
}

fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::Binary {
            op: BinaryOp::And,
            left,
            right,
        } => {
            let mut parts = conjuncts(left);
            parts.extend(conjuncts(right));
            parts
        }
        _ => vec![condition],
    }
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
