//! `page`, `tell`, `hand`: who is told; and `found`: what was found.
//!
//! In: roles and texts. Out: typed notices. Findings are entered in the runbook's table at their
//! first site; every other site agrees with it.

use super::super::expr::Elaborator;
use super::super::names::FileId;
use crate::syntax::tree::{self, Ident};
use crate::typed::{Hand, HandWithin, Notice, RoleId};

impl Elaborator<'_, '_> {
    /// Roles by their names; unknown ones are told and left out.
    pub fn roles(&mut self, names: &[Ident]) -> Vec<RoleId> {
        let file: FileId = self.file;
        let found = names
            .iter()
            .filter_map(|name| self.checker.role(file, name));
        found.collect()
    }

    /// `hand builder within 2 workdays "text"`
    pub fn hand(&mut self, hand: &tree::Hand) -> Hand {
        let within = match &hand.within {
            None => None,
            Some(tree::HandWithin::Duration(time)) => {
                self.duration(time, "within").map(HandWithin::Duration)
            }
            Some(tree::HandWithin::Workdays(days)) => {
                self.count(days, "within").map(HandWithin::Workdays)
            }
        };
        Hand {
            roles: self.roles(&hand.roles),
            within,
            text: hand.text.as_ref().map(|text| self.message(text)),
        }
    }

    /// `page builder "text"` or `hand ...` as part of a clause.
    pub fn notice(&mut self, notice: &tree::Notice) -> Notice {
        match notice {
            tree::Notice::Page { roles, text } => Notice::Page {
                roles: self.roles(roles),
                text: text.as_ref().map(|text| self.message(text)),
            },
            tree::Notice::Hand(hand) => Notice::Hand(self.hand(hand)),
        }
    }
}
