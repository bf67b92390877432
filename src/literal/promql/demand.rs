//! What a query needs of the server: functions and forms that not every one has.
//!
//! In: a query that is right. Out: its parts that this server does not take, with their places.

use std::ops::Range;

use super::lexer::{Kind, Token};
use crate::literal::server::{self, QUOTED_NAMES, Server};

/// A part that the server does not take.
pub(super) struct Unmet {
    pub range: Range<usize>,
    pub message: String,
    pub help: String,
}

/// What of a query this server does not take.
pub(super) fn unmet(text: &str, tokens: &[Token], server: &Server) -> Vec<Unmet> {
    let mut found = Vec::new();
    // For each bracket that is open: whether names stand in it.
    let mut open: Vec<bool> = Vec::new();
    let word = |at: usize| {
        let token: Option<&Token> = tokens.get(at);
        token.and_then(|token| text.get(token.range.clone()))
    };
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(word).unwrap_or_default();
        let (name, served) = match (token.kind, word(at).unwrap_or_default()) {
            (Kind::Mark, "{") => {
                open.push(true);
                continue;
            }
            (Kind::Mark, "(") => {
                let lists = [
                    "by",
                    "without",
                    "on",
                    "ignoring",
                    "group_left",
                    "group_right",
                ];
                open.push(lists.iter().any(|list| before.eq_ignore_ascii_case(list)));
                continue;
            }
            (Kind::Mark, ")" | "}") => {
                open.pop();
                continue;
            }
            (Kind::Word, name)
                if matches!(word(at + 1), Some("(" | "by" | "without")) && before != "by" =>
            {
                match server::served(name) {
                    Some(served) => (format!("`{name}`"), served),
                    None => continue,
                }
            }
            (Kind::Text, name)
                if open.last() == Some(&true) && matches!(before, "{" | "(" | ",") =>
            {
                (format!("a name between quotes, {name},"), QUOTED_NAMES)
            }
            _ => continue,
        };
        if let Some((message, help)) = server.refuses(&name, served) {
            found.push(Unmet {
                range: token.range.clone(),
                message,
                help,
            });
        }
    }
    found
}
