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

pub use code::{Code, Kind};
pub use plain::in_a_line;

use crate::text::Span;

/// One thing to say to the user: what (message), where (label), how to mend it (help, fix).
///
/// Wording: lower case, no final stop, the user's words in backticks, never a Rust type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub message: String,
    /// Where, with a short text under the line.
    pub primary: Label,
    /// Other places that belong to it: "the change hides here".
    pub others: Vec<Label>,
    pub help: Option<String>,
    pub fix: Option<Fix>,
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
            message: message.into(),
            primary: Label {
                span,
                text: label.into(),
            },
            others: Vec::new(),
            help: None,
            fix: None,
        }
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

    /// Offers one edit that mends it.
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        let edit = Edit {
            span,
            text: text.into(),
        };
        match &mut self.fix {
            Some(fix) => fix.edits.push(edit),
            None => {
                self.fix = Some(Fix {
                    title: title.into(),
                    edits: vec![edit],
                })
            }
        }
        self
    }
}
