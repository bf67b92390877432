//! A record that is decoded from outside holds no target, at any depth: a target is looked up.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{BindingKind, Block, ExprKind, Package, RecordId, Runbook, Type};

/// Checks what the triggers bind and the kinds of events that the runbook asks for.
pub fn check_runbook(
    package: &Package,
    by_functions: &[(RecordId, Span)],
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    let mut said = BTreeSet::new();
    for binding in &runbook.bindings {
        let is_looked_up =
            binding.kind == BindingKind::Request && matches!(binding.ty, Type::Target(_));
        if !is_looked_up && let Some(field) = target_in(package, &binding.ty, &mut BTreeSet::new())
        {
            said.insert(field);
            out.push(holds_target(package, binding.span, field));
        }
    }
    let mut asked = |kind: RecordId, span: Span| {
        let found = target_in(package, &Type::Record(kind), &mut BTreeSet::new());
        if let Some(field) = found
            && said.insert(field)
        {
            out.push(holds_target(package, span, field));
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

/// Where the type holds a target: the field's place, or none for the type itself.
fn target_in(package: &Package, ty: &Type, seen: &mut BTreeSet<RecordId>) -> Option<Option<Span>> {
    match ty {
        Type::Target(_) => Some(None),
        Type::List(inner) | Type::Optional(inner) => target_in(package, inner, seen),
        Type::Map(key, value) => {
            target_in(package, key, seen).or_else(|| target_in(package, value, seen))
        }
        Type::Record(id) if seen.insert(*id) => {
            let mut fields = package.records[id.index()].fields.iter();
            fields.find_map(|field| {
                let inner = target_in(package, &field.ty, seen)?;
                Some(Some(inner.unwrap_or(field.span)))
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
        | Type::Regex
        | Type::Url
        | Type::PromQuery
        | Type::Cron
        | Type::Json
        | Type::Secret
        | Type::Role
        | Type::NoneLiteral
        | Type::EmptyList
        | Type::Range(_)
        | Type::Enum(_)
        | Type::Handle(_)
        | Type::RecordKind(_)
        | Type::Parameter(_) => None,
    }
}

fn holds_target(package: &Package, span: Span, field: Option<Span>) -> Diagnostic {
    debug_assert!(!package.targets.is_empty());
    let problem = Diagnostic::new(
        Code::TargetFromOutside,
        "what comes from outside would supply a target",
        span,
        "holds a target",
    );
    let problem = match field {
        Some(field) => problem.and(field, "this field"),
        None => problem,
    };
    problem
        .help("let the sender give a name, and look the target up by it: then it has to be owned")
}
