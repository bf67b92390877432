//! `expect`: what must come of the run. Everything named in it exists.

use super::Scenario;
use crate::diag::{Code, Diagnostic};
use crate::effect::Reason;
use crate::syntax::tree::{self, Expect, Ident, Times};
use crate::text::Span;
use crate::typed::{self, ExpectKind, ExpectedEnd, RoleId};

/// The words for how a run ends.
const ENDS: [&str; 6] = [
    "resolved",
    "cleared",
    "self_resolved",
    "cancelled",
    "mitigated",
    "handed",
];

impl Scenario<'_, '_> {
    /// One `expect` line.
    pub fn expect(&mut self, expect: &Expect, span: Span) {
        let kind = self.expected(expect);
        self.test
            .expects
            .extend(kind.map(|kind| typed::Expect { kind, span }));
    }

    fn expected(&mut self, expect: &Expect) -> Option<ExpectKind> {
        match expect {
            Expect::Found(name) => match name.as_str() {
                "novel" => Some(ExpectKind::Novel),
                "inconclusive" => Some(ExpectKind::Inconclusive),
                _ => self.finding(name).map(ExpectKind::Found),
            },
            Expect::Did { steps, times } => {
                let steps: Vec<_> = steps.iter().map(|step| self.action(step)).collect();
                let times = match times {
                    None => None,
                    Some(Times::Once) => Some(1),
                    Some(Times::Exactly(count)) => Some(self.elaborator().count(count, "times")?),
                };
                let steps = steps.into_iter().collect::<Option<_>>()?;
                Some(ExpectKind::Did { steps, times })
            }
            Expect::No(action) => match self.is_no_action(action) {
                true => None,
                false => self.action(action).map(ExpectKind::No),
            },
            Expect::NoChange => Some(ExpectKind::NoChange),
            Expect::Undone(action) => self.action(action).map(ExpectKind::Undone),
            Expect::End {
                end,
                role,
                because,
                within,
            } => self.end(end, role.as_ref(), because.as_ref(), within.as_ref()),
            Expect::NobodyPaged => Some(ExpectKind::NobodyPaged),
            Expect::Told {
                how,
                roles,
                because,
            } => {
                let roles = self.roles(roles);
                let because = self.reason(because.as_ref())?;
                match how.as_str() {
                    "paged" => Some(ExpectKind::Paged { roles, because }),
                    _ => Some(ExpectKind::Told { roles }),
                }
            }
        }
    }

    /// `expect no page`, `expect no changes`: what is no action, and is said otherwise.
    fn is_no_action(&mut self, action: &tree::ActionPattern) -> bool {
        let right = match (&action.action.module, action.action.name.as_str()) {
            (None, "page" | "pages" | "paging" | "call" | "calls") => "nobody paged",
            (None, "changes" | "action" | "actions" | "effect") => "no change",
            _ => return false,
        };
        // `expect no` stands before it.
        let name = action.action.name.span;
        let source = &self.checker.sources.source(name.source).text;
        let before = source.get(..name.range().start).unwrap_or_default();
        let Some(no) = before.trim_end().strip_suffix("no") else {
            return false;
        };
        let whole = Span::new(name.source, no.len(), name.range().end);
        let message = format!("`{}` is not an action", action.action.name.text);
        let found = Diagnostic::new(Code::DoWithoutAction, message, name, "changes nothing");
        let found = found.help(format!("write `expect {right}`"));
        self.say(found.fix(format!("write `{right}`"), whole, right));
        true
    }

    fn end(
        &mut self,
        end: &Ident,
        role: Option<&Ident>,
        because: Option<&Ident>,
        within: Option<&tree::Expr>,
    ) -> Option<ExpectKind> {
        let role = match role {
            Some(role) => Some(self.checker.role(self.file, role)?),
            None => None,
        };
        let because = self.reason(because)?;
        let within = match within {
            Some(time) => Some(self.elaborator().duration(time, "within")?),
            None => None,
        };
        let end = match end.as_str() {
            "resolved" => ExpectedEnd::Resolved,
            "cleared" => ExpectedEnd::Cleared,
            "self_resolved" => ExpectedEnd::SelfResolved,
            "cancelled" => ExpectedEnd::Cancelled,
            "mitigated" => ExpectedEnd::Mitigated { owed_by: role },
            "handed" => ExpectedEnd::Handed { to: role, because },
            _ => {
                self.checker.say_unknown_word("end of a run", end, &ENDS);
                return None;
            }
        };
        Some(ExpectKind::End { end, within })
    }

    fn roles(&mut self, names: &[Ident]) -> Vec<RoleId> {
        let found = names
            .iter()
            .filter_map(|name| self.checker.role(self.file, name));
        found.collect()
    }

    /// The reason of a hand-off; the outer None means that the word was none.
    fn reason(&mut self, word: Option<&Ident>) -> Option<Option<Reason>> {
        let Some(word) = word else {
            return Some(None);
        };
        let reason = Reason::from_word(word.as_str());
        if reason.is_none() {
            let all: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
            self.checker.say_unknown_word("reason", word, &all);
        }
        reason.map(Some)
    }
}
