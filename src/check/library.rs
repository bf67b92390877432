//! Which modules of the library a package needs, parsed.
//!
//! In: the package's files. Out: the prelude and every module that is used, directly or by another
//! module, each after those that it uses. Unused modules cost nothing, used ones are parsed once.

use std::sync::{Arc, OnceLock};

use crate::diag::Diagnostic;
use crate::library::{self, MODULES};
use crate::syntax::tree::{File, ItemKind};
use crate::syntax::{self, Parsed};
use crate::text::{Source, SourceId, Sources};

/// A module of the library.
pub struct Module {
    pub name: &'static str,
    pub file: Arc<File>,
}

/// What is made of a module is always the same: made when it is used first, it stays.
static READ: [OnceLock<Read>; MODULES.len()] = [const { OnceLock::new() }; MODULES.len()];

struct Read {
    source: Arc<Source>,
    file: Arc<File>,
    diagnostics: Vec<Diagnostic>,
}

fn read(place: usize, module: &library::Module) -> &'static Read {
    READ[place].get_or_init(|| {
        let id = SourceId::fixed(place);
        let source = Source::new(id, module.file_name, module.text);
        let Parsed { file, diagnostics } = syntax::parse(&source);
        Read {
            source: Arc::new(source),
            file: Arc::new(file),
            diagnostics,
        }
    })
}

/// Parses what the files need, and adds its text to the sources.
pub fn load<'f>(
    sources: &mut Sources,
    files: impl Iterator<Item = &'f File>,
) -> (Vec<Module>, Vec<Diagnostic>) {
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
            if item.root.as_str() == library::ROOT {
                for module in &item.modules {
                    self.module(sources, module.as_str());
                }
            }
        }
    }

    fn module(&mut self, sources: &mut Sources, name: &str) {
        let place = MODULES.iter().position(|module| module.name == name);
        let Some((place, module)) = place.and_then(|place| Some((place, MODULES.get(place)?)))
        else {
            return;
        };
        if self.seen.contains(&module.name) {
            return;
        }
        self.seen.push(module.name);
        let read = read(place, module);
        sources.add_fixed(read.source.clone());
        self.diagnostics.extend(read.diagnostics.iter().cloned());
        self.uses(sources, &read.file);
        self.modules.push(Module {
            name: module.name,
            file: read.file.clone(),
        });
    }
}
