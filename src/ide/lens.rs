//! Lenses: what stands above an item though nobody wrote it.
//!
//! In: a desk and a file. Out: above each test, that it can be run; above each runbook, its tests and what it may do.

use std::ops::Range;

use crate::front::Standing;
use crate::program::manifest::Manifest;
use crate::syntax::tree::{ItemKind, Test, TestLine, TestLineKind};

use super::Desk;

/// One lens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    pub kind: LensKind,
    pub title: String,
    /// The first line of what it is about.
    pub range: Range<usize>,
}

/// What a lens does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LensKind {
    /// Runs the tests whose title contains this.
    Run { filter: String },
    /// Says what a runbook may do.
    May { runbook: String },
}

/// The lenses of a file, in their order.
pub fn lenses(desk: &Desk, file: usize) -> Vec<Lens> {
    let mut lenses = Vec::new();
    for Standing { item, base, .. } in desk.items_of(file) {
        let first = lenses.len();
        match &item.kind {
            ItemKind::Test(test) => {
                lenses.push(Lens {
                    kind: LensKind::Run {
                        filter: test.title.text.to_string(),
                    },
                    title: String::from("run this test"),
                    range: item.span.at_start().range(),
                });
                lenses.extend(test.lines.iter().filter_map(|line| of_case(test, line)));
            }
            ItemKind::Runbook(runbook) => {
                let name = runbook.name.as_str();
                if let Some(manifest) = desk.manifests().iter().find(|found| found.runbook == name)
                {
                    lenses.push(Lens {
                        kind: LensKind::May {
                            runbook: String::from(name),
                        },
                        title: may(manifest),
                        range: item.span.at_start().range(),
                    });
                }
            }
            ItemKind::Missing
            | ItemKind::Use(_)
            | ItemKind::Role(_)
            | ItemKind::Window(_)
            | ItemKind::Const(_)
            | ItemKind::Enum(_)
            | ItemKind::Record(_)
            | ItemKind::Secret(_)
            | ItemKind::Product(_)
            | ItemKind::Fn(_)
            | ItemKind::Probe(_)
            | ItemKind::Action(_)
            | ItemKind::Extern(_) => {}
        }
        for lens in lenses.iter_mut().skip(first) {
            lens.range = base + lens.range.start..base + lens.range.end;
        }
    }
    lenses
}

/// The lens of a case: it can be run alone.
fn of_case(test: &Test, line: &TestLine) -> Option<Lens> {
    match &line.kind {
        TestLineKind::Case(case) => Some(Lens {
            kind: LensKind::Run {
                filter: format!("{} [{}]", test.title.text, case.title.text),
            },
            title: String::from("run this case"),
            range: line.span.at_start().range(),
        }),
        TestLineKind::Missing
        | TestLineKind::At { .. }
        | TestLineKind::Given(_)
        | TestLineKind::Expect(_) => None,
    }
}

/// What a runbook may do, in a line: `change · at most 1 k8s.Pod · 3 steps · pages builder`.
pub(super) fn may(manifest: &Manifest) -> String {
    let authority = &manifest.authority;
    let mut parts = vec![String::from(authority.effect.level.word())];
    let touches = authority.touches.iter();
    parts.extend(touches.map(|touch| format!("at most {} {}", touch.run, touch.target)));
    match authority.steps.len() {
        0 => {}
        1 => parts.push(String::from("1 step")),
        steps => parts.push(format!("{steps} steps")),
    }
    if !authority.people.page.is_empty() {
        let roles: Vec<String> = authority.people.page.clone();
        parts.push(format!("pages {}", roles.join(", ")));
    }
    parts.join(" · ")
}
