//! What rules about queries have in common: their parts, what they select, which labels their answers have.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::cx::Cx;
use super::known::Alert;
use super::rule::Node;
use crate::literal::query::{Form, Grouping, Node as Part, Tree};
use crate::typed::{Trigger, TriggerKind};

/// Shows every part of the query that a node is.
pub fn parts(cx: &Cx<'_>, node: Node<'_>, visit: &mut dyn FnMut(&Rc<Tree>, &Part)) {
    let Node::Query(expr) = node else {
        return;
    };
    if let Some(tree) = cx.query(expr) {
        tree.root.for_each(&mut |part| visit(&tree, part));
    }
}

/// `rate(x[5m])`: its name, what it is of, and whether that is a subquery.
pub fn rate(part: &Part) -> Option<(&str, &Part, bool)> {
    let Form::Call { name, args } = &part.kind else {
        return None;
    };
    if !["rate", "increase", "irate"].contains(&name.as_str()) {
        return None;
    }
    match &args.first()?.bare().kind {
        Form::Ranged {
            of, is_subquery, ..
        } => Some((name, of.bare(), *is_subquery)),
        _ => None,
    }
}

/// The metrics that a query selects.
pub fn metrics(root: &Part) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    root.for_each(&mut |part| {
        if let Form::Selector(metric) = &part.kind {
            names.insert(metric.name.clone());
        }
    });
    names
}

/// The rules of the alert that a trigger waits for.
pub fn rules_of<'a>(cx: &Cx<'a>, trigger: &'a Trigger) -> Option<(&'a str, &'a [Alert])> {
    let TriggerKind::Alert { name } = &trigger.kind else {
        return None;
    };
    Some((name, cx.input.known.rules.as_ref()?.of(name)))
}

/// Functions that change each number by itself, and keep its unit.
pub const OF_EACH: [&str; 10] = [
    "abs",
    "ceil",
    "floor",
    "round",
    "clamp",
    "clamp_min",
    "clamp_max",
    "scalar",
    "sort",
    "sort_desc",
];

/// The labels that the answers of a query may have.
#[derive(Debug, PartialEq, Eq)]
pub enum Labels {
    Only(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

impl Labels {
    const fn all() -> Labels {
        Labels::AllBut(BTreeSet::new())
    }

    const fn none() -> Labels {
        Labels::Only(BTreeSet::new())
    }

    pub fn may_have(&self, label: &str) -> bool {
        match self {
            Labels::Only(labels) => labels.contains(label),
            Labels::AllBut(labels) => !labels.contains(label),
        }
    }

    /// Those that are in both.
    fn both(self, other: Labels) -> Labels {
        match (self, other) {
            (Labels::Only(one), Labels::Only(other)) => Labels::Only(&one & &other),
            (Labels::Only(only), Labels::AllBut(not))
            | (Labels::AllBut(not), Labels::Only(only)) => Labels::Only(&only - &not),
            (Labels::AllBut(one), Labels::AllBut(other)) => Labels::AllBut(&one | &other),
        }
    }

    /// Those that are in one of them.
    fn either(self, other: Labels) -> Labels {
        match (self, other) {
            (Labels::Only(one), Labels::Only(other)) => Labels::Only(&one | &other),
            (Labels::Only(only), Labels::AllBut(not))
            | (Labels::AllBut(not), Labels::Only(only)) => Labels::AllBut(&not - &only),
            (Labels::AllBut(one), Labels::AllBut(other)) => Labels::AllBut(&one & &other),
        }
    }
}

/// The labels that the answers of a query may have, as far as it says so itself.
pub fn labels(part: &Part) -> Labels {
    match &part.bare().kind {
        Form::Aggregation {
            name,
            grouping,
            args,
        } => match name.as_str() {
            "topk" | "bottomk" | "limitk" | "limit_ratio" => {
                args.last().map_or(Labels::all(), labels)
            }
            "count_values" => Labels::all(),
            _ => match grouping {
                Grouping::None => Labels::none(),
                Grouping::By(labels) => Labels::Only(labels.iter().cloned().collect()),
                Grouping::Without(dropped) => {
                    let inside = args.last().map_or(Labels::all(), labels);
                    inside.both(Labels::AllBut(dropped.iter().cloned().collect()))
                }
            },
        },
        Form::Call { name, args } => match name.as_str() {
            "label_replace" | "label_join" | "info" => Labels::all(),
            "vector" => Labels::none(),
            "absent" | "absent_over_time" => args.first().map_or(Labels::none(), made_up),
            _ => args.iter().map(labels).fold(Labels::all(), Labels::both),
        },
        Form::Binary {
            operator,
            is_matched,
            left,
            right,
        } => match operator.as_str() {
            "or" => labels(left).either(labels(right)),
            "and" | "unless" => labels(left),
            _ if is_number(left) => labels(right),
            _ if is_number(right) => labels(left),
            // `group_left` brings in more.
            _ if *is_matched => Labels::all(),
            _ => labels(left).both(labels(right)),
        },
        Form::Ranged { of, .. } | Form::Negated(of) => labels(of),
        Form::Selector(_) | Form::Number(_) | Form::Text | Form::Paren(_) => Labels::all(),
    }
}

/// The labels that stand for a series that is not there: those that its selector says with `=`, and says once.
fn made_up(part: &Part) -> Labels {
    match &part.bare().kind {
        Form::Ranged {
            of,
            is_subquery: false,
            ..
        } => made_up(of),
        Form::Selector(metric) => {
            let said = metric.matchers.iter();
            let equal = said.filter(|matcher| {
                let mut others = metric.matchers.iter();
                let times = others
                    .by_ref()
                    .filter(|other| other.label == matcher.label)
                    .count();
                times == 1 && matcher.operator == "=" && matcher.label != "__name__"
            });
            Labels::Only(equal.map(|matcher| matcher.label.clone()).collect())
        }
        _ => Labels::none(),
    }
}

fn is_number(part: &Part) -> bool {
    match &part.bare().kind {
        Form::Number(_) => true,
        Form::Call { name, .. } => ["scalar", "time", "pi"].contains(&name.as_str()),
        Form::Binary { left, right, .. } => is_number(left) && is_number(right),
        Form::Negated(inside) => is_number(inside),
        _ => false,
    }
}
