//! Lines as they are written: indentation, blanks and line ends are held back until text follows,
//! so no line ends in a blank.
//!
//! In: text, line ends, levels. Out: the text. Decides nothing.

use super::layout::WIDTH;

/// The columns of one level.
const INDENT: usize = 2;

#[derive(Default)]
pub(super) struct Writer {
    out: String,
    column: usize,
    level: usize,
    /// What stands between the text so far and the next.
    gap: Gap,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    Nothing,
    Blank,
    /// Behind a comment: whatever follows stands on a line of its own.
    NewLine,
    BlankLine,
}

impl Writer {
    pub(super) fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.fill_gap();
        match text.rsplit_once('\n') {
            // Only block strings have lines of their own; their line ends become those of the file.
            Some((_, last)) => {
                self.out.push_str(&text.replace("\r\n", "\n"));
                self.column = last.chars().count();
            }
            None => {
                self.out.push_str(text);
                self.column += text.chars().count();
            }
        }
    }

    pub(super) fn blank(&mut self) {
        self.gap = self.gap.max(Gap::Blank);
    }

    /// On its own line if the line is empty, else behind two blanks.
    pub(super) fn comment(&mut self, text: &str) {
        if self.gap < Gap::NewLine && !self.out.is_empty() {
            self.gap = Gap::Nothing;
            self.out.push_str("  ");
        }
        self.text(text.trim_end());
        self.gap = Gap::NewLine;
    }

    pub(super) fn new_line(&mut self, blank_line: bool) {
        let gap = if blank_line {
            Gap::BlankLine
        } else {
            Gap::NewLine
        };
        self.gap = self.gap.max(gap);
    }

    pub(super) fn indent(&mut self) {
        self.level += 1;
    }

    pub(super) fn dedent(&mut self) {
        self.level = self.level.saturating_sub(1);
    }

    /// Whether that many columns more stay within the width.
    pub(super) fn fits(&self, columns: usize) -> bool {
        let column = match self.gap {
            Gap::Nothing => self.column,
            Gap::Blank => self.column + 1,
            Gap::NewLine | Gap::BlankLine => self.level * INDENT,
        };
        column + columns <= WIDTH
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn fill_gap(&mut self) {
        match self.gap {
            Gap::Nothing => {}
            Gap::Blank => {
                self.out.push(' ');
                self.column += 1;
            }
            Gap::NewLine | Gap::BlankLine => self.start_line(),
        }
        self.gap = Gap::Nothing;
    }

    fn start_line(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
            if self.gap == Gap::BlankLine {
                self.out.push('\n');
            }
        }
        self.column = self.level * INDENT;
        self.out.extend(std::iter::repeat_n(' ', self.column));
    }
}
