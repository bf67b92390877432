//! A label that is bound and read nowhere. It still says which alerts are taken.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{Binding, BindingId, BindingKind, LabelTest, Runbook};

pub static RULE: Rule = Rule {
    code: Code::UnusedLabel,
    name: "unused-label",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    for (at, binding) in runbook.bindings.iter().enumerate() {
        let id = BindingId(at as u32);
        let in_key = runbook.incident_per.iter().any(|part| part.binding == id);
        if matches!(binding.kind, BindingKind::Label(_))
            && !in_key
            && !is_tested(runbook, binding)
            && !cx.read.has_binding(index, id)
        {
            let message = format!("nothing reads the label `{}`", binding.name);
            let label = "only says which alerts are taken";
            let found = Diagnostic::new(Code::UnusedLabel, message, binding.span, label);
            out.push(found.help("leave it out, unless alerts without it are for somebody else"));
        }
    }
}

/// Whether a trigger asks something of its value: that is what it is there for.
fn is_tested(runbook: &Runbook, binding: &Binding) -> bool {
    let BindingKind::Label(label) = &binding.kind else {
        return false;
    };
    let tests = runbook.triggers.iter().flat_map(|trigger| &trigger.labels);
    let mut tests = tests.filter(|test| test.label == *label);
    tests.any(|test| test.test != LabelTest::Present)
}
