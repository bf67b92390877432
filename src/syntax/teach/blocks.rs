//! What kind of lines a block or a list holds, by the words before it, also where those cannot be read.

use std::ops::Range;

use super::{Scene, first};
use crate::syntax::kinds::Kind;

impl Scene<'_> {
    /// What the lines of a block are.
    pub fn block_kind(&self, line: &Range<usize>, kind: Kind, open: usize) -> Option<Kind> {
        let tokens = self.tokens;
        let first = tokens.word(line.start);
        match kind {
            Kind::Item => match first {
                "product" => Some(Kind::Product),
                "record" => Some(Kind::Field),
                "enum" => Some(Kind::Member),
                "runbook" => Some(Kind::Clause),
                "test" => Some(Kind::Test),
                "extern" if tokens.word(line.start + 1) == "target" => Some(Kind::Target),
                "extern" => Some(Kind::Extern),
                "probe" | "action" => Some(Kind::Stmt),
                _ => None,
            },
            Kind::Clause => match first::meant(first, kind) {
                "on" => Some(Kind::Trigger),
                "blast" => Some(Kind::Blast),
                _ => Some(self.stmt_block_kind(line, open)),
            },
            Kind::Stmt | Kind::Arm => Some(self.stmt_block_kind(line, open)),
            Kind::Condition
            | Kind::Trigger
            | Kind::Blast
            | Kind::Product
            | Kind::Test
            | Kind::Target
            | Kind::Extern
            | Kind::Field
            | Kind::Member
            | Kind::Param
            | Kind::Element => None,
        }
    }

    /// By the last word before the block that can open one.
    fn stmt_block_kind(&self, line: &Range<usize>, open: usize) -> Kind {
        let words = (line.start..open).rev().map(|index| {
            let word = self.tokens.word(index);
            match index == line.start {
                true => first::meant(word, Kind::Stmt),
                false => word,
            }
        });
        let opener = words.into_iter().find(|word| {
            matches!(
                *word,
                "verify"
                    | "until"
                    | "match"
                    | "if"
                    | "for"
                    | "with"
                    | "attempt"
                    | "undo"
                    | "else"
                    | "}"
                    | ">"
            )
        });
        match opener {
            Some("verify" | "until") => Kind::Condition,
            Some("match") => Kind::Arm,
            // `abort if c {` belongs to its `verify`.
            Some("if") if self.tokens.word(line.start) == "verify" => Kind::Condition,
            _ => Kind::Stmt,
        }
    }

    /// What the elements of a list of several lines are; nothing for what stands on one line.
    pub fn list_kind(&self, line: &Range<usize>, kind: Kind, open: usize) -> Option<Kind> {
        let tokens = self.tokens;
        let inside = open + 1..tokens.partner(open);
        if !inside
            .clone()
            .any(|index| tokens.at(index).is_some_and(|token| token.newline_before))
        {
            return None;
        }
        let first = tokens.word(line.start);
        let first_list = tokens
            .flat(line.clone())
            .find(|index| tokens.partner(*index) > *index)
            == Some(open);
        let declares = match kind {
            Kind::Item => matches!(first, "fn" | "probe" | "action" | "extern"),
            Kind::Clause => matches!(first, "remedy" | "watch") || first == "on",
            _ => false,
        };
        if declares && first_list && tokens.word(open) == "(" {
            return Some(Kind::Param);
        }
        let lines = tokens.lines(inside, Kind::Element.separation()).lines.len();
        (lines > 1).then_some(Kind::Element)
    }
}
