//! Free text: words from outside, cut. They fit a value of `json:` and nothing else, whatever name,
//! field, list or function they come through.

use super::flow::Flow;
use super::origin::{Matter, Taint};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

/// What free text would be used as.
#[derive(Clone, Copy)]
pub enum Use<'u> {
    /// An argument of that call.
    Argument(&'u str),
    /// A part of a text, an address or a query.
    Hole,
    Compared,
    Key,
    /// Whether there is any, or how much.
    Counted,
    Attached,
}

impl Flow<'_, '_> {
    /// A use for which free text does not fit; what is left is worth the rest.
    pub(super) fn used(&mut self, taint: Taint, span: Span, used: Use<'_>) -> Taint {
        if self.in_function {
            let plain = std::mem::take(&mut self.plain);
            self.plain = plain.join(taint.depends());
        }
        match taint.matter.has(Matter::FREE) {
            true => {
                self.say_misplaced(span, used);
                taint.without_free()
            }
            false => taint,
        }
    }

    pub(super) fn say_misplaced(&mut self, span: Span, used: Use<'_>) {
        let (label, help) = match used {
            Use::Argument(name) => (
                format!("would be an argument of `{name}`"),
                "cutting words does not make them your own: choose among your own with `pick`, or look a target up by the words themselves",
            ),
            Use::Hole => (
                "would become a part of a text".to_owned(),
                "give it a value of its own, `json: [\"note\": note]`; a message to people shows the words themselves",
            ),
            Use::Compared => (
                "would be compared".to_owned(),
                "compare the words themselves",
            ),
            Use::Key => (
                "would be a key".to_owned(),
                "write the keys yourself, and put the words into a value",
            ),
            Use::Counted => ("would be counted".to_owned(), "ask the words themselves"),
            Use::Attached => (
                "would be attached".to_owned(),
                "attach the words themselves",
            ),
        };
        // One use is one mistake, however many sinks a function leads it to.
        let said = |found: &Diagnostic| {
            found.code == Code::FreeTextMisplaced && found.primary.span == span
        };
        if self.out.iter().rev().take(16).any(said) {
            return;
        }
        let message = "free text fits a value of `json:`, and nothing else";
        let found = Diagnostic::new(Code::FreeTextMisplaced, message, span, label);
        self.out.push(found.help(help));
    }
}
