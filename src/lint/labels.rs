//! Which texts the label tests of a trigger let pass.
//!
//! Decided where a test names the texts that pass; two regular expressions are not weighed against each other.

use smol_str::SmolStr;

use super::cx::Cx;
use crate::typed::{
    BinaryOp, BindingKind, Expr, ExprKind, LabelCondition, LabelTest, Runbook, Trigger, TriggerKind,
};
use crate::value::{Value, re2};

/// Whether a label of this value may pass a test; one whose pattern cannot be read is another error's affair.
pub fn may_take(test: &LabelTest, value: &Value) -> bool {
    match test {
        LabelTest::Present => true,
        LabelTest::Equal(only) => value == only,
        LabelTest::NotEqual(not) => value != not,
        LabelTest::In(values) => values.contains(value),
        LabelTest::Matches(pattern) => match value {
            Value::Text(text) => re2::whole(pattern).is_none_or(|pattern| pattern.is_match(text)),
            _ => true,
        },
    }
}

/// The values that pass a test, where it names them.
fn named(test: &LabelTest) -> Option<Vec<Value>> {
    let is_plain = |pattern: &str| {
        let stands_for_itself = |c: char| c.is_alphanumeric() || "_-/ ".contains(c);
        pattern.chars().all(stands_for_itself)
    };
    match test {
        LabelTest::Equal(value) => Some(vec![value.clone()]),
        LabelTest::In(values) => Some(values.clone()),
        LabelTest::Matches(pattern) if is_plain(pattern) => Some(vec![Value::text(pattern)]),
        LabelTest::Present | LabelTest::NotEqual(_) | LabelTest::Matches(_) => None,
    }
}

/// Whether no value of a label passes all of these tests of it.
pub fn never(tests: &[&LabelTest]) -> bool {
    let named = tests.iter().find_map(|test| named(test));
    let passes = |value: &Value| tests.iter().all(|test| may_take(test, value));
    named.is_some_and(|named| !named.iter().any(passes))
}

/// Whether it is certain that a value passes all of these tests of a label, as far as each by itself can be passed.
pub fn surely(tests: &[&LabelTest]) -> bool {
    if tests.iter().any(|test| named(test).is_some()) {
        return !never(tests);
    }
    let mut patterns = tests.iter().filter_map(|test| match test {
        LabelTest::Matches(pattern) => Some(pattern),
        LabelTest::Present | LabelTest::Equal(_) | LabelTest::NotEqual(_) | LabelTest::In(_) => {
            None
        }
    });
    match patterns.next() {
        Some(first) => patterns.all(|pattern| pattern == first),
        None => true,
    }
}

/// The one value of a label that passes the triggers of a runbook: then it tells nothing apart.
pub fn is_single(cx: &Cx<'_>, runbook: &Runbook, label: &str) -> bool {
    let is_alert = |trigger: &&Trigger| matches!(trigger.kind, TriggerKind::Alert { .. });
    let alerts = runbook.triggers.iter().filter(is_alert);
    let values: Vec<Option<Value>> = alerts
        .map(|trigger| {
            let asked = trigger.conditions.iter();
            let asked = asked.flat_map(|condition| asked_by(cx, runbook, condition));
            let all = trigger.labels.iter().cloned().chain(asked);
            single(all.filter(|test| test.label == label))
        })
        .collect();
    match values.split_first() {
        Some((Some(first), rest)) => rest.iter().all(|other| other.as_ref() == Some(first)),
        Some((None, _)) | None => false,
    }
}

/// The one value that passes these tests of a label.
fn single(conditions: impl Iterator<Item = LabelCondition>) -> Option<Value> {
    let tests: Vec<LabelTest> = conditions.map(|condition| condition.test).collect();
    let passes = |value: &Value| tests.iter().all(|test| may_take(test, value));
    let mut passing = tests.iter().find_map(named)?;
    passing.retain(passes);
    let first = passing.first()?.clone();
    passing.iter().all(|value| *value == first).then_some(first)
}

/// The tests of labels that a `where` makes: against a text, or a list of texts.
pub fn asked_by(cx: &Cx<'_>, runbook: &Runbook, condition: &Expr) -> Vec<LabelCondition> {
    let ExprKind::Binary { op, left, right } = &condition.kind else {
        return Vec::new();
    };
    if *op == BinaryOp::And {
        let mut both = asked_by(cx, runbook, left);
        both.extend(asked_by(cx, runbook, right));
        return both;
    }
    let test = match (op, cx.constant(right)) {
        (BinaryOp::Equal, Some(value)) => LabelTest::Equal(value.clone()),
        (BinaryOp::NotEqual, Some(value)) => LabelTest::NotEqual(value.clone()),
        (BinaryOp::In, Some(Value::List(values))) => LabelTest::In(values.to_vec()),
        _ => return Vec::new(),
    };
    let label = label(runbook, left);
    label
        .map(|label| LabelCondition { label, test })
        .into_iter()
        .collect()
}

fn label(runbook: &Runbook, expr: &Expr) -> Option<SmolStr> {
    let ExprKind::Trigger(binding) = expr.kind else {
        return None;
    };
    match &runbook.bindings.get(binding.index())?.kind {
        BindingKind::Label(label) => Some(label.clone()),
        BindingKind::Alert | BindingKind::Event | BindingKind::Request => None,
    }
}
