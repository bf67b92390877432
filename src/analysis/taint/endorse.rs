//! What the report shows: where something from outside is let through, and by what right.
//!
//! Three rights: a target that is owned, a number between the author's bounds, free text in JSON.

use std::collections::BTreeSet;

use super::flow::Flow;
use super::origin::{Matter, Taint};
use super::{Taints, for_each_call};
use crate::text::Span;
use crate::typed::{Callee, Endorsement, Expr, ExprKind, FunctionId, Package, Runbook, SiteId};

impl Flow<'_, '_> {
    /// A `clamp` with own bounds; of a parameter, the call that brings something told is shown.
    pub(super) fn clamped(&mut self, number: &Expr, taint: &Taint, bounds: &[Expr], span: Span) {
        if self.in_function {
            let clamps = std::mem::take(&mut self.clamps);
            self.clamps = clamps.join(taint.params.clone());
        }
        if taint.matter.has(Matter::TOLD) {
            let known = bounds.iter().map(|bound| match &bound.kind {
                ExprKind::Value(value) => Some(value.to_string()),
                ExprKind::Const(id) => self
                    .package
                    .consts
                    .get(id.index())
                    .map(|found| found.name.to_string()),
                _ => None,
            });
            let by = match known.collect::<Option<Vec<_>>>().as_deref() {
                Some([low, high]) => format!("a number from {low} to {high}"),
                _ => "a number between own bounds".to_owned(),
            };
            self.endorse("clamp", number, by, span);
        }
    }

    /// Words that a function bounds or cuts inside.
    pub(super) fn clamped_inside(&mut self, id: FunctionId, args: &[Expr], taints: &[Taint]) {
        let summary = &self.taints.functions[id.index()];
        if summary.endorses {
            self.calls.insert(id);
        }
        for index in summary.clamps.iter() {
            let (Some(arg), Some(taint)) = (args.get(index), taints.get(index)) else {
                continue;
            };
            if self.in_function {
                let clamps = std::mem::take(&mut self.clamps);
                self.clamps = clamps.join(taint.params.clone());
            }
            if taint.matter.has(Matter::TOLD) {
                let name = &self.package.functions[id.index()].name;
                let by = format!("a number that `{name}` bounds");
                self.endorse("clamp", arg, by, arg.span);
            }
        }
    }

    /// `free_text(words, most: 200)`
    pub(super) fn cut(&mut self, args: &[Expr], span: Span) {
        let [words, most] = args else { return };
        let by = match &most.kind {
            ExprKind::Value(most) => format!("free text in JSON, up to {most} characters"),
            _ => "free text in JSON".to_owned(),
        };
        self.endorse("free_text", words, by, span);
    }

    fn endorse(&mut self, by_name: &str, of: &Expr, by: String, span: Span) {
        let what = match self.path(of) {
            Some(path) => format!("{by_name} of {path}"),
            None => by_name.to_owned(),
        };
        self.endorsed.push(Endorsement { what, by, span });
    }

    /// A name with its fields, as it is written.
    fn path(&self, expr: &Expr) -> Option<String> {
        let mut fields = Vec::new();
        let mut place = expr;
        let name = loop {
            match &place.kind {
                ExprKind::Wrap(inner) => place = inner,
                ExprKind::Field { base, field } => {
                    fields.push(self.field_name(base, *field)?);
                    place = base;
                }
                ExprKind::Local(local) => break self.names.get(local.index())?.name.as_str(),
                ExprKind::Trigger(binding) => {
                    break self.runbook?.bindings.get(binding.index())?.name.as_str();
                }
                _ => return None,
            }
        };
        fields.push(name);
        fields.reverse();
        Some(fields.join("."))
    }
}

/// What a runbook lets through: by ownership, and by what it and the functions that it calls bound.
pub fn endorsements(
    package: &Package,
    taints: &Taints,
    told_lookups: &BTreeSet<SiteId>,
    runbook: &Runbook,
    own: Endorsed,
) -> Vec<Endorsement> {
    let mut found = Vec::new();
    for_each_call(runbook, &mut |call, span| {
        if told_lookups.contains(&call.site)
            && let Callee::Extern(id) = call.callee
        {
            let owner = runbook
                .product
                .map_or("nobody", |id| package.products[id.index()].name.as_str());
            found.push(Endorsement {
                what: package.externs[id.index()].name.to_string(),
                by: format!("owned by {owner}"),
                span,
            });
        }
    });
    let mut seen = BTreeSet::new();
    let mut add = |endorsed: &Endorsement| {
        if seen.insert((endorsed.span, endorsed.what.clone())) {
            found.push(endorsed.clone());
        }
    };
    own.here.iter().for_each(&mut add);
    let mut reached = BTreeSet::new();
    let mut next: Vec<FunctionId> = own.calls.into_iter().collect();
    while let Some(id) = next.pop() {
        if reached.insert(id) {
            let summary = &taints.functions[id.index()];
            summary.endorsed.iter().for_each(&mut add);
            next.extend(&summary.calls);
        }
    }
    found
}

/// What bodies of a runbook let through, and the functions that they call and that do.
#[derive(Default)]
pub struct Endorsed {
    pub here: Vec<Endorsement>,
    pub calls: BTreeSet<FunctionId>,
}

impl Endorsed {
    pub fn take(&mut self, here: Vec<Endorsement>, calls: BTreeSet<FunctionId>) {
        self.here.extend(here);
        self.calls.extend(calls);
    }
}
