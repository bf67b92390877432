//! P12: data from outside may select among what the author wrote, never supply it.
//!
//! Levels: own < measured < bounded < told. Implicit flows are allowed on purpose: the set of alternatives
//! is finite, in the text, and bounded by `blast`. What may not happen is that told data reaches a
//! sink; that forged words alone bring a change about is looked for elsewhere.

mod endorse;
mod flow;
mod foreign;
mod free;
mod json;
mod origin;
mod outside;
mod shape;
mod sink;
mod value;

pub use foreign::{holds, outermost_first};

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic};
use crate::effect::Integrity;
use crate::rule::Rule;
use crate::text::Span;
use crate::typed::{
    CallExpr, Callee, Endorsement, ExprKind, FunctionId, FunctionKind, Package, RecordId, Runbook,
    SiteId, Type,
};

pub use endorse::endorsements;

use endorse::Endorsed;
use flow::Flow;
use origin::{Params, Taint};
use sink::Reach;

/// What is known of each function.
pub struct Taints {
    functions: Vec<Summary>,
    told_lookups: BTreeSet<SiteId>,
    /// The kinds of events that functions ask for.
    asked: Vec<(RecordId, Span)>,
    /// The records that changes go by.
    taken: BTreeSet<RecordId>,
}

#[derive(Clone, Debug, Default)]
struct Summary {
    result: Taint,
    /// Parameters that reach a sink inside.
    sinks: Vec<(usize, Reach, Span)>,
    /// Parameters that are used inside as free text may not be.
    plain: Params,
    /// Parameters that are bounded inside.
    clamps: Params,
    endorsed: Vec<Endorsement>,
    /// The functions that it calls and that endorse something.
    calls: BTreeSet<FunctionId>,
    /// Whether it does, or one that it calls.
    endorses: bool,
}

impl Taints {
    /// Adds the lookups inside functions whose arguments may be told.
    pub fn told_lookups(&self, sites: &mut BTreeSet<SiteId>) {
        sites.extend(&self.told_lookups);
    }
}

/// Summarises the functions, callees first; sinks fed by what is told inside are reported.
pub fn functions(package: &Package, order: &[FunctionId], out: &mut Vec<Diagnostic>) -> Taints {
    let mut taints = Taints {
        functions: vec![Summary::default(); package.functions.len()],
        told_lookups: BTreeSet::new(),
        asked: outside::asked_by_functions(package),
        taken: super::about::taken(package),
    };
    for id in order {
        let function = &package.functions[id.index()];
        let runbook = match function.kind {
            FunctionKind::Watch(id) => package.runbooks.get(id.index()),
            FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Action { .. } => None,
        };
        let mut lookups = BTreeSet::new();
        let mut flow = Flow::new(package, &taints, runbook, &function.body, &mut lookups, out);
        flow.in_function = true;
        for (index, param) in function.params.iter().enumerate() {
            flow.locals[index] = match param.ty {
                // A handle is own: it was looked up.
                Type::Target(_) if !Rule::ListedNamesAreOwned.holds() => Taint::default(),
                _ => Taint::parameter(index),
            };
        }
        flow.block(&function.body.block);
        let mut summary = Summary {
            result: flow.result,
            sinks: flow.sinks,
            plain: flow.plain,
            clamps: flow.clamps,
            endorses: !flow.endorsed.is_empty() || !flow.calls.is_empty(),
            endorsed: flow.endorsed,
            calls: flow.calls,
        };
        // A parameter that reaches a sink in many lines is checked once at each call.
        let mut reached = BTreeSet::new();
        summary
            .sinks
            .retain(|(index, sink, _)| reached.insert((*index, *sink)));
        taints.functions[id.index()] = summary;
        taints.told_lookups.extend(lookups);
    }
    taints
}

/// Follows data through the runbook: diagnosis, then each remedy with the findings' arguments. Noted are the lookups
/// with told arguments, and how far each name is trusted.
pub fn check_runbook(
    package: &Package,
    taints: &Taints,
    runbook: &Runbook,
    (told_lookups, trusts): (&mut BTreeSet<SiteId>, &mut BTreeMap<Span, Integrity>),
    out: &mut Vec<Diagnostic>,
) -> Endorsed {
    let mut endorsed = Endorsed::default();
    let mut findings: Vec<Vec<Option<Taint>>> = runbook
        .findings
        .iter()
        .map(|finding| vec![None; finding.params.len()])
        .collect();
    let mut lookups = BTreeSet::new();
    let bindings = runbook.bindings.iter();
    trusts.extend(bindings.map(|binding| (binding.span, value::of_binding(binding))));
    if let Some(body) = &runbook.diagnose {
        let mut flow = Flow::new(package, taints, Some(runbook), body, &mut lookups, out);
        flow.block(&body.block);
        flow.trusts(trusts);
        endorsed.take(flow.endorsed, flow.calls);
        for (finding, args) in flow.found {
            let known = findings.get_mut(finding.index()).into_iter().flatten();
            for (known, arg) in known.zip(args) {
                *known = Some(match known.take() {
                    Some(known) => known.join(arg),
                    None => arg,
                });
            }
        }
    }
    for remedy in &runbook.remedies {
        let body = &remedy.body;
        let mut flow = Flow::new(package, taints, Some(runbook), body, &mut lookups, out);
        let args = remedy.finding.and_then(|id| findings.get(id.index()));
        for (index, taint) in args.into_iter().flatten().enumerate() {
            if let Some(local) = flow.locals.get_mut(index) {
                *local = taint.clone().unwrap_or_default();
            }
        }
        flow.block(&body.block);
        flow.trusts(trusts);
        endorsed.take(flow.endorsed, flow.calls);
    }
    let others = runbook.steps.iter();
    let others = others.chain(runbook.otherwise.iter().map(|clause| &clause.body));
    for body in others {
        let mut flow = Flow::new(package, taints, Some(runbook), body, &mut lookups, out);
        flow.block(&body.block);
        flow.trusts(trusts);
        endorsed.take(flow.endorsed, flow.calls);
    }
    outside::check_runbook(package, &taints.taken, &taints.asked, runbook, out);
    owns_something(package, runbook, &lookups, out);
    told_lookups.extend(lookups);
    endorsed
}

fn for_each_call(runbook: &Runbook, visit: &mut dyn FnMut(&CallExpr, Span)) {
    for (_, block) in super::blocks(runbook) {
        block.for_each_expr(&mut |expr| {
            if let ExprKind::Call(call) = &expr.kind {
                visit(call, expr.span);
            }
        });
    }
}

/// What a product might own, so that this lookup finds something of it.
fn owns_such_as(package: &Package, call: &CallExpr, product: &str) -> String {
    let result = match call.callee {
        Callee::Extern(id) => Some(&package.externs[id.index()].result),
        Callee::Function(_) | Callee::Builtin(_) => None,
    };
    let result = result.map(|result| match result {
        Type::List(of) | Type::Optional(of) => of.as_ref(),
        of => of,
    });
    let target = match result {
        Some(Type::Target(target)) => Some(*target),
        _ => None,
    };
    let kinds = target.map_or_else(Vec::new, |target| outermost_first(package, target));
    let outermost = package
        .targets
        .iter()
        .find(|found| kinds.first().is_some_and(|kind| found.name.is(kind)));
    let lookup = outermost.and_then(|found| package.externs.get(found.lookup?.index()));
    match lookup {
        // One of many: they have a beginning in common.
        Some(lookup) if kinds.len() == 1 => format!("{}(\"{product}-*\")", lookup.name),
        Some(lookup) => format!("{}(\"{product}\")", lookup.name),
        None => format!("k8s.namespace(\"{product}\")"),
    }
}

/// Told names can only pick what the product owns; a product that owns nothing has nothing.
fn owns_something(
    package: &Package,
    runbook: &Runbook,
    lookups: &BTreeSet<SiteId>,
    out: &mut Vec<Diagnostic>,
) {
    let Some(product) = runbook.product.map(|id| &package.products[id.index()]) else {
        return;
    };
    if lookups.is_empty() || !product.owns.is_empty() {
        return;
    }
    let mut site = None;
    for_each_call(runbook, &mut |call, span| {
        if site.is_none() && lookups.contains(&call.site) {
            site = Some((span, owns_such_as(package, call, &product.name)));
        }
    });
    if let Some((site, such)) = site {
        out.push(
            Diagnostic::new(
                Code::OwnsNothing,
                format!(
                    "words from outside pick this target, but product `{}` owns nothing",
                    product.name
                ),
                site,
                "would always be refused",
            )
            .and(product.span, "has no `owns`")
            .help(format!("say what belongs to the product: `owns {such}`")),
        );
    }
}
