//! Which texts the label tests of a trigger let pass.

use crate::typed::LabelTest;
use crate::value::Value;

/// Whether a label of this value may pass a test; one whose pattern cannot be read is another error's affair.
pub fn may_take(test: &LabelTest, value: &Value) -> bool {
    match test {
        LabelTest::Present => true,
        LabelTest::Equal(only) => value == only,
        LabelTest::NotEqual(not) => value != not,
        LabelTest::In(values) => values.contains(value),
        LabelTest::Matches(pattern) => match value {
            Value::Text(text) => regex::Regex::new(&format!("^(?:{pattern})$"))
                .map_or(true, |pattern| pattern.is_match(text)),
            _ => true,
        },
    }
}
