//! Two runbooks that change the same kind of thing for the same alert: each undoes what the other hopes for.
//!
//! Their triggers meet unless the tests of some label leave nothing to both. A `where` of one of them is taken to tell
//! their cases apart; the same `where` in both does not.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::labels::surely;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{LabelTest, TargetId, Trigger, TriggerKind};
use std::collections::BTreeMap;

/// How many triggers for one alert are weighed against each further one.
const WEIGHED: usize = 50;

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
    let mut before: BTreeMap<(&str, TargetId), Vec<(usize, &Trigger)>> = BTreeMap::new();
    for (at, runbook) in runbooks
        .iter()
        .enumerate()
        .filter(|(at, _)| cx.changes(*at))
    {
        let targets = cx.facts(at).into_iter().flat_map(|facts| &facts.touched);
        let targets: Vec<TargetId> = targets.map(|touched| touched.target).collect();
        let mut other: Option<usize> = None;
        for (trigger, alert) in runbook.triggers.iter().filter_map(alert) {
            for target in &targets {
                let known = before.entry((alert, *target)).or_default();
                let mut others = known.iter().filter(|(other, _)| *other != at);
                let met = others.find(|(_, other)| meet(other, trigger));
                other = other.into_iter().chain(met.map(|(other, _)| *other)).min();
                if met.is_none() && known.len() < WEIGHED {
                    known.push((at, trigger));
                }
            }
        }
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

fn alert(trigger: &Trigger) -> Option<(&Trigger, &str)> {
    match &trigger.kind {
        TriggerKind::Alert { name } => Some((trigger, name)),
        TriggerKind::Event { .. } | TriggerKind::Schedule { .. } | TriggerKind::Request { .. } => {
            None
        }
    }
}

/// Whether an alert of one name may set off both.
fn meet(one: &Trigger, other: &Trigger) -> bool {
    let both = || one.labels.iter().chain(&other.labels);
    one.written == other.written
        && both().all(|condition| {
            let same = both().filter(|other| other.label == condition.label);
            let tests: Vec<&LabelTest> = same.map(|condition| &condition.test).collect();
            surely(&tests)
        })
}
