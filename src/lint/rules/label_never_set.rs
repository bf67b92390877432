//! A label that no rule of the alert can give: alerts without it are not taken.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};

pub static RULE: Rule = Rule {
    code: Code::LabelNeverSet,
    name: "label-never-set",
    needs: Data::Rules,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Trigger], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Trigger(trigger) = node else {
        return;
    };
    let Some((name, rules)) = queries::rules_of(cx, trigger) else {
        return;
    };
    let known = cx.input.known.rules.as_ref();
    for condition in &trigger.labels {
        let label = condition.label.as_str();
        let is_added = known.is_some_and(|known| known.may_add(label));
        if is_added || rules.is_empty() || rules.iter().any(|rule| rule.may_have(label)) {
            continue;
        }
        let message = format!("no rule of `{name}` gives the label `{label}`");
        let found = Diagnostic::new(Code::LabelNeverSet, message, trigger.span, "never taken");
        out.push(found.help(format!(
            "leave it out, add it to the rule's labels, or keep it: `sum by ({label}) (...)`; if Prometheus adds it, \
             name its settings behind `--rules`, too"
        )));
    }
}
