//! What is not there for the rest of a package, since what should bring it cannot be read.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{Places, is_error, item_at, line_around, names, takes_in, unread};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{ClauseKind, ItemKind, TriggerClause, TriggerClauseKind};
use crate::text::{SourceId, Sources, Span};

/// Names and imports that are lost.
pub(super) struct Missing {
    /// Names that nothing else is said of.
    pub(super) lost: BTreeSet<String>,
    /// Those of them that stand in lines that cannot be read.
    pub(super) unreadable: BTreeSet<String>,
    /// The files of which a `use` cannot be read, or leads nowhere.
    pub(super) without_imports: BTreeSet<SourceId>,
}

impl Missing {
    pub(super) fn of(
        sources: &Sources,
        files: &Places<'_>,
        read: &[Diagnostic],
        lost: &BTreeSet<SmolStr>,
        said: &[Diagnostic],
    ) -> Missing {
        let mut lost: BTreeSet<String> = lost.iter().map(SmolStr::to_string).collect();
        let mut unreadable = BTreeSet::new();
        for found in read.iter().filter(|found| is_error(found)) {
            let line = names(sources, unread(sources, files, found.primary.span));
            // `MOST_PODS = 3` gives the name to a constant as well, once it is mended.
            unreadable.extend(line.flat_map(|name| {
                let joined = name.strip_prefix("let").unwrap_or(&name).to_owned();
                [name.to_lowercase(), joined, name]
            }));
        }
        lost.extend(unreadable.iter().cloned());
        let mut without_imports = BTreeSet::new();
        for found in read.iter().filter(|found| is_error(found)) {
            let item = item_at(files, found.primary.span);
            if item.is_some_and(|item| takes_in(sources, item)) {
                without_imports.insert(files.file(found.primary.span));
            }
        }
        for found in said.iter() {
            match found.code {
                Code::UnknownModule => match found.fixes.first() {
                    Some(fix) => lost.extend(fix.edits.iter().map(|edit| edit.text.clone())),
                    None => {
                        without_imports.insert(files.file(found.primary.span));
                    }
                },
                // The names that the one side has and the other does not.
                Code::FindingMismatch => {
                    for label in found.others.iter().chain([&found.primary]) {
                        lost.extend(names(sources, line_around(sources, label.span)));
                    }
                }
                _ => {}
            }
        }
        Missing {
            lost,
            unreadable,
            without_imports,
        }
    }
}

/// Whether a place is in the braces of a trigger with a line that could not be read.
pub(super) fn in_trigger(files: &Places<'_>, place: Span) -> bool {
    let Some(ItemKind::Runbook(runbook)) = item_at(files, place).map(|item| &item.kind) else {
        return false;
    };
    runbook.clauses.iter().any(|clause| match &clause.kind {
        ClauseKind::On(trigger) => {
            let inside = clause.span.start <= place.start && place.end <= clause.span.end;
            inside && trigger.clauses.iter().any(is_lost)
        }
        _ => false,
    })
}

/// A line of a trigger that could not be read.
pub(super) fn is_lost(line: &TriggerClause) -> bool {
    matches!(line.kind, TriggerClauseKind::Missing)
}
