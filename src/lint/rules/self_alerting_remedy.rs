//! An alert about what the remedy itself moves: a restart that alerts on restarts comes back for its own sake.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::known::Alert;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Tree};
use crate::typed::{ActionCallee, StmtKind};

pub static RULE: Rule = Rule {
    code: Code::SelfAlertingRemedy,
    name: "self-alerting-remedy",
    needs: Data::Rules,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

/// Which words of a metric's name say that an action moves it.
const MOVED: [(&str, &[&str]); 5] = [
    (
        "k8s.restart",
        &["restarts", "start_time", "uptime", "unavailable"],
    ),
    (
        "k8s.rollout_restart",
        &[
            "restarts",
            "start_time",
            "uptime",
            "unavailable",
            "generation",
        ],
    ),
    ("k8s.rollback", &["unavailable", "generation", "start_time"]),
    ("k8s.scale", &["unavailable", "generation"]),
    ("host.restart", &["restarts", "start_time", "uptime"]),
];

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(_, runbook) = node else {
        return;
    };
    let rules: Vec<&Alert> = runbook
        .triggers
        .iter()
        .filter_map(|trigger| queries::rules_of(cx, trigger))
        .flat_map(|(_, rules)| rules)
        .collect();
    for remedy in &runbook.remedies {
        remedy.body.block.for_each_stmt(&mut |stmt| {
            let (StmtKind::Do(step) | StmtKind::WithDo { step, .. }) = &stmt.kind else {
                return;
            };
            let ActionCallee::Extern(id) = step.callee else {
                return;
            };
            let action = cx.package().externs.get(id.index());
            let name = action.map(|action| action.name.to_string()).unwrap_or_default();
            let words = MOVED.iter().find(|(action, _)| *action == name);
            let moved = words.and_then(|(_, words)| rules.iter().find_map(|rule| moved(rule, words)));
            if let Some(metric) = moved {
                let message = format!("`{name}` moves `{metric}`, which the alert is about");
                let label = "raises its own alert again";
                let found = Diagnostic::new(Code::SelfAlertingRemedy, message, step.name_span, label);
                out.push(found.help(
                    "let the rule hold for longer than its range reaches back, or alert on what users see",
                ));
            }
        });
    }
}

/// The metric of a rule that is moved, unless the rule holds for longer than it looks back.
fn moved(rule: &Alert, words: &[&str]) -> Option<String> {
    let root = Tree::read(&rule.expression)?;
    let mut reach = 0;
    root.for_each(&mut |part| {
        if let Form::Ranged { back, .. } = &part.kind {
            reach = reach.max(back.unwrap_or(i64::MAX));
        }
    });
    if rule.held > reach {
        return None;
    }
    let mut metrics = queries::metrics(&root).into_iter();
    metrics.find(|name| words.iter().any(|word| name.contains(word)))
}
