//! The type of a name that a place can see, as far as the words before it say: for what an editor asks of broken lines.
//!
//! In: the lexemes before a place, and a name. Out: the module and the name of the type, where a call, a parameter or
//! another name says it. What the checker knew of the item when it had no error is asked first.

use crate::library;
use crate::syntax::LexemeKind;
use crate::syntax::tree::{ExternKind, Item, ItemKind, TypeRef};
use crate::text::{Source, Span};
use crate::typed::What;

use super::Desk;
use super::bind::Before;
use super::describe::parsed;

/// The most names that stand for one another.
const MOST_NAMES: usize = 8;

/// Words that begin what follows the name of a value: `let x = ..`, `for x in ..`.
const BINDING: [&str; 4] = ["let", "for", "pick", "some"];

/// The name of a type with the module that it is of, if it is of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypeName {
    pub module: Option<String>,
    pub name: String,
}

/// The text before a place.
pub(super) struct Typing<'a> {
    pub desk: &'a Desk,
    pub source: &'a Source,
    pub before: &'a Before,
}

impl<'a> Typing<'a> {
    /// The type of a name, of its elements where it is a list.
    pub(super) fn of(&self, name: &str) -> Option<TypeName> {
        self.known(name).or_else(|| self.said(name))
    }

    fn text(&self, index: usize) -> &'a str {
        let range = self.before.lexemes.get(index);
        let range = range.map(|lexeme| lexeme.range.clone());
        range
            .and_then(|range| self.source.text.get(range))
            .unwrap_or_default()
    }

    /// What the checker knew of the name.
    fn known(&self, name: &str) -> Option<TypeName> {
        let here = Span::new(self.source.id, self.before.item, self.before.item);
        let mut known = self.desk.last_known(here).iter();
        let ty = known.find_map(|(of, what)| match what {
            What::Value { ty, .. } if of == name => Some(ty),
            What::Value { .. } | What::Effect(_) | What::Takes(_) | What::Needs { .. } => None,
        })?;
        written(ty)
    }

    /// What the words say that bind the name, or the name that it stands for.
    fn said(&self, name: &str) -> Option<TypeName> {
        let mut name = name;
        let mut end = self.before.lexemes.len();
        for _ in 0..MOST_NAMES {
            let at = (0..end).rev().find(|index| self.binds(*index, name))?;
            end = at;
            if self.text(at + 1) == ":" {
                return written(&self.upto(at + 2, &[",", ")"]));
            }
            let from = match self.text(at + 1) {
                "in" | "=" => at + 2,
                _ => return None,
            };
            match self.path(from)?.as_slice() {
                [module, called] => return self.result(Some(module), called),
                [called] if self.text(from + 1) == "(" => return self.result(None, called),
                [other] => name = other,
                _ => return None,
            }
        }
        None
    }

    /// Whether the lexeme brings the name in.
    fn binds(&self, index: usize, name: &str) -> bool {
        let before = index.checked_sub(1).map(|before| self.text(before));
        let is_bound = before.is_some_and(|word| BINDING.contains(&word));
        let is_parameter = matches!(before, Some("(" | ",")) && self.text(index + 1) == ":";
        self.text(index) == name && (is_bound || is_parameter && self.is_type(index + 2))
    }

    /// Whether a type is written at a lexeme, by itself or behind its module.
    fn is_type(&self, index: usize) -> bool {
        let is_dotted = self.text(index + 1) == ".";
        let at = if is_dotted { index + 2 } else { index };
        self.text(at)
            .starts_with(|first: char| first.is_ascii_uppercase())
    }

    fn upto(&self, from: usize, ends: &[&str]) -> String {
        let all = (from..self.before.lexemes.len()).map(|index| self.text(index));
        all.take_while(|text| !ends.contains(text)).collect()
    }

    /// The name or the call that a value is; none where something is made of it.
    fn path(&self, from: usize) -> Option<Vec<&'a str>> {
        let mut path = vec![self.text(from)];
        let mut index = from + 1;
        while self.text(index) == "." {
            path.push(self.text(index + 1));
            index += 2;
        }
        if self.text(index) == "(" {
            let mut open = 0_usize;
            loop {
                match self.before.lexemes.get(index)?.kind {
                    LexemeKind::Open => open += 1,
                    LexemeKind::Close => open = open.saturating_sub(1),
                    _ => {}
                }
                index += 1;
                if open == 0 {
                    break;
                }
            }
        }
        let goes_on = self
            .before
            .lexemes
            .get(index)
            .is_some_and(|lexeme| lexeme.kind == LexemeKind::Mark && self.text(index) != ",");
        (!goes_on).then_some(path)
    }

    /// The type of what a call gives.
    fn result(&self, module: Option<&str>, called: &str) -> Option<TypeName> {
        let of = |item: &Item, source: &Source| {
            let is_called = item.name().is_some_and(|name| name.as_str() == called);
            let result = result_of(item).filter(|_| is_called)?;
            written(source.slice(result.span))
        };
        match module {
            Some(module) => {
                let (tree, source) = parsed(library::module(module)?);
                let mut found = tree.items.iter().find_map(|item| of(item, &source))?;
                found.module.get_or_insert(module.to_owned());
                Some(found)
            }
            None => {
                let mut items = self.desk.items();
                items.find_map(|found| of(found.item, found.source))
            }
        }
    }
}

fn result_of(item: &Item) -> Option<&TypeRef> {
    match &item.kind {
        ItemKind::Fn(found) => Some(&found.result),
        ItemKind::Probe(found) => Some(&found.result),
        ItemKind::Extern(found) => match &found.kind {
            ExternKind::Fn { result, .. } | ExternKind::Probe { result, .. } => Some(result),
            ExternKind::Action { result, .. } => result.as_ref(),
            ExternKind::Target(_) => None,
        },
        ItemKind::Missing
        | ItemKind::Use(_)
        | ItemKind::Test(_)
        | ItemKind::Role(_)
        | ItemKind::Window(_)
        | ItemKind::Secret(_)
        | ItemKind::Product(_)
        | ItemKind::Const(_)
        | ItemKind::Enum(_)
        | ItemKind::Record(_)
        | ItemKind::Runbook(_)
        | ItemKind::Action(_) => None,
    }
}

/// The type that is named last in what is written: of `[k8s.Pod]` the pod.
fn written(text: &str) -> Option<TypeName> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let text = text.trim_end_matches(|letter| !is_word(letter));
    let kept = text.trim_end_matches(is_word);
    let name = text.get(kept.len()..)?.to_owned();
    let module = kept.strip_suffix('.').map(|before| {
        let start = before.trim_end_matches(is_word).len();
        before.get(start..).unwrap_or_default().to_owned()
    });
    (!name.is_empty()).then_some(TypeName { module, name })
}
