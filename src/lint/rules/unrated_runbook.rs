//! A runbook that changes something and does not say how grave its incidents are.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words::clause_at;
use crate::syntax::tree::ClauseKind;

pub static RULE: Rule = Rule {
    code: Code::UnratedRunbook,
    name: "unrated-runbook",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    if !cx.changes(index) || !runbook.severity.is_empty() {
        return;
    }
    let message = format!(
        "`{}` does not say how grave its incidents are",
        runbook.name
    );
    let label = "has no `severity`";
    let found = Diagnostic::new(Code::UnratedRunbook, message, runbook.name_span, label);
    let found = found.help("add `severity sev3`, or another one, below the version");
    let at = clause_at(cx, runbook, |kind| matches!(kind, ClauseKind::On(_)));
    out.push(match at {
        Some(at) => found.fix("add `severity sev3`", at, "severity sev3\n  "),
        None => found,
    });
}
