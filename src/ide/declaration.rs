//! How a thing is declared: the head of its declaration, its documentation, whose it is.
//!
//! In: a desk and what a name stands for. Out: text of the program, and words. The declaration may stand in the package, in
//! what it depends on, or in the library.

use crate::library;
use crate::syntax;
use crate::syntax::tree::{
    ClauseKind, ExternKind, FieldDecl, File, Item, ItemKind, TargetClauseKind,
};
use crate::text::{Source, SourceId};
use crate::typed::{NameKind, Named};

use super::Desk;
use super::describe::parsed;

/// The most lines of a declaration that are told.
const LINES: usize = 20;

/// How something is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    /// In the language; empty for what has only a name.
    pub head: String,
    /// In Markdown.
    pub doc: String,
    /// `k8s` of the library, or the package; empty if it is of this one.
    pub of: String,
}

/// How a thing is declared.
pub(super) fn of(desk: &Desk, named: Named) -> Declared {
    let at = named.at.range().start;
    let source = desk.sources().source(named.at.source);
    let owner = owner(desk, source.id);
    if named.at.len() == 0 {
        return whole(desk, named.kind, source, owner);
    }
    let found = match desk.item_at(source.id, at) {
        Some(found) => about(found.item, found.source, named.kind, at - found.base),
        None => tree(desk, source).and_then(|(tree, source)| {
            let mut items = tree.items.iter();
            let item = items.find(|item| item.span.range().contains(&at))?;
            about(item, &source, named.kind, at)
        }),
    };
    let (head, doc) = found.unwrap_or_default();
    let of = owner;
    Declared { head, doc, of }
}

/// The item of this name in the package, or in a module of the library.
pub(super) fn item(desk: &Desk, module: Option<&str>, name: &str) -> Option<Declared> {
    let is_it = |item: &Item| item.name().is_some_and(|found| found.as_str() == name);
    if module.is_none()
        && let Some(found) = desk.items().find(|found| is_it(found.item))
    {
        return Some(Declared {
            head: head(found.item, found.source),
            doc: found.item.doc.join("\n"),
            of: String::new(),
        });
    }
    let (tree, source) = parsed(library::module(module.unwrap_or(library::PRELUDE))?);
    let item = tree.items.iter().find(|item| is_it(item))?;
    Some(Declared {
        head: head(item, &source),
        doc: item.doc.join("\n"),
        of: owner_of(module.unwrap_or(library::PRELUDE)),
    })
}

/// A module or a package, which is declared by its whole text.
fn whole(desk: &Desk, kind: NameKind, source: &Source, of: String) -> Declared {
    let tree = tree(desk, source);
    let doc = tree.map_or_else(String::new, |(tree, _)| tree.doc.join("\n"));
    let head = match kind {
        NameKind::Module => format!("use {of}"),
        _ => String::new(),
    };
    Declared { head, doc, of }
}

/// Whose a text is, if it is not of the package itself.
pub(super) fn owner(desk: &Desk, source: SourceId) -> String {
    let name = &desk.sources().source(source).name;
    let mut modules = library::MODULES.iter();
    match modules.find(|module| source.is_fixed() && *module.file_name == **name) {
        Some(module) => owner_of(module.name),
        None => desk.lent_by(source).unwrap_or_default(),
    }
}

fn owner_of(module: &str) -> String {
    match module {
        library::PRELUDE => String::from(library::ROOT),
        module => format!("{}.{module}", library::ROOT),
    }
}

/// A text that is not edited, read.
fn tree(desk: &Desk, source: &Source) -> Option<(File, Source)> {
    match source.id.is_fixed() {
        true => {
            let mut modules = library::MODULES.iter();
            Some(parsed(
                modules.find(|module| *module.file_name == *source.name)?,
            ))
        }
        false => {
            let source: &Source = desk.sources().source(source.id);
            Some((syntax::parse(source).file, source.clone()))
        }
    }
}

/// The head and the documentation of what is declared at an offset of an item's text.
fn about(item: &Item, source: &Source, kind: NameKind, at: usize) -> Option<(String, String)> {
    let is_here = |range: std::ops::Range<usize>| range.start <= at && at < range.end;
    match kind {
        NameKind::Module | NameKind::Package | NameKind::Local | NameKind::Case => None,
        NameKind::Binding | NameKind::Label => None,
        NameKind::Role
        | NameKind::Window
        | NameKind::Const
        | NameKind::Secret
        | NameKind::Enum
        | NameKind::Record
        | NameKind::Target
        | NameKind::Fn
        | NameKind::Probe
        | NameKind::Action
        | NameKind::Product
        | NameKind::Runbook => Some((head(item, source), item.doc.join("\n"))),
        NameKind::Field => {
            let field = fields(item)
                .into_iter()
                .find(|field| is_here(field.name.span.range()))?;
            Some((shown(source.slice(field.span)), field.doc.join("\n")))
        }
        NameKind::EnumMember => {
            let ItemKind::Enum(found) = &item.kind else {
                return None;
            };
            let mut members = found.members.iter();
            let member = members.find(|member| is_here(member.name.span.range()))?;
            let head = format!("{}.{}", found.name.as_str(), member.name.as_str());
            Some((head, member.doc.join("\n")))
        }
        NameKind::Watch | NameKind::Finding => {
            let ItemKind::Runbook(runbook) = &item.kind else {
                return None;
            };
            let mut clauses = runbook.clauses.iter();
            let clause = clauses.find(|clause| is_here(clause.span.range()))?;
            match &clause.kind {
                ClauseKind::Watch(_) | ClauseKind::Remedy(_) => Some((
                    until_block(source.slice(clause.span), kind == NameKind::Finding),
                    clause.doc.join("\n"),
                )),
                // It is found, and has no remedy.
                _ => None,
            }
        }
        NameKind::Parameter => Some((parameter(source, at)?, String::new())),
    }
}

/// The fields of a record or of a target.
pub(super) fn fields(item: &Item) -> Vec<&FieldDecl> {
    match &item.kind {
        ItemKind::Record(found) => found.fields.iter().collect(),
        ItemKind::Extern(found) => match &found.kind {
            ExternKind::Target(clauses) => clauses
                .iter()
                .filter_map(|clause| match &clause.kind {
                    TargetClauseKind::Field(field) => Some(&**field),
                    TargetClauseKind::Missing
                    | TargetClauseKind::Scope(_)
                    | TargetClauseKind::Within(_)
                    | TargetClauseKind::Key(..)
                    | TargetClauseKind::Lookup(_) => None,
                })
                .collect(),
            ExternKind::Fn { .. } | ExternKind::Probe { .. } | ExternKind::Action { .. } => {
                Vec::new()
            }
        },
        _ => Vec::new(),
    }
}

/// What is told of an item: all of it, or what stands before its body.
fn head(item: &Item, source: &Source) -> String {
    let has_body = matches!(
        item.kind,
        ItemKind::Fn(_) | ItemKind::Probe(_) | ItemKind::Action(_) | ItemKind::Runbook(_)
    );
    until_block(source.slice(item.span), has_body)
}

fn until_block(text: &str, has_body: bool) -> String {
    match text.split_once(" {") {
        Some((head, _)) if has_body => shown(head),
        Some(_) | None => shown(text),
    }
}

fn shown(text: &str) -> String {
    let text = text.trim();
    let lines: Vec<&str> = text.lines().take(LINES).collect();
    let rest = match text.lines().nth(LINES) {
        Some(_) => "\n...",
        None => "",
    };
    lines.join("\n") + rest
}

/// A parameter, from its name up to the next one.
fn parameter(source: &Source, at: usize) -> Option<String> {
    let text = source.text.get(at..)?;
    let mut depth = 0;
    let end = text.find(|letter| {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        depth < 0 || (depth == 0 && matches!(letter, ',' | '\n'))
    });
    Some(shown(text.get(..end?)?))
}
