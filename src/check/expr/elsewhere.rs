//! Names and calls as other languages spell them: `is_empty(xs)`, `kubernetes.pod(...)`, a member without its module.
//!
//! In: a name that leads nowhere, and where it stands. Out: what is said of it, with the form of this language.

use super::{Elaborator, Place};
use crate::diag::Diagnostic;
use crate::library;
use crate::text::Span;

/// Whether a function of other languages asks if there is nothing in a list.
fn asks_for_nothing(name: &str) -> bool {
    let plain = name.to_lowercase().replace('_', "");
    matches!(plain.as_str(), "empty" | "isempty")
}

/// The module that is called so elsewhere.
fn module_elsewhere(name: &str) -> Option<&'static str> {
    Some(match name {
        "kubernetes" | "kube" | "kubectl" | "k8" => "k8s",
        "prometheus" | "promql" | "metrics" => "prom",
        "requests" | "https" | "web" => "http",
        "shell" | "command" | "subprocess" => "exec",
        _ => return None,
    })
}

impl Elaborator<'_, '_> {
    /// The rest of the text behind a place.
    fn behind(&self, span: Span) -> &str {
        let source = &self.checker.sources.source(span.source).text;
        source.get(span.range().end..).unwrap_or_default()
    }

    /// `empty(xs)`: whether there is nothing in it is a test.
    pub fn empty_called(&self, found: &Diagnostic, name: &str, span: Span) -> Option<Diagnostic> {
        let rest = self.behind(span).strip_prefix('(')?;
        let (inner, _) = rest.split_once(')')?;
        let plain = !inner.trim().is_empty() && !inner.contains(['(', ',', '"', '\n']);
        if !asks_for_nothing(name) || !plain {
            return None;
        }
        let right = format!("{} is empty", inner.trim());
        let end = span.range().end + inner.len() + 2;
        let whole = Span::new(span.source, span.range().start, end);
        let found = found.clone().help(format!(
            "whether there is nothing in it is asked with `{right}`"
        ));
        Some(found.fix(format!("write `{right}`"), whole, right))
    }

    /// `xs.is_empty()`
    pub fn empty_method(
        &self,
        found: &Diagnostic,
        base: Span,
        name: &str,
        span: Span,
    ) -> Option<Diagnostic> {
        if !asks_for_nothing(name) {
            return None;
        }
        let called = usize::from(self.behind(span).starts_with("()")) * 2;
        let right = format!("{} is empty", self.checker.text(base));
        let whole = Span::new(span.source, base.range().end, span.range().end + called);
        let found = found.clone().help(format!(
            "whether there is nothing in it is asked with `{right}`"
        ));
        Some(found.fix(format!("write `{right}`"), whole, " is empty"))
    }

    /// `restart(worker)`: the members of that name. What is done elsewhere in the file is meant before all others.
    pub fn member_without_module(
        &self,
        found: &Diagnostic,
        name: &str,
        span: Span,
    ) -> Option<Diagnostic> {
        let imports = &self.checker.file(self.file).imports;
        let having = imports
            .iter()
            .filter(|import| self.checker.names.member(import.module, name).is_some());
        let mut paths: Vec<String> = having
            .map(|import| format!("{}.{name}", import.name))
            .collect();
        paths.dedup();
        let source = &self.checker.sources.source(span.source).text;
        let used = |path: &&String| source.contains(&format!("{path}("));
        let mut of_file = paths.iter().filter(used);
        if let (Some(path), None) = (of_file.next().cloned(), of_file.next()) {
            paths = vec![path];
        }
        let first = paths.first()?;
        let shown = match paths.len() {
            1 => format!("`{first}`"),
            _ => format!("`{}`", paths.join("` or `")),
        };
        let found = found
            .clone()
            .help(format!("members of a module are written with it: {shown}"));
        let put = |found: Diagnostic, path: &String| {
            found.fix(format!("write `{path}`"), span, path.as_str())
        };
        Some(paths.iter().fold(found, put))
    }

    /// `kubernetes.pod(...)`, `f(_)` in a test, `"5m ago"`.
    pub fn called_elsewhere(
        &self,
        found: &Diagnostic,
        name: &str,
        span: Span,
    ) -> Option<Diagnostic> {
        let found = found.clone();
        if name == "_" && self.place == Place::Test {
            let help = "what does not matter is called `any`";
            return Some(found.help(help).fix("write `any`", span, "any"));
        }
        let module = module_elsewhere(name).filter(|_| self.behind(span).starts_with('.'))?;
        library::module(module)?;
        let imports = &self.checker.file(self.file).imports;
        let taken = imports.iter().any(|import| import.name == module);
        let found = found.help(match taken {
            true => format!("the module is called `{module}`"),
            false => {
                format!("the module is called `{module}`, and is taken in with `use std.{module}`")
            }
        });
        Some(match taken {
            true => found.fix(format!("write `{module}`"), span, module),
            false => found,
        })
    }
}
