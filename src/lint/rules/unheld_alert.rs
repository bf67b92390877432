//! A runbook that changes something at the first look at a condition: neither a rule of the alert nor the trigger waits,
//! and the rule looks at no more than the newest sample.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::known::Alert;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part, Tree};

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
        let at_once = |rule: &Alert| rule.held == 0 && !looks_back(rule);
        if !rules.iter().any(at_once) {
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

/// The least range that is as good as waiting, in milliseconds.
const LEAST: i64 = 60_000;

/// Whether the expression itself is about more than one sample: it averages over a range, or asks for its worst.
fn looks_back(rule: &Alert) -> bool {
    Tree::read(&rule.expression).is_some_and(|root| is_held(&root, ""))
}

/// The same of a part that stands before this comparison.
fn is_held(part: &Part, compared: &str) -> bool {
    match &part.bare().kind {
        Form::Binary {
            operator,
            left,
            right,
            ..
        } => match operator.as_str() {
            "and" => is_held(left, compared) || is_held(right, compared),
            "unless" => is_held(left, compared),
            "or" => is_held(left, compared) && is_held(right, compared),
            "==" | "!=" | "<" | "<=" | ">" | ">=" => {
                is_held(left, operator) || is_held(right, turned(operator))
            }
            _ => is_held(left, compared) || is_held(right, compared),
        },
        Form::Aggregation { args, .. } => args.last().is_some_and(|arg| is_held(arg, compared)),
        Form::Call { name, args } => {
            let is_long = args.iter().any(is_long);
            match name.as_str() {
                "avg_over_time" | "quantile_over_time" | "absent_over_time" if is_long => true,
                "min_over_time" if is_long => matches!(compared, ">" | ">="),
                "max_over_time" if is_long => matches!(compared, "<" | "<=" | "=="),
                _ => args.iter().any(|arg| is_held(arg, compared)),
            }
        }
        Form::Ranged { of, .. } => is_held(of, compared),
        Form::Negated(inside) => is_held(inside, turned(compared)),
        Form::Number(_) | Form::Text | Form::Selector(_) | Form::Paren(_) => false,
    }
}

fn is_long(part: &Part) -> bool {
    matches!(part.bare().kind, Form::Ranged { back, .. } if back.is_none_or(|back| back >= LEAST))
}

/// The comparison with its sides exchanged.
fn turned(operator: &str) -> &str {
    match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}
