//! Label tests of one trigger that no text meets.
//!
//! Decided where one test names the texts that pass; two regular expressions are not weighed against each other.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::labels::may_take;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{BinaryOp, BindingKind, Expr, ExprKind, LabelCondition, LabelTest};
use crate::value::Value;
use smol_str::SmolStr;

pub static RULE: Rule = Rule {
    code: Code::NeverMatchingTrigger,
    name: "never-matching-trigger",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Trigger], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Trigger(trigger) = node else {
        return;
    };
    let asked: Vec<LabelCondition> = trigger
        .conditions
        .iter()
        .flat_map(|condition| asked(cx, condition))
        .collect();
    let all: Vec<&LabelCondition> = trigger.labels.iter().chain(&asked).collect();
    for (at, condition) in all.iter().enumerate() {
        let same = |other: &&&LabelCondition| other.label == condition.label;
        let is_first = !all.iter().take(at).any(|other| same(&other));
        let tests = all.iter().filter(same).map(|other| &other.test);
        let tests: Vec<&LabelTest> = tests.collect();
        if is_first && never(&tests) {
            let message = format!("no `{}` passes all tests of this trigger", condition.label);
            let label = "never comes";
            let found = Diagnostic::new(Code::NeverMatchingTrigger, message, trigger.span, label);
            out.push(found.help("leave out the test that is not meant"));
        }
    }
}

/// The tests of labels that a `where` makes: against a text, or a list of texts.
fn asked(cx: &Cx<'_>, condition: &Expr) -> Vec<LabelCondition> {
    let ExprKind::Binary { op, left, right } = &condition.kind else {
        return Vec::new();
    };
    if *op == BinaryOp::And {
        let mut both = asked(cx, left);
        both.extend(asked(cx, right));
        return both;
    }
    let test = match (op, cx.constant(right)) {
        (BinaryOp::Equal, Some(value)) => LabelTest::Equal(value.clone()),
        (BinaryOp::NotEqual, Some(value)) => LabelTest::NotEqual(value.clone()),
        (BinaryOp::In, Some(Value::List(values))) => LabelTest::In(values.to_vec()),
        _ => return Vec::new(),
    };
    let label = label(cx, left);
    label
        .map(|label| LabelCondition { label, test })
        .into_iter()
        .collect()
}

fn label(cx: &Cx<'_>, expr: &Expr) -> Option<SmolStr> {
    let ExprKind::Trigger(binding) = expr.kind else {
        return None;
    };
    match &cx.runbook()?.bindings.get(binding.index())?.kind {
        BindingKind::Label(label) => Some(label.clone()),
        BindingKind::Alert | BindingKind::Event | BindingKind::Request => None,
    }
}

fn never(tests: &[&LabelTest]) -> bool {
    let named = tests.iter().find_map(|test| match test {
        LabelTest::Equal(value) => Some(vec![value]),
        LabelTest::In(values) => Some(values.iter().collect()),
        LabelTest::Present | LabelTest::NotEqual(_) | LabelTest::Matches(_) => None,
    });
    named.is_some_and(|named| !named.iter().any(|value| passes(value, tests)))
}

fn passes(value: &Value, tests: &[&LabelTest]) -> bool {
    tests.iter().all(|test| may_take(test, value))
}
