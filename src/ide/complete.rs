//! Completion: words of the language by their place, names that can be seen there, members, labels, findings.
//!
//! In: a desk, a file and an offset. Out: candidates with what they replace. Works on the item cut at the cursor, so on
//! broken files as well. The grammar says which words fit; what types would add is left out.

mod runbook;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::effect::{Reason, Severity};
use crate::library::{self, PRELUDE, ROOT};
use crate::syntax::tree::{Item, ItemKind, Runbook};
use crate::syntax::{self, LexemeKind};
use crate::text::Source;

use super::Desk;
use super::bind::{self, Before};
use super::cases;
use super::declaration::fields;
use super::describe::{described, doc_of, parsed};
use super::typing::{TypeName, Typing};
use runbook::{SEVERITIES, labels_of, remedies, unanswered, watches};

/// Words behind which a new name stands.
const DECLARING: &[&str] = &[
    "action", "as", "const", "enum", "fn", "let", "pick", "probe", "product", "record", "role",
    "runbook", "secret", "some", "watch", "window",
];

/// What a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateKind {
    /// A finding that has no remedy yet, a remedy, a label.
    Wanted,
    Variable,
    Field,
    Member,
    Function,
    Type,
    Constant,
    Role,
    Runbook,
    Module,
    Keyword,
}

/// Something that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub kind: CandidateKind,
    pub name: String,
    /// What it is, in a line.
    pub detail: String,
    /// In Markdown.
    pub doc: String,
}

/// What may stand at an offset, and the bytes that it replaces.
pub fn complete(desk: &Desk, file: usize, at: usize) -> (Range<usize>, Vec<Candidate>) {
    let Some(source) = desk.source(file) else {
        return (at..at, Vec::new());
    };
    let word = word_at(&source.text, at);
    let before = bind::before(&source.text, word.start);
    let hole = bind::in_hole(&source.text, word.start, &before);
    let is_hole = hole.is_some();
    let before = hole.unwrap_or(before);
    let mut found = Completion {
        desk,
        file,
        source,
        before: &before,
        at: word.start,
        candidates: Vec::new(),
    };
    match is_hole {
        true => found.value(),
        false => found.all(),
    }
    let mut candidates = found.candidates;
    candidates.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    let mut seen = BTreeSet::new();
    candidates.retain(|one| seen.insert(one.name.clone()));
    (word, candidates)
}

/// The word around an offset, up to the offset: what is behind it stays.
fn word_at(text: &str, at: usize) -> Range<usize> {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = text.get(..at).unwrap_or_default();
    let kept =
        before.trim_end_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    kept.len()..at
}

struct Completion<'a> {
    desk: &'a Desk,
    file: usize,
    source: &'a Source,
    before: &'a Before,
    at: usize,
    candidates: Vec<Candidate>,
}

impl<'a> Completion<'a> {
    /// The lexeme that is so many before the place: 0 is the last.
    fn back(&self, count: usize) -> &'a str {
        let lexemes = &self.before.lexemes;
        let index = lexemes.len().checked_sub(count + 1);
        let lexeme = index.and_then(|index| lexemes.get(index));
        lexeme
            .and_then(|lexeme| self.source.text.get(lexeme.range.clone()))
            .unwrap_or_default()
    }

    /// Whether the place is in a string or a comment.
    fn is_silent(&self) -> bool {
        let last = self.before.lexemes.last();
        last.is_some_and(|last| match last.kind {
            LexemeKind::Comment | LexemeKind::Doc => {
                !self.source.text[last.range.end..self.at].contains('\n')
            }
            LexemeKind::Text => {
                let text = self.source.text.get(last.range.clone()).unwrap_or_default();
                last.range.end >= self.at && (text.len() == 1 || !text.ends_with('"'))
            }
            _ => false,
        })
    }

    fn all(&mut self) {
        if self.is_silent() {
            return;
        }
        if self.in_braces_of_use() {
            return self.library_modules();
        }
        match (self.back(1), self.back(0)) {
            ("use", _) => return,
            (base, ".") => return self.members(base),
            (_, "use") => return self.roots(),
            (_, word) if DECLARING.contains(&word) => return,
            (_, "found") => self.findings(&|runbook, _| remedies(runbook)),
            (_, "remedy") => return self.findings(&unanswered),
            (_, "severity") => return self.words(SEVERITIES.map(Severity::word).into_iter()),
            (_, "because") => return self.words(Reason::ALL.iter().map(|one| one.word())),
            (_, "owner") => return self.items(&|item| matches!(item.kind, ItemKind::Role(_))),
            (_, "given") => self.watches(),
            (_, "test") => return self.items(&|item| matches!(item.kind, ItemKind::Runbook(_))),
            _ => {}
        }
        if self.case_names() {
            return;
        }
        self.labels();
        self.parameters();
        let item = self.source.text.get(self.before.item..).unwrap_or_default();
        let allowed = syntax::allowed(item, self.at - self.before.item);
        for word in allowed.words {
            self.add(CandidateKind::Keyword, word, "", String::new());
        }
        if allowed.names {
            self.names();
        }
    }

    /// In `${..}`: a value.
    fn value(&mut self) {
        match self.back(0) {
            "." => self.members(self.back(1)),
            _ => {
                self.parameters();
                self.names();
            }
        }
    }

    fn add(&mut self, kind: CandidateKind, name: &str, detail: impl Into<String>, doc: String) {
        self.candidates.push(Candidate {
            kind,
            name: name.to_owned(),
            detail: detail.into(),
            doc,
        });
    }

    /// `use std`, and the packages that this one depends on are in its manifest.
    fn roots(&mut self) {
        self.add(CandidateKind::Module, ROOT, "the library", String::new());
    }

    /// What can be seen without a module.
    fn names(&mut self) {
        // A value of a case names no other of it.
        let in_case = cases::line(self.source, self.before).is_some();
        let seen = self.before.bound.iter();
        for bound in seen.filter(|bound| !(in_case && bound.by == cases::WORD)) {
            self.add(
                CandidateKind::Variable,
                &bound.name,
                bound.by.clone(),
                String::new(),
            );
        }
        self.items(&|item| !matches!(item.kind, ItemKind::Runbook(_)));
        for module in self.modules() {
            let doc = library::module(&module)
                .map_or_else(String::new, |module| doc_of(&parsed(module).0));
            self.add(CandidateKind::Module, &module, "std", doc);
        }
        self.library(PRELUDE);
    }

    /// The items of the package.
    fn items(&mut self, wanted: &dyn Fn(&Item) -> bool) {
        let desk = self.desk;
        for found in desk.items().filter(|found| wanted(found.item)) {
            self.item(found.item, found.source);
        }
    }

    fn item(&mut self, item: &Item, source: &Source) {
        let Some((kind, detail)) = described(item, source) else {
            return;
        };
        if let Some(name) = item.name() {
            self.add(kind, name.as_str(), detail, item.doc.join("\n"));
        }
    }

    /// What stands in a module of the library.
    fn library(&mut self, module: &str) {
        if let Some(module) = library::module(module) {
            let (tree, source) = parsed(module);
            for item in &tree.items {
                self.item(item, &source);
            }
        }
    }

    /// The modules of the library that the file uses.
    fn modules(&self) -> Vec<String> {
        let items = self.desk.items_of(self.file);
        let uses = items.filter_map(|found| match &found.item.kind {
            ItemKind::Use(found) if found.root.as_str() == ROOT => Some(&found.modules),
            _ => None,
        });
        uses.flatten()
            .map(|module| module.text.to_string())
            .collect()
    }

    /// Behind a dot: of a module its items, of an enum its members, of `std` its modules, of all else the fields that
    /// there are.
    fn members(&mut self, base: &str) {
        if base == ROOT && self.back(2) == "use" {
            return self.library_modules();
        }
        if self.modules().iter().any(|module| module == base) {
            return self.library(base);
        }
        let desk = self.desk;
        let found = desk.items().filter_map(|found| match &found.item.kind {
            ItemKind::Enum(found) if found.name.as_str() == base => Some(&found.members),
            _ => None,
        });
        let members: Vec<_> = found.flatten().collect();
        if !members.is_empty() {
            for member in members {
                self.add(
                    CandidateKind::Member,
                    member.name.as_str(),
                    base,
                    member.doc.join("\n"),
                );
            }
            return;
        }
        let typing = Typing {
            desk,
            source: self.source,
            before: self.before,
        };
        let ty = typing.of(base);
        self.fields(ty.as_ref());
        if self.candidates.is_empty() {
            self.fields(None);
        }
    }

    /// Whether the place is a name in `use std.{..}`.
    fn in_braces_of_use(&self) -> bool {
        let lexemes = &self.before.lexemes;
        let text = |index: usize| {
            lexemes
                .get(index)
                .map(|one| &self.source.text[one.range.clone()])
        };
        let is_closed = lexemes.iter().any(|one| one.kind == LexemeKind::Close);
        let begins = [0, 1, 2, 3].map(text);
        begins == [Some("use"), Some(ROOT), Some("."), Some("{")] && !is_closed
    }

    /// The modules of the library that are not written before the place.
    fn library_modules(&mut self) {
        let lexemes = self.before.lexemes.iter();
        let written: Vec<&str> = lexemes
            .filter_map(|lexeme| self.source.text.get(lexeme.range.clone()))
            .collect();
        let modules = library::MODULES.iter();
        for module in modules.filter(|one| one.name != PRELUDE && !written.contains(&one.name)) {
            let doc = doc_of(&parsed(module).0);
            self.add(CandidateKind::Module, module.name, ROOT, doc);
        }
    }

    /// Words that only stand here.
    fn words(&mut self, words: impl Iterator<Item = &'static str>) {
        for word in words {
            self.add(CandidateKind::Keyword, word, "", String::new());
        }
    }

    /// The watches of the runbook that the test is of.
    fn watches(&mut self) {
        let runbook = self.runbook();
        let names = runbook.map_or_else(Vec::new, |(runbook, _)| watches(runbook));
        for name in names {
            self.add(CandidateKind::Wanted, &name, "watch", String::new());
        }
    }

    /// The fields of a type, or of all targets and records that the file can name.
    fn fields(&mut self, of: Option<&TypeName>) {
        let desk = self.desk;
        for found in desk.items() {
            self.fields_of(found.item, found.source, "", of);
        }
        for module in self.modules() {
            if let Some(module) = library::module(&module) {
                let (tree, source) = parsed(module);
                for item in &tree.items {
                    self.fields_of(item, &source, module.name, of);
                }
            }
        }
    }

    fn fields_of(&mut self, item: &Item, source: &Source, module: &str, of: Option<&TypeName>) {
        let is_meant = of.is_none_or(|of| {
            let is_of = of.module.as_deref().is_none_or(|name| name == module);
            is_of && item.name().is_some_and(|name| name.as_str() == of.name)
        });
        let owner = item
            .name()
            .map(|name| name.text.as_str())
            .unwrap_or_default();
        let dot = if module.is_empty() { "" } else { "." };
        for field in fields(item).into_iter().filter(|_| is_meant) {
            let ty = source.slice(field.ty.span);
            let detail = format!("{ty}, of {module}{dot}{owner}");
            self.add(
                CandidateKind::Field,
                field.name.as_str(),
                detail,
                field.doc.join("\n"),
            );
        }
    }

    /// The runbook that the place is in, or that the test is of.
    fn runbook(&self) -> Option<(&'a Runbook, &'a Source)> {
        let desk: &'a Desk = self.desk;
        let here = desk.items_of(self.file).find(|found| {
            let range = found.item.span.range();
            found.base + range.start <= self.at && self.at <= found.base + range.end
        })?;
        let name = match &here.item.kind {
            ItemKind::Runbook(runbook) => return Some((runbook, here.source)),
            ItemKind::Test(test) => test.runbook.as_str(),
            _ => return None,
        };
        desk.items().find_map(|found| match &found.item.kind {
            ItemKind::Runbook(runbook) if runbook.name.as_str() == name => {
                Some((&**runbook, found.source))
            }
            _ => None,
        })
    }

    fn findings(&mut self, of: &dyn Fn(&Runbook, &Source) -> Vec<String>) {
        let runbook = self.runbook();
        let names = runbook.map_or_else(Vec::new, |(runbook, source)| of(runbook, source));
        for name in names {
            self.add(CandidateKind::Wanted, &name, "finding", String::new());
        }
    }

    /// In `given alert X(`: the labels that the trigger takes.
    fn labels(&mut self) {
        let lexemes = &self.before.lexemes;
        let text = |index: usize| {
            lexemes
                .get(index)
                .and_then(|lexeme| self.source.text.get(lexeme.range.clone()))
        };
        let Some(open) = lexemes
            .iter()
            .rposition(|lexeme| lexeme.kind == LexemeKind::Open)
        else {
            return;
        };
        let is_alert = open >= 2 && text(open) == Some("(") && text(open - 2) == Some("alert");
        if !is_alert
            || lexemes
                .iter()
                .skip(open)
                .any(|lexeme| lexeme.kind == LexemeKind::Close)
        {
            return;
        }
        let clauses = self
            .runbook()
            .into_iter()
            .flat_map(|(runbook, _)| &runbook.clauses);
        let labels: Vec<String> = clauses.flat_map(labels_of).collect();
        for label in labels {
            self.add(CandidateKind::Wanted, &label, "label", String::new());
        }
    }

    /// Where a name of a case begins: those of the cases before it, without what its line gives already. Whether it is
    /// such a place.
    fn case_names(&mut self) -> bool {
        let Some(missing) = cases::missing(self.source, self.before) else {
            return false;
        };
        for name in missing {
            let kind = CandidateKind::Wanted;
            self.add(kind, name, "value of a case", String::new());
        }
        true
    }

    /// In a call: the names of the parameters.
    fn parameters(&mut self) {
        let Some(call) = super::signature::call(self.source, self.before) else {
            return;
        };
        let Some(signature) = super::signature::of(self.desk, &call.path) else {
            return;
        };
        for param in signature
            .params
            .iter()
            .filter(|param| !call.named.contains(&param.name))
        {
            self.add(
                CandidateKind::Wanted,
                &param.name,
                param.text.clone(),
                String::new(),
            );
        }
    }
}
