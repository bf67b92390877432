//! What is known of the name at a place: how it is declared, its type, how far it is trusted, what it does at most.
//!
//! In: a desk, a file and an offset. Out: Markdown. Where an error keeps something from being known, it is of the last
//! version of the item without one, and says so.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::effect::Integrity;
use crate::text::Span;
use crate::typed::{NameKind, Reference, What};

use super::declaration::{self, Declared};
use super::{Desk, lens, mentions};

/// What is shown of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The name.
    pub range: Range<usize>,
    /// In Markdown.
    pub text: String,
}

/// What is known of the name at an offset.
pub fn hover(desk: &Desk, file: usize, at: usize) -> Option<Hover> {
    match mentions::name(desk, file, at) {
        Some(found) => Some(Hover {
            range: found.span.range(),
            text: known(desk, found),
        }),
        None => unknown(desk, file, at),
    }
}

fn known(desk: &Desk, found: &Reference) -> String {
    let named = found.named;
    let Declared { head, doc, of } = declaration::of(desk, named);
    let word = desk.sources().slice(named.at);
    let mut rows: Vec<&What> = desk.known_at(named.at).collect();
    let mut is_old = false;
    let has_value = rows.iter().any(|row| matches!(row, What::Value { .. }));
    if matches!(
        named.kind,
        NameKind::Fn | NameKind::Probe | NameKind::Action
    ) {
        rows.extend(desk.effect(named.at));
    }
    if is_value(named.kind) && !has_value {
        let old = desk.last_known(named.at).iter();
        rows.extend(old.filter(|(name, _)| name == word).map(|(_, what)| what));
        is_old = !rows.is_empty();
    }
    let value = rows.iter().find_map(|row| match row {
        What::Value { ty, .. } => Some(format!("{word}: {ty}")),
        What::Effect(_) | What::Takes(_) | What::Needs { .. } => None,
    });
    let head = match (is_value(named.kind), value) {
        (true, Some(value)) => value,
        _ if head.is_empty() => word.to_owned(),
        _ => head,
    };
    let mut facts: Vec<String> = rows.iter().filter_map(|row| fact(row)).collect();
    if named.kind == NameKind::Runbook
        && let Some((may, is_now)) = may(desk, word)
    {
        facts.push(may);
        is_old |= !is_now;
    }
    page(named.kind.word(), &head, &of, &facts, is_old) + &documented(&doc)
}

/// Whether a name of this kind stands for a value of which the text need not say the type.
fn is_value(kind: NameKind) -> bool {
    match kind {
        NameKind::Local | NameKind::Parameter | NameKind::Binding | NameKind::Label => true,
        NameKind::Module
        | NameKind::Package
        | NameKind::Role
        | NameKind::Window
        | NameKind::Const
        | NameKind::Secret
        | NameKind::Enum
        | NameKind::EnumMember
        | NameKind::Record
        | NameKind::Target
        | NameKind::Field
        | NameKind::Fn
        | NameKind::Probe
        | NameKind::Action
        | NameKind::Watch
        | NameKind::Product
        | NameKind::Runbook
        | NameKind::Case
        | NameKind::Finding => false,
    }
}

/// A word that nothing is known of now: what it was in the item when that had no error, or the item of this name.
fn unknown(desk: &Desk, file: usize, at: usize) -> Option<Hover> {
    let source = desk.source(file)?;
    let range = word(&source.text, at)?;
    let word = source.text.get(range.clone())?;
    if !desk.is_broken(&desk.item_at(source.id, at)?) {
        return None;
    }
    let here = Span::new(source.id, range.start, range.end);
    let old = desk.last_known(here).iter();
    let rows: Vec<&What> = old
        .filter(|(name, _)| name == word)
        .map(|(_, what)| what)
        .collect();
    let value = rows.iter().find_map(|row| match row {
        What::Value { ty, .. } => Some(format!("{word}: {ty}")),
        What::Effect(_) | What::Takes(_) | What::Needs { .. } => None,
    });
    let text = match value {
        Some(value) => {
            let facts: Vec<String> = rows.iter().filter_map(|row| fact(row)).collect();
            page("name", &value, "", &facts, true)
        }
        None => {
            let before = source.text.get(..range.start)?;
            let module = before.strip_suffix('.').map(|before| {
                let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
                let kept = before.trim_end_matches(is_word);
                before.get(kept.len()..).unwrap_or_default()
            });
            let Declared { head, doc, of } = declaration::item(desk, module, word)?;
            page("", &head, &of, &[], false) + &documented(&doc)
        }
    };
    Some(Hover { range, text })
}

/// The word around an offset.
fn word(text: &str, at: usize) -> Option<Range<usize>> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let before = text.get(..at)?;
    let start = before.trim_end_matches(is_word).len();
    let behind = text.get(at..)?;
    let end = at + (behind.len() - behind.trim_start_matches(is_word).len());
    (start < end).then_some(start..end)
}

/// What a runbook may do, as far as it is known, and whether it is known of the files as they are now.
fn may(desk: &Desk, runbook: &str) -> Option<(String, bool)> {
    let (manifests, is_now) = desk.last_manifests();
    let mut manifests = manifests.iter();
    let found = manifests.find(|found| found.runbook == runbook)?;
    Some((lens::may(found), is_now))
}

fn fact(row: &What) -> Option<String> {
    match row {
        What::Value { trust, .. } => Some(trusted((*trust)?)),
        What::Effect(level) => Some(format!("does at most: {}", level.word())),
        What::Takes(time) => Some(format!("takes the machine at most {time}")),
        What::Needs { .. } => None,
    }
}

fn trusted(trust: Integrity) -> String {
    let why = match trust {
        Integrity::Own => "what the author wrote, or the product owns",
        Integrity::Measured => "observed",
        Integrity::Bounded => "told, between bounds of the author's",
        Integrity::Told => "words from outside: they may select, and never supply what is done",
    };
    format!("*{}*: {why}", trust.word())
}

fn page(kind: &str, head: &str, of: &str, facts: &[String], is_old: bool) -> String {
    let mut text = format!("```rbk\n{head}\n```\n");
    let kind = match (kind, of) {
        ("", "") => String::new(),
        ("", of) => format!("of `{of}`"),
        (kind, "") => kind.to_owned(),
        (kind, of) => format!("{kind} of `{of}`"),
    };
    let lines = [kind].into_iter().chain(facts.iter().cloned());
    let mut lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    // One name may have been bound several times in the item.
    let mut said = BTreeSet::new();
    lines.retain(|line| said.insert(line.clone()));
    if !lines.is_empty() {
        text.push('\n');
        text.push_str(&lines.join("  \n"));
        text.push('\n');
    }
    if is_old {
        text.push_str("\n*As of the last version without an error.*\n");
    }
    text
}

fn documented(doc: &str) -> String {
    match doc.is_empty() {
        true => String::new(),
        false => format!("\n---\n{doc}\n"),
    }
}
