//! Which names a place of a text can see: those that stand before it in a block that is still open.
//!
//! In: a text and an offset. Out: names with the word that brings them in. Works on lexemes, so on broken files as well.
//! What a name means is the checker's affair.

use crate::syntax::tree::{Block, Else, HandlerAction, Stmt, StmtKind, Undo};
use crate::syntax::{Lexeme, LexemeKind, lexemes};

/// A name that is bound in an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    pub name: String,
    /// `let`, `for`, `watch`, `with`, `as`, or the word of the item whose parameter it is.
    pub by: String,
}

/// What stands before a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    pub bound: Vec<Bound>,
    /// The lexemes of the item up to the place, without what it is in the middle of.
    pub lexemes: Vec<Lexeme>,
    /// Where the item begins.
    pub item: usize,
}

/// What can be seen at a place.
pub(super) fn before(text: &str, at: usize) -> Before {
    let at = at.min(text.len());
    let all = lexemes(text.get(..at).unwrap_or_default());
    let item = item_start(text, &all);
    let all: Vec<Lexeme> = all
        .into_iter()
        .filter(|lexeme| lexeme.range.start >= item)
        .collect();
    Before {
        bound: bound(text, &all),
        lexemes: all,
        item,
    }
}

/// Where the last item begins: the last word at column 0.
fn item_start(text: &str, all: &[Lexeme]) -> usize {
    let begins = |lexeme: &&Lexeme| {
        let is_word = matches!(
            lexeme.kind,
            LexemeKind::Keyword | LexemeKind::Name | LexemeKind::Doc
        );
        let start = lexeme.range.start;
        is_word && (start == 0 || text.as_bytes().get(start - 1) == Some(&b'\n'))
    };
    all.iter()
        .rev()
        .find(begins)
        .map_or(0, |lexeme| lexeme.range.start)
}

fn bound(text: &str, all: &[Lexeme]) -> Vec<Bound> {
    let word = |index: usize| {
        all.get(index)
            .and_then(|lexeme| text.get(lexeme.range.clone()))
    };
    // Names of each open block; those of a head belong to the block that it opens.
    let mut blocks: Vec<Vec<Bound>> = vec![Vec::new()];
    let mut head: Vec<Bound> = Vec::new();
    let mut parens: Vec<&str> = Vec::new();
    let mut by = "";
    let add = |blocks: &mut Vec<Vec<Bound>>,
               head: &mut Vec<Bound>,
               to_head: bool,
               name: &str,
               by: &str| {
        let found = Bound {
            name: name.to_owned(),
            by: by.to_owned(),
        };
        match to_head {
            true => head.push(found),
            false => blocks
                .last_mut()
                .into_iter()
                .for_each(|block| block.push(found.clone())),
        }
    };
    for index in 0..all.len() {
        let (Some(here), Some(before)) = (word(index), index.checked_sub(1).map_or(Some(""), word))
        else {
            continue;
        };
        match here {
            "{" => {
                parens.push("{");
                let names = std::mem::take(&mut head);
                blocks.push(names);
            }
            "}" => {
                parens.pop();
                if blocks.len() > 1 {
                    let names = blocks.pop().unwrap_or_default();
                    // Labels of a trigger are seen by the whole runbook.
                    let outer = names.into_iter().filter(|bound| bound.by == "with");
                    blocks
                        .last_mut()
                        .into_iter()
                        .for_each(|block| block.extend(outer.clone()));
                }
            }
            "(" | "[" => parens.push("("),
            ")" | "]" => drop(parens.pop()),
            "remedy" | "fn" | "probe" | "action" | "watch" | "request" | "with" | "let" => {
                by = here
            }
            _ => {}
        }
        if !is_name(&all[index]) {
            continue;
        }
        match (before, by) {
            ("let", _) => add(&mut blocks, &mut head, false, here, "let"),
            ("for" | "pick", _) if index < 3 || word(index - 3) != Some("runbook") => {
                add(&mut blocks, &mut head, true, here, "for")
            }
            ("some", _) => add(&mut blocks, &mut head, true, here, "is some"),
            ("as", _) => add(&mut blocks, &mut head, parens.is_empty(), here, "as"),
            ("watch", _) => add(&mut blocks, &mut head, false, here, "watch"),
            ("with" | ",", "with") if parens.last() != Some(&"(") => {
                add(&mut blocks, &mut head, false, here, "with")
            }
            ("(" | ",", "remedy" | "fn" | "probe" | "action" | "request")
                if parens.last() == Some(&"(") =>
            {
                add(&mut blocks, &mut head, true, here, by);
            }
            _ => {}
        }
    }
    let mut names: Vec<Bound> = blocks.into_iter().flatten().chain(head).collect();
    names.reverse();
    let mut seen = Vec::new();
    names.retain(|bound| {
        let is_new = !seen.contains(&bound.name);
        seen.push(bound.name.clone());
        is_new
    });
    names
}

fn is_name(lexeme: &Lexeme) -> bool {
    match lexeme.kind {
        LexemeKind::Name | LexemeKind::Function | LexemeKind::Parameter | LexemeKind::Property => {
            true
        }
        LexemeKind::Comment
        | LexemeKind::Doc
        | LexemeKind::Keyword
        | LexemeKind::Type
        | LexemeKind::Number
        | LexemeKind::Text
        | LexemeKind::Tag
        | LexemeKind::Open
        | LexemeKind::Close
        | LexemeKind::Mark => false,
    }
}

/// The blocks of a statement.
pub(super) fn blocks<'t>(stmt: &'t Stmt, out: &mut Vec<&'t Block>) {
    match &stmt.kind {
        StmtKind::If(found) => {
            out.push(&found.then);
            match &found.otherwise {
                Some(Else::If(next)) => blocks(next, out),
                Some(Else::Block(block)) => out.push(block),
                None => {}
            }
        }
        StmtKind::Match(found) => out.extend(found.arms.iter().map(|arm| &arm.body)),
        StmtKind::For(found) => out.push(&found.body),
        StmtKind::WithDo { body, .. } | StmtKind::Attempt { body, .. } => out.push(body),
        StmtKind::Do(found) => {
            if let Some(Undo::Block(block)) = &found.call.undo {
                out.push(block);
            }
        }
        StmtKind::Let(found) => {
            for handler in &found.handlers {
                if let HandlerAction::Statement(stmt) = &handler.action {
                    blocks(stmt, out);
                }
            }
        }
        StmtKind::Missing
        | StmtKind::Found { .. }
        | StmtKind::Cleared { .. }
        | StmtKind::Return(_)
        | StmtKind::Wait(_)
        | StmtKind::Guard(_)
        | StmtKind::Verify(_)
        | StmtKind::WaiveVerify(_)
        | StmtKind::Mitigated(_)
        | StmtKind::Page { .. }
        | StmtKind::Tell { .. }
        | StmtKind::Hand(_)
        | StmtKind::Attach(_) => {}
    }
}
