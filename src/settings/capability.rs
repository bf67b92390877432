//! Which capabilities there are and what narrows each, as the library's `needs` lines say.
//!
//! In: the embedded library. Out: a table that is made once. Nothing is listed by hand here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use smol_str::SmolStr;

use crate::library::MODULES;
use crate::syntax;
use crate::syntax::tree::{
    ExternClause, ExternClauseKind, ExternKind, ItemKind, Parameter, TypeRefKind,
};
use crate::text::Sources;

/// What the argument is that narrows a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// None does: it is granted whole.
    Whole,
    /// A target, or the name of one.
    Name,
    /// A text that is sent or run.
    Text,
    /// An address.
    Url,
    /// A program and its arguments.
    Argv,
}

impl Form {
    /// What narrows a capability; none where the library needs no such.
    pub fn of(capability: &str) -> Option<Form> {
        known().get(capability).copied()
    }

    /// What a grant of such a capability looks like.
    pub fn example(self) -> &'static str {
        match self {
            Form::Whole => "true",
            Form::Name => "[\"name-*\"]",
            Form::Text => "[\"PING\\r\\n\"]",
            Form::Url => "[\"https://status.example.com/api/*\"]",
            Form::Argv => "[[\"program\", \"argument\", \"*\"]]",
        }
    }
}

static KNOWN: LazyLock<BTreeMap<SmolStr, Form>> = LazyLock::new(|| said().into_iter().collect());

/// Every capability with what narrows it.
pub fn known() -> &'static BTreeMap<SmolStr, Form> {
    &KNOWN
}

/// What each `needs` line says, in order.
fn said() -> Vec<(SmolStr, Form)> {
    let mut sources = Sources::default();
    let mut said = Vec::new();
    for module in MODULES {
        let id = sources.add(module.file_name, module.text);
        for item in syntax::parse(sources.source(id)).file.items {
            let ItemKind::Extern(item) = item.kind else {
                continue;
            };
            match item.kind {
                ExternKind::Probe {
                    params, clauses, ..
                }
                | ExternKind::Action {
                    params, clauses, ..
                } => said.extend(clauses.iter().filter_map(|clause| needs(clause, &params))),
                ExternKind::Target(_) | ExternKind::Fn { .. } => {}
            }
        }
    }
    said
}

fn needs(clause: &ExternClause, params: &[Parameter]) -> Option<(SmolStr, Form)> {
    let ExternClauseKind::Needs { capability, of } = &clause.kind else {
        return None;
    };
    let form = match of {
        None => Form::Whole,
        Some(of) => form(params.iter().find(|param| param.name.text == of.text)?),
    };
    Some((capability.text.clone(), form))
}

/// A plain String names a target, unless the library says that it is sent or run.
fn form(param: &Parameter) -> Form {
    match param.ty.as_ref().map(|ty| &ty.kind) {
        Some(TypeRefKind::List(_)) => Form::Argv,
        Some(TypeRefKind::Named(path)) => match path.name.as_str() {
            "Url" => Form::Url,
            "String" if param.sink.is_some() => Form::Text,
            _ => Form::Name,
        },
        _ => Form::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A capability means one thing, whichever extern needs it.
    #[test]
    fn each_has_one_form() {
        for (name, form) in said() {
            assert_eq!(known().get(&name), Some(&form), "{name}");
        }
    }

    /// No line of the library is passed over.
    #[test]
    fn every_line_is_read() {
        let lines = MODULES.iter().flat_map(|module| module.text.lines());
        let lines = lines.filter(|line| line.trim_start().starts_with("needs "));
        assert_eq!(said().len(), lines.count());
    }

    #[test]
    fn forms_are_as_the_library_means_them() {
        for (name, form) in [
            ("prom.query", Form::Whole),
            ("events.read", Form::Whole),
            ("host.read", Form::Name),
            ("k8s.list", Form::Name),
            ("tcp.connect", Form::Name),
            ("tcp.ask", Form::Text),
            ("http.get", Form::Url),
            ("exec.apply", Form::Argv),
        ] {
            assert_eq!(known().get(name), Some(&form), "{name}");
        }
    }
}
