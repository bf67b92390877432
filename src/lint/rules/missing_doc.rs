//! A runbook, product, action or probe without a line that says what it is for.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::syntax::tree::{Ident, ItemKind};

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
    let items = cx.input.trees.iter().flat_map(|tree| &tree.items);
    for item in items.filter(|item| item.doc.is_empty()) {
        let (what, name): (&str, &Ident) = match &item.kind {
            ItemKind::Runbook(found) => ("runbook", &found.name),
            ItemKind::Product(found) => ("product", &found.name),
            ItemKind::Action(found) => ("action", &found.name),
            ItemKind::Probe(found) => ("probe", &found.name),
            _ => continue,
        };
        let message = format!("nothing says what the {what} `{}` is for", name.text);
        let found = Diagnostic::new(Code::MissingDoc, message, name.span, "no `///` above");
        out.push(found.help("add a line `/// ...` above it"));
    }
}
