//! A line of the log for people.
//!
//! In: what is said, and its fields. Out: the fields behind the words; where the words have several lines, behind the
//! first, since those below are for pasting.

use std::fmt::{self, Debug};

use tracing::field::{Field, Visit};
use tracing_subscriber::field::{RecordFields, VisitOutput as _};
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{DefaultVisitor, Writer};

/// The field that holds the words.
const WORDS: &str = "message";

pub struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut words = String::new();
        let visitor = DefaultVisitor::new(Writer::new(&mut words), true);
        let mut part = Part {
            visitor,
            is_words: true,
        };
        fields.record(&mut part);
        part.visitor.finish()?;
        let (first, below) = match words.split_once('\n') {
            Some((first, below)) => (first, Some(below)),
            None => (words.as_str(), None),
        };
        writer.write_str(first)?;
        let mut part = Part {
            visitor: DefaultVisitor::new(writer.by_ref(), words.is_empty()),
            is_words: false,
        };
        fields.record(&mut part);
        part.visitor.finish()?;
        below.map_or(Ok(()), |below| write!(writer, "\n{below}"))
    }
}

/// The words alone, or all but them.
struct Part<'a> {
    visitor: DefaultVisitor<'a>,
    is_words: bool,
}

impl Part<'_> {
    fn takes(&self, field: &Field) -> bool {
        (field.name() == WORDS) == self.is_words
    }
}

impl Visit for Part<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if self.takes(field) {
            self.visitor.record_debug(field, value);
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if self.takes(field) {
            self.visitor.record_str(field, value);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        if self.takes(field) {
            self.visitor.record_error(field, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn fields_stand_behind_the_first_line() {
        let kept = Kept::default();
        let out = kept.clone();
        let lines = tracing_subscriber::fmt()
            .with_writer(move || out.clone())
            .without_time()
            .with_target(false)
            .with_ansi(false)
            .fmt_fields(Fields)
            .finish();
        tracing::subscriber::with_default(lines, || {
            tracing::error!(
                code = "A1201",
                calls = 2,
                "not loaded:\nadd to agent.toml:\n  here = true"
            );
            tracing::warn!(to = %"ada", "could not be told");
            tracing::info!("at work");
        });
        let said = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let expected = "ERROR not loaded: code=\"A1201\" calls=2\nadd to agent.toml:\n  here = true\n WARN could not be told \
                        to=ada\n INFO at work\n";
        assert_eq!(said, expected);
    }
}
