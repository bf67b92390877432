//! Texts spoiled as authors spoil them: other blanks, other line ends, comments in between.
//!
//! In: a text in the canonical layout and a seed. Out: a text that means the same.

use super::random::Random;

/// What is done to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mangling {
    /// More blanks where there is one, other indentation, blanks and CRs at line ends.
    Blanks,
    /// Line ends behind openers and commas and before closers.
    LineEnds,
    /// Comments at line ends and on lines of their own.
    Comments,
}

impl Mangling {
    pub const ALL: [Mangling; 3] = [Mangling::Blanks, Mangling::LineEnds, Mangling::Comments];
}

/// Spoils the text; the same seed spoils it the same way.
pub fn mangle(text: &str, mangling: Mangling, seed: u64) -> String {
    let mut spoiler = Spoiler {
        out: String::with_capacity(text.len() * 2),
        random: Random::new(seed),
        mangling,
        count: 0,
    };
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(piece_length(rest));
        spoiler.piece(piece, behind);
        rest = behind;
    }
    spoiler.out
}

/// The length of the first piece: a string, a comment, a run of blanks, a line end, a mark.
fn piece_length(text: &str) -> usize {
    if let Some(rest) = text.strip_prefix("\"\"\"") {
        return rest.find("\"\"\"").map_or(text.len(), |end| end + 6);
    }
    if let Some(rest) = text.strip_prefix('"') {
        let mut escaped = false;
        let end = rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        return end.map_or(text.len(), |end| end + 2);
    }
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with(' ') {
        return text.find(|c| c != ' ').unwrap_or(text.len());
    }
    text.chars().next().map_or(0, char::len_utf8)
}

struct Spoiler {
    out: String,
    random: Random,
    mangling: Mangling,
    /// The comments so far.
    count: usize,
}

impl Spoiler {
    fn piece(&mut self, piece: &str, behind: &str) {
        let at_line_start = self.out.is_empty() || self.out.ends_with('\n');
        match self.mangling {
            Mangling::Blanks => self.blanks(piece, behind, at_line_start),
            Mangling::LineEnds => self.line_ends(piece, behind),
            Mangling::Comments => self.comments(piece, behind),
        }
    }

    fn blanks(&mut self, piece: &str, behind: &str, at_line_start: bool) {
        if piece.starts_with(' ') {
            // Content of a block string never comes here: a string is one piece.
            let most = if at_line_start { 12 } else { 4 };
            let blanks = 1 + self.random.below(most);
            let tab = self.random.one_in(8) && !behind.starts_with("..");
            for _ in 0..blanks {
                self.out.push(if tab && at_line_start { '\t' } else { ' ' });
            }
        } else if piece == "\n" && !is_documented(&self.out) {
            for _ in 0..self.random.below(3) {
                self.out.push(' ');
            }
            if self.random.one_in(4) {
                self.out.push('\r');
            }
            self.out.push('\n');
        } else {
            self.out.push_str(piece);
        }
    }

    fn line_ends(&mut self, piece: &str, behind: &str) {
        let glued = behind.starts_with(|c: char| !c.is_whitespace());
        if matches!(piece, ")" | "]") && self.random.one_in(8) && !ends_line(&self.out) {
            self.break_line();
        }
        self.out.push_str(piece);
        match piece {
            "(" | "[" if glued && self.random.one_in(6) => self.break_line(),
            "," if !behind.starts_with('\n') && self.random.one_in(6) => self.break_line(),
            _ => {}
        }
    }

    fn comments(&mut self, piece: &str, behind: &str) {
        if piece == "\n" && !is_documented(&self.out) {
            if !line_has_comment(&self.out) && self.random.one_in(8) {
                self.comment(" ");
            }
            self.out.push('\n');
            if self.random.one_in(8) && !behind.is_empty() && !behind.starts_with("//!") {
                self.comment("   ");
                self.out.push('\n');
            }
        } else {
            self.out.push_str(piece);
            if matches!(piece, "(" | "[" | "{" | ",") && self.random.one_in(40) {
                self.comment(" ");
                self.break_line();
            }
        }
    }

    fn comment(&mut self, blanks: &str) {
        self.count += 1;
        self.out.push_str(blanks);
        self.out.push_str(&format!("// comment {}", self.count));
    }

    fn break_line(&mut self) {
        self.out.push_str("\n ");
        for _ in 0..self.random.below(8) {
            self.out.push(' ');
        }
    }
}

fn ends_line(text: &str) -> bool {
    text.trim_end_matches(' ').ends_with('\n')
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or_default().trim_start()
}

/// Whether the line is documentation, whose text is the author's.
fn is_documented(text: &str) -> bool {
    let line = last_line(text);
    line.starts_with("///") || line.starts_with("//!")
}

fn line_has_comment(text: &str) -> bool {
    last_line(text).contains("//")
}
