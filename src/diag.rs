//! What the checker and the machine have to say: codes, diagnostics, fixes, and how they are shown.
//!
//! In: facts from the pass that knows them. Out: [`Diagnostic`] values, human text, JSON, what CI reads.
//! Imports `text` alone, so that every floor above may construct one.

mod code;
#[cfg(feature = "host")]
pub mod human;
pub mod json;
pub mod near;
mod plain;
pub mod render;
pub mod sense;
pub mod toml;

pub use code::{Code, Kind, Stage};
pub use plain::in_a_line;

use crate::text::Span;

/// One thing to say to the user: what (message), where (label), how to mend it (help, fix).
///
/// Wording: lower case, no final stop, the user's words in backticks, never a Rust type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    /// What the package makes of it, where that is not what the code says.
    pub level: Option<Kind>,
    pub message: String,
    /// Where, with a short text under the line.
    pub primary: Label,
    /// Other places that belong to it: "the change hides here".
    pub others: Vec<Label>,
    pub help: Option<String>,
    /// Ways to mend it, the best first; one of them is enough.
    pub fixes: Vec<Fix>,
}

/// A finding that a comment allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    pub found: Diagnostic,
    pub reason: String,
}

/// A marked place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// Edits that mend the problem when applied together; spans are of the unchanged text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, as a command: "add a blank".
    pub title: String,
    pub edits: Vec<Edit>,
    pub applicability: Applicability,
}

/// Who may apply a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Whoever asked for it: the program reads well afterwards, but may do something else than before, or than was meant.
    Unsafe,
    /// Anybody: it keeps what every runbook does, or is the one way to read what is written.
    Safe,
}

impl Applicability {
    /// As programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Applicability::Unsafe => "unsafe",
            Applicability::Safe => "safe",
        }
    }
}

/// Replaces the text under `span`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Diagnostic {
    /// A diagnostic at `span`; the label says what is seen there.
    pub fn new(
        code: Code,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Self {
        Diagnostic {
            code,
            level: None,
            message: message.into(),
            primary: Label {
                span,
                text: label.into(),
            },
            others: Vec::new(),
            help: None,
            fixes: Vec::new(),
        }
    }

    /// Error, warning, note or fault: as the package says, else as the code does.
    pub fn kind(&self) -> Kind {
        self.level.unwrap_or(self.code.kind())
    }

    /// The same with every place moved.
    pub fn moved(mut self, to: &dyn Fn(Span) -> Span) -> Self {
        let labels = self.others.iter_mut().chain([&mut self.primary]);
        let edits = self.fixes.iter_mut().flat_map(|fix| &mut fix.edits);
        let spans = labels.map(|label| &mut label.span);
        for span in spans.chain(edits.map(|edit| &mut edit.span)) {
            *span = to(*span);
        }
        self
    }

    /// Adds a second place.
    pub fn and(mut self, span: Span, text: impl Into<String>) -> Self {
        self.others.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers an edit that mends it, together with those of the same title; an unsafe one, unless said otherwise.
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        let title = title.into();
        let edit = Edit {
            span,
            text: text.into(),
        };
        match self.fixes.last_mut().filter(|fix| fix.title == title) {
            Some(fix) => fix.edits.push(edit),
            None => self.fixes.push(Fix {
                title,
                edits: vec![edit],
                applicability: Applicability::Unsafe,
            }),
        }
        self
    }

    /// The fix that was offered last is safe.
    pub fn safe(mut self) -> Self {
        if let Some(fix) = self.fixes.last_mut() {
            fix.applicability = Applicability::Safe;
        }
        self
    }
}
