//! What connectors answer in words: without secrets, without hidden characters, of bounded length.

use std::time::Duration;

use super::secret::Secrets;
use crate::effect::Observed;
use crate::value::{self, Failure, SHOWN_CHARACTERS, TEXT_BYTES, Text, Value, escape_text};

/// How much of an answer is quoted where it is not what was expected.
const QUOTED: usize = 80;

/// The observation could not be made.
pub fn failed(secrets: &Secrets, why: impl AsRef<str>) -> Observed {
    let why = said(secrets, why.as_ref());
    Observed::Failed(Failure::Failed(Text::from(why)))
}

/// It was answered, and there is nothing there.
pub fn no_data(secrets: &Secrets, what: impl AsRef<str>) -> Observed {
    Observed::Failed(Failure::no_data(said(secrets, what.as_ref())))
}

/// Words with something from outside in them, as they may be shown.
pub fn said(secrets: &Secrets, words: &str) -> String {
    escape_text(&secrets.redact(words), SHOWN_CHARACTERS)
}

/// The beginning of an unexpected answer.
pub fn quoted(secrets: &Secrets, body: &[u8]) -> String {
    // Redacted before it is cut: half of a secret is too much.
    let text = secrets.redact(&String::from_utf8_lossy(body));
    format!("`{}`", escape_text(text.trim(), QUOTED))
}

/// A text from outside as a value, at most the longest text there is.
///
/// `more` says that there was more of it; that it was cut is said at its end.
pub fn bounded(secrets: &Secrets, body: &[u8], more: bool) -> Value {
    const CUT: &str = "\n[cut: there was more than 1 MiB]";
    let text = String::from_utf8_lossy(body);
    let (mut shown, cut) = secrets.redact_cut(&text, TEXT_BYTES);
    if cut || more {
        (shown, _) = secrets.redact_cut(&text, TEXT_BYTES - CUT.len());
        shown.push_str(CUT);
    }
    Value::text(shown)
}

/// How long it took.
pub fn took(since: tokio::time::Instant) -> Value {
    Value::Duration(length(since.elapsed()))
}

/// As a value of the language.
fn length(duration: Duration) -> value::Duration {
    value::Duration::from_millis(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}
