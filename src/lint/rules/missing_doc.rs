//! A runbook, product, action or probe without a line that says what it is for.
//!
//! What a file says at its head is said of its product, and of its runbook if it has one. A probe of one line says itself
//! what it asks.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::syntax::tree::{File, Ident, ItemKind};

pub static RULE: Rule = Rule {
    code: Code::MissingDoc,
    name: "missing-doc",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Package], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Package = node else {
        return;
    };
    for tree in cx.input.trees {
        file(tree, out);
    }
}

fn file(tree: &File, out: &mut Vec<Diagnostic>) {
    let runbooks = tree.items.iter();
    let runbooks = runbooks.filter(|item| matches!(item.kind, ItemKind::Runbook(_)));
    let is_one = runbooks.count() == 1;
    let has_head = !tree.doc.is_empty();
    for item in tree.items.iter().filter(|item| item.doc.is_empty()) {
        let (what, name): (&str, &Ident) = match &item.kind {
            ItemKind::Runbook(found) if !(has_head && is_one) => ("runbook", &found.name),
            ItemKind::Product(found) if !has_head => ("product", &found.name),
            ItemKind::Action(found) => ("action", &found.name),
            ItemKind::Probe(found) if found.body.statements.len() > 1 => ("probe", &found.name),
            _ => continue,
        };
        let message = format!("nothing says what the {what} `{}` is for", name.text);
        let found = Diagnostic::new(Code::MissingDoc, message, name.span, "no `///` above");
        out.push(found.help("add a line `/// ...` above it"));
    }
}
