//! What nobody wrote and everybody may want to read beside the text: types, what a blast needs, the longest times.
//!
//! In: a desk, a file and a range in it. Out: hints, in the order of their places; none in an item with an error.

use std::ops::Range;

use crate::typed::{NameKind, What};

use super::Desk;

/// What a hint tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintKind {
    /// Of the name before it.
    Type,
    /// Of the line before it.
    Needs,
    /// The same.
    Time,
}

/// One hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub kind: HintKind,
    pub at: usize,
    pub text: String,
}

/// The hints in a range of a file.
pub fn hints(desk: &Desk, file: usize, range: &Range<usize>) -> Vec<Hint> {
    let Some(source) = desk.source(file) else {
        return Vec::new();
    };
    let mut hints = Vec::new();
    for known in desk.known_in(source.id, range) {
        let at = known.at.range();
        let is_sound = desk
            .item_at(source.id, at.start)
            .is_some_and(|found| !desk.is_broken(&found));
        if !is_sound {
            continue;
        }
        let kind = || {
            let found = desk.names().at(source.id, at.start)?;
            Some(found.named.kind)
        };
        hints.extend(match &known.what {
            What::Value {
                ty,
                is_written: false,
                ..
            } if matches!(kind(), Some(NameKind::Local | NameKind::Parameter)) => Some(Hint {
                kind: HintKind::Type,
                at: at.end,
                text: format!(": {ty}"),
            }),
            What::Value { .. } | What::Effect(_) => None,
            What::Takes(time) => Some(Hint {
                kind: HintKind::Time,
                at: end_of_line(&source.text, at.end),
                text: format!("at most {time}"),
            }),
            What::Needs { count, said } if count != said => Some(Hint {
                kind: HintKind::Needs,
                at: at.start
                    + source
                        .text
                        .get(at.clone())
                        .unwrap_or_default()
                        .trim_end()
                        .len(),
                text: format!("needs {count}"),
            }),
            What::Needs { .. } => None,
        });
    }
    hints.retain(|hint| range.start <= hint.at && hint.at <= range.end);
    hints.sort_by_key(|hint| hint.at);
    hints
}

fn end_of_line(text: &str, at: usize) -> usize {
    let line = text.get(at..).unwrap_or_default();
    let line = line.lines().next().unwrap_or_default();
    at + line.trim_end().len()
}
