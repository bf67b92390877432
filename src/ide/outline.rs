//! The outline of a file: its items, with the parts of runbooks, records and enums inside of them.
//!
//! In: a desk and a file. Out: entries, each with where it stands and where its name stands.

use std::ops::Range;

use super::Desk;
use crate::syntax::tree::{
    Clause, ClauseKind, ExternKind, Ident, Item, ItemKind, Runbook, TargetClauseKind, TriggerKind,
};
use crate::text::{Source, Span};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Use,
    Role,
    Window,
    Const,
    Enum,
    Member,
    Record,
    Field,
    Secret,
    Product,
    Function,
    Probe,
    Action,
    Target,
    Runbook,
    Trigger,
    Watch,
    Diagnose,
    Remedy,
    Otherwise,
    Test,
}

impl EntryKind {
    /// As the language says it.
    pub fn word(self) -> &'static str {
        match self {
            EntryKind::Use => "use",
            EntryKind::Role => "role",
            EntryKind::Window => "window",
            EntryKind::Const => "const",
            EntryKind::Enum => "enum",
            EntryKind::Member => "member",
            EntryKind::Record => "record",
            EntryKind::Field => "field",
            EntryKind::Secret => "secret",
            EntryKind::Product => "product",
            EntryKind::Function => "fn",
            EntryKind::Probe => "probe",
            EntryKind::Action => "action",
            EntryKind::Target => "target",
            EntryKind::Runbook => "runbook",
            EntryKind::Trigger => "on",
            EntryKind::Watch => "watch",
            EntryKind::Diagnose => "diagnose",
            EntryKind::Remedy => "remedy",
            EntryKind::Otherwise => "otherwise",
            EntryKind::Test => "test",
        }
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: EntryKind,
    pub name: String,
    /// What else its first line says.
    pub detail: Option<String>,
    /// All of it.
    pub range: Range<usize>,
    /// Its name, which lies in it.
    pub at: Range<usize>,
    pub inside: Vec<Entry>,
}

impl Entry {
    fn new(kind: EntryKind, name: &str, whole: Span, at: Span) -> Entry {
        let (range, at) = (whole.range(), at.range());
        let start = at.start.clamp(range.start, range.end);
        Entry {
            kind,
            name: String::from(name),
            detail: None,
            at: start..at.end.clamp(start, range.end),
            range,
            inside: Vec::new(),
        }
    }

    fn of(kind: EntryKind, name: &Ident, whole: Span) -> Entry {
        let shown = match name.as_str() {
            "" => kind.word(),
            name => name,
        };
        Entry::new(kind, shown, whole, name.span)
    }

    fn detail(self, detail: impl Into<String>) -> Entry {
        Entry {
            detail: Some(detail.into()),
            ..self
        }
    }

    fn inside(self, inside: Vec<Entry>) -> Entry {
        Entry { inside, ..self }
    }

    /// The same so much further on; entries lie two deep.
    fn moved(self, by: usize) -> Entry {
        let moved = |range: Range<usize>| range.start + by..range.end + by;
        let inside = self.inside.into_iter().map(|entry| entry.moved(by));
        Entry {
            range: moved(self.range),
            at: moved(self.at),
            inside: inside.collect(),
            ..self
        }
    }
}

/// The entries of a file, in their order.
pub fn outline(desk: &Desk, file: usize) -> Vec<Entry> {
    let items = desk.items_of(file);
    let entries = items.filter_map(|found| {
        let entry = entry(found.item, found.source)?;
        Some(entry.moved(found.base))
    });
    entries.collect()
}

fn entry(item: &Item, source: &Source) -> Option<Entry> {
    let span = trimmed(item.span, source);
    Some(match &item.kind {
        ItemKind::Missing => return None,
        ItemKind::Use(found) => {
            let text = source.slice(span).trim_start_matches("use").trim();
            Entry::new(EntryKind::Use, text, span, found.root.span)
        }
        ItemKind::Role(found) => {
            Entry::of(EntryKind::Role, &found.name, span).detail(&*found.address.text)
        }
        ItemKind::Window(found) => Entry::of(EntryKind::Window, &found.name, span),
        ItemKind::Const(found) => Entry::of(EntryKind::Const, &found.name, span)
            .detail(first_line(source.slice(found.value.span))),
        ItemKind::Enum(found) => {
            let members = found.members.iter();
            let members = members.map(|one| Entry::of(EntryKind::Member, &one.name, one.name.span));
            Entry::of(EntryKind::Enum, &found.name, span).inside(members.collect())
        }
        ItemKind::Record(found) => {
            let fields = found.fields.iter().map(|one| {
                Entry::of(EntryKind::Field, &one.name, one.span).detail(source.slice(one.ty.span))
            });
            Entry::of(EntryKind::Record, &found.name, span).inside(fields.collect())
        }
        ItemKind::Secret(found) => Entry::of(EntryKind::Secret, &found.name, span),
        ItemKind::Product(found) => Entry::of(EntryKind::Product, &found.name, span),
        ItemKind::Fn(found) => Entry::of(EntryKind::Function, &found.name, span)
            .detail(format!("-> {}", source.slice(found.result.span))),
        ItemKind::Probe(found) => Entry::of(EntryKind::Probe, &found.name, span)
            .detail(format!("-> {}", source.slice(found.result.span))),
        ItemKind::Action(found) => Entry::of(EntryKind::Action, &found.name, span),
        ItemKind::Extern(found) => match &found.kind {
            ExternKind::Target(clauses) => {
                let fields = clauses.iter().filter_map(|clause| match &clause.kind {
                    TargetClauseKind::Field(field) => Some(
                        Entry::of(EntryKind::Field, &field.name, field.span)
                            .detail(source.slice(field.ty.span)),
                    ),
                    TargetClauseKind::Missing
                    | TargetClauseKind::Scope(_)
                    | TargetClauseKind::Within(_)
                    | TargetClauseKind::Key(..)
                    | TargetClauseKind::Lookup(_) => None,
                });
                Entry::of(EntryKind::Target, &found.name, span).inside(fields.collect())
            }
            ExternKind::Fn { .. } => Entry::of(EntryKind::Function, &found.name, span),
            ExternKind::Probe { .. } => Entry::of(EntryKind::Probe, &found.name, span),
            ExternKind::Action { .. } => Entry::of(EntryKind::Action, &found.name, span),
        },
        ItemKind::Runbook(found) => {
            let entry = Entry::of(EntryKind::Runbook, &found.name, span);
            let entry = match &found.product {
                Some(product) => entry.detail(format!("for {}", product.as_str())),
                None => entry,
            };
            entry.inside(clauses(found, source))
        }
        ItemKind::Test(found) => {
            Entry::new(EntryKind::Test, &found.title.text, span, found.title.span)
                .detail(found.runbook.as_str())
        }
    })
}

fn clauses(runbook: &Runbook, source: &Source) -> Vec<Entry> {
    let clauses = runbook.clauses.iter();
    clauses.filter_map(|one| clause(one, source)).collect()
}

fn clause(clause: &Clause, source: &Source) -> Option<Entry> {
    let span = clause.span;
    Some(match &clause.kind {
        ClauseKind::On(trigger) => {
            let (what, at) = match &trigger.kind {
                TriggerKind::Missing => ("on", span.at_start()),
                TriggerKind::Alert { name, .. } => (&*name.text, name.span),
                TriggerKind::Event { record, .. } => (source.slice(record.span), record.span),
                TriggerKind::Schedule { cron, .. } => ("schedule", cron.span),
                TriggerKind::Request { .. } => ("request", span.at_start()),
            };
            Entry::new(EntryKind::Trigger, what, span, at)
        }
        ClauseKind::Watch(watch) => Entry::of(EntryKind::Watch, &watch.name, span),
        ClauseKind::Diagnose(_) => word(EntryKind::Diagnose, "diagnose", span),
        ClauseKind::Steps(_) => word(EntryKind::Remedy, "steps", span),
        ClauseKind::Remedy(remedy) => Entry::of(EntryKind::Remedy, &remedy.name, span),
        ClauseKind::Otherwise(otherwise) => {
            let of = otherwise.of.as_ref().map(|of| of.text.to_string());
            let entry = word(EntryKind::Otherwise, "otherwise", span);
            Entry {
                detail: of,
                ..entry
            }
        }
        ClauseKind::Missing
        | ClauseKind::Version(_)
        | ClauseKind::Severity(_)
        | ClauseKind::IncidentPer(_)
        | ClauseKind::Again(_)
        | ClauseKind::Recurs { .. }
        | ClauseKind::Clears(_)
        | ClauseKind::Fresh(_)
        | ClauseKind::Patience(_)
        | ClauseKind::EndsWithin(_)
        | ClauseKind::Tell(_)
        | ClauseKind::Blast(_) => return None,
    })
}

fn word(kind: EntryKind, word: &str, span: Span) -> Entry {
    Entry::new(kind, word, span, span.inside(0, word.len()))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The span without the blanks at its end.
pub(super) fn trimmed(span: Span, source: &Source) -> Span {
    let kept = source.slice(span).trim_end().len();
    Span::new(span.source, span.range().start, span.range().start + kept)
}
