//! Tests: a runbook, what the world is like, and what must come of it.
//!
//! In: `test` items, after all runbooks. Out: typed tests in which everything is a value or a
//! pattern over values. What a test names must exist: a misspelt expectation would hold for ever.

mod action;
mod case;
mod expect;
mod given;
mod labels;
mod observation;
mod pattern;
mod value;

pub use case::Row;
pub use value::Built;

use super::declare::Declared;
use super::expr::{Elaborator, Place};
use super::names::FileId;
use super::state::Checker;
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::literal;
use crate::syntax::tree::{self, ItemKind, PlainText, TestLineKind};
use crate::text::Span;
use crate::typed::{FindingId, RunbookId, Symbol, Test};
use crate::value::Time;

/// When a run begins, unless its test says so: 2026-01-01T00:00Z.
const BEGIN_MILLIS: i64 = 1_767_225_600_000;

/// Elaborates one test.
struct Scenario<'c, 'a> {
    checker: &'c mut Checker<'a>,
    file: FileId,
    runbook: RunbookId,
    at: Time,
    test: Test,
    /// Whether something about what sets the run off could not be understood.
    is_broken: bool,
}

impl<'a> Checker<'a> {
    /// Every test of the package.
    pub fn elaborate_tests(&mut self, declared: &[Declared<'a>]) {
        for found in declared {
            if let ItemKind::Test(item) = &found.item.kind {
                self.elaborate_test(found.file, item, found.item.span);
            }
        }
    }

    fn elaborate_test(&mut self, file: FileId, item: &'a tree::Test, span: Span) {
        let Some(runbook) = self.tested(file, item) else {
            return;
        };
        let table = self.table(file, item);
        if table.is_broken {
            return;
        }
        if table.cases.is_empty() {
            return self.elaborate_row(file, runbook, item, None, span);
        }
        let mut said = Vec::new();
        for case in &table.cases {
            let mark = self.mark();
            self.enter_row(&table, case);
            self.elaborate_row(file, runbook, item, Some(case), span);
            said.push(self.take_said(mark));
        }
        self.leave_rows(said.iter().all(Vec::is_empty));
        self.say_of_rows(&table.cases, said);
    }

    /// A test as it is run: with one of its cases, if it has any.
    fn elaborate_row(
        &mut self,
        file: FileId,
        runbook: RunbookId,
        item: &'a tree::Test,
        case: Option<&tree::Case>,
        span: Span,
    ) {
        let mut scenario = Scenario {
            checker: self,
            file,
            runbook,
            at: Time::default(),
            test: blank(runbook, item, case, span),
            is_broken: false,
        };
        let begin = scenario.begin(item);
        let default = Time::from_millis(BEGIN_MILLIS).unwrap_or_default();
        scenario.at = begin.unwrap_or(default);
        scenario.test.at = scenario.at;
        scenario.test.says_when = begin.is_some();
        for line in &item.lines {
            match &line.kind {
                TestLineKind::Missing => scenario.is_broken = true,
                TestLineKind::At { .. } | TestLineKind::Case(_) => {}
                TestLineKind::Given(given) => scenario.given(given, line.span),
                TestLineKind::Expect(expect) => scenario.expect(expect, line.span),
            }
        }
        scenario.check_begun(item);
        scenario.check_expects(item);
        scenario.check_title(item);
        let test = scenario.test;
        self.package.tests.push(test);
    }

    /// The runbook that a test is of.
    fn tested(&mut self, file: FileId, item: &tree::Test) -> Option<RunbookId> {
        let name = &item.runbook;
        if name.text.is_empty() {
            return None;
        }
        let found = self.unqualified(file, name.as_str());
        if let Some(member) = found
            && let Symbol::Runbook(id) = member.symbol
        {
            self.refer_member(name.span, member);
            return Some(id);
        }
        // Its own name is in capitals, which was told: the test has the right one already.
        let plain = |text: &str| text.to_lowercase().replace('_', "");
        let mut rows = self.package.runbooks.iter();
        let meant = rows.position(|row| {
            row.name
                .starts_with(|first: char| first.is_ascii_uppercase())
                && plain(&row.name) == plain(&name.text)
        });
        if let Some(index) = meant {
            return Some(RunbookId(index as u32));
        }
        let message = format!("there is no runbook `{}` to test", name.text);
        let found = Diagnostic::new(Code::UnknownName, message, name.span, "unknown runbook");
        let all = self.package.runbooks.iter().map(|row| row.name.as_str());
        let near = nearest(name.as_str(), all.clone()).map(str::to_owned);
        let named: Vec<String> = all.take(5).map(|name| format!("`{name}`")).collect();
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), name.span, near),
            None if named.is_empty() => found,
            None => found.help(format!("the package has {}", named.join(", "))),
        });
        None
    }
}

fn blank(runbook: RunbookId, item: &tree::Test, case: Option<&tree::Case>, span: Span) -> Test {
    let title = &item.title.text;
    Test {
        runbook,
        title: match case {
            Some(case) => format!("{title} [{}]", case.title.text).into(),
            None => title.clone(),
        },
        at: Time::default(),
        says_when: false,
        trigger: None,
        alert_resolves: None,
        finding: None,
        events: Vec::new(),
        told: Vec::new(),
        observations: Vec::new(),
        effects: Vec::new(),
        expects: Vec::new(),
        span,
        title_span: case.map_or(item.title.span, |case| case.title.span),
    }
}

impl<'a> Scenario<'_, 'a> {
    fn say(&mut self, diagnostic: Diagnostic) {
        self.checker.say(diagnostic);
    }

    /// The value that the case at hand gives, where its name stands; it sees no other names of the case.
    fn of_row(&mut self, tree: &tree::Expr) -> Option<(&'a tree::Expr, Option<Row<'a>>)> {
        match &tree.kind {
            tree::ExprKind::Name(name) => self.elaborator().of_row(name, tree.span),
            _ => None,
        }
    }

    /// For what is no different in a test.
    fn elaborator(&mut self) -> Elaborator<'_, 'a> {
        Elaborator::new(self.checker, self.file, Place::Test)
    }

    /// `at 2026-10-06T03:10 in "Europe/Helsinki"`
    fn begin(&mut self, item: &tree::Test) -> Option<Time> {
        let mut begin = None;
        for line in &item.lines {
            let TestLineKind::At { time, zone } = &line.kind else {
                continue;
            };
            if begin.is_some() {
                self.checker.say_clause_twice("at", line.span);
            }
            begin = self.moment(time, zone.as_ref()).or(begin);
        }
        begin
    }

    fn moment(&mut self, time: &tree::Expr, zone: Option<&PlainText>) -> Option<Time> {
        if matches!(time.kind, tree::ExprKind::Missing) {
            return None;
        }
        let zone = match zone {
            Some(zone) => Some(self.checker.zone(zone)?),
            None => None,
        };
        let text = self.checker.text(time.span);
        match literal::time(text, zone.as_deref(), time.span) {
            Ok(moment) => Some(moment),
            Err(problem) => {
                self.say(problem);
                None
            }
        }
    }

    /// A test says what sets the run off.
    fn check_begun(&mut self, item: &tree::Test) {
        if self.test.trigger.is_some() || self.test.finding.is_some() || self.is_broken {
            return;
        }
        let message = "the test does not say what sets the run off";
        let span = item.title.span;
        let found = Diagnostic::new(Code::TriggerMismatch, message, span, "no trigger is given");
        self.say(found.help("`given alert Name(label: \"x\")`, `given event`, `given request`, `given schedule`, or `given finding`"));
    }

    /// A test without an expectation passes whatever happens.
    fn check_expects(&mut self, item: &tree::Test) {
        let mut lines = item.lines.iter();
        let says = |line: &tree::TestLine| {
            matches!(line.kind, TestLineKind::Expect(_) | TestLineKind::Missing)
        };
        if lines.any(says) {
            return;
        }
        let message = "the test expects nothing, so it passes whatever the runbook does";
        let span = item.title.span;
        let found = Diagnostic::new(Code::NothingExpected, message, span, "no `expect`");
        self.say(found.help("say what must come of it: `expect resolved`, `expect did ... once`"));
    }

    /// The tests of a runbook are told apart by their titles.
    fn check_title(&mut self, item: &tree::Test) {
        let mut tests = self.checker.package.tests.iter();
        let same = |test: &&Test| test.runbook == self.runbook && test.title == self.test.title;
        let Some(first) = tests.find(same).map(|test| test.title_span) else {
            return;
        };
        let message = format!("`{}` has two tests of this title", item.runbook.text);
        let span = item.title.span;
        let found = Diagnostic::new(Code::TestTitleTwice, message, span, "the same title again");
        self.say(
            found
                .and(first, "first here")
                .help("say in the title what this one shows"),
        );
    }

    /// The finding of that name.
    fn finding(&mut self, name: &tree::Ident) -> Option<FindingId> {
        let findings = &self.checker.package.runbooks[self.runbook.index()].findings;
        let at = findings.iter().position(|known| known.name == name.text);
        if let Some(at) = at {
            let finding = FindingId(at as u32);
            self.checker.refer_finding(name.span, self.runbook, finding);
            return Some(finding);
        }
        if name.text.is_empty() || self.checker.draft(self.runbook).is_broken {
            return None;
        }
        let remedies = &self.checker.package.runbooks[self.runbook.index()].remedies;
        if remedies.iter().any(|remedy| remedy.name == name.text) {
            // Told at the remedy: nothing leads to it.
            return None;
        }
        let message = format!("the runbook never finds `{}`", name.text);
        let found = Diagnostic::new(
            Code::UnknownExpectation,
            message,
            name.span,
            "no such finding",
        );
        let near = nearest(
            name.as_str(),
            findings.iter().map(|known| known.name.as_str()),
        );
        let near = near.map(str::to_owned);
        let all: Vec<&str> = findings.iter().map(|known| known.name.as_str()).collect();
        let found = match all.is_empty() {
            true => found,
            false => found.help(format!("it finds: {}", all.join(", "))),
        };
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), name.span, near),
            None => found,
        });
        None
    }
}
