//! A label that says which target is changed and is no part of the key: the alert of a second target only joins the
//! incident of the first.
//!
//! Decided where a target type that is changed is looked up in one place, or taken from one list, and a label stands in
//! that place itself.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::labels;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::syntax::tree::ClauseKind;
use crate::typed::{BindingId, BindingKind, ExternId, Runbook, TargetId, Type};
use std::collections::BTreeSet;

pub static RULE: Rule = Rule {
    code: Code::KeyMissesTarget,
    name: "key-misses-target",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    if runbook.one_incident || runbook.incident_per.is_empty() {
        return;
    }
    let touched = cx.facts(index).into_iter().flat_map(|facts| &facts.touched);
    for target in touched.map(|touched| touched.target) {
        for binding in reaching(cx, index, target).iter().copied() {
            let in_key = runbook
                .incident_per
                .iter()
                .any(|part| part.binding == binding);
            if in_key || is_fixed(cx, runbook, binding) {
                continue;
            }
            let Some(found) = runbook.bindings.get(binding.index()) else {
                continue;
            };
            let (name, what) = (&found.name, &cx.package().targets[target.index()].name);
            let message = format!("the key does not say which `{what}` is changed");
            let told = Diagnostic::new(
                Code::KeyMissesTarget,
                message,
                runbook.name_span,
                format!("`{name}` is not in its key"),
            );
            let told = told.and(found.span, "says which one");
            let told = told.help(format!(
                "add `{name}` to `incident per`: else the alert of a second one only joins the first incident"
            ));
            let clauses = cx
                .written(runbook)
                .into_iter()
                .flat_map(|tree| &tree.clauses);
            let key = clauses.into_iter().find_map(|clause| match &clause.kind {
                ClauseKind::IncidentPer(parts) => Some((clause.span, parts)),
                _ => None,
            });
            out.push(match key {
                Some((span, parts)) => {
                    let parts = parts.iter().map(|part| cx.text(part.span));
                    let parts: Vec<&str> = parts.chain([name.as_str()]).collect();
                    let text = format!("incident per ({})", parts.join(", "));
                    told.fix(format!("add `{name}` to the key"), span, text)
                }
                None => told,
            });
        }
    }
}

/// The labels that say which one of a target type is changed: those of its one lookup, or of the one list that it is
/// taken from where it is not looked up by itself.
pub fn reaching<'c>(cx: &'c Cx<'_>, runbook: usize, target: TargetId) -> &'c [BindingId] {
    let package = cx.package();
    let lookup = package.targets[target.index()].lookup;
    if let Some(lookup) = lookup.filter(|lookup| cx.read.asks(runbook, *lookup)) {
        return cx.read.labels_of(runbook, lookup);
    }
    let is_list = |id: &ExternId| match package.externs.get(id.index()).map(|of| &of.result) {
        Some(Type::List(element)) => **element == Type::Target(target),
        _ => false,
    };
    let lists: BTreeSet<ExternId> = cx.read.asked_by(runbook).filter(is_list).collect();
    match lists.first() {
        Some(list) if lists.len() == 1 => cx.read.labels_of(runbook, *list),
        _ => &[],
    }
}

/// Whether a name is no label, or one of which only one value passes.
fn is_fixed(cx: &Cx<'_>, runbook: &Runbook, binding: BindingId) -> bool {
    match runbook.bindings.get(binding.index()).map(|of| &of.kind) {
        Some(BindingKind::Label(label)) => labels::is_single(cx, runbook, label),
        Some(BindingKind::Alert | BindingKind::Event | BindingKind::Request) | None => true,
    }
}
