//! What is decoded from outside holds no target, no query, no URL and no pattern, at any depth: a
//! target is looked up, and the others were checked where the author wrote them. Nor does it hold
//! an observation that a change goes by: that is asked for.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{BindingKind, Block, ExprKind, Package, RecordId, Runbook, Type};

/// Checks what the triggers bind and the kinds of events that the runbook asks for.
pub fn check_runbook(
    package: &Package,
    taken: &BTreeSet<RecordId>,
    by_functions: &[(RecordId, Span)],
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    let mut said = BTreeSet::new();
    for binding in &runbook.bindings {
        let is_looked_up =
            binding.kind == BindingKind::Request && matches!(binding.ty, Type::Target(_));
        if !is_looked_up
            && let Some((what, field)) =
                supplied_in(package, taken, &binding.ty, &mut BTreeSet::new())
        {
            said.insert(field);
            out.push(refused(what, binding.span, field));
        }
    }
    let mut asked = |kind: RecordId, span: Span| {
        let found = supplied_in(package, taken, &Type::Record(kind), &mut BTreeSet::new());
        if let Some((what, field)) = found
            && said.insert(field)
        {
            out.push(refused(what, span, field));
        }
    };
    for (_, block) in crate::analysis::blocks(runbook) {
        asked_in(block, &mut asked);
    }
    for (kind, span) in by_functions {
        asked(*kind, *span);
    }
}

/// The kinds of events that functions and watches ask for: looked through once for all runbooks.
pub fn asked_by_functions(package: &Package) -> Vec<(RecordId, Span)> {
    let mut found = Vec::new();
    for function in &package.functions {
        asked_in(&function.body.block, &mut |kind, span| {
            found.push((kind, span))
        });
    }
    found
}

fn asked_in(block: &Block, asked: &mut dyn FnMut(RecordId, Span)) {
    block.for_each_expr(&mut |expr| {
        if let ExprKind::RecordKind(kind) = expr.kind {
            asked(kind, expr.span);
        }
    });
}

/// What somebody who sends words would supply with them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Supplied {
    Target,
    Query,
    Url,
    Pattern,
    Observation,
}

/// What of this the type holds, and where: the field's place, or none for the type itself.
fn supplied_in(
    package: &Package,
    taken: &BTreeSet<RecordId>,
    ty: &Type,
    seen: &mut BTreeSet<RecordId>,
) -> Option<(Supplied, Option<Span>)> {
    match ty {
        Type::Target(_) => Some((Supplied::Target, None)),
        Type::PromQuery => Some((Supplied::Query, None)),
        Type::Url => Some((Supplied::Url, None)),
        Type::Regex => Some((Supplied::Pattern, None)),
        Type::Record(id) if taken.contains(id) => Some((Supplied::Observation, None)),
        Type::List(inner) | Type::Optional(inner) | Type::Range(inner) => {
            supplied_in(package, taken, inner, seen)
        }
        Type::Map(key, value) => supplied_in(package, taken, key, seen)
            .or_else(|| supplied_in(package, taken, value, seen)),
        Type::Record(id) if seen.insert(*id) => {
            let mut fields = package.records[id.index()].fields.iter();
            fields.find_map(|field| {
                let (what, inner) = supplied_in(package, taken, &field.ty, seen)?;
                Some((what, Some(inner.unwrap_or(field.span))))
            })
        }
        Type::Record(_)
        | Type::Error
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Text
        | Type::Percent
        | Type::Size
        | Type::Duration
        | Type::Time
        | Type::Cron
        | Type::Json
        | Type::Secret
        | Type::Role
        | Type::NoneLiteral
        | Type::EmptyList
        | Type::Enum(_)
        | Type::Handle(_)
        | Type::RecordKind(_)
        | Type::Parameter(_) => None,
    }
}

fn refused(what: Supplied, span: Span, field: Option<Span>) -> Diagnostic {
    let (noun, help) = match what {
        Supplied::Target => (
            "a target",
            "let the sender give a name, and look the target up by it: then it has to be owned",
        ),
        Supplied::Query => (
            "a query",
            "write the query yourself, and let the sender give the value of a label: `promql\"up{job=${name}}\"`",
        ),
        Supplied::Url => (
            "a URL",
            "write the URL yourself, and let the sender give a part of its path: `url\"https://status.example.com/${name}\"`",
        ),
        Supplied::Pattern => (
            "a pattern",
            "write the pattern yourself, and let the sender give a word in it: `re\"^${name}-\"`",
        ),
        Supplied::Observation => (
            "an observation",
            "ask for it in the runbook, about a target that was looked up: a change goes by what was seen, not by what somebody says",
        ),
    };
    let problem = Diagnostic::new(
        Code::TargetFromOutside,
        format!("what comes from outside would supply {noun}"),
        span,
        format!("holds {noun}"),
    );
    let problem = match field {
        Some(field) => problem.and(field, "this field"),
        None => problem,
    };
    problem.help(help)
}
