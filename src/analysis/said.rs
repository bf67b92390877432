//! What a runbook says to people has a word in it.
//!
//! A text is always shown, in a page, in a report or with a debt: one that says nothing is worse than
//! none, in whose place the machine's own words stand.

use crate::diag::{Code, Diagnostic};
use crate::typed::{Expr, ExprKind, HandlerAction, Runbook, Stmt, StmtKind};
use crate::value::Value;

pub fn check_runbook(runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    for (_, block) in super::blocks(runbook) {
        block.for_each_stmt(&mut |stmt| {
            one(stmt, out);
            if let StmtKind::Let { handlers, .. } = &stmt.kind {
                for handler in handlers {
                    if let HandlerAction::Diverge(stmt) = &handler.action {
                        one(stmt, out);
                    }
                }
            }
        });
    }
}

fn one(stmt: &Stmt, out: &mut Vec<Diagnostic>) {
    let (word, text) = match &stmt.kind {
        StmtKind::Cleared { why, .. } => ("cleared", why),
        StmtKind::Novel(text) => ("novel", text),
        StmtKind::Inconclusive(text) => ("inconclusive", text),
        StmtKind::Mitigated(mitigated) => ("mitigated", &mitigated.text),
        StmtKind::Page { text, .. } => ("page", text),
        StmtKind::Tell { text, .. } => ("tell", text),
        StmtKind::Hand(hand) => ("hand", &hand.text),
        _ => return,
    };
    let Some(text) = text.as_ref().filter(|text| says_nothing(text)) else {
        return;
    };
    out.push(
        Diagnostic::new(
            Code::WaiverWithoutReason,
            format!("this `{word}` says nothing"),
            text.span,
            "no word in it",
        )
        .help("say what a reader needs to know; or leave the text out"),
    );
}

/// Whether it is written out, and no letter and no digit is in it.
fn says_nothing(text: &Expr) -> bool {
    match &text.kind {
        ExprKind::Value(Value::Text(text)) => !text.as_str().chars().any(char::is_alphanumeric),
        _ => false,
    }
}
