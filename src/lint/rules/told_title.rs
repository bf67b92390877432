//! A page whose words are those of whoever reported it, or say next to nothing.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::Told;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words::{self, Piece};
use crate::typed::{BindingKind, Expr, ExprKind, Type};

/// How many words of its author a text has at least.
const LEAST: usize = 2;
/// The same of one that begins with words from outside.
const BEHIND: usize = 3;

pub static RULE: Rule = Rule {
    code: Code::ToldTitle,
    name: "told-title",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Text], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Text(Told::Page | Told::Hand, text) = node else {
        return;
    };
    let Some(pieces) = words::pieces(text) else {
        return;
    };
    let first = pieces.iter().find(|piece| match piece {
        Piece::Words(words) => !words.trim().is_empty(),
        Piece::Hole(_) => true,
    });
    let own = words::count(&pieces);
    let few = own < LEAST;
    let is_reported = matches!(first, Some(Piece::Hole(hole)) if is_reported(cx, hole));
    let is_theirs = is_reported && own < BEHIND;
    if !few && !is_theirs {
        return;
    }
    let (message, label) = match is_theirs {
        true => (
            "the page begins with words from outside",
            "whoever reports it writes the title",
        ),
        false => ("the page says next to nothing", "fewer than two words"),
    };
    let found = Diagnostic::new(Code::ToldTitle, message, text.span, label);
    out.push(found.help("say first what is wrong and where: `\"disk of ${host} is full\"`"));
}

/// Whether it is free text that came with an event, a request or an annotation. A label is a name.
fn is_reported(cx: &Cx<'_>, hole: &Expr) -> bool {
    let Some(runbook) = cx.runbook() else {
        return false;
    };
    let kind = |expr: &Expr| match &expr.kind {
        ExprKind::Trigger(binding) => {
            let binding = runbook.bindings.get(binding.index());
            binding.map(|binding| &binding.kind)
        }
        _ => None,
    };
    match &hole.kind {
        ExprKind::Field { base, field: _ } if hole.ty == Type::Text => {
            matches!(kind(base), Some(BindingKind::Event))
        }
        ExprKind::Index { base, index: _ } => match &base.kind {
            ExprKind::Field { base, field: _ } => matches!(kind(base), Some(BindingKind::Alert)),
            _ => false,
        },
        ExprKind::Trigger(_) if hole.ty == Type::Text => {
            matches!(kind(hole), Some(BindingKind::Request))
        }
        _ => false,
    }
}
