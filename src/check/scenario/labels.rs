//! The labels of an alert in a test: whether they set its trigger off.
//!
//! In: the labels that are given, and the trigger. Out: what the trigger asks for beside them.

use smol_str::SmolStr;

use super::Scenario;
use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::LabelTest;
use crate::value::Value;

impl Scenario<'_, '_> {
    /// The alert has the labels that the trigger asks for.
    pub fn check_labels(&mut self, index: usize, labels: &[(SmolStr, SmolStr)], span: Span) {
        let runbook = &self.checker.package.runbooks[self.runbook.index()];
        let trigger = &runbook.triggers[index];
        let (place, mut problems) = (trigger.span, Vec::new());
        let mut missing = Vec::new();
        for condition in &trigger.labels {
            let given = labels.iter().find(|(label, _)| *label == condition.label);
            let given = given
                .map(|(_, value)| value)
                .filter(|value| !value.is_empty());
            let Some(given) = given else {
                if !missing.contains(&condition.label.as_str()) {
                    missing.push(condition.label.as_str());
                }
                continue;
            };
            let value = Value::text(given);
            let holds = match &condition.test {
                LabelTest::Equal(wanted) => value == *wanted,
                LabelTest::NotEqual(refused) => value != *refused,
                LabelTest::In(wanted) => wanted.contains(&value),
                // Matched when the test runs, not when it is checked.
                LabelTest::Present | LabelTest::Matches(_) => true,
            };
            if !holds {
                let label = &condition.label;
                let wanted = match &condition.test {
                    LabelTest::Equal(wanted) => format!("it asks for {wanted}"),
                    LabelTest::NotEqual(refused) => format!("it refuses {refused}"),
                    LabelTest::In(_) | LabelTest::Present | LabelTest::Matches(_) => {
                        "it asks for another value".to_owned()
                    }
                };
                let problem =
                    format!("with the label `{label}` as {value} the trigger does not match");
                problems.push((problem, wanted));
            }
        }
        if let Some(problem) = labels_missing(&missing) {
            problems.insert(0, problem);
        }
        for (problem, help) in problems {
            let found =
                Diagnostic::new(Code::TriggerMismatch, problem, span, "does not set it off");
            self.say(found.and(place, "this trigger").help(help));
        }
    }
}

/// The labels that a trigger asks for and an alert does not have: one finding, however many.
fn labels_missing(labels: &[&str]) -> Option<(String, String)> {
    let given: Vec<String> = labels
        .iter()
        .map(|label| format!("{label}: \"...\""))
        .collect();
    let given = given.join(", ");
    Some(match labels {
        [] => return None,
        [label] => (
            format!("the trigger asks for the label `{label}`"),
            format!("give it: `{given}`"),
        ),
        labels => (
            format!("the trigger asks for the labels `{}`", labels.join("`, `")),
            format!("give them: `{given}`"),
        ),
    })
}
