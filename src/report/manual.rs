//! The manual: pages of the reference, of the library, and of a package, as Markdown.
//!
//! In: the texts that come with the language, or the files of a package with what its runbooks may do. Out: pages of
//! sections. What an author wrote stays in its section, whatever it says: a fence that is left open is closed.

use crate::library::{self, Module};
use crate::settings;
use crate::syntax;
use crate::syntax::tree::{Item, ItemKind};
use crate::text::{Source, SourceId};

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What it is asked for by.
    pub name: String,
    pub title: String,
    /// Markdown; each stands for itself.
    pub sections: Vec<String>,
}

impl Page {
    /// The page as one text.
    pub fn text(&self) -> String {
        let sections = self.sections.iter().map(|section| section.trim_end());
        let mut text = sections.collect::<Vec<_>>().join("\n\n");
        text.push('\n');
        text
    }
}

macro_rules! reference {
    ($($name:literal)*) => {
        /// The pages of the reference: name and text.
        const REFERENCE: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!("../../grammar/reference/", $name, ".md")),
        ),)*];
    };
}

reference! {
    "README"
    "api"
    "attempt"
    "blast"
    "ci"
    "data"
    "dependencies"
    "design"
    "diagnose"
    "do"
    "editors"
    "effects"
    "empty"
    "ends"
    "expressions"
    "extern"
    "facts"
    "failures"
    "for"
    "functions"
    "graph"
    "guard"
    "humans"
    "incidents"
    "later"
    "lexical"
    "lints"
    "literals"
    "mitigated"
    "packages"
    "product"
    "remedy"
    "role"
    "runbook"
    "secrets"
    "settings"
    "statements"
    "test"
    "triggers"
    "trust"
    "types"
    "verify"
    "versions"
    "watch"
    "window"
    "world"
}

/// The page of which the tables come from whoever reads settings.
const SETTINGS: &str = "settings";

/// The pages of the reference, in the order of their names.
pub fn reference() -> impl Iterator<Item = Page> {
    REFERENCE.iter().map(|(name, text)| Page {
        name: (*name).to_owned(),
        title: title(text).to_owned(),
        sections: vec![match *name == SETTINGS {
            true => settings::page(text),
            false => (*text).to_owned(),
        }],
    })
}

/// The pages of the library, one for each module.
pub fn library() -> impl Iterator<Item = Page> {
    library::MODULES.iter().map(module)
}

fn module(module: &Module) -> Page {
    let source = Source::new(SourceId::default(), module.file_name, module.text);
    let title = format!("{}.{}", library::ROOT, module.name);
    let mut sections = vec![format!("# {title}")];
    sections.extend(of_file(&source, &|_| None));
    Page {
        name: module.name.to_owned(),
        title,
        sections,
    }
}

/// What a file says of itself, and each of its items: how it is declared, what stands above it, and what is known of
/// a runbook of that name.
pub fn of_file(source: &Source, known: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let file = syntax::parse(source).file;
    let mut sections = Vec::new();
    if !file.doc.is_empty() {
        sections.push(closed(&file.doc.join("\n")));
    }
    for item in &file.items {
        let Some(name) = item.name() else { continue };
        let declared = fenced("rbk", declared(item, source));
        sections.push(format!("## {}\n\n{declared}", name.text));
        if !item.doc.is_empty() {
            sections.push(closed(&item.doc.join("\n")));
        }
        if let ItemKind::Runbook(_) = &item.kind {
            sections.extend(known(name.as_str()).map(|text| fenced("text", text.trim_end())));
        }
    }
    sections
}

/// A text as it is.
fn fenced(language: &str, text: &str) -> String {
    let fence = fence(text);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// A fence that is longer than any in the text.
fn fence(text: &str) -> String {
    let ticks = text.split(|letter| letter != '`').map(str::len).max();
    "`".repeat(ticks.unwrap_or_default().max(2) + 1)
}

/// An item as it is written; of what has a body, its head.
fn declared<'s>(item: &Item, source: &'s Source) -> &'s str {
    let whole = item.span.range();
    let end = match &item.kind {
        ItemKind::Probe(found) => found.body.span.range().start,
        ItemKind::Action(found) => found.body.span.range().start,
        ItemKind::Runbook(found) => {
            found
                .product
                .as_ref()
                .unwrap_or(&found.name)
                .span
                .range()
                .end
        }
        ItemKind::Missing
        | ItemKind::Use(_)
        | ItemKind::Role(_)
        | ItemKind::Window(_)
        | ItemKind::Const(_)
        | ItemKind::Enum(_)
        | ItemKind::Record(_)
        | ItemKind::Secret(_)
        | ItemKind::Product(_)
        | ItemKind::Fn(_)
        | ItemKind::Extern(_)
        | ItemKind::Test(_) => whole.end,
    };
    source
        .text
        .get(whole.start..end)
        .unwrap_or_default()
        .trim_end()
}

/// A text of Markdown in which no fence is left open.
fn closed(text: &str) -> String {
    let mut open: Option<&str> = None;
    for line in text.lines() {
        let line = line.trim_start();
        let letter = line
            .chars()
            .next()
            .filter(|letter| matches!(letter, '`' | '~'));
        let length = letter.map_or(0, |letter| {
            line.len() - line.trim_start_matches(letter).len()
        });
        let fence = line.get(..length).filter(|fence| fence.len() >= 3);
        open = match (open, fence) {
            (None, fence) => fence,
            (Some(begun), Some(fence)) if fence.starts_with(begun) && line.trim_end() == fence => {
                None
            }
            (Some(begun), _) => Some(begun),
        };
    }
    match open {
        Some(fence) => format!("{text}\n{fence}"),
        None => text.to_owned(),
    }
}

/// The first heading.
fn title(text: &str) -> &str {
    let mut lines = text.lines();
    lines
        .find_map(|line| line.strip_prefix("# "))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_title_and_every_module_its_items() {
        assert!(reference().all(|page| !page.title.is_empty()));
        let page = library()
            .find(|page| page.name == "k8s")
            .map(|page| page.text());
        let text = page.unwrap_or_default();
        assert!(
            text.contains("## restart\n\n```rbk\nextern action restart("),
            "{text}"
        );
    }

    #[test]
    fn an_open_fence_is_closed() {
        assert_eq!(closed("a\n```rbk\nb"), "a\n```rbk\nb\n```");
        assert_eq!(closed("```\nb\n```\nc"), "```\nb\n```\nc");
        assert_eq!(closed("~~~~\n~~~\n```"), "~~~~\n~~~\n```\n~~~~");
    }
}
