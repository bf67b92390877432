//! A query about all of a fleet that decides on the change of one.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::rules::key_misses_target::reaching;
use crate::typed::{BindingId, Expr, ExprKind};

pub static RULE: Rule = Rule {
    code: Code::FleetWideQuery,
    name: "fleet-wide-query",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    if !cx.changes(index) {
        return;
    }
    let touched = cx.facts(index).into_iter().flat_map(|facts| &facts.touched);
    let mut keyed = touched.flat_map(|touched| reaching(cx, index, touched.target));
    let in_key = |binding: &&BindingId| {
        let mut key = runbook.incident_per.iter();
        key.any(|part| part.binding == **binding)
    };
    let key = keyed.find(in_key);
    let Some(key) = key.and_then(|binding| runbook.bindings.get(binding.index())) else {
        return;
    };
    let queries = cx.read.queries(index);
    // A query with a hole is about something: beside it, those about all are the rest of the evidence.
    let has_hole = |query: &&Expr| matches!(&query.kind, ExprKind::Template { holes, .. } if !holes.is_empty());
    if queries.iter().any(has_hole) {
        return;
    }
    let mut wide = queries.iter().filter(|query| cx.query(query).is_some());
    let Some(first) = wide.next() else {
        return;
    };
    let message = "a query about all of them decides on the change of one";
    let label = format!("the same for each `{}`", key.name);
    let mut found = Diagnostic::new(Code::FleetWideQuery, message, first.span, label);
    for other in wide {
        found = found.and(other.span, "and this");
    }
    out.push(found.help(format!("narrow it: `{{{0}=${{{0}}}}}`", key.name)));
}
