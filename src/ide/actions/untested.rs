//! A first test for what has none: a runbook, or a remedy whose finding no test comes to.
//!
//! In: a desk, a file and a range in the line that names it. Out: the action that adds a test behind the runbook. The test
//! is sound, and says what set the run off and what is to come of it: where the first thing that the diagnosis asks
//! fails, nothing is known and nothing is changed, and that test passes. What else a run sees is the author's affair;
//! `rbk test` names each line that lacks.

use std::ops::Range;

use crate::syntax::tree::{
    ClauseKind, Expect, Given, Item, ItemKind, Runbook, Test, TestLineKind, TriggerClause,
    TriggerClauseKind, TriggerKind, WithLabel, WithOp,
};
use crate::text::{Source, Span};
use crate::typed::NameKind;

use super::super::{Desk, signature};
use super::place::touches;
use super::{Action, Change, Why, sound};

/// The tests that can be added for what is named in a range of a file.
pub(super) fn untested(desk: &Desk, file: usize, range: &Range<usize>) -> Option<Action> {
    let (source, tree) = (desk.source(file)?, desk.tree(file)?);
    let mut items = tree.items.iter();
    let (item, runbook) = items.find_map(|item| match &item.kind {
        ItemKind::Runbook(runbook) if touches(item.span, range) => Some((item, &**runbook)),
        _ => None,
    })?;
    let tests: Vec<&Test> = tests(desk, runbook).map(|(_, test)| test).collect();
    let head = |from: Span, name: Span| Span::new(source.id, from.range().start, name.range().end);
    let mut remedies = runbook
        .clauses
        .iter()
        .filter_map(|clause| match &clause.kind {
            ClauseKind::Remedy(remedy) => Some((clause, remedy)),
            _ => None,
        });
    let remedy =
        remedies.find(|(clause, remedy)| touches(head(clause.span, remedy.name.span), range));
    let (name, lines, title) = match remedy {
        Some((_, remedy)) => {
            let finding = remedy.name.as_str();
            if tests.iter().any(|test| comes_to(test, finding)) {
                return None;
            }
            (
                finding,
                vec![format!("expect found {finding}")],
                format!("{finding} is found"),
            )
        }
        None if tests.is_empty() && touches(head(item.span, runbook.name.span), range) => {
            let (lines, title) = first(desk, source, runbook);
            (runbook.name.as_str(), lines, title)
        }
        None => return None,
    };
    let given = trigger(source, runbook)?;
    let body: String = [given]
        .iter()
        .chain(&lines)
        .map(|line| format!("  {line}\n"))
        .collect();
    let text = format!(
        "\n\ntest {} \"{title}\" {{\n{body}}}",
        runbook.name.as_str()
    );
    let at = behind(desk, source, item, runbook);
    let change = Change {
        source: source.id,
        range: at..at,
        text,
    };
    let action = Action {
        title: format!("add a test of `{name}`"),
        why: Why::Missing,
        about: None,
        changes: vec![change],
    };
    sound(desk, action)
}

/// The tests of a runbook, with their items.
fn tests<'a>(desk: &'a Desk, runbook: &'a Runbook) -> impl Iterator<Item = (&'a Item, &'a Test)> {
    let items = desk.trees().flat_map(|(_, tree)| &tree.items);
    items.filter_map(move |item| match &item.kind {
        ItemKind::Test(test) if test.runbook.text == runbook.name.text => Some((item, &**test)),
        _ => None,
    })
}

/// Whether a test says that it comes to a finding, or begins there.
fn comes_to(test: &Test, finding: &str) -> bool {
    test.lines.iter().any(|line| match &line.kind {
        TestLineKind::Expect(Expect::Found(found)) => found.as_str() == finding,
        TestLineKind::Given(Given::Finding { finding: found, .. }) => found.as_str() == finding,
        TestLineKind::Given(_)
        | TestLineKind::Expect(_)
        | TestLineKind::Missing
        | TestLineKind::At { .. }
        | TestLineKind::Case(_) => false,
    })
}

/// `alert QueueLong(queue: "queue")`, for the first trigger; none if a test needs more of it than can be made up.
fn trigger(source: &Source, runbook: &Runbook) -> Option<String> {
    let mut clauses = runbook.clauses.iter();
    let trigger = clauses.find_map(|clause| match &clause.kind {
        ClauseKind::On(trigger) => Some(trigger),
        _ => None,
    })?;
    match &trigger.kind {
        TriggerKind::Missing => None,
        TriggerKind::Alert { name, .. } => {
            let name = name.text.as_str();
            let is_name = name.starts_with(|first: char| first.is_ascii_uppercase())
                && name
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
            let name = match is_name {
                true => name.to_owned(),
                false => format!("\"{name}\""),
            };
            let labels = trigger.clauses.iter().flat_map(labels);
            let labels: Vec<String> = labels.map(|label| given_label(source, label)).collect();
            Some(format!("given alert {name}({})", labels.join(", ")))
        }
        TriggerKind::Event { record, .. } => Some(format!(
            "given event {}(at: 1m ago)",
            source.slice(record.span)
        )),
        TriggerKind::Schedule { .. } => Some(String::from("given schedule")),
        TriggerKind::Request { params, by } => {
            let params = params.iter().map(|param| {
                let value = made_up(source.slice(param.ty.as_ref()?.span), param.name.as_str())?;
                Some(format!("{}: {value}", param.name.as_str()))
            });
            let params: Option<Vec<String>> = params.collect();
            let by = by
                .as_ref()
                .map(|by| format!(" by \"ann@example.com\" as {}", by.as_str()));
            Some(format!(
                "given request({}){}",
                params?.join(", "),
                by.unwrap_or_default()
            ))
        }
    }
}

fn labels(clause: &TriggerClause) -> &[WithLabel] {
    match &clause.kind {
        TriggerClauseKind::With(labels) => labels,
        TriggerClauseKind::Missing
        | TriggerClauseKind::Where(_)
        | TriggerClauseKind::Holding(_) => &[],
    }
}

/// `region: "eu"`, with the first text that its condition allows by name, else with its own name for a value.
fn given_label(source: &Source, label: &WithLabel) -> String {
    let name = match &label.binding {
        Some(binding) => binding.as_str(),
        None => label.label.text.as_str(),
    };
    let allowed = label
        .condition
        .as_ref()
        .and_then(|condition| match condition.op {
            WithOp::Equal | WithOp::In => source.slice(condition.value.span).split('"').nth(1),
            WithOp::NotEqual | WithOp::Matches => None,
        });
    format!("{name}: \"{}\"", allowed.unwrap_or(name))
}

/// Some value of a type of the language.
fn made_up(ty: &str, name: &str) -> Option<String> {
    match ty {
        "String" => Some(format!("\"{name}\"")),
        "Int" => Some(String::from("1")),
        "Float" => Some(String::from("1.0")),
        "Bool" => Some(String::from("true")),
        "Duration" => Some(String::from("1m")),
        _ => None,
    }
}

/// What a first test of a runbook says behind its trigger, and its title.
fn first(desk: &Desk, source: &Source, runbook: &Runbook) -> (Vec<String>, String) {
    let mut clauses = runbook.clauses.iter();
    let diagnose = clauses.find_map(|clause| match &clause.kind {
        ClauseKind::Diagnose(block) => Some(block.span),
        _ => None,
    });
    let Some(diagnose) = diagnose else {
        return (
            vec![String::from("expect resolved")],
            String::from("it does what it should"),
        );
    };
    let mut lines = Vec::new();
    lines.extend(
        asked_first(desk, source, diagnose)
            .map(|call| format!("given {call} fails \"it does not answer\"")),
    );
    lines.push(String::from("expect inconclusive"));
    lines.push(String::from("expect no change"));
    (lines, String::from("nothing can be seen: no change"))
}

/// The first probe or watch that is named in a place, called with any arguments.
fn asked_first(desk: &Desk, source: &Source, place: Span) -> Option<String> {
    let mut names = desk.names().all().iter();
    let found = names.find(|found| {
        place.holds(found.span) && matches!(found.named.kind, NameKind::Probe | NameKind::Watch)
    })?;
    let before = source.text.get(..found.span.range().start)?;
    let module = before.strip_suffix('.').map(|before| {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        before
            .get(before.trim_end_matches(is_word).len()..)
            .unwrap_or_default()
    });
    let name = source.slice(found.span).to_owned();
    let path: Vec<String> = module
        .map(str::to_owned)
        .into_iter()
        .chain([name])
        .collect();
    let takes = signature::of(desk, &path)?;
    let any = if takes.params.is_empty() { "" } else { "any" };
    Some(format!("{}({any})", path.join(".")))
}

/// The end of the line in which the runbook ends, or the last of its tests in the same file.
fn behind(desk: &Desk, source: &Source, item: &Item, runbook: &Runbook) -> usize {
    let own = tests(desk, runbook).map(|(item, _)| item);
    let own = own.filter(|item| item.span.source == source.id);
    let last = own.chain([item]).max_by_key(|item| item.span.range().end);
    let last = last.unwrap_or(item);
    let end = super::super::outline::trimmed(last.span, source)
        .range()
        .end;
    let rest = source.text.get(end..).unwrap_or_default();
    end + rest.find('\n').unwrap_or(rest.len())
}
