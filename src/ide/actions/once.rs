//! What a statement looks at exactly once, whenever it is done, and before it does anything.
//!
//! In: a statement and a place in it. Out: the expression at that place, with what is worked out before it; none where
//! it may not be worked out at all, or again, or later: behind `and`, in a branch, for each element, in a condition that
//! is asked again before each change or while something is waited for. Every form is named, so that a new one is decided
//! on here.

use crate::syntax::tree::{BinaryOp, DoCall, Expr, ExprKind, Stmt, StmtKind};
use crate::text::Span;

/// An expression that is worked out once.
pub(super) struct Once<'t> {
    pub expr: &'t Expr,
    /// What may be worked out before it in the same statement.
    pub before: Vec<Span>,
    /// Whether the statement changes something with it: that is planned, and then done.
    pub is_of_change: bool,
}

/// The expression at a place in a statement, where it is worked out once.
pub(super) fn find<'t>(
    stmt: &'t Stmt,
    is_it: &dyn Fn(&Expr) -> bool,
    place: Span,
) -> Option<Once<'t>> {
    let (roots, is_of_change) = roots(stmt);
    let mut before = Vec::new();
    for root in roots {
        if root.span.holds(place) {
            let expr = inside(root, is_it, place, &mut before)?;
            return Some(Once {
                expr,
                before,
                is_of_change,
            });
        }
        before.push(root.span);
    }
    None
}

/// The expressions that a statement works out first, in their order.
fn roots(stmt: &Stmt) -> (Vec<&Expr>, bool) {
    let of = match &stmt.kind {
        StmtKind::Let(found) if found.retry.is_none() && found.handlers.is_empty() => {
            return match &found.value.kind {
                ExprKind::Do(call) => (arguments(call), true),
                _ => (parts(&found.value), false),
            };
        }
        StmtKind::If(found) => vec![&found.condition],
        StmtKind::Match(found) => vec![&found.subject],
        StmtKind::For(found) => vec![&found.source],
        StmtKind::Found { args, .. } => args.iter().collect(),
        StmtKind::Cleared { condition, .. } => condition.iter().collect(),
        StmtKind::Return(value) => vec![value],
        StmtKind::Do(found) => return (arguments(&found.call), true),
        StmtKind::WithDo { call, .. } => return (arguments(call), true),
        // What fails in an `attach` is left out of it; a `guard`, a `verify` and an `until` look again.
        StmtKind::Let(_)
        | StmtKind::Attach(_)
        | StmtKind::Guard(_)
        | StmtKind::Verify(_)
        | StmtKind::Mitigated(_)
        | StmtKind::Missing
        | StmtKind::Wait(_)
        | StmtKind::WaiveVerify(_)
        | StmtKind::Attempt { .. }
        | StmtKind::Page { .. }
        | StmtKind::Tell { .. }
        | StmtKind::Hand(_) => Vec::new(),
    };
    (of, false)
}

/// What an action is handed over. A second try hands over the same, and a handler sees what else fails.
fn arguments(call: &DoCall) -> Vec<&Expr> {
    match &call.call.kind {
        ExprKind::Call { args, .. } if call.retry.is_none() && call.handlers.is_empty() => {
            args.iter().map(|arg| &arg.value).collect()
        }
        _ => Vec::new(),
    }
}

fn inside<'t>(
    expr: &'t Expr,
    is_it: &dyn Fn(&Expr) -> bool,
    place: Span,
    before: &mut Vec<Span>,
) -> Option<&'t Expr> {
    if is_it(expr) {
        return Some(expr);
    }
    let parts = parts(expr);
    let at = parts.iter().position(|part| part.span.holds(place))?;
    // Arguments are worked out in the order in which they are declared.
    let is_before = |index: usize| match &expr.kind {
        ExprKind::Call { .. } => index != at,
        _ => index < at,
    };
    let others = parts.iter().enumerate();
    before.extend(
        others
            .filter(|(index, _)| is_before(*index))
            .map(|(_, part)| part.span),
    );
    inside(parts.get(at)?, is_it, place, before)
}

/// The parts of an expression that are worked out once whenever it is, in their order.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Field { base, .. } => vec![base],
        ExprKind::Call { callee, args } => {
            let args = args.iter().map(|arg| &arg.value);
            let of = match &callee.kind {
                ExprKind::Field { .. } | ExprKind::Name(_) => None,
                _ => Some(&**callee),
            };
            of.into_iter().chain(args).collect()
        }
        ExprKind::Index { base, index } => vec![base, index],
        ExprKind::Unary { operand, .. }
        | ExprKind::Is { operand, .. }
        | ExprKind::As { operand, .. } => vec![operand],
        ExprKind::Binary {
            op: BinaryOp::And | BinaryOp::Or,
            left,
            ..
        } => vec![left],
        ExprKind::Binary { left, right, .. } => vec![left, right],
        ExprKind::If { condition, .. } => vec![condition],
        ExprKind::Paren(inner) => vec![inner],
        ExprKind::List(elements) => elements.iter().collect(),
        ExprKind::Map(entries) => entries
            .iter()
            .flat_map(|(key, value)| [key, value])
            .collect(),
        ExprKind::Comprehension(each) => vec![&each.source],
        ExprKind::Pick { source, .. } => vec![source],
        ExprKind::Missing
        | ExprKind::Number
        | ExprKind::Time
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Text(_)
        | ExprKind::Tagged(_)
        | ExprKind::Name(_)
        | ExprKind::Do(_)
        | ExprKind::Ago(_)
        | ExprKind::Matching(_)
        | ExprKind::Repeat { .. } => Vec::new(),
    }
}
