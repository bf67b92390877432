//! Names that hide another one: a word means one thing in a file.
//!
//! In: a name as it is declared. Out: an error that says what it would hide: something of the prelude, or a
//! module that the file uses. With one edition there are no names yet that came later than a package.

use super::expr::is_function;
use super::names::FileId;
use super::state::Checker;
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::syntax::tree::Ident;

/// Where a name is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In the whole package, as a function too.
    Item,
    /// In a body or a runbook, as a value alone.
    Local,
}

impl Checker<'_> {
    /// Says that a name hides another one, if it does.
    pub fn refuse_hiding(&mut self, file: FileId, name: &Ident, reach: Reach) {
        let word = name.as_str();
        let imports = &self.file(file).imports;
        let module = imports.iter().find(|import| import.name == name.text);
        let prelude = self.names.module(library::PRELUDE);
        let member = prelude.and_then(|prelude| self.names.member(prelude, word));
        let (hidden, place) = match (module, member) {
            (Some(import), _) => (
                format!("the module `{word}`, which this file uses"),
                Some((import.span, "used here")),
            ),
            // A value hides no function: `now` and `now()` are told apart.
            (None, Some(_)) if reach == Reach::Item => (format!("`{word}` of the prelude"), None),
            (None, None) if reach == Reach::Item && is_function(word) => {
                (format!("the function `{word}` of the prelude"), None)
            }
            (None, _) => return,
        };
        let message = format!("`{word}` hides {hidden}");
        let found = Diagnostic::new(Code::HidesName, message, name.span, "means two things");
        let found = match place {
            Some((span, label)) => found.and(span, label),
            None => found,
        };
        self.say(
            found.help("give it a name of its own; a label is bound under another one with `as`"),
        );
    }
}
