//! A runbook that changes something at the first look at a condition: neither its rule nor its trigger waits.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};

pub static RULE: Rule = Rule {
    code: Code::UnheldAlert,
    name: "unheld-alert",
    needs: Data::Rules,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    if !cx.changes(index) {
        return;
    }
    for trigger in runbook
        .triggers
        .iter()
        .filter(|trigger| trigger.holding.is_none())
    {
        let Some((name, rules)) = queries::rules_of(cx, trigger) else {
            continue;
        };
        if rules.is_empty() || rules.iter().any(|rule| rule.held > 0) {
            continue;
        }
        let message = format!("`{name}` is raised at the first look, and something is changed");
        let label = "acts on a single sample";
        let found = Diagnostic::new(Code::UnheldAlert, message, trigger.span, label);
        let found = found.help("let it hold: `for: 2m` in the rule, or `holding 2m` here");
        let written = cx.text(trigger.span);
        out.push(match written.strip_suffix('}') {
            Some(rest) => {
                let at = trigger.span.inside(rest.trim_end().len(), rest.len());
                found.fix("let it hold for 2m", at, "\n    holding 2m\n  ")
            }
            None => {
                let at = trigger.span.inside(written.len(), written.len());
                found.fix("let it hold for 2m", at, " { holding 2m }")
            }
        });
    }
}
