//! Two sides of an operator that are summed up by different labels: no two series of them ever meet.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Grouping, Node as Part};

pub static RULE: Rule = Rule {
    code: Code::ImpossibleMatch,
    name: "impossible-match",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Query], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    queries::parts(cx, node, &mut |tree, part| {
        let Form::Binary {
            operator,
            is_matched: false,
            left,
            right,
        } = &part.kind
        else {
            return;
        };
        if operator == "or" {
            return;
        }
        if let (Some(one), Some(other)) = (labels(left), labels(right))
            && one != other
        {
            let message = format!("no two series meet at this `{operator}`");
            let label = format!("{} beside {}", shown(&one), shown(&other));
            let found = Diagnostic::new(
                Code::ImpossibleMatch,
                message,
                tree.span(&part.range),
                label,
            );
            out.push(found.help("sum up both sides by the same labels, or say `on (...)`"));
        }
    });
}

/// The labels that all series of a part have, where it says so.
fn labels(part: &Part) -> Option<Vec<String>> {
    match &part.bare().kind {
        Form::Aggregation { name, grouping, .. } => {
            let keeps = [
                "sum", "min", "max", "avg", "count", "group", "quantile", "stddev", "stdvar",
            ];
            if !keeps.contains(&name.as_str()) {
                return None;
            }
            match grouping {
                Grouping::None => Some(Vec::new()),
                Grouping::By(labels) => Some(labels.clone()),
                Grouping::Without(_) => None,
            }
        }
        Form::Negated(inside) => labels(inside),
        _ => None,
    }
}

fn shown(labels: &[String]) -> String {
    match labels.is_empty() {
        true => "no labels".to_owned(),
        false => format!("`{}`", labels.join(", ")),
    }
}
