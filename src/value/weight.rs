//! How much a value takes: what is shared counts each time, since whoever goes through it meets it each time.

use super::{Record, Value};

/// About how many bytes a value takes, but no more than `most`, where the counting ends. Linear in that.
pub fn weight(value: &Value, most: u64) -> u64 {
    let mut scale = Scale { left: most };
    // Where nothing is left, it is that heavy or heavier.
    let _ = scale.value(value);
    most - scale.left
}

struct Scale {
    left: u64,
}

impl Scale {
    fn takes(&mut self, bytes: u64) -> Option<()> {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(0);
        left.map(drop)
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.takes(text.len() as u64)
    }

    fn value(&mut self, value: &Value) -> Option<()> {
        self.takes(16)?;
        match value {
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Percent(_)
            | Value::Duration(_)
            | Value::Size(_)
            | Value::Time(_)
            | Value::Handle(_) => Some(()),
            Value::Text(text) | Value::Secret(text) | Value::Role(text) => self.text(text),
            Value::Enum(_) => self.takes(16),
            Value::List(items) => items.iter().try_for_each(|item| self.value(item)),
            Value::Map(map) => {
                let mut entries = map.entries().iter();
                entries.try_for_each(|(key, value)| {
                    self.value(key)?;
                    self.value(value)
                })
            }
            Value::Record(record) => self.record(record),
            Value::Target(target) => {
                self.takes(64)?;
                self.record(&target.snapshot)
            }
            Value::Query(query) => self.text(&query.text),
            Value::Range(range) => {
                self.value(&range.start)?;
                self.value(&range.end)
            }
        }
    }

    fn record(&mut self, record: &Record) -> Option<()> {
        self.takes(16)?;
        let mut fields = record.fields.iter().flatten();
        fields.try_for_each(|field| self.value(field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_counts_each_time_up_to_the_most() {
        let mut value = Value::list(vec![Value::Int(1)]);
        assert_eq!(weight(&value, 1_000), 32);
        assert_eq!(weight(&value, 20), 20);
        for _ in 0..80 {
            value = Value::list(vec![value.clone(), value]);
        }
        assert_eq!(weight(&value, 1_000), 1_000);
    }
}
