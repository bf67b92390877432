//! `use` lines of the library: which of its modules a file sees.
//!
//! In: a file. Out: its scope. Members are always written with their module, so such a `use` binds the
//! module's name alone and two files never disagree about what a name means.

use std::collections::{BTreeSet, HashMap};

use super::names::{FileId, FileScope, Import, ModuleId};
use super::state::Checker;
use crate::diag::near::{nearest, offered};
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::syntax::tree::{File, Ident, Item, ItemKind, UseItem};
use crate::text::Span;

impl Checker<'_> {
    /// Enters the scope of a file.
    pub fn open_file(&mut self, module: ModuleId, file: &File) {
        let mut imports = Vec::new();
        let mut import_at = match file.items.first() {
            Some(first) => self.above_documentation(first),
            None => Span::new(file.source, 0, 0),
        };
        for item in &file.items {
            if let ItemKind::Use(found) = &item.kind {
                import_at = item.span.at_start();
                if found.root.as_str() == library::ROOT {
                    self.import(found, item.span, &mut imports);
                }
            }
        }
        self.files.push(FileScope {
            module,
            imports,
            items: Vec::new(),
            places: HashMap::new(),
            import_at,
            missing: BTreeSet::new(),
        });
    }

    /// Where a line may be put in above an item and its documentation.
    fn above_documentation(&self, item: &Item) -> Span {
        let start = item.span.start as usize;
        let text = &self.sources.source(item.span.source).text;
        let above = text.get(..start).unwrap_or_default();
        let lines = above.match_indices('\n').rev().nth(item.doc.len());
        let at = match lines {
            Some((line_break, _)) => line_break + 1,
            None => 0,
        };
        Span::new(item.span.source, at, at)
    }

    fn import(&mut self, item: &UseItem, whole: Span, imports: &mut Vec<Import>) {
        for (index, name) in item.modules.iter().enumerate() {
            self.import_module(name, cut(item, index, whole), imports);
        }
    }

    fn import_module(&mut self, name: &Ident, whole: Span, imports: &mut Vec<Import>) {
        if name.text.is_empty() {
            return;
        }
        let Some(module) = self.names.module(name.as_str()) else {
            self.say_unknown_module(name);
            return;
        };
        self.refer_module(name.span, module);
        if let Some(first) = imports.iter().find(|known| known.name == name.text) {
            let first = first.span;
            self.say_duplicate("module", name, first);
            return;
        }
        imports.push(Import {
            name: name.text.clone(),
            module,
            span: name.span,
            whole,
            used_by: Vec::new(),
        });
    }

    fn say_unknown_module(&mut self, name: &Ident) {
        let all = || library::MODULES.iter().map(|module| module.name);
        let message = format!("the library has no module `{}`", name.text);
        let found = Diagnostic::new(Code::UnknownModule, message, name.span, "unknown module");
        let shown: Vec<&str> = all().filter(|name| *name != library::PRELUDE).collect();
        let near = nearest(name.as_str(), shown.iter().copied());
        let near = near.or_else(|| called(name.as_str()));
        let found = found.help(offered(near, "there are", &shown.join(", ")));
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), name.span, near),
            None => found,
        });
    }

    /// The module that a name stands for at a place in a file; it counts as used there from then on.
    pub fn imported(&mut self, file: FileId, name: &str, at: Span) -> Option<ModuleId> {
        let scope = self.files.get_mut(file.0 as usize)?;
        let import = scope.imports.iter_mut().find(|found| found.name == name)?;
        if import.used_by.last() != Some(&at.source) {
            import.used_by.push(at.source);
        }
        let module = import.module;
        self.refer_module(at, module);
        Some(module)
    }

    /// Says that a module of the library is not imported, if there is one of that name: once, however often the
    /// file mentions it. Gives the module where another file has it loaded, so that the rest is checked.
    pub fn say_not_imported(&mut self, file: FileId, name: &Ident) -> Option<Option<ModuleId>> {
        let found = library::module(name.as_str())?;
        let module = self.names.module(found.name);
        let scope = self.files.get_mut(file.0 as usize)?;
        if !scope.missing.insert(found.name) {
            return Some(None);
        }
        let at = scope.import_at;
        scope.imports.extend(module.map(|module| Import {
            name: name.text.clone(),
            module,
            span: name.span,
            whole: name.span,
            used_by: vec![name.span.source],
        }));
        let line = format!("use std.{}", found.name);
        let message = format!("the module `{}` is not imported in this file", found.name);
        let found = Diagnostic::new(Code::UnknownName, message, name.span, "not imported");
        let found = found.help(format!("add `{line}` to the file"));
        let found = found.fix(format!("add `{line}`"), at, format!("{line}\n"));
        self.say(found.safe());
        Some(module)
    }
}

/// What to cut out of a `use` to drop one of its names: with its comma, if there is another one to tell it from.
pub fn cut(item: &UseItem, index: usize, whole: Span) -> Span {
    let before = index.checked_sub(1).and_then(|at| item.modules.get(at));
    match (item.modules.get(index), before, item.modules.get(index + 1)) {
        (Some(name), _, Some(next)) => name.span.to(next.span.at_start()),
        (Some(name), Some(before), None) => before.span.at_end().to(name.span),
        (_, None, None) | (None, ..) => whole,
    }
}

/// The module of the library that goes by another name elsewhere.
fn called(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "prometheus" | "promql" | "metrics" => "prom",
        "kubernetes" | "kube" | "kubectl" | "pods" => "k8s",
        "network" | "socket" | "net" => "tcp",
        "command" | "shell" | "process" | "ssh" | "subprocess" => "exec",
        "machine" | "server" | "node" | "vm" => "host",
        "requests" | "fetch" | "rest" | "https" => "http",
        "argocd" | "argo" | "flux" => "gitops",
        _ => return None,
    })
}
