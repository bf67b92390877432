//! `case` lines: the rows that a test is run with, each once.
//!
//! In: the rows of a test. Out: what a name of the present row stands for, as it is written there, so that it means at
//! its place what it would mean if it stood there; and what is wrong with the table as a whole.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::super::expr::{Elaborator, Place};
use super::super::hiding::Reach;
use super::super::names::FileId;
use super::super::state::Checker;
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, CaseValue, Ident, TestLineKind};
use crate::text::Span;
use crate::typed::{NameKind, Symbol};

/// What the row at hand gives.
pub struct Row<'a> {
    case: &'a tree::Case,
    /// The row that declares the names.
    first: &'a tree::Case,
    /// The declarations of those that were read, in this row or one before.
    read: BTreeSet<Span>,
}

/// The rows of a test.
pub struct Table<'a> {
    /// Those that can be run.
    pub cases: Vec<&'a tree::Case>,
    /// The first as it is written, which declares the names.
    first: Option<&'a tree::Case>,
    /// Whether a row could not be read, so that the names are not known.
    pub is_broken: bool,
}

impl<'a> Checker<'a> {
    /// The rows of a test that can be run, and what is wrong with the others.
    pub fn table(&mut self, file: FileId, item: &'a tree::Test) -> Table<'a> {
        let mut cases: Vec<&'a tree::Case> = Vec::new();
        let mut is_broken = false;
        for line in &item.lines {
            match &line.kind {
                TestLineKind::Case(case) => cases.push(case),
                TestLineKind::Missing => is_broken |= self.text(line.span).starts_with("case"),
                TestLineKind::At { .. } | TestLineKind::Given(_) | TestLineKind::Expect(_) => {}
            }
        }
        let Some(first) = cases.first().copied() else {
            return Table {
                cases,
                first: None,
                is_broken,
            };
        };
        self.declare_names(file, first);
        let mut told: Vec<&'a tree::Case> = Vec::new();
        cases.retain(|case| {
            let is_new = self.is_new_title(&told, case);
            told.push(case);
            self.gives_the_same(first, case) && is_new
        });
        Table {
            cases,
            first: Some(first),
            is_broken,
        }
    }

    /// Enters a row; nothing is left of the one before.
    pub fn enter_row(&mut self, table: &Table<'a>, case: &'a tree::Case) {
        let read = self.row.take().map_or_else(BTreeSet::new, |row| row.read);
        let first = table.first.unwrap_or(case);
        self.row = Some(Row { case, first, read });
    }

    /// Leaves the last row, and says which names no line reads.
    pub fn leave_rows(&mut self, is_sound: bool) {
        let Some(row) = self.row.take() else { return };
        for CaseValue { name, value: _ } in &row.first.values {
            let declared = find(row.first, name.as_str()).map(|value| value.name.span);
            // What is given a second time was said already.
            let is_again = declared != Some(name.span);
            if !is_sound || is_again || row.read.contains(&name.span) {
                continue;
            }
            let message = format!("nothing reads `{}`", name.text);
            let found = Diagnostic::new(Code::UnusedLet, message, name.span, "never read");
            self.say(found.help("use it in a line of the test, or drop it from each case"));
        }
    }

    /// What a name stands for in the row at hand.
    pub fn row_value(&mut self, name: &str, at: Span) -> Option<&'a tree::Expr> {
        let row = self.row.as_mut()?;
        let value = &find(row.case, name)?.value;
        let declared = find(row.first, name)?.name.span;
        row.read.insert(declared);
        self.refer(at, NameKind::Case, declared);
        Some(value)
    }

    /// The names that the row at hand gives.
    pub fn row_names(&self) -> impl Iterator<Item = &str> {
        let values = self.row.iter().flat_map(|row| &row.case.values);
        values.map(|value| value.name.as_str())
    }

    /// The first row declares the names, which mean one thing in the file.
    fn declare_names(&mut self, file: FileId, first: &'a tree::Case) {
        for CaseValue { name, value: _ } in &first.values {
            if name.text.is_empty() {
                continue;
            }
            self.define(name.span, NameKind::Case);
            let member = self.named_in(file, name.as_str());
            let taken = member.filter(|member| match member.symbol {
                Symbol::Const(_) | Symbol::Role(_) | Symbol::Secret(_) => true,
                Symbol::Enum(_)
                | Symbol::Record(_)
                | Symbol::Target(_)
                | Symbol::Extern(_)
                | Symbol::Function(_)
                | Symbol::Window(_)
                | Symbol::Product(_)
                | Symbol::Runbook(_) => false,
            });
            match taken {
                Some(member) => self.say_taken(name, member.span),
                None => self.refuse_hiding(file, name, Reach::Local),
            }
        }
    }

    fn say_taken(&mut self, name: &Ident, first: Span) {
        let message = format!("the name `{}` is already in use here", name.text);
        let found = Diagnostic::new(Code::NameTaken, message, name.span, "given again");
        let found = found.and(first, "this is it");
        self.say(found.help("nothing is assigned twice and nothing is hidden: take another name"));
    }

    /// The rows of a test are told apart by their titles.
    fn is_new_title(&mut self, before: &[&tree::Case], case: &tree::Case) -> bool {
        let mut before = before.iter();
        let Some(first) = before.find(|one| one.title.text == case.title.text) else {
            return true;
        };
        let message = "the test has two cases of this title";
        let span = case.title.span;
        let found = Diagnostic::new(Code::TestTitleTwice, message, span, "the same title again");
        self.say(
            found
                .and(first.title.span, "first here")
                .help("say in the title what this case shows"),
        );
        false
    }

    /// Whether a row gives the names that the first one gives, each once.
    fn gives_the_same(&mut self, first: &tree::Case, case: &tree::Case) -> bool {
        let mut is_sound = true;
        let mut seen: Vec<&Ident> = Vec::new();
        let mut others: Vec<&Ident> = Vec::new();
        for CaseValue { name, value: _ } in &case.values {
            if let Some(before) = seen.iter().find(|before| before.text == name.text) {
                self.say_taken(name, before.span);
                is_sound = false;
                continue;
            }
            seen.push(name);
            match find(first, name.as_str()) {
                Some(declared) if declared.name.span != name.span => {
                    self.refer(name.span, NameKind::Case, declared.name.span);
                }
                Some(_) => {}
                None => others.push(name),
            }
        }
        let lacks = first.values.iter().map(|value| &value.name);
        let lacks: Vec<&Ident> = lacks
            .filter(|name| find(case, name.as_str()).is_none())
            .collect();
        match (others.first(), lacks.first()) {
            (None, None) => is_sound,
            (Some(other), _) => {
                self.say_other(first, case, other, &lacks);
                false
            }
            (None, Some(lacking)) => {
                let (title, name) = (&case.title.text, &lacking.text);
                let message = format!("the case `{title}` does not give `{name}`");
                let span = case.title.span;
                let found = Diagnostic::new(Code::CasesDiffer, message, span, "gives less");
                let found = found.and(lacking.span, "given here");
                self.say(found.help("each case of a test gives the same names"));
                false
            }
        }
    }

    fn say_other(
        &mut self,
        first: &tree::Case,
        case: &tree::Case,
        other: &Ident,
        lacks: &[&Ident],
    ) {
        let (title, name) = (&case.title.text, &other.text);
        let message = format!(
            "the case `{title}` gives `{name}`, which `{}` does not give",
            first.title.text
        );
        let found = Diagnostic::new(Code::CasesDiffer, message, other.span, "given here alone");
        let found = found.and(first.title.span, "the first case");
        let found = found.help("each case of a test gives the same names");
        let near = nearest(name, lacks.iter().map(|name| name.as_str()));
        let near = near.map(str::to_owned);
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), other.span, near),
            None => found,
        });
    }

    /// Says once what was said of several rows, and of which one it is true if not of all.
    pub fn say_of_rows(&mut self, cases: &[&tree::Case], said: Vec<Vec<Diagnostic>>) {
        let place = |found: &Diagnostic| (found.code, found.primary.span);
        let rows = said.len();
        let mut of: Vec<(Diagnostic, usize, Span)> = Vec::new();
        for (case, said) in cases.iter().zip(said) {
            for found in said {
                match of
                    .iter_mut()
                    .find(|(first, ..)| place(first) == place(&found))
                {
                    Some((_, times, _)) => *times += 1,
                    None => of.push((found, 1, case.title.span)),
                }
            }
        }
        for (found, times, title) in of {
            let is_in_table = cases.iter().any(|case| {
                let mut values = case.values.iter();
                values.any(|value| {
                    value
                        .value
                        .span
                        .range()
                        .contains(&found.primary.span.range().start)
                        && value.value.span.source == found.primary.span.source
                })
            });
            self.say(match times < rows && !is_in_table {
                true => found.and(title, "in this case"),
                false => found,
            });
        }
    }
}

impl<'a> Elaborator<'_, 'a> {
    /// The value that the row at hand gives for a name of a test. It sees no other names of the row.
    pub fn of_row(
        &mut self,
        name: &SmolStr,
        span: Span,
    ) -> Option<(&'a tree::Expr, Option<Row<'a>>)> {
        if self.place != Place::Test {
            return None;
        }
        let value = self.checker.row_value(name, span)?;
        Some((value, self.checker.row.take()))
    }
}

fn find<'t>(case: &'t tree::Case, name: &str) -> Option<&'t CaseValue> {
    case.values.iter().find(|value| value.name.text == name)
}
