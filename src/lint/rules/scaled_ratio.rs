//! `as ratio` of a query that is a percentage already: `100 * a / b`, `100 - (a * 100)`, `a / 0.01`.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part};
use crate::typed::{ExprKind, Unit};
use std::ops::Range;

pub static RULE: Rule = Rule {
    code: Code::ScaledRatio,
    name: "scaled-ratio",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::As], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::As(expr) = node else {
        return;
    };
    let ExprKind::As {
        operand,
        unit: Unit::Ratio,
    } = &expr.kind
    else {
        return;
    };
    let Some(tree) = cx.answer_of(operand) else {
        return;
    };
    let Some(scaled) = scaled(&tree.root) else {
        return;
    };
    let message = "a ratio that is multiplied by a hundred already";
    let label = "read as a ratio, so `1` is 100%";
    let found = Diagnostic::new(Code::ScaledRatio, message, expr.span, label);
    let found = found.and(tree.span(&scaled.factor), "a hundred times that");
    let found = found.help("let the query say the ratio itself: `a / b`");
    let edits = scaled.edits.unwrap_or_default().into_iter();
    out.push(edits.fold(found, |found, (range, text)| {
        found.fix("drop the factor", tree.span(&range), text)
    }));
}

/// Where a query is made a percentage.
struct Scaled {
    factor: Range<usize>,
    /// What makes it a ratio again; none where somebody has to think.
    edits: Option<Vec<(Range<usize>, &'static str)>>,
}

impl Scaled {
    fn cut(factor: &Part, cut: Range<usize>) -> Scaled {
        Scaled {
            factor: factor.range.clone(),
            edits: Some(vec![(cut, "")]),
        }
    }

    /// The same below what does not mean the same of a ratio: it rounds, or compares.
    fn inexact(self) -> Scaled {
        Scaled {
            edits: None,
            ..self
        }
    }
}

/// The factor of a hundred of a query, at its top or below what keeps it.
fn scaled(part: &Part) -> Option<Scaled> {
    match &part.bare().kind {
        Form::Binary {
            operator,
            left,
            right,
            ..
        } => of_operator(operator, left, right),
        Form::Aggregation { name, args, .. } => {
            let keeps = ["sum", "min", "max", "avg", "quantile", "topk", "bottomk"];
            let is_kept = keeps.contains(&name.as_str());
            is_kept.then(|| args.last().and_then(scaled))?
        }
        Form::Call { name, args } => match name.as_str() {
            "abs" | "scalar" | "sort" | "sort_desc" | "label_replace" | "label_join"
            | "min_over_time" | "max_over_time" | "avg_over_time" | "last_over_time" => {
                scaled(args.first()?)
            }
            "quantile_over_time" => scaled(args.last()?),
            "round" | "ceil" | "floor" | "clamp" | "clamp_min" | "clamp_max" => {
                scaled(args.first()?).map(Scaled::inexact)
            }
            _ => None,
        },
        Form::Ranged { of, .. } => scaled(of),
        Form::Number(_) | Form::Text | Form::Selector(_) | Form::Negated(_) | Form::Paren(_) => {
            None
        }
    }
}

fn of_operator(operator: &str, left: &Part, right: &Part) -> Option<Scaled> {
    let is = |side: &Part, number: f64| matches!(side.bare().kind, Form::Number(Some(of)) if of == number);
    let from_right = left.range.end..right.range.end;
    match operator {
        "*" if is(left, 100.0) => Some(Scaled::cut(left, left.range.start..right.range.start)),
        "*" if is(right, 100.0) => Some(Scaled::cut(right, from_right)),
        "/" if is(right, 0.01) => Some(Scaled::cut(right, from_right)),
        // That takes the factor out again.
        "/" if is(right, 100.0) => None,
        "*" => scaled(left).or_else(|| scaled(right)),
        "/" => scaled(left),
        "-" if is(left, 100.0) => {
            let mut found = scaled(right)?;
            if let Some(edits) = &mut found.edits {
                edits.push((left.range.clone(), "1"));
            }
            Some(found)
        }
        "and" | "unless" | "or" => scaled(left),
        ">" | ">=" | "<" | "<=" | "!=" => scaled(left).map(Scaled::inexact),
        _ => None,
    }
}
