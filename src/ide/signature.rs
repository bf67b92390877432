//! The signature of the call that the cursor is in.
//!
//! In: a desk, a file and an offset. Out: how it is called, its parameters, and which of them is being written. Works on
//! the item cut at the cursor, so on broken files as well.

use std::ops::Range;

use crate::library::{self, PRELUDE};
use crate::syntax::LexemeKind;
use crate::syntax::tree::{ClauseKind, ExternKind, FieldDecl, Item, ItemKind, Parameter, TypeRef};
use crate::text::Source;

use super::Desk;
use super::bind::{self, Before};

/// How something is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// `k8s.scale(deployment: Deployment, to: Int)`
    pub label: String,
    /// In Markdown.
    pub doc: String,
    pub params: Vec<Param>,
    /// Which of them is being written.
    pub active: Option<usize>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    pub name: String,
    /// As it is declared.
    pub text: String,
    /// Where in the label it stands.
    pub range: Range<usize>,
}

/// A call that is being written.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    /// `k8s`, `scale`
    pub path: Vec<String>,
    /// Arguments before the one that is being written.
    pub index: usize,
    /// The name of the argument that is being written.
    pub name: Option<String>,
    /// The names that were written.
    pub named: Vec<String>,
}

/// The signature of the call around an offset.
pub fn signature(desk: &Desk, file: usize, at: usize) -> Option<Signature> {
    let source = desk.source(file)?;
    let before = bind::before(&source.text, at);
    let call = call(source, &before)?;
    let mut found = of(desk, &call.path)?;
    found.active = match &call.name {
        Some(name) => found.params.iter().position(|param| param.name == *name),
        None => (call.index < found.params.len()).then_some(call.index),
    };
    Some(found)
}

/// The innermost call that is open at the end of what stands before a place.
pub(super) fn call(source: &Source, before: &Before) -> Option<Call> {
    let lexemes = &before.lexemes;
    let text = |index: usize| {
        let range = lexemes.get(index)?.range.clone();
        source.text.get(range)
    };
    let mut depth = 0;
    let mut call = Call::default();
    for index in (0..lexemes.len()).rev() {
        let here = text(index)?;
        match lexemes.get(index)?.kind {
            LexemeKind::Close => depth += 1,
            LexemeKind::Open if depth > 0 => depth -= 1,
            LexemeKind::Open if here == "(" => {
                call.path = path(index, &text);
                return (!call.path.is_empty()).then_some(call);
            }
            LexemeKind::Open if here == "{" => return None,
            LexemeKind::Open => {}
            LexemeKind::Mark if here == "," && depth == 0 => call.index += 1,
            LexemeKind::Mark if here == ":" && depth == 0 => {
                let name = index
                    .checked_sub(1)
                    .and_then(text)
                    .unwrap_or_default()
                    .to_owned();
                if call.index == 0 && call.name.is_none() {
                    call.name = Some(name.clone());
                }
                call.named.push(name);
            }
            _ => {}
        }
    }
    None
}

/// The names before an opening bracket.
fn path<'t>(open: usize, text: &dyn Fn(usize) -> Option<&'t str>) -> Vec<String> {
    let mut path = Vec::new();
    let mut index = open;
    while let Some(name) = index.checked_sub(1).and_then(text) {
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            break;
        }
        path.insert(0, name.to_owned());
        match index.checked_sub(2).and_then(text) {
            Some(".") => index -= 2,
            Some(_) | None => break,
        }
    }
    path
}

/// How a name is called.
pub(super) fn of(desk: &Desk, path: &[String]) -> Option<Signature> {
    match path {
        [name] => own(desk, name).or_else(|| in_library(PRELUDE, name, "")),
        [module, name] => in_library(module, name, &format!("{module}.")),
        _ => None,
    }
}

fn in_library(module: &str, name: &str, shown: &str) -> Option<Signature> {
    let (tree, source) = super::describe::parsed(library::module(module)?);
    let mut items = tree.items.iter();
    items.find_map(|item| of_item(item, name, &source, shown))
}

fn own(desk: &Desk, name: &str) -> Option<Signature> {
    let mut items = desk.items();
    items.find_map(|found| of_item(found.item, name, found.source, ""))
}

fn of_item(item: &Item, name: &str, source: &Source, shown: &str) -> Option<Signature> {
    if let ItemKind::Runbook(runbook) = &item.kind {
        return runbook
            .clauses
            .iter()
            .find_map(|clause| match &clause.kind {
                ClauseKind::Watch(watch) if watch.name.as_str() == name => Some(build(
                    name,
                    &declared(&watch.params, source),
                    None,
                    clause.doc.join("\n"),
                    source,
                )),
                ClauseKind::Remedy(remedy) if remedy.name.as_str() == name => Some(build(
                    name,
                    &declared(&remedy.params, source),
                    None,
                    clause.doc.join("\n"),
                    source,
                )),
                _ => None,
            });
    }
    if item.name()?.as_str() != name {
        return None;
    }
    let (params, result): (Vec<(String, String)>, Option<&TypeRef>) = match &item.kind {
        ItemKind::Fn(found) => (declared(&found.params, source), Some(&found.result)),
        ItemKind::Probe(found) => (declared(&found.params, source), Some(&found.result)),
        ItemKind::Action(found) => (declared(&found.params, source), None),
        ItemKind::Record(found) => (fields(&found.fields, source), None),
        ItemKind::Extern(found) => match &found.kind {
            ExternKind::Target(_) => return None,
            ExternKind::Fn { params, result } | ExternKind::Probe { params, result, .. } => {
                (declared(params, source), Some(result))
            }
            ExternKind::Action { params, result, .. } => {
                (declared(params, source), result.as_ref())
            }
        },
        _ => return None,
    };
    let doc = item.doc.join("\n");
    Some(build(
        &format!("{shown}{name}"),
        &params,
        result,
        doc,
        source,
    ))
}

fn declared(params: &[Parameter], source: &Source) -> Vec<(String, String)> {
    let params = params.iter();
    params
        .map(|param| {
            (
                param.name.text.to_string(),
                source.slice(param.span).to_owned(),
            )
        })
        .collect()
}

fn fields(fields: &[FieldDecl], source: &Source) -> Vec<(String, String)> {
    let text =
        |field: &FieldDecl| format!("{}: {}", field.name.as_str(), source.slice(field.ty.span));
    fields
        .iter()
        .map(|field| (field.name.text.to_string(), text(field)))
        .collect()
}

fn build(
    name: &str,
    params: &[(String, String)],
    result: Option<&TypeRef>,
    doc: String,
    source: &Source,
) -> Signature {
    let mut label = format!("{name}(");
    let mut built = Vec::new();
    for (index, (name, text)) in params.iter().enumerate() {
        if index > 0 {
            label.push_str(", ");
        }
        let start = label.len();
        label.push_str(text);
        built.push(Param {
            name: name.clone(),
            text: text.clone(),
            range: start..label.len(),
        });
    }
    label.push(')');
    if let Some(result) = result {
        label.push_str(" -> ");
        label.push_str(source.slice(result.span));
    }
    Signature {
        label,
        doc,
        params: built,
        active: None,
    }
}
