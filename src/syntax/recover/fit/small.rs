//! Slips of the hand that may be all that is wrong with a refused line: a word twice, a capital, a block without its
//! braces, a call without its parentheses, a text without its quotes.
//!
//! In: the place where a line got stuck. Out: changes, none of them tried yet.

use super::changes::{Change, Place, change, put, remove, splice};
use crate::diag::near;
use crate::syntax::expected;
use crate::syntax::kinds::Kind;
use crate::syntax::rules::{Failure, Rule};
use crate::syntax::skim::PieceKind;
use crate::syntax::words;

/// Words behind which a block without its braces would end.
const BEHIND_BLOCK: [&str; 5] = ["else", "abort", "owed", "undo", "waive"];

/// Words of the language that stand inside of a value.
const OF_VALUES: [&str; 8] = ["and", "or", "not", "in", "is", "true", "false", "where"];

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words behind which a number stands.
const BEFORE_NUMBER: [&str; 9] = [
    "within", "every", "holding", "per", "after", "most", "least", "wait", "retry",
];

/// How many bytes of a word come before the number that is glued to it.
fn before_number(word: &str) -> Option<usize> {
    let first = BEFORE_NUMBER.iter().find(|first| {
        let rest = word.strip_prefix(**first).unwrap_or_default();
        rest.starts_with(|first: char| first.is_ascii_digit())
    });
    first.map(|first| first.len())
}

impl Place<'_, '_> {
    /// `within24h every15s`: a blank is missing between a word and its number, here and behind it.
    pub(super) fn glued_numbers(&self, changes: &mut Vec<Change>) {
        if before_number(self.word(self.here)).is_none() {
            return;
        }
        let own = self.line.own.iter().copied();
        let behind = own.filter(|index| self.here.is_some_and(|here| *index >= here));
        let gap = |index: usize| {
            let at = self.token(Some(index))?.start + before_number(self.word(Some(index)))?;
            Some(splice(at..at, " "))
        };
        let edits: Vec<_> = behind.filter_map(gap).collect();
        changes.push(Change {
            title: "add a blank".to_owned(),
            help: Some("a blank stands between a word and its number".to_owned()),
            read: edits.clone(),
            edits,
        });
    }

    /// `do do k8s.restart(pod)`, `and and`
    pub(super) fn twice(&self, changes: &mut Vec<Change>) {
        for index in [self.here, self.before] {
            let above = index.and_then(|index| index.checked_sub(1));
            let inside = above.is_some_and(|above| self.line.range.contains(&above));
            if inside
                && self.is(index, PieceKind::Word)
                && self.word(index) == self.word(above)
                && let (Some(first), Some(second)) = (self.bytes(above), self.bytes(index))
            {
                let title = format!("remove `{}`", self.word(index));
                changes.push(change(title, first.end..second.end, ""));
            }
        }
    }

    /// `AND`, `Every`: a word of the language with a capital.
    pub(super) fn capitals(&self, failure: &Failure, changes: &mut Vec<Change>) {
        for index in [self.here, self.before] {
            let word = self.word(index);
            let small = word.to_ascii_lowercase();
            let known = OF_VALUES.contains(&small.as_str())
                || expected::possible(&failure.tried).any(|possible| possible == small);
            if small != word && known {
                changes.extend(self.bytes(index).map(|range| put(range, &small)));
            }
        }
    }

    /// `x is 0`, `x is True`: a value that is compared.
    pub(super) fn asked(&self, changes: &mut Vec<Change>) {
        let word = self.word(self.here);
        let small = word.to_ascii_lowercase();
        let truth = matches!(small.as_str(), "true" | "false");
        let known = [
            "some",
            "none",
            "empty",
            "not",
            "null",
            "nil",
            "undefined",
            "null",
        ];
        let name = self.is(self.here, PieceKind::Word)
            && near::nearest(&small, known).is_none()
            && !words::is_reserved(&small);
        let value = truth || is_digits(word) || self.is(self.here, PieceKind::Text) || name;
        let (Some(is), Some(here)) = (self.bytes(self.before), self.bytes(self.here)) else {
            return;
        };
        if self.word(self.before) != "is" || !value {
            return;
        }
        changes.push(match truth && small != word {
            true => put(is.start..here.end, &format!("== {small}")),
            false => put(is, "=="),
        });
    }

    /// `periodSeconds 15`, `timeoutSeconds 300`: how Kubernetes says it.
    pub(super) fn seconds(&self, changes: &mut Vec<Change>) {
        let word = match self.word(self.here) {
            "periodSeconds" => "every",
            "timeoutSeconds" => "within",
            _ => return,
        };
        let next = self.here.map(|here| here + 1);
        let next = next.map(|next| next + usize::from(self.tokens.word(next) == ":"));
        if let (Some(here), Some(number)) = (self.bytes(self.here), self.bytes(next))
            && is_digits(self.word(next))
        {
            let right = format!("{word} {}s", self.word(next));
            changes.push(put(here.start..number.end, &right));
        }
    }

    /// `1 000`, `.5`, `2%%`, `%2`
    pub(super) fn numbers(&self, changes: &mut Vec<Change>) {
        let next = self.here.map(|here| here + 1);
        let (word, before) = (self.word(self.here), self.word(self.before));
        let (Some(here), Some(gap)) = (self.bytes(self.here), self.gap()) else {
            // `2%%` at the end of a line.
            let above = self.before.and_then(|before| before.checked_sub(1));
            if self.word(self.before) == "%" && self.word(above) == "%" {
                let sign = self.bytes(self.before);
                changes.extend(sign.map(|range| remove(self.tokens.text, range)));
            }
            return;
        };
        let percent = matches!(word, "percent" | "pct" | "percents");
        if percent && is_digits(before) {
            changes.push(change(
                format!("write `{before}%`"),
                gap.start..here.end,
                "%",
            ));
        } else if is_digits(word) && word.len() == 3 && is_digits(before) && !gap.is_empty() {
            changes.push(change(format!("write `{before}_{word}`"), gap, "_"));
        } else if is_digits(self.word(next)) && self.here.is_some_and(|at| self.tokens.glued(at)) {
            match word {
                "." if !gap.is_empty() => {
                    let title = format!("write `0.{}`", self.word(next));
                    changes.push(change(title, here.start..here.start, "0"));
                }
                "%" => {
                    let end = self.bytes(next).map_or(here.end, |next| next.end);
                    changes.push(put(here.start..end, &format!("{}%", self.word(next))));
                }
                _ => {}
            }
        } else if word == "%" && before == "%" {
            changes.push(remove(self.tokens.text, here));
        }
    }

    /// `owns host.named "web-*"`, `worker,restarts`
    pub(super) fn called(&self, changes: &mut Vec<Change>) {
        let (Some(here), Some(gap)) = (self.bytes(self.here), self.gap()) else {
            return;
        };
        let above = self.before.and_then(|before| before.checked_sub(1));
        let path = self.word(above) == "." && self.is(self.before, PieceKind::Word);
        if path && self.is(self.here, PieceKind::Text) {
            let edits = vec![splice(gap.clone(), "("), splice(here.end..here.end, ")")];
            changes.push(Change {
                title: "write parentheses".to_owned(),
                help: None,
                read: edits.clone(),
                edits,
            });
        }
        let glued = gap.is_empty() && self.here.is_some_and(|at| self.tokens.glued(at));
        let names = self.is(self.before, PieceKind::Word)
            && self.is(self.here.map(|at| at + 1), PieceKind::Word);
        if self.word(self.here) == "," && glued && names {
            changes.push(put(here, "."));
        }
    }

    /// Two texts side by side, a name or a path where a text stands.
    pub(super) fn texts(&self, failure: &Failure, changes: &mut Vec<Change>) {
        let (Some(here), Some(before)) = (self.bytes(self.here), self.bytes(self.before)) else {
            return;
        };
        let one_line = |index| !self.word(index).starts_with("\"\"");
        let both = self.is(self.here, PieceKind::Text) && self.is(self.before, PieceKind::Text);
        if both && one_line(self.here) && one_line(self.before) {
            let title = "make it one text".to_owned();
            changes.push(change(title, before.end - 1..here.start + 1, ""));
        }
        let wanted = [Rule::plain_text, Rule::text];
        let text = wanted.iter().any(|rule| failure.tried.contains(rule));
        let Some(mut last) = self.here.filter(|_| self.is(self.here, PieceKind::Word)) else {
            return;
        };
        while self.tokens.glued(last)
            && (self.is(Some(last + 1), PieceKind::Word)
                || matches!(self.tokens.word(last + 1), "/" | "-" | ":" | "."))
        {
            last += 1;
        }
        let range = self.tokens.bytes(&(last..last + 1)).end;
        let written = self.tokens.text.get(here.start..range).unwrap_or_default();
        if text && last + 1 < self.line.range.end {
            let quoted = format!("\"{written}\"");
            changes.push(change("add quotes".to_owned(), here.start..range, &quoted));
        }
    }

    /// A block without its braces: `until c`, `holding 1m c else keep`, `undo do f(x)`.
    pub(super) fn blocks(&self, literals: &[&str], changes: &mut Vec<Change>) {
        let (Some(at), Some(here)) = (self.here, self.bytes(self.here)) else {
            return;
        };
        let kind = matches!(self.line.kind, Kind::Stmt | Kind::Clause | Kind::Arm);
        if !kind || !literals.contains(&"{") {
            return;
        }
        let flat: Vec<usize> = self.tokens.flat(at..self.line.range.end).collect();
        if flat.iter().any(|index| self.tokens.word(*index) == "{") {
            return;
        }
        let stops = flat.iter().copied().skip(1);
        let stops = stops.filter(|index| BEHIND_BLOCK.contains(&self.tokens.word(*index)));
        let ends = stops.filter_map(|index| self.bytes(index.checked_sub(1)));
        let ends: Vec<usize> = ends.map(|range| range.end).chain([self.end]).collect();
        for end in ends {
            let edits = vec![splice(here.start..here.start, "{ "), splice(end..end, " }")];
            changes.push(Change {
                title: "write braces".to_owned(),
                help: None,
                read: edits.clone(),
                edits,
            });
        }
    }
}
