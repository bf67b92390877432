//! `on request` of a runbook that changes something, open to everybody who may call the agent.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::TriggerKind;

pub static RULE: Rule = Rule {
    code: Code::OpenRequest,
    name: "open-request",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Trigger], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let (Node::Trigger(trigger), Some(runbook)) = (node, cx.runbook) else {
        return;
    };
    if let TriggerKind::Request {
        params: _,
        by: None,
    } = &trigger.kind
        && cx.changes(runbook)
    {
        let message = "anybody who may call the agent may ask for this change";
        let label = "does not say by whom";
        let found = Diagnostic::new(Code::OpenRequest, message, trigger.span, label);
        out.push(found.help("say who may ask: `on request(...) by platform`"));
    }
}
