//! The rows of the connectors, and what the library declares: one list.

use std::collections::BTreeMap;

use super::OperationKind;
use crate::connect::ALL;
use crate::library::{MODULES, PRELUDE};
use crate::syntax;
use crate::syntax::tree::{ExternKind, ItemKind, Parameter};
use crate::text::{Sources, Span};

/// What the library declares and no connector offers yet.
const NOT_YET: &[&str] = &[
    "gitops.pause",
    "gitops.paused",
    "gitops.resume",
    "gitops.synced",
    "host.active",
    "host.clean",
    "host.deleted_but_open",
    "host.filesystem",
    "host.grow",
    "host.preview_clean",
    "host.restart",
    "host.service",
    "host.top_writers",
    "host.usage",
    "k8s.delete_volume_claim",
    "k8s.volume_claim",
];

type Row = (OperationKind, Vec<String>, Option<String>);

/// What the library declares, by its whole name.
fn declared() -> BTreeMap<String, Row> {
    let mut sources = Sources::default();
    let mut rows = BTreeMap::new();
    for module in MODULES.iter().filter(|module| module.name != PRELUDE) {
        let id = sources.add(module.file_name, module.text);
        let written = |span: Span| module.text[span.range()].to_owned();
        let param = |param: &Parameter| {
            let ty = param.ty.as_ref().map(|ty| written(ty.span));
            format!("{}: {}", param.name.text, ty.unwrap_or_default())
        };
        for item in syntax::parse(sources.source(id)).file.items {
            let ItemKind::Extern(item) = item.kind else {
                continue;
            };
            let name = format!("{}.{}", module.name, item.name.text);
            let row = match &item.kind {
                ExternKind::Probe { params, result, .. } => (
                    OperationKind::Probe,
                    params.iter().map(param).collect(),
                    Some(written(result.span)),
                ),
                ExternKind::Action { params, result, .. } => (
                    OperationKind::Action,
                    params.iter().map(param).collect(),
                    result.as_ref().map(|result| written(result.span)),
                ),
                ExternKind::Target(_) | ExternKind::Fn { .. } => continue,
            };
            rows.insert(name, row);
        }
    }
    rows
}

/// Everything that the library declares is offered, as it is declared, or stands on the one list of what is not yet.
#[test]
fn the_library_and_the_connectors_say_the_same() {
    let mut declared = declared();
    for name in NOT_YET {
        let known = declared.remove(*name);
        assert!(known.is_some(), "the library does not declare {name}");
    }
    let mut offered = BTreeMap::new();
    for operation in ALL.iter().flat_map(|connector| connector.operations) {
        let params = operation.params.iter().map(ToString::to_string).collect();
        let row = (operation.kind, params, operation.result.map(str::to_owned));
        let twice = offered.insert(operation.name.to_owned(), row);
        assert_eq!(twice, None, "{} is offered twice", operation.name);
    }
    assert_eq!(offered, declared);
}

/// A row belongs to the module that it is listed in.
#[test]
fn each_row_stands_in_its_module() {
    for connector in ALL {
        let prefix = format!("{}.", connector.module);
        for operation in connector.operations {
            assert!(operation.name.starts_with(&prefix), "{}", operation.name);
        }
    }
}
