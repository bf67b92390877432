//! What may stand as the key of a target: a name, a path, or a number.
//!
//! In: a key as it came in. Out: what is wrong with it, or the value that its field has. A key
//! that is none would name another place than was meant: a whole folder, or what lies above it.

use serde::{Deserialize, Serialize};

use super::{Value, escape_text, free_text};

/// How the keys of a target are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyForm {
    /// Something that is seen, no `/`, no control character, and neither `.` nor `..`, also
    /// percent-encoded.
    #[default]
    Name,
    /// Absolute, without `..`.
    Path,
    /// A whole number.
    Number,
}

impl KeyForm {
    /// The form that a library says by this word.
    pub fn from_word(word: &str) -> Option<KeyForm> {
        match word {
            "name" => Some(KeyForm::Name),
            "path" => Some(KeyForm::Path),
            _ => None,
        }
    }

    /// What is wrong with a key of the form, in the words of a sentence about it.
    pub fn fault(self, key: &str) -> Option<String> {
        let shown = || format!("\"{}\"", escape_text(key, 60));
        if key.chars().any(char::is_control) {
            return Some(format!("{} holds a control character", shown()));
        }
        match self {
            KeyForm::Name if free_text(key, usize::MAX).trim().is_empty() => {
                Some("the name is empty".to_owned())
            }
            KeyForm::Name if is_dots(key) => Some(format!(
                "{} leads elsewhere: it is not a name in a path",
                shown()
            )),
            KeyForm::Name if key.contains('/') => {
                Some(format!("{} is not a name: it holds a `/`", shown()))
            }
            KeyForm::Path if !key.starts_with('/') => {
                Some(format!("{} is not an absolute path", shown()))
            }
            KeyForm::Path if key.split('/').any(|step| step == "..") => {
                Some(format!("{} leads elsewhere: it holds `..`", shown()))
            }
            KeyForm::Number if key.parse::<i64>().is_err() => {
                Some(format!("{} is not a number", shown()))
            }
            KeyForm::Name | KeyForm::Path | KeyForm::Number => None,
        }
    }

    /// The value of the key's field.
    pub fn value(self, key: &str) -> Value {
        match self {
            KeyForm::Number => key.parse().map_or(Value::None, Value::Int),
            KeyForm::Name | KeyForm::Path => Value::text(key),
        }
    }
}

/// Whether a path with this in it leads to where it stands, or above: `.` and `..`, also where they
/// are percent-encoded, as often as a name of 64 characters has room for.
fn is_dots(name: &str) -> bool {
    if name.len() > 64 {
        return false;
    }
    let mut name = name.to_ascii_lowercase();
    while name.contains("%25") {
        name = name.replace("%25", "%");
    }
    matches!(name.replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_and_paths_are_paths() {
        for (form, key, right) in [
            (KeyForm::Name, "web-1", true),
            (KeyForm::Name, "a b", true),
            (KeyForm::Name, "", false),
            (KeyForm::Name, " \u{a0}", false),
            (KeyForm::Name, "a/b", false),
            (KeyForm::Name, "a\nb", false),
            (KeyForm::Name, ".", false),
            (KeyForm::Name, "..", false),
            (KeyForm::Name, "%2E%2e", false),
            (KeyForm::Name, ".%252e", false),
            (KeyForm::Name, "...", true),
            (KeyForm::Name, "..data", true),
            (KeyForm::Name, "50%25", true),
            (KeyForm::Name, "\u{200b}", false),
            (KeyForm::Path, "/", true),
            (KeyForm::Path, "/var/lib/..data", true),
            (KeyForm::Path, "", false),
            (KeyForm::Path, "var", false),
            (KeyForm::Path, "/var/..", false),
            (KeyForm::Path, "/../etc", false),
            (KeyForm::Path, "/v\u{0}", false),
            (KeyForm::Number, "42", true),
            (KeyForm::Number, "", false),
        ] {
            assert_eq!(form.fault(key).is_none(), right, "{form:?} {key:?}");
        }
        assert!(matches!(KeyForm::Number.value("42"), Value::Int(42)));
    }
}
