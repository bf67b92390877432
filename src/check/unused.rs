//! What is declared and never used: modules that a file imports for nothing.
//!
//! In: the finished scopes. Out: warnings with fixes. The library's own files are trusted.

use super::Use;
use super::names::{Import, OWN};
use super::state::Checker;
use crate::diag::{Code, Diagnostic};

impl Checker<'_> {
    /// Says which `use` lines nobody needs.
    pub fn warn_unused(&mut self) {
        let mut said = Vec::new();
        for file in self.files.iter().filter(|file| file.module == OWN) {
            for import in file.imports.iter().filter(|import| self.is_idle(import)) {
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

    fn is_idle(&self, import: &Import) -> bool {
        import.used_by.is_empty() && !self.used_elsewhere.contains(&import.span)
    }

    /// Which module that the package's own files import is used where.
    pub fn uses(&self) -> Vec<Use> {
        let own = self.files.iter().filter(|file| file.module == OWN);
        let imports = own.flat_map(|file| &file.imports);
        let uses = imports.flat_map(|import| {
            let by = import.used_by.iter();
            by.map(|by| Use {
                import: import.span,
                by: *by,
            })
        });
        uses.collect()
    }
}
