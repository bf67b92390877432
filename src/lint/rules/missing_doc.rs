//! A runbook, product, action or probe without a line that says what it is for.
//!
//! What a file says at its head is said of its runbook if it has one. A package with one product is that product, and a
//! probe of one line says itself what it asks.

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
        file(tree, cx.package().products.len() > 1, out);
    }
}

fn file(tree: &File, has_products: bool, out: &mut Vec<Diagnostic>) {
    let runbooks = tree.items.iter();
    let runbooks = runbooks.filter(|item| matches!(item.kind, ItemKind::Runbook(_)));
    let is_one = runbooks.count() == 1;
    // A comment on the first line is meant as one.
    let first = tree.comments.first();
    let has_head = !tree.doc.is_empty() || first.is_some_and(|first| first.span.start == 0);
    for item in tree.items.iter().filter(|item| item.doc.is_empty()) {
        let (what, name): (&str, &Ident) = match &item.kind {
            ItemKind::Runbook(found) if !(has_head && is_one) => ("runbook", &found.name),
            ItemKind::Product(found) if has_products => ("product", &found.name),
            ItemKind::Action(found) => ("action", &found.name),
            ItemKind::Probe(found) if found.body.statements.len() > 1 => ("probe", &found.name),
            _ => continue,
        };
        let message = format!("nothing says what the {what} `{}` is for", name.text);
        let found = Diagnostic::new(Code::MissingDoc, message, name.span, "no `///` above");
        out.push(found.help("add a line `/// ...` above it"));
    }
}
