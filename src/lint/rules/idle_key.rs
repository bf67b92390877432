//! A label of the key that nothing else reads: one cause opens as many incidents as the label has values.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::labels;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::BindingKind;

pub static RULE: Rule = Rule {
    code: Code::IdleKey,
    name: "idle-key",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    for part in &runbook.incident_per {
        let Some(binding) = runbook.bindings.get(part.binding.index()) else {
            continue;
        };
        if let BindingKind::Label(label) = &binding.kind
            && !labels::is_single(cx, runbook, label)
            && !cx.read.has_binding(index, part.binding)
        {
            let message = format!("`{}` tells incidents apart and nothing else", binding.name);
            let label = "read by no line of the runbook";
            let found = Diagnostic::new(Code::IdleKey, message, binding.span, label);
            out.push(
                found.help(
                    "leave it out of the key, if one cause raises the alert for many of them",
                ),
            );
        }
    }
}
