//! Label tests of one trigger that no text meets.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::labels::{asked_by, never};
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{LabelCondition, LabelTest};

pub static RULE: Rule = Rule {
    code: Code::NeverMatchingTrigger,
    name: "never-matching-trigger",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Trigger], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let (Node::Trigger(trigger), Some(runbook)) = (node, cx.runbook()) else {
        return;
    };
    let asked: Vec<LabelCondition> = trigger
        .conditions
        .iter()
        .flat_map(|condition| asked_by(cx, runbook, condition))
        .collect();
    let all: Vec<&LabelCondition> = trigger.labels.iter().chain(&asked).collect();
    for (at, condition) in all.iter().enumerate() {
        let same = |other: &&&LabelCondition| other.label == condition.label;
        let is_first = !all.iter().take(at).any(|other| same(&other));
        let tests = all.iter().filter(same).map(|other| &other.test);
        let tests: Vec<&LabelTest> = tests.collect();
        if is_first && never(&tests) {
            let message = format!("no `{}` passes all tests of this trigger", condition.label);
            let label = "never comes";
            let found = Diagnostic::new(Code::NeverMatchingTrigger, message, trigger.span, label);
            out.push(found.help("leave out the test that is not meant"));
        }
    }
}
