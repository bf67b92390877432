//! Values as people read them: the literal form, and the form inside a text.

use std::fmt;

use super::escape::escape_text;
use super::{EnumMember, Map, Record, Target, Value};

impl Value {
    /// The form inside a text or a query: texts and enum members without their trimmings.
    pub fn to_plain(&self) -> String {
        match self {
            Value::Text(text) => text.as_str().to_owned(),
            Value::Enum(member) => member.member.to_string(),
            Value::Target(target) => path(target),
            Value::Query(query) => query.text.to_string(),
            other => other.to_string(),
        }
    }
}

/// The literal form: what one would write to get the value. Different values print differently.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => out.write_str("none"),
            Value::Bool(value) => write!(out, "{value}"),
            Value::Int(value) => write!(out, "{value}"),
            Value::Float(value) => float(out, *value),
            Value::Percent(value) => write!(out, "{value}"),
            Value::Duration(value) => write!(out, "{value}"),
            Value::Size(value) => write!(out, "{value}"),
            Value::Time(value) => write!(out, "{value}"),
            Value::Text(text) => quoted(out, text),
            Value::Enum(member) => write!(out, "{member}"),
            Value::List(items) => {
                out.write_str("[")?;
                separated(out, items.iter(), |out, item| write!(out, "{item}"))?;
                out.write_str("]")
            }
            Value::Map(map) => write!(out, "{map}"),
            Value::Record(record) => write!(out, "{record}"),
            Value::Target(target) => write!(out, "{target}"),
            Value::Query(query) => {
                out.write_str(query.tag.as_str())?;
                quoted(out, &query.text)
            }
            Value::Secret(name) => write!(out, "secret {}", name.as_str()),
            Value::Handle(number) => write!(out, "result #{number}"),
            Value::Role(name) => out.write_str(name),
            Value::Range(range) => {
                let dots = if range.inclusive { "..=" } else { ".." };
                write!(out, "{}{dots}{}", range.start, range.end)
            }
        }
    }
}

impl fmt::Display for EnumMember {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.enumeration, self.member)
    }
}

impl fmt::Display for Map {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.entries().is_empty() {
            return out.write_str("[:]");
        }
        out.write_str("[")?;
        separated(out, self.entries().iter(), |out, (key, value)| {
            write!(out, "{key}: {value}")
        })?;
        out.write_str("]")
    }
}

impl fmt::Display for Record {
    /// Fields that were not said are left out.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}(", self.shape.name)?;
        let said = self.shape.fields.iter().zip(&self.fields);
        let said = said.filter_map(|(name, value)| Some((name, value.as_ref()?)));
        separated(out, said, |out, (name, value)| {
            write!(out, "{name}: {value}")
        })?;
        out.write_str(")")
    }
}

impl fmt::Display for Target {
    /// The type and the place, never the snapshot. A key that holds a `/` stands in quotes, so that
    /// no two places print alike.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ", self.identity.kind())?;
        for (index, key) in self.identity.0.iter().enumerate() {
            if index > 0 {
                out.write_str("/")?;
            }
            match key.key.contains(['/', '"', ' ']) {
                true => quoted(out, &key.key)?,
                false => out.write_str(&key.key)?,
            }
        }
        Ok(())
    }
}

/// A float literal: always with a point, never with an exponent.
fn float(out: &mut fmt::Formatter<'_>, value: f64) -> fmt::Result {
    let point = if value.fract() == 0.0 { ".0" } else { "" };
    write!(out, "{value}{point}")
}

/// The keys of a target from the outermost: `shop/web`.
fn path(target: &Target) -> String {
    let keys = target.identity.0.iter().map(|key| key.key.as_str());
    keys.collect::<Vec<_>>().join("/")
}

/// A string literal.
fn quoted(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b'"' | b'$');
    out.write_str("\"")?;
    if text.bytes().all(is_plain) {
        out.write_str(text)?;
    } else {
        let escaped = text
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace("${", "\\${");
        out.write_str(&escape_text(&escaped, usize::MAX))?;
    }
    out.write_str("\"")
}

/// The items with commas between them.
fn separated<Item>(
    out: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = Item>,
    mut write: impl FnMut(&mut fmt::Formatter<'_>, Item) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        write(out, item)?;
    }
    Ok(())
}
