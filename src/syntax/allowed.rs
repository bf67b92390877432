//! The words of the language that may stand at a place: the grammar itself is asked.
//!
//! In: a text and a place in it. Out: words, each of which the grammar reads there as itself, not as a name. What was
//! closed before the place is left out, so that what is broken there does not matter, and the question is short.

use super::code::Coded;
use super::rules::{self, Reach, Rule};
use super::skim::{Piece, PieceKind, Skim};
use super::tokens;

/// What may stand at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    pub words: Vec<&'static str>,
    /// Whether a name may stand there, too.
    pub names: bool,
}

/// Words that the grammar takes only together: it says nothing of the first alone.
const TOGETHER: &[[&str; 2]] = &[
    ["at", "once"],
    ["by", "caller"],
    ["is", "empty"],
    ["no", "change"],
    ["nobody", "paged"],
    ["not", "applied"],
    ["not", "empty"],
    ["run", "once"],
    ["unsafe", "human"],
];

/// A name that is no word of the language.
const NAME: &str = "zz";

/// The words that may begin at a place of an item, which begins where `text` does.
pub fn allowed(text: &str, at: usize) -> Allowed {
    let before = text.get(..at).unwrap_or_default();
    let found = behind(&short(before, true));
    match found.words.is_empty() && !found.names {
        // What goes on from the line above may be what is broken.
        true => behind(&short(before, false)),
        false => found,
    }
}

/// The words that may stand at the end of a text.
fn behind(before: &str) -> Allowed {
    let asked = format!("{before}{NAME}");
    let coded = Coded::of(&asked);
    let Some(codes) = coded.codes.strip_suffix(char::from(tokens::NAME)) else {
        return Allowed::default();
    };
    let name = Read::of(codes, &[NAME]);
    let mut allowed = Allowed {
        words: Vec::new(),
        names: name.is_taken(),
    };
    for word in tokens::WORDS.spellings() {
        let found = Read::of(codes, &[word]);
        if found.is_taken() && (found.left, &found.tried) != (name.left, &name.tried) {
            allowed.words.push(word);
        }
    }
    for together in TOGETHER {
        let [first, _] = together;
        if Read::of(codes, together).left <= 0 && !allowed.words.contains(first) {
            allowed.words.push(first);
        }
    }
    allowed.words.sort_unstable();
    allowed
}

/// How words are read behind some tokens.
#[derive(Debug)]
struct Read {
    /// Bytes of the words' tokens that could not be read; less than none if all was read, and something may follow.
    left: isize,
    /// Of the words' tokens.
    length: isize,
    tried: Vec<Rule>,
}

impl Read {
    fn of(before: &str, words: &[&str]) -> Read {
        let mut codes = String::from(before);
        codes.extend(
            words
                .iter()
                .map(|word| tokens::WORDS.of(word.as_bytes()).code),
        );
        let Reach { at, tried } = rules::reach(Rule::item_entry, &codes);
        Read {
            left: codes.len() as isize - at as isize,
            length: (codes.len() - before.len()) as isize,
            tried,
        }
    }

    /// Whether the first word was read.
    fn is_taken(&self) -> bool {
        self.left < self.length
    }
}

/// What is open at the end of a text: of each block the line that opens it, and the last line; where that is said, with
/// the lines above that go on in it.
fn short(text: &str, goes_on: bool) -> String {
    // Where each open bracket's line begins, and where it ends.
    let mut open: Vec<(usize, usize)> = Vec::new();
    // Where the line begins that is being read, which goes on behind a comma or an operator.
    let mut line = 0;
    let mut last: Option<Piece> = None;
    for piece in Skim::new(text, 0) {
        match piece.kind {
            PieceKind::Blank | PieceKind::Comment => continue,
            PieceKind::Newline => {
                let is_end = !goes_on || last.is_none_or(|last| ends_line(last, text));
                if is_end && !in_list(&open, text) {
                    line = piece.end;
                }
                continue;
            }
            PieceKind::Open => open.push((line, piece.end)),
            PieceKind::Close => {
                if let Some((begun, _)) = open.pop() {
                    line = begun;
                }
            }
            PieceKind::Word
            | PieceKind::Text
            | PieceKind::OpenText
            | PieceKind::Block
            | PieceKind::OpenBlock
            | PieceKind::Mark
            | PieceKind::BlockComment
            | PieceKind::Foreign => {}
        }
        last = Some(piece);
    }
    let mut short = String::new();
    let mut done = 0;
    for (begun, end) in open {
        short.push_str(text.get(begun.max(done)..end).unwrap_or_default());
        done = end;
    }
    if line > done {
        short.push('\n');
    }
    short.push_str(text.get(line.max(done)..).unwrap_or_default());
    short
}

/// Whether a new line behind a piece ends what is said.
fn ends_line(piece: Piece, text: &str) -> bool {
    let goes_on = matches!(
        piece.text(text),
        "," | "=" | "->" | "+" | "-" | "*" | "/" | "." | "|" | "&" | "<" | ">"
    );
    !goes_on || piece.kind != PieceKind::Mark
}

/// Whether the innermost open bracket is one of a list, in which lines end nothing.
fn in_list(open: &[(usize, usize)], text: &str) -> bool {
    let last = open.last().and_then(|(_, end)| text.get(end - 1..*end));
    last.is_some_and(|bracket| bracket != "{")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_end(text: &str) -> Vec<&'static str> {
        allowed(text, text.len()).words
    }

    #[test]
    fn words_are_those_of_the_place() {
        let clauses = at_end("runbook a {\n  version 1.0.0\n  ");
        assert!(
            clauses.contains(&"remedy") && clauses.contains(&"blast"),
            "{clauses:?}"
        );
        assert!(!clauses.contains(&"let"), "{clauses:?}");
        let statements = at_end("runbook a {\n  bad bad\n  remedy b {\n    do x.y(\n  )\n    ");
        assert!(
            statements.contains(&"verify") && !statements.contains(&"blast"),
            "{statements:?}"
        );
        let expectations = at_end("test a \"b\" {\n  expect ");
        for word in ["found", "did", "no", "nobody", "resolved", "paged"] {
            assert!(expectations.contains(&word), "{word}: {expectations:?}");
        }
    }

    #[test]
    fn a_broken_line_above_does_not_matter() {
        let found = at_end("runbook a {\n  diagnose {\n    let = =\n    if ((moved() ");
        assert!(found.contains(&"and") && found.contains(&"is"), "{found:?}");
        assert!(!found.contains(&"let"), "{found:?}");
    }

    #[test]
    fn where_only_a_name_may_stand_there_are_no_words() {
        let text = "runbook a {\n  diagnose {\n    let ";
        let found = allowed(text, text.len());
        assert_eq!(found.words, Vec::<&str>::new());
        assert!(found.names);
    }
}
