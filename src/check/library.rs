//! Which modules of the library a package needs, parsed.
//!
//! In: the package's files. Out: the prelude and every module that is used, directly or by another
//! module, each after those that it uses. Unused modules cost nothing.

use crate::diag::Diagnostic;
use crate::library;
use crate::syntax;
use crate::syntax::tree::{File, ItemKind};
use crate::text::Sources;

/// A module of the library.
pub struct Module {
    pub name: &'static str,
    pub file: File,
}

/// Parses what the files need, and adds its text to the sources.
pub fn load(sources: &mut Sources, files: &[File]) -> (Vec<Module>, Vec<Diagnostic>) {
    let mut loading = Loading::default();
    loading.module(sources, library::PRELUDE);
    for file in files {
        loading.uses(sources, file);
    }
    (loading.modules, loading.diagnostics)
}

#[derive(Default)]
struct Loading {
    /// Begun or done.
    seen: Vec<&'static str>,
    modules: Vec<Module>,
    diagnostics: Vec<Diagnostic>,
}

impl Loading {
    fn uses(&mut self, sources: &mut Sources, file: &File) {
        for item in &file.items {
            let ItemKind::Use(item) = &item.kind else {
                continue;
            };
            if item.root.as_str() == "std" {
                for module in &item.modules {
                    self.module(sources, module.as_str());
                }
            }
        }
    }

    fn module(&mut self, sources: &mut Sources, name: &str) {
        let Some(module) = library::module(name) else {
            return;
        };
        if self.seen.contains(&module.name) {
            return;
        }
        self.seen.push(module.name);
        let id = sources.add(module.file_name, module.text);
        let parsed = syntax::parse(sources.source(id));
        self.diagnostics.extend(parsed.diagnostics);
        self.uses(sources, &parsed.file);
        self.modules.push(Module {
            name: module.name,
            file: parsed.file,
        });
    }
}
