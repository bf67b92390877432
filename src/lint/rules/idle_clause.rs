//! `patience`, `fresh` or `clears` of a runbook that changes nothing: there is no plan and no change that they could be about.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::syntax::tree::ClauseKind;

pub static RULE: Rule = Rule {
    code: Code::IdleClause,
    name: "idle-clause",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    if cx.changes(index) {
        return;
    }
    let clauses = cx
        .written(runbook)
        .into_iter()
        .flat_map(|tree| &tree.clauses);
    for clause in clauses {
        let name = match &clause.kind {
            ClauseKind::Patience(_) => "patience",
            ClauseKind::Fresh(_) => "fresh",
            ClauseKind::Clears(_) => "clears",
            _ => continue,
        };
        let message = format!("`{name}` says nothing here: the runbook changes nothing");
        let found = Diagnostic::new(Code::IdleClause, message, clause.span, "about no change");
        out.push(found.help("leave it out").fix("drop it", clause.span, ""));
    }
}
