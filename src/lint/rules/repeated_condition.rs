//! A condition that asks the same twice: something else was meant, or half of it is in vain.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::range::joined;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{BinaryOp, Expr, ExprKind};

pub static RULE: Rule = Rule {
    code: Code::RepeatedCondition,
    name: "repeated-condition",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Condition], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Condition(condition) = node else {
        return;
    };
    parts(cx, condition, out);
}

/// Looks at what is joined by one of the two words, then at the parts, which the other one joins.
fn parts(cx: &Cx<'_>, condition: &Expr, out: &mut Vec<Diagnostic>) {
    let ExprKind::Binary { op, .. } = &condition.kind else {
        return;
    };
    let op = *op;
    if !matches!(op, BinaryOp::And | BinaryOp::Or) {
        return;
    }
    let joined = joined(op, condition);
    for (at, part) in joined.iter().enumerate() {
        let is_same = |other: &&&Expr| same(cx.text(other.span), cx.text(part.span));
        if let Some(first) = joined.iter().take(at).find(is_same) {
            let message = "this is asked twice in one condition";
            let found = Diagnostic::new(
                Code::RepeatedCondition,
                message,
                part.span,
                "the same again",
            );
            let found = found.and(first.span, "asked here");
            out.push(found.help("ask what was meant in its place, or leave it out"));
        } else {
            parts(cx, part, out);
        }
    }
}

/// Whether two texts differ at most in blanks outside of quotes.
fn same(one: &str, other: &str) -> bool {
    !one.is_empty() && without_blanks(one).eq(without_blanks(other))
}

fn without_blanks(text: &str) -> impl Iterator<Item = char> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.chars().filter(move |letter| {
        is_quoted ^= *letter == '"' && !is_escaped;
        is_escaped = is_quoted && *letter == '\\' && !is_escaped;
        is_quoted || !letter.is_whitespace()
    })
}
