//! A counter that is compared as it stands: it only ever grows, until a restart sets it to zero.
//!
//! Whether one has counted at all, against zero, may be asked.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::range;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part, Tree};
use crate::text::Span;
use crate::typed::Comparison;

pub static RULE: Rule = Rule {
    code: Code::RawCounter,
    name: "raw-counter",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Comparison, Kind::Query], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    match node {
        Node::Comparison(expr) => {
            let test = range::test(cx, expr).filter(|test| orders(test.op) && test.at != 0.0);
            let Some(test) = test else {
                return;
            };
            if let Some(name) = cx.answer_of(test.of).and_then(|tree| counter(&tree.root)) {
                out.push(told(&name, expr.span));
            }
        }
        Node::Query(expr) => {
            if let Some(tree) = cx.query(expr) {
                inside(&tree, out);
            }
        }
        _ => {}
    }
}

fn inside(tree: &Tree, out: &mut Vec<Diagnostic>) {
    tree.root.for_each(&mut |part| {
        let Form::Binary {
            operator,
            left,
            right,
            ..
        } = &part.kind
        else {
            return;
        };
        let number = |side: &Part| matches!(side.bare().kind, Form::Number(Some(at)) if at != 0.0);
        let compared = match operator.as_str() {
            "<" | "<=" | ">" | ">=" if number(right) => left,
            "<" | "<=" | ">" | ">=" if number(left) => right,
            _ => return,
        };
        if let Some(name) = counter(compared) {
            out.push(told(&name, tree.span(&part.range)));
        }
    });
}

fn orders(op: Comparison) -> bool {
    matches!(
        op,
        Comparison::Less | Comparison::LessEqual | Comparison::Greater | Comparison::GreaterEqual
    )
}

/// The counter whose value a part is, be it summed up.
fn counter(part: &Part) -> Option<String> {
    match &part.bare().kind {
        Form::Selector(metric) => metric.name.ends_with("_total").then(|| metric.name.clone()),
        Form::Aggregation { name, args, .. }
            if ["sum", "max", "min", "avg"].contains(&name.as_str()) =>
        {
            counter(args.last()?)
        }
        _ => None,
    }
}

fn told(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` counts since its process started");
    let label = "says nothing of now";
    let found = Diagnostic::new(Code::RawCounter, message, span, label);
    found.help(format!(
        "ask how much it grew: `increase({name}[5m])`, or `rate`"
    ))
}
