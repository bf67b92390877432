//! Two runbooks that change the same kind of thing for the same alert: each undoes what the other hopes for.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{LabelTest, TargetId, Trigger, TriggerKind};
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    code: Code::ContendingRunbooks,
    name: "contending-runbooks",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Package], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Package = node else {
        return;
    };
    let runbooks = &cx.package().runbooks;
    let mut first: BTreeMap<(&str, TargetId), usize> = BTreeMap::new();
    for (at, runbook) in runbooks
        .iter()
        .enumerate()
        .filter(|(at, _)| cx.changes(*at))
    {
        let targets = cx.facts(at).into_iter().flat_map(|facts| &facts.touched);
        let targets: Vec<TargetId> = targets.map(|touched| touched.target).collect();
        let alerts = runbook.triggers.iter().filter_map(alert);
        let both = alerts.flat_map(|alert| targets.iter().map(move |target| (alert, *target)));
        let before = both.map(|key| *first.entry(key).or_insert(at));
        let other = before.filter(|before| *before != at).min();
        if let Some(other) = other.and_then(|other| runbooks.get(other)) {
            let message = format!(
                "`{}` and `{}` change the same for one alert",
                other.name, runbook.name
            );
            let label = "set off by it, too";
            let found =
                Diagnostic::new(Code::ContendingRunbooks, message, runbook.name_span, label);
            let found = found.and(other.name_span, "set off by the same alert");
            out.push(found.help(
                "let one of them take the alert, or tell their cases apart by `with` or `where`",
            ));
        }
    }
}

/// The alert that surely sets it off; what a test or a `where` leaves out is not weighed.
fn alert(trigger: &Trigger) -> Option<&str> {
    let TriggerKind::Alert { name } = &trigger.kind else {
        return None;
    };
    let mut tests = trigger.labels.iter().map(|label| &label.test);
    let is_free = trigger.conditions.is_empty() && tests.all(|test| *test == LabelTest::Present);
    is_free.then_some(name.as_str())
}
