//! Items in a line: what they are and how they are used; and the modules of the library, read.
//!
//! In: an item and its text, or a module. Out: words for a list of candidates.

use crate::library;
use crate::syntax;
use crate::syntax::tree::{ExternKind, File, Item, ItemKind, Parameter, TypeRef};
use crate::text::{Source, SourceId};

use super::complete::CandidateKind;

/// What an item is, and in a line how it is used.
pub(super) fn described(item: &Item, source: &Source) -> Option<(CandidateKind, String)> {
    let head = |params: &[Parameter], result: Option<&TypeRef>| {
        let params: Vec<&str> = params
            .iter()
            .map(|param| source.slice(param.span))
            .collect();
        let result = result.map(|ty| format!(" -> {}", source.slice(ty.span)));
        format!("({}){}", params.join(", "), result.unwrap_or_default())
    };
    Some(match &item.kind {
        ItemKind::Missing | ItemKind::Use(_) | ItemKind::Test(_) => return None,
        ItemKind::Role(_) => (CandidateKind::Role, String::from("role")),
        ItemKind::Window(_) => (CandidateKind::Constant, String::from("window")),
        ItemKind::Secret(_) => (CandidateKind::Constant, String::from("secret")),
        ItemKind::Product(_) => (CandidateKind::Module, String::from("product")),
        ItemKind::Const(found) => (
            CandidateKind::Constant,
            source.slice(found.value.span).to_owned(),
        ),
        ItemKind::Enum(_) => (CandidateKind::Type, String::from("enum")),
        ItemKind::Record(_) => (CandidateKind::Type, String::from("record")),
        ItemKind::Runbook(_) => (CandidateKind::Runbook, String::from("runbook")),
        ItemKind::Fn(found) => (
            CandidateKind::Function,
            format!("fn{}", head(&found.params, Some(&found.result))),
        ),
        ItemKind::Probe(found) => (
            CandidateKind::Function,
            format!("probe{}", head(&found.params, Some(&found.result))),
        ),
        ItemKind::Action(found) => (
            CandidateKind::Function,
            format!("action{}", head(&found.params, None)),
        ),
        ItemKind::Extern(found) => match &found.kind {
            ExternKind::Target(_) => (CandidateKind::Type, String::from("target")),
            ExternKind::Fn { params, result } => (
                CandidateKind::Function,
                format!("fn{}", head(params, Some(result))),
            ),
            ExternKind::Probe { params, result, .. } => (
                CandidateKind::Function,
                format!("probe{}", head(params, Some(result))),
            ),
            ExternKind::Action { params, result, .. } => (
                CandidateKind::Function,
                format!("action{}", head(params, result.as_ref())),
            ),
        },
    })
}

pub(super) fn doc_of(tree: &File) -> String {
    tree.doc.join("\n")
}

/// A module of the library, read.
pub(super) fn parsed(module: &library::Module) -> (File, Source) {
    let source = Source::new(SourceId::default(), module.file_name, module.text);
    (syntax::parse(&source).file, source)
}
