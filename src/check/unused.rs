//! What is declared and never used: modules that a file imports for nothing.
//!
//! In: the finished scopes. Out: warnings with fixes. The library's own files are trusted.

use super::names::OWN;
use super::state::Checker;
use crate::diag::{Code, Diagnostic};

impl Checker<'_> {
    /// Says which `use` lines nobody needs.
    pub fn warn_unused(&mut self) {
        let mut said = Vec::new();
        for file in self.files.iter().filter(|file| file.module == OWN) {
            for import in file.imports.iter().filter(|import| !import.used) {
                let message = format!("the module `{}` is not used in this file", import.name);
                let found = Diagnostic::new(Code::UnusedUse, message, import.span, "not used");
                said.push(found.help("drop it").fix("drop it", import.whole, ""));
            }
        }
        for found in said {
            self.say(found);
        }
        self.warn_unneeded();
    }
}
