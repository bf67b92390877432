//! The small changes that may make a refused line fit, the likelier first.
//!
//! In: the tokens of a line, where the grammar got stuck, and what it tried there. Out: changes, none of them tried yet.
//! Knows habits of other languages as signs and words; knows nothing of what a line means.

use std::ops::Range;

use super::habits::{COMMENTS, EMPTY_SIGNS, NOISE, WORDS};
use crate::diag::{near, sense};
use crate::library;
use crate::syntax::expected;
use crate::syntax::kinds::Kind;
use crate::syntax::lines::{Token, Tokens};
use crate::syntax::patch::Splice;
use crate::syntax::rules::{Failure, Rule};
use crate::syntax::skim::PieceKind;
use crate::syntax::teach::{Line, indent_of};

/// A change of a line.
pub(super) struct Change {
    pub title: String,
    pub help: Option<String>,
    /// What is offered.
    pub edits: Vec<Splice>,
    /// What is read: the same, but for what is a comment or a line of its own from then on.
    pub read: Vec<Splice>,
}

/// All changes, in the order in which they are tried.
pub(super) fn all(tokens: &Tokens<'_>, line: &Line, failure: &Failure) -> Vec<Change> {
    let Some(place) = Place::of(tokens, line) else {
        return Vec::new();
    };
    let literals = expected::literals(&failure.tried);
    let mut changes = Vec::new();
    place.compared(&mut changes);
    place.glued_numbers(&mut changes);
    place.twice(&mut changes);
    place.capitals(failure, &mut changes);
    place.asked(&mut changes);
    place.seconds(&mut changes);
    place.near(failure, &mut changes);
    place.words(&mut changes);
    place.within(&mut changes);
    place.noise(&mut changes);
    place.numbers(&mut changes);
    place.times(failure, &mut changes);
    place.called(&mut changes);
    place.texts(failure, &mut changes);
    place.blocks(&literals, &mut changes);
    place.insertions(&literals, failure, &mut changes);
    place.quotes(failure, &mut changes);
    place.gaps(&mut changes);
    place.rate(&mut changes);
    place.signs(&literals, &mut changes);
    place.removals(&mut changes);
    place.brackets(&mut changes);
    place.new_line(&mut changes);
    place.comment(&mut changes);
    changes
}

/// Where a line got stuck.
pub(super) struct Place<'a, 't> {
    pub(super) tokens: &'a Tokens<'t>,
    pub(super) line: &'a Line,
    /// The token that does not fit; nothing at the end of the line.
    pub(super) here: Option<usize>,
    /// The one before it.
    pub(super) before: Option<usize>,
    /// The end of the line.
    pub(super) end: usize,
}

impl<'a, 't> Place<'a, 't> {
    fn of(tokens: &'a Tokens<'t>, line: &'a Line) -> Option<Self> {
        let behind = |index: &usize| {
            let token = tokens.at(*index);
            token.is_some_and(|token| token.end > line.at)
        };
        let at = line.own.iter().position(behind);
        let before = at.unwrap_or(line.own.len()).checked_sub(1);
        let before = before.and_then(|before| line.own.get(before).copied());
        (at.is_some() || before.is_some()).then_some(Place {
            tokens,
            line,
            here: at.and_then(|at| line.own.get(at).copied()),
            before,
            end: tokens.bytes(&line.range).end,
        })
    }

    pub(super) fn token(&self, index: Option<usize>) -> Option<Token> {
        self.tokens.at(index?)
    }

    pub(super) fn is(&self, index: Option<usize>, kind: PieceKind) -> bool {
        self.token(index).is_some_and(|token| token.kind == kind)
    }

    pub(super) fn word(&self, index: Option<usize>) -> &'t str {
        index.map_or("", |index| self.tokens.word(index))
    }

    /// What stands between the two tokens.
    pub(super) fn gap(&self) -> Option<Range<usize>> {
        let start = self.token(self.before)?.end;
        let end = self.token(self.here).map_or(self.end, |here| here.start);
        Some(start..end.max(start))
    }

    pub(super) fn bytes(&self, index: Option<usize>) -> Option<Range<usize>> {
        let token = self.token(index)?;
        Some(token.start..token.end)
    }

    /// A word that is nearly one that could follow.
    fn near(&self, failure: &Failure, changes: &mut Vec<Change>) {
        let found = self.word(self.here);
        let near = near::nearest(found, expected::possible(&failure.tried));
        let (Some(near), Some(range)) = (near.filter(|near| *near != found), self.bytes(self.here))
        else {
            return;
        };
        if self.is(self.here, PieceKind::Word) {
            let mut change = put(range, near);
            change.help = Some(format!("did you mean `{near}`?"));
            changes.push(change);
        }
    }

    /// A word of another language.
    fn words(&self, changes: &mut Vec<Change>) {
        for index in [self.here, self.before] {
            let tests = self.line.kind == Kind::Test;
            let end = self.line.range.end;
            let joined = index.is_some_and(|index| self.tokens.joins_conditions(index..end));
            let known = WORDS.iter().filter(|(word, better)| {
                let meant = match *better {
                    "finding" => tests,
                    // It would be of the first condition alone.
                    "if not" => !joined,
                    _ => true,
                };
                *word == self.word(index) && meant
            });
            for (_, better) in known {
                changes.extend(self.bytes(index).map(|range| put(range, better)));
            }
        }
    }

    /// `recurs 3 in 24h then`: the time was read as a list that `in` asks.
    fn within(&self, changes: &mut Vec<Change>) {
        let above = self.before.and_then(|before| before.checked_sub(1));
        let time = self.word(self.before);
        if self.word(above) == "in" && time.starts_with(|first: char| first.is_ascii_digit()) {
            changes.extend(self.bytes(above).map(|range| put(range, "within")));
        }
    }

    /// A word or a sign that is missing here.
    fn insertions(&self, literals: &[&str], failure: &Failure, changes: &mut Vec<Change>) {
        let Some(gap) = self.gap() else { return };
        let glued = gap.is_empty() && self.here.is_some();
        // Before a type a name lacks its `:`, whatever else could stand there.
        let typed = self
            .word(self.here)
            .starts_with(|first: char| first.is_ascii_uppercase());
        let colon = literals.iter().filter(|literal| typed && **literal == ":");
        let others = literals.iter().filter(|literal| self.may_add(literal));
        for literal in colon.chain(others) {
            let text = match *literal {
                "," | ":" if glued => format!("{literal} "),
                "," | ":" => (*literal).to_owned(),
                "(" => "()".to_owned(),
                "." | "{" | "}" | ")" | "]" | "`" => continue,
                _ if glued => format!(" {literal} "),
                _ => format!(" {literal}"),
            };
            let shown = text.trim();
            let title = format!("add `{shown}`");
            changes.push(change(title, gap.start..gap.start, &text));
        }
        let text_here = self.is(self.here, PieceKind::Text);
        if let Some(here) = self.token(self.here)
            && text_here
            && failure.tried.contains(&Rule::tagged)
        {
            let title = "add the tag `cron`".to_owned();
            changes.push(change(title, here.start..here.start, "cron"));
        }
    }

    /// Whether a sign or a word that could stand here may be what is missing: a word has to go with what is there.
    fn may_add(&self, literal: &str) -> bool {
        let (before, here) = (self.word(self.before), self.word(self.here));
        // `with no team`: it would be a word like any other.
        let denies = sense::is_negative(before) || sense::is_negative(here);
        if denies && matches!(literal, "," | "because") {
            return false;
        }
        if !literal.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return true;
        }
        match literal {
            _ if self.here.is_none() || literal.contains(' ') => false,
            "of" | "within" | "every" | "after" | "holding" | "because" | "per" => {
                goes_between(literal, before, here)
            }
            "as" => matches!(here, "ratio" | "seconds" | "bytes"),
            "by" => before == "owed",
            "when" | "during" | "fails" => false,
            word => word != before && word != here,
        }
    }

    /// A text for a name, words for a text.
    fn quotes(&self, failure: &Failure, changes: &mut Vec<Change>) {
        let Some(range) = self.bytes(self.here) else {
            return;
        };
        if let Some(name) = self.quoted_name(self.here) {
            changes.push(change("remove the quotes".to_owned(), range, name));
            return;
        }
        let next = self.here.map(|here| here + 1);
        if let (true, Some(name), Some(behind)) = (
            self.word(self.here) == "=" || self.word(self.here) == ":",
            self.quoted_name(next).or_else(|| self.quoted_version(next)),
            self.bytes(next),
        ) {
            let blank = if self.gap().is_some_and(|gap| gap.is_empty()) {
                " "
            } else {
                ""
            };
            let title = format!("write `{name}` alone");
            changes.push(change(
                title,
                range.start..behind.end,
                &format!("{blank}{name}"),
            ));
            return;
        }
        let wanted = [Rule::plain_text, Rule::text, Rule::block_text];
        let text = wanted.iter().any(|rule| failure.tried.contains(rule));
        let rest = self
            .tokens
            .text
            .get(range.start..self.end)
            .unwrap_or_default();
        let plain = |letter: char| letter.is_alphanumeric() || " _-,.'!".contains(letter);
        // `cleared never` says another thing than `cleared "never"`.
        let asks = self
            .line
            .own
            .iter()
            .any(|index| self.tokens.word(*index) == "if");
        let said = !asks && sense::negations(rest) == 0;
        if text && said && self.is(self.here, PieceKind::Word) && rest.chars().all(plain) {
            let quoted = format!("\"{rest}\"");
            changes.push(change(
                "add quotes".to_owned(),
                range.start..self.end,
                &quoted,
            ));
        }
    }

    /// What stands in the quotes of a text, if it is a name.
    fn quoted_name(&self, index: Option<usize>) -> Option<&'t str> {
        let inner = self.word(index).strip_prefix('"')?.strip_suffix('"')?;
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let begins = inner.starts_with(|first: char| first.is_ascii_alphabetic());
        (begins && inner.bytes().all(letter)).then_some(inner)
    }

    /// The same, if it is a version.
    fn quoted_version(&self, index: Option<usize>) -> Option<&'t str> {
        let inner = self.word(index).strip_prefix('"')?.strip_suffix('"')?;
        let parts = inner
            .split('.')
            .filter(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        (parts.count() == 3).then_some(inner)
    }

    /// A blank where none may be, a dot that is missing.
    fn gaps(&self, changes: &mut Vec<Change>) {
        let Some(gap) = self.gap() else { return };
        let blank = "remove the blank";
        if self.word(self.here) == "(" && !gap.is_empty() {
            changes.push(change(blank.to_owned(), gap.clone(), ""));
        }
        if let (".", Some(dot), Some(next)) = (
            self.word(self.here),
            self.bytes(self.here),
            self.token(self.here.map(|here| here + 1)),
        ) {
            changes.push(change(blank.to_owned(), gap.start..next.start, "."));
            if gap.is_empty() {
                changes.push(change(blank.to_owned(), dot.end..next.start, ""));
            }
        }
        let module = self.word(self.before);
        if library::module(module).is_some() && self.is(self.here, PieceKind::Word) {
            let title = format!("write `{module}.{}`", self.word(self.here));
            changes.push(change(title, gap, "."));
        }
    }

    /// `k8s.Pod/1h`, `k8s.Pod/h`: so many in a time.
    fn rate(&self, changes: &mut Vec<Change>) {
        let next = self.here.map(|here| here + 1);
        let (Some(gap), Some(next_token)) = (self.gap(), self.token(next)) else {
            return;
        };
        if self.word(self.here) != "/" {
            return;
        }
        let counted = self
            .word(next)
            .starts_with(|first: char| first.is_ascii_digit());
        let better = if counted { " per " } else { " per 1" };
        changes.push(put(gap.start..next_token.start, better));
    }

    /// What stands there for nothing.
    fn removals(&self, changes: &mut Vec<Change>) {
        let open = self
            .tokens
            .word(self.here.map_or(usize::MAX, |here| here + 1));
        if let (Some(here), Some(before), true) = (
            self.token(self.here),
            self.token(self.before),
            self.word(self.here) == "!" && open == "[",
        ) {
            let macro_name = before.start..here.end;
            changes.push(remove(self.tokens.text, macro_name));
        }
        for index in [self.here, self.before] {
            let last = index == self.here || self.here.is_none();
            let sign = last && EMPTY_SIGNS.contains(&self.word(index)) && !self.compares(index);
            let range = self.bytes(index).filter(|_| sign);
            changes.extend(range.map(|range| remove(self.tokens.text, range)));
        }
    }

    /// A word that says nothing here.
    fn noise(&self, changes: &mut Vec<Change>) {
        for index in [self.here, self.before] {
            let noise = NOISE.contains(&self.word(index));
            let range = self.bytes(index).filter(|_| noise);
            changes.extend(range.map(|range| remove(self.tokens.text, range)));
        }
    }

    /// Brackets of another kind, or around what has none.
    fn brackets(&self, changes: &mut Vec<Change>) {
        let Some(open) = self.here.filter(|_| self.is(self.here, PieceKind::Open)) else {
            return;
        };
        let close = self.tokens.partner(open);
        let (Some(left), Some(right)) = (self.bytes(Some(open)), self.bytes(Some(close))) else {
            return;
        };
        // What has lines of its own is a block.
        if self
            .token(Some(close))
            .is_some_and(|token| token.newline_before)
        {
            return;
        }
        for (title, opener, closer) in [
            ("write parentheses", "(", ")"),
            ("write brackets", "[", "]"),
            ("leave the brackets out", "", ""),
        ] {
            // A call stands close to its name.
            let start = match (opener, self.token(self.before)) {
                ("(", Some(before)) if left.start == before.end + 1 => left.start - 1,
                _ => left.start,
            };
            for from in [left.start, start] {
                let edits = vec![
                    splice(from..left.end, opener),
                    splice(right.clone(), closer),
                ];
                changes.push(Change {
                    title: title.to_owned(),
                    help: None,
                    read: edits.clone(),
                    edits,
                });
            }
        }
    }

    /// What begins a line of its own.
    fn new_line(&self, changes: &mut Vec<Change>) {
        let begins = self.line.kind.words().contains(&self.word(self.here));
        let behind = |more: usize| self.word(self.here.map(|here| here + more));
        // `for 7d`, `with x` go on with what stands before them.
        let begins = begins
            && match self.word(self.here) {
                "with" if self.line.kind == Kind::Stmt => behind(1) == "do",
                "for" => behind(2) == "in",
                _ => true,
            };
        let (true, Some(gap)) = (begins, self.gap()) else {
            return;
        };
        let start = self.tokens.bytes(&self.line.range).start;
        let indent = indent_of(self.tokens.text, start);
        changes.push(Change {
            title: "begin a new line".to_owned(),
            help: None,
            edits: vec![splice(gap.clone(), &format!("\n{indent}"))],
            read: vec![splice(gap.start..self.end, "")],
        });
    }

    /// Words that are a comment elsewhere.
    fn comment(&self, changes: &mut Vec<Change>) {
        let Some(run) = self.here.and_then(|here| self.run(here)) else {
            return;
        };
        let written = self.tokens.text.get(run.clone()).unwrap_or_default();
        let behind = self.tokens.text.get(run.end..).unwrap_or_default();
        // Behind a text `%` fills it, as elsewhere.
        let filled = written == "%" && self.is(self.before, PieceKind::Text);
        if !COMMENTS.contains(&written) || !behind.starts_with(' ') || filled {
            return;
        }
        let start = self
            .token(self.before)
            .map_or(run.start, |before| before.end);
        changes.push(Change {
            title: "write `//`".to_owned(),
            help: Some("a comment begins with `//`".to_owned()),
            edits: vec![splice(run, "//")],
            read: vec![splice(start..self.end, "")],
        });
    }
}

/// Whether a word may stand between these two: a time follows `within`, and so on.
pub(super) fn goes_between(word: &str, before: &str, behind: &str) -> bool {
    let counts = |word: &str| word.starts_with(|first: char| first.is_ascii_digit());
    match word {
        "of" => counts(before),
        "within" | "every" | "after" | "holding" => counts(behind),
        "because" => !matches!(behind, "true" | "false") && !sense::is_negative(behind),
        // `hourly` says both.
        "per" => !behind.ends_with("ly"),
        _ => true,
    }
}

pub(super) fn splice(range: Range<usize>, text: &str) -> Splice {
    Splice {
        range,
        text: text.to_owned(),
    }
}

pub(super) fn change(title: String, range: Range<usize>, text: &str) -> Change {
    let edits = vec![splice(range, text)];
    Change {
        title,
        help: None,
        read: edits.clone(),
        edits,
    }
}

/// Something else in the place of what stands there.
pub(super) fn put(range: Range<usize>, text: &str) -> Change {
    change(format!("write `{}`", text.trim()), range, text)
}

/// Nothing in the place of what stands there, nor a blank too many.
pub(super) fn remove(text: &str, range: Range<usize>) -> Change {
    let blank = |at: usize| text.as_bytes().get(at) == Some(&b' ');
    let before = range.start.checked_sub(1).is_some_and(blank);
    let end = match before && blank(range.end) {
        true => range.end + 1,
        false => range.end,
    };
    let title = format!("remove `{}`", text.get(range.clone()).unwrap_or_default());
    change(title, range.start..end, "")
}
