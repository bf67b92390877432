//! `use` lines of dependencies: which of their items a file brings in, under their own names.
//!
//! In: a file, after every item has its name. Out: its scope, with what it brings in. A name means one thing
//! in a package: it never hides another one, and no two files bring in two things under it.

use std::cell::Cell;

use smol_str::SmolStr;

use super::hiding::Reach;
use super::imports::cut;
use super::names::{FileId, Lent, Member, ModuleId, Origin};
use super::state::Checker;
use super::types::symbol_kind;
use crate::diag::near::{nearest, offered};
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::syntax::tree::{File, Ident, ItemKind, UseItem};
use crate::text::Span;
use crate::typed::Symbol;

impl Checker<'_> {
    /// Brings in what the file uses of other packages.
    pub fn bring_in(&mut self, id: FileId, file: &File) {
        for item in &file.items {
            let ItemKind::Use(found) = &item.kind else {
                continue;
            };
            if found.root.as_str() == library::ROOT || found.root.text.is_empty() {
                continue;
            }
            match self.lender(id, found) {
                Some(of) => self.bring_in_items(id, of, found, item.span),
                // Whatever it should bring in stays unknown, and that is told here once.
                None => self.lose(&found.modules),
            }
        }
    }

    /// The package that a `use` names; says so if there is none. One that is named in the manifest and is not
    /// there was told at its manifest.
    fn lender(&mut self, file: FileId, item: &UseItem) -> Option<ModuleId> {
        let root = &item.root;
        let uses = self.names.uses(self.file(file).module);
        if uses.contains(&root.text) {
            let lender = self.names.dependency(root.as_str());
            if let Some(lender) = lender {
                self.refer_module(root.span, lender);
            }
            return lender;
        }
        let message = format!("there is no package `{}` to use", root.text);
        let found = Diagnostic::new(Code::UnknownModule, message, root.span, "unknown");
        let all = uses.iter().map(SmolStr::as_str);
        let near = nearest(root.as_str(), all.chain([library::ROOT])).map(str::to_owned);
        self.say(match near {
            Some(near) => found
                .help(format!("there is `{near}`"))
                .fix(format!("write `{near}`"), root.span, near),
            None => found.help(
                "the library is `std`: `use std.k8s`; another package has a line in `[dependencies]` of `rbk.toml`; \
                 files of one package see each other without `use`",
            ),
        });
        None
    }

    fn bring_in_items(&mut self, file: FileId, of: ModuleId, item: &UseItem, whole: Span) {
        for (index, name) in item.modules.iter().enumerate() {
            if name.text.is_empty() {
                continue;
            }
            let Some(member) = self.exported(of, item.root.as_str(), name) else {
                self.lose([name]);
                continue;
            };
            self.refer_member(name.span, member);
            if self.is_taken(file, of, name) {
                continue;
            }
            if !self.names.is_library(self.file(file).module) {
                self.refuse_hiding(file, name, Reach::Item);
            }
            let whole = cut(item, index, whole);
            let lent = Lent {
                name: name.text.clone(),
                member,
                span: name.span,
                whole,
                used: Cell::new(false),
            };
            if let Some(scope) = self.files.get_mut(file.0 as usize) {
                scope.places.insert(name.text.clone(), scope.items.len());
                scope.items.push(lent);
            }
        }
    }

    /// The item of a package that another one may bring in; says so if there is none.
    fn exported(&mut self, of: ModuleId, package: &str, name: &Ident) -> Option<Member> {
        let member = self.names.member(of, name.as_str());
        let kept = match member.map(|member| member.symbol) {
            Some(Symbol::Secret(_)) => Some("a secret"),
            Some(_) => return member,
            None => self.names.kept(of, name.as_str()),
        };
        let Some(what) = kept else {
            self.say_not_there(of, package, name);
            return None;
        };
        let message = format!(
            "`{}` is {what} of `{package}`, and {what} is never exported",
            name.text
        );
        let found = Diagnostic::new(Code::WrongKindOfName, message, name.span, "not exported");
        self.say(found.help(
            "a package exports roles, constants, enums, records, functions, probes, actions and windows",
        ));
        None
    }

    fn say_not_there(&mut self, of: ModuleId, package: &str, name: &Ident) {
        let message = format!("the package `{package}` has no `{}`", name.text);
        let found = Diagnostic::new(Code::UnknownMember, message, name.span, "not there");
        let lends = |known: &&SmolStr| {
            let member = self.names.member(of, known);
            !member.is_some_and(|member| matches!(member.symbol, Symbol::Secret(_)))
        };
        let all: Vec<&str> = self
            .names
            .members(of)
            .filter(lends)
            .map(SmolStr::as_str)
            .collect();
        let near = nearest(name.as_str(), all.iter().copied());
        let shown = all.iter().take(20).copied().collect::<Vec<_>>().join(", ");
        let found = match all.is_empty() {
            true => found.help("it exports nothing"),
            false => found.help(offered(near, "it exports", &shown)),
        };
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), name.span, near),
            None => found,
        });
    }

    /// Whether the name has a meaning already: an item of the package, or what one of its files brings in. The
    /// same of the same package may be brought in by every file, once by each.
    fn is_taken(&mut self, file: FileId, of: ModuleId, name: &Ident) -> bool {
        let module = self.file(file).module;
        let key = (module, name.text.clone());
        let own = self.names.member(module, name.as_str());
        let here = self.file(file).places.contains_key(name.as_str());
        let brought = self.brought.get(&key);
        let clash = match (own, brought) {
            (Some(member), _) => Some((member.span, "declared here first")),
            (None, Some((from, first))) if here || *from != of => {
                Some((*first, "brought in here first"))
            }
            (None, _) => None,
        };
        let Some((first, label)) = clash else {
            self.brought.entry(key).or_insert((of, name.span));
            return false;
        };
        let message = format!("the name `{}` is already in use in this package", name.text);
        let found = Diagnostic::new(Code::NameTaken, message, name.span, "brought in again");
        let found = found.and(first, label);
        self.say(found.help("a name means one thing in a package: leave one of them out"));
        true
    }

    fn lose<'n>(&mut self, names: impl IntoIterator<Item = &'n Ident>) {
        let names = names.into_iter().map(|name| name.text.clone());
        self.lost.extend(names.filter(|name| !name.is_empty()));
    }

    /// Says which items nobody needs that files of the package bring in.
    pub fn warn_unneeded(&mut self) {
        let mut said = Vec::new();
        for scope in &self.files {
            if *self.names.origin(scope.module) != Origin::Own {
                continue;
            }
            for lent in scope.items.iter().filter(|lent| !lent.used.get()) {
                let (what, name) = (symbol_kind(lent.member.symbol), &lent.name);
                let message = format!("`{name}`, {what}, is not used in this file");
                let found = Diagnostic::new(Code::UnusedUse, message, lent.span, "not used");
                said.push(found.help("drop it").fix("drop it", lent.whole, ""));
            }
        }
        for found in said {
            self.say(found);
        }
    }
}
