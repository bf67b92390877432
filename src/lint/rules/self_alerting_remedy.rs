//! An alert about what the remedy itself moves: a restart that alerts on restarts comes back for its own sake.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::known::Alert;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part, Tree};
use crate::typed::{ActionCallee, Extern, ExternKind, Step, StmtKind};

pub static RULE: Rule = Rule {
    code: Code::SelfAlertingRemedy,
    name: "self-alerting-remedy",
    needs: Data::Rules,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

/// What an action does to a metric, and so how long the alert's expression may hold for it alone.
#[derive(Clone, Copy)]
enum Moves {
    /// It counts up: for as long as the expression looks back.
    Count,
    /// It starts anew: for as long as the expression calls that young.
    Start,
    /// It is another one until the action is done.
    State,
}

/// Which words of a metric's name say that an action moves it.
type Words = &'static [(&'static str, Moves)];

const RESTARTED: Words = &[
    ("restarts", Moves::Count),
    ("start_time", Moves::Start),
    ("uptime", Moves::Start),
];
const AWAY: Words = &[("unavailable", Moves::State)];
const ROLLED: Words = &[("unavailable", Moves::State), ("generation", Moves::State)];
const NEWER: Words = &[("start_time", Moves::Start)];

/// What the actions of the library move.
const MOVED: [(&str, &[Words]); 5] = [
    ("k8s.restart", &[RESTARTED, AWAY]),
    ("k8s.rollout_restart", &[RESTARTED, ROLLED]),
    ("k8s.rollback", &[NEWER, ROLLED]),
    ("k8s.scale", &[ROLLED]),
    ("host.restart", &[RESTARTED]),
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
            let takes = action.map_or(0, |action| takes(step, action));
            let moved =
                words.and_then(|(_, words)| rules.iter().find_map(|rule| moved(rule, words, takes)));
            if let Some(metric) = moved {
                let message = format!("`{name}` moves `{metric}`, which the alert is about");
                let label = "raises its own alert again";
                let found = Diagnostic::new(Code::SelfAlertingRemedy, message, step.name_span, label);
                out.push(found.help(
                    "let the rule hold for longer than what the action does to it lasts, or alert on what users see",
                ));
            }
        });
    }
}

/// How long an action usually takes until all is as before, in milliseconds.
fn takes(step: &Step, action: &Extern) -> i64 {
    let settles = match &action.kind {
        ExternKind::Action(contract) => contract.settles.millis(),
        ExternKind::Fn | ExternKind::Probe => 0,
    };
    let within = step.within.unwrap_or(action.deadline).millis();
    within.max(settles)
}

/// The metric of a rule that is moved, unless the rule holds for longer than the action keeps its expression true.
fn moved(rule: &Alert, words: &[Words], takes: i64) -> Option<String> {
    let root = Tree::read(&rule.expression)?;
    let mut reach = 0;
    root.for_each(&mut |part| {
        if let Form::Ranged { back, .. } = &part.kind {
            reach = reach.max(back.unwrap_or(i64::MAX));
        }
    });
    let metrics = queries::metrics(&root);
    metrics.into_iter().find(|name| {
        let mut words = words.iter().copied().flatten();
        let word = words.find(|(word, _)| name.contains(word));
        word.is_some_and(|(_, moves)| {
            let kept = match moves {
                Moves::Count => Some(reach),
                Moves::Start => match age(&root, name) {
                    Age::Young(limit) => Some(reach.max(limit)),
                    Age::Old => None,
                    Age::Unsaid => Some(reach),
                },
                Moves::State => Some(reach.max(takes)),
            };
            kept.is_some_and(|kept| rule.held <= kept)
        })
    })
}

/// What a rule says of the time since a start.
#[derive(Clone, Copy)]
enum Age {
    /// It is less than so many milliseconds.
    Young(i64),
    /// It is more than something: a restart ends that.
    Old,
    Unsaid,
}

/// What the first comparison of a rule says of the age that a metric tells.
fn age(root: &Part, metric: &str) -> Age {
    let mut found = Age::Unsaid;
    root.for_each(&mut |part| {
        let Form::Binary {
            operator,
            left,
            right,
            ..
        } = &part.kind
        else {
            return;
        };
        let sides = match operator.as_str() {
            "<" | "<=" => (left, right),
            ">" | ">=" => (right, left),
            _ => return,
        };
        if matches!(found, Age::Unsaid) {
            found = compared(sides.0, sides.1, metric);
        }
    });
    found
}

/// `LESS < MORE`, brought to `0 < …`: the age that is left when a metric is one of its terms.
fn compared(less: &Part, more: &Part, metric: &str) -> Age {
    let (Some(less), Some(more)) = (Terms::of(less, metric), Terms::of(more, metric)) else {
        return Age::Unsaid;
    };
    let whole = more.less(less);
    // A moment grows with the clock, what has passed since it does not.
    let since = match whole.now == 0.0 {
        true => whole.metric,
        false => -whole.metric,
    };
    if since == 0.0 || whole.now != 0.0 && whole.now != -whole.metric {
        return Age::Unsaid;
    }
    match since < 0.0 {
        true => Age::Young((whole.number / -since * 1_000.0) as i64),
        false => Age::Old,
    }
}

/// A sum of numbers of the clock, of the metric, and of one number.
#[derive(Clone, Copy)]
struct Terms {
    now: f64,
    metric: f64,
    number: f64,
}

impl Terms {
    fn of(part: &Part, metric: &str) -> Option<Terms> {
        let (now, metric_of, number) = match &part.bare().kind {
            Form::Number(number) => (0.0, 0.0, (*number)?),
            Form::Call { name, .. } if name == "time" => (1.0, 0.0, 0.0),
            Form::Selector(of) if of.name == metric => (0.0, 1.0, 0.0),
            Form::Aggregation { name, args, .. } => {
                let keeps = ["min", "max", "avg"];
                return keeps
                    .contains(&name.as_str())
                    .then(|| Terms::of(args.last()?, metric))?;
            }
            Form::Negated(inside) => return Some(Terms::of(inside, metric)?.times(-1.0)),
            Form::Binary {
                operator,
                left,
                right,
                ..
            } => {
                if !["+", "-", "*", "/"].contains(&operator.as_str()) {
                    return None;
                }
                let (left, right) = (Terms::of(left, metric)?, Terms::of(right, metric)?);
                return match operator.as_str() {
                    "+" => Some(left.less(right.times(-1.0))),
                    "-" => Some(left.less(right)),
                    "*" if right.is_number() => Some(left.times(right.number)),
                    "*" if left.is_number() => Some(right.times(left.number)),
                    "/" if right.is_number() && right.number != 0.0 => {
                        Some(left.times(1.0 / right.number))
                    }
                    _ => None,
                };
            }
            Form::Text
            | Form::Selector(_)
            | Form::Ranged { .. }
            | Form::Call { .. }
            | Form::Paren(_) => return None,
        };
        Some(Terms {
            now,
            metric: metric_of,
            number,
        })
    }

    fn is_number(self) -> bool {
        self.now == 0.0 && self.metric == 0.0
    }

    fn times(self, by: f64) -> Terms {
        Terms {
            now: self.now * by,
            metric: self.metric * by,
            number: self.number * by,
        }
    }

    fn less(self, other: Terms) -> Terms {
        Terms {
            now: self.now - other.now,
            metric: self.metric - other.metric,
            number: self.number - other.number,
        }
    }
}
