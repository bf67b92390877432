//! `verify` and `mitigated`: what proves that it worked, and what is owed afterwards.
//!
//! In: their header words in any order. Out: constant times, and conditions that are all Bools.

use super::super::expr::Elaborator;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, VerifyElse};
use crate::text::Span;
use crate::typed::{Mitigated, StmtKind, Verify};
use crate::value::Duration;

/// How often a verify looks, unless it says so.
const EVERY: Duration = Duration::from_seconds(15);

impl Elaborator<'_, '_> {
    /// `verify within 5m every 15s holding 1m abort if c { conditions } else keep`
    pub fn verify(&mut self, found: &tree::VerifyStmt, span: Span) -> StmtKind {
        let within = match &found.within {
            Some(time) => self.duration(time, "within"),
            None => {
                self.say_missing_within("verify", span);
                None
            }
        };
        let every = match &found.every {
            Some(time) => self.duration(time, "every"),
            None => Some(within.map_or(EVERY, |within| EVERY.min(within))),
        };
        let holding = match &found.holding {
            Some(time) => self.duration(time, "holding"),
            None => None,
        };
        let abort_if = found.abort_if.as_ref().map(|tree| self.condition(tree));
        let conditions = found.conditions.iter();
        let conditions = conditions.map(|tree| self.condition(tree)).collect();
        let (Some(within), Some(every)) = (within, every) else {
            return StmtKind::Error;
        };
        StmtKind::Verify(Box::new(Verify {
            within,
            every,
            holding,
            abort_if,
            conditions,
            otherwise: found.otherwise.unwrap_or(VerifyElse::Undo),
            span,
        }))
    }

    /// `mitigated "text" owed by builder within 7d until { conditions }`
    pub fn mitigated(&mut self, found: &tree::MitigatedStmt, span: Span) -> StmtKind {
        let text = found.text.as_ref().map(|text| self.message(text));
        let owed_by = self.checker.role(self.file, &found.owed_by);
        let within = match &found.within {
            Some(time) => self.duration(time, "within"),
            None => {
                self.say_missing_within("mitigated", span);
                None
            }
        };
        let until = found.until.iter();
        let until = until.map(|tree| self.condition(tree)).collect();
        let (Some(owed_by), Some(within)) = (owed_by, within) else {
            return StmtKind::Error;
        };
        StmtKind::Mitigated(Box::new(Mitigated {
            text,
            owed_by,
            within,
            until,
        }))
    }

    fn say_missing_within(&mut self, word: &str, span: Span) {
        let head = span.inside(0, word.len());
        let message = format!("`{word}` needs an end: `within`");
        let found = Diagnostic::new(Code::MissingClause, message, head, "until when?");
        let found = match word {
            "verify" => {
                let found = found.help("say how long it may take: `verify within 5m { ... }`");
                found.fix("add `within 5m`", head.at_end(), " within 5m")
            }
            _ => found.help("say until when it is owed: `owed by builder within 7d`"),
        };
        self.say(found);
    }
}
