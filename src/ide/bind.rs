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
    /// `let`, `for`, `watch`, `with`, `as`, `case`, or the word of the item whose parameter it is.
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
    let text = text.get(..at.min(text.len())).unwrap_or_default();
    let item = item_start(text);
    let inside = lexemes(text.get(item..).unwrap_or_default()).into_iter();
    let all: Vec<Lexeme> = inside
        .map(|lexeme| Lexeme {
            kind: lexeme.kind,
            range: lexeme.range.start + item..lexeme.range.end + item,
        })
        .collect();
    Before {
        bound: bound(text, &all),
        lexemes: all,
        item,
    }
}

/// What stands before a place in a hole of a text that is still open: `"${here`.
pub(super) fn in_hole(text: &str, at: usize, before: &Before) -> Option<Before> {
    let last = before.lexemes.last()?;
    let is_in_text = last.kind == LexemeKind::Text && last.range.end >= at;
    let inside = text.get(last.range.start..at).filter(|_| is_in_text)?;
    let hole = last.range.start + inside.rfind("${")? + 2;
    let said = text.get(hole..at)?;
    if said.contains('}') {
        return None;
    }
    let mut found = before.clone();
    found.lexemes.pop();
    let within = lexemes(said).into_iter().map(|lexeme| Lexeme {
        kind: lexeme.kind,
        range: lexeme.range.start + hole..lexeme.range.end + hole,
    });
    found.lexemes.extend(within);
    Some(found)
}

/// Where the last item of a text begins: at its last line that begins with a letter, or with documentation.
fn item_start(text: &str) -> usize {
    let starts = text.rmatch_indices('\n').map(|(newline, _)| newline + 1);
    let begins = |start: &usize| {
        let line = text.get(*start..).unwrap_or_default();
        line.starts_with(|first: char| first.is_ascii_lowercase()) || line.starts_with("///")
    };
    starts.chain([0]).find(begins).unwrap_or_default()
}

fn bound(text: &str, all: &[Lexeme]) -> Vec<Bound> {
    let mut scopes = Scopes {
        blocks: vec![Vec::new()],
        ..Scopes::default()
    };
    // Up to three words before the one that is looked at, the last one first.
    let mut before = ["", "", ""];
    for lexeme in all {
        let here = text.get(lexeme.range.clone()).unwrap_or_default();
        scopes.mark(here);
        if is_name(lexeme) {
            scopes.name(here, before);
        }
        before = [here, before[0], before[1]];
    }
    let mut names: Vec<Bound> = scopes
        .blocks
        .into_iter()
        .flatten()
        .chain(scopes.head)
        .collect();
    names.reverse();
    let mut seen = Vec::new();
    names.retain(|bound| {
        let is_new = !seen.contains(&bound.name);
        seen.push(bound.name.clone());
        is_new
    });
    names
}

/// The names that can be seen, block by block.
#[derive(Default)]
struct Scopes<'t> {
    blocks: Vec<Vec<Bound>>,
    /// Of a head: they belong to the block that it opens.
    head: Vec<Bound>,
    /// The open brackets.
    open: Vec<&'t str>,
    /// The last word that brings names in.
    by: &'t str,
}

impl<'t> Scopes<'t> {
    /// Takes in a bracket, or a word that brings names in.
    fn mark(&mut self, here: &'t str) {
        match here {
            "{" => {
                self.open.push(here);
                let names = std::mem::take(&mut self.head);
                self.blocks.push(names);
            }
            "}" => {
                self.open.pop();
                if self.blocks.len() > 1 {
                    let names = self.blocks.pop().unwrap_or_default();
                    // Labels of a trigger are seen by the whole runbook.
                    let outer = names.into_iter().filter(|bound| bound.by == "with");
                    self.blocks
                        .last_mut()
                        .into_iter()
                        .for_each(|block| block.extend(outer.clone()));
                }
            }
            "(" | "[" => self.open.push("("),
            ")" | "]" => drop(self.open.pop()),
            "remedy" | "fn" | "probe" | "action" | "watch" | "request" | "with" | "let" => {
                self.by = here;
            }
            // Lines of a test.
            "case" | "given" | "expect" if self.open.as_slice() == ["{"] => self.by = here,
            _ => {}
        }
    }

    /// Takes in a name, with the words before it.
    fn name(&mut self, name: &str, before: [&str; 3]) {
        let in_list = self.open.last() == Some(&"(");
        let (to_head, by) = match (before[0], self.by) {
            ("let", _) => (false, "let"),
            // `runbook a for product`
            ("for" | "pick", _) if before[2] != "runbook" => (true, "for"),
            ("some", _) => (true, "is some"),
            ("as", _) => (self.open.is_empty(), "as"),
            ("watch", _) => (false, "watch"),
            ("with" | ",", "with") if !in_list => (false, "with"),
            (":" | ",", "case") if !in_list => (false, "case"),
            ("(" | ",", by @ ("remedy" | "fn" | "probe" | "action" | "request")) if in_list => {
                (true, by)
            }
            _ => return,
        };
        let found = Bound {
            name: name.to_owned(),
            by: by.to_owned(),
        };
        match to_head {
            true => self.head.push(found),
            false => self
                .blocks
                .last_mut()
                .into_iter()
                .for_each(|block| block.push(found.clone())),
        }
    }
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
