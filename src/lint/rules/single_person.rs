//! A person, and not a rota or a group, as the last who is called or as who owes something: people are away.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{RoleId, RoleKind, StmtKind};

pub static RULE: Rule = Rule {
    code: Code::SinglePerson,
    name: "single-person",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Product, Kind::Stmt], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let is_person = |role: &RoleId| {
        let role = cx.package().roles.get(role.index());
        role.filter(|role| role.kind == RoleKind::Person)
    };
    match node {
        Node::Product(product) => {
            // Without a chain the owner is all that there is.
            let last = product.chain.last().map(|(role, _)| role);
            let last = last.or(product.owner.as_ref()).and_then(is_person);
            if let Some(role) = last.filter(|_| cx.is_own(product.span)) {
                let message = format!("behind `{}` stands nobody, and it is one person", role.name);
                let label = match product.chain.is_empty() {
                    true => "its owner is a person, and it has no chain",
                    false => "the last of the chain is a person",
                };
                let found = Diagnostic::new(Code::SinglePerson, message, product.span, label);
                let found = found.and(role.span, "a person");
                out.push(found.help("end the chain with a rota or a group"));
            }
        }
        Node::Stmt(stmt) => {
            if let StmtKind::Mitigated(mitigated) = &stmt.kind
                && let Some(role) = is_person(&mitigated.owed_by)
            {
                let message = format!("`{}` is one person, and owes this alone", role.name);
                let label = "owed by a person";
                let found = Diagnostic::new(Code::SinglePerson, message, stmt.span, label);
                let found = found.and(role.span, "a person");
                out.push(found.help("let a rota or a group owe it"));
            }
        }
        _ => {}
    }
}
