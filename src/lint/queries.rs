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

/// All labels that the answers of a query may have, where it says so itself.
pub fn labels(part: &Part) -> Option<BTreeSet<String>> {
    match &part.bare().kind {
        Form::Aggregation {
            name,
            grouping,
            args,
        } => match name.as_str() {
            "topk" | "bottomk" | "limitk" | "limit_ratio" => labels(args.last()?),
            "count_values" => None,
            _ => match grouping {
                Grouping::None => Some(BTreeSet::new()),
                Grouping::By(labels) => Some(labels.iter().cloned().collect()),
                Grouping::Without(_) => None,
            },
        },
        Form::Call { name, args } => match name.as_str() {
            "label_replace" | "label_join" | "absent" | "absent_over_time" | "info" => None,
            "vector" => Some(BTreeSet::new()),
            _ => args.iter().find_map(labels),
        },
        Form::Binary {
            operator,
            is_matched,
            left,
            right,
        } => match operator.as_str() {
            "or" => {
                let mut both = labels(left)?;
                both.extend(labels(right)?);
                Some(both)
            }
            "and" | "unless" => labels(left),
            _ if is_number(left) => labels(right),
            _ if is_number(right) => labels(left),
            // `group_left` brings in more.
            _ if *is_matched => None,
            _ => labels(left).or_else(|| labels(right)),
        },
        Form::Ranged { of, .. } | Form::Negated(of) => labels(of),
        Form::Selector(_) | Form::Number(_) | Form::Text | Form::Paren(_) => None,
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
