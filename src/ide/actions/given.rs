//! The line of a test that says what its run observes, where no line does.
//!
//! In: a range in a test. Out: an action for each observation that the test is silent of, as `rbk test` would say it. The
//! value is some one of its type: the one that is meant is the author's affair.

use std::ops::Range;

use crate::library;
use crate::syntax::tree::{File, Item, ItemKind, Test, TestLineKind};
use crate::testing::Lack;
use crate::text::{Source, Span};

use super::super::Desk;
use super::super::outline::trimmed;
use super::place::{above, indent, insert, touches};
use super::{Action, Change, Why, sound};

/// The lines that the test in a range lacks.
pub(super) fn given(desk: &Desk, file: usize, range: &Range<usize>) -> Vec<Action> {
    let (Some(source), Some(tree)) = (desk.source(file), desk.tree(file)) else {
        return Vec::new();
    };
    let mut items = tree.items.iter();
    let here = items.find_map(|item| match &item.kind {
        ItemKind::Test(test) if touches(item.span, range) => Some((item, &**test)),
        _ => None,
    });
    let Some((item, test)) = here else {
        return Vec::new();
    };
    let Some((at, blanks)) = place(source, item, test) else {
        return Vec::new();
    };
    let lacks = desk.lacks(item.span).into_iter();
    let actions = lacks.filter_map(|lack| {
        let line = format!("\n{blanks}{}", lack.line());
        let changes = import(source, tree, &lack).into_iter();
        let action = Action {
            title: format!("add `given {}`", lack.call),
            why: Why::Missing,
            about: None,
            changes: changes.chain([insert(source, at, line)]).collect(),
        };
        sound(desk, action)
    });
    actions.collect()
}

/// Behind the last line that says what the world is like, or the first line at all; and how far such lines stand in.
fn place<'s>(source: &'s Source, item: &Item, test: &Test) -> Option<(usize, &'s str)> {
    let says_world = |kind: &TestLineKind| match kind {
        TestLineKind::At { .. } | TestLineKind::Case(_) | TestLineKind::Given(_) => true,
        TestLineKind::Missing | TestLineKind::Expect(_) => false,
    };
    let mut lines = test.lines.iter();
    let line = lines
        .rfind(|line| says_world(&line.kind))
        .or(test.lines.first())?;
    if !item.span.holds(line.span) {
        return None;
    }
    let end = trimmed(line.span, source).range().end;
    Some((end, indent(source, line.span.range().start)))
}

/// The `use` that the file lacks for the name of the call.
fn import(source: &Source, tree: &File, lack: &Lack) -> Option<Change> {
    let (root, name) = match &lack.lent {
        Some((of, item)) => (of.as_str(), item.as_str()),
        None => {
            let (module, _) = lack.call.split_once('(')?.0.split_once('.')?;
            library::module(module)?;
            ("std", module)
        }
    };
    let uses = tree.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Use(found) => Some((item.span, found)),
        _ => None,
    });
    let mut last: Option<Span> = None;
    for (span, found) in uses {
        if found.root.text == root && found.modules.iter().any(|known| known.text == name) {
            return None;
        }
        last = Some(span);
    }
    let line = match root {
        "std" => format!("use std.{name}"),
        root => format!("use {root}.{{{name}}}"),
    };
    Some(match (last, tree.items.first()) {
        (Some(last), _) => insert(
            source,
            trimmed(last, source).range().end,
            format!("\n{line}"),
        ),
        (None, Some(first)) => {
            let at = above(source, first.span.range().start);
            insert(source, at, format!("{line}\n\n"))
        }
        (None, None) => return None,
    })
}
