//! Failed is no answer: what stands behind `failed`, and what a `none` for a failure leads to.
//!
//! In: a package, its functions callees first. Out: E0706 and E0715 at handlers that make
//! something of what could not be asked, E0716 where a `none` that may stand for a failure is
//! taken for absence, and the made-up values of each runbook for the report.

mod absence;
mod look;
mod rest;
mod state;
mod tested;

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::typed::{
    Block, Callee, Expr, ExprKind, FailureFilter, FunctionId, Handler, HandlerAction, MadeUp,
    Package, Runbook, Stmt, StmtKind,
};
use crate::value::Value;
use rest::Rests;

use super::queries::Queries;

/// Checks every function and runbook.
pub fn check(
    package: &Package,
    order: &[FunctionId],
    queries: &Queries,
    out: &mut Vec<Diagnostic>,
) {
    let rests = rest::functions(package, order, queries);
    for function in &package.functions {
        check_handlers(package, &rests, &function.body.block, out);
    }
    for runbook in &package.runbooks {
        for (_, block) in super::blocks(runbook) {
            check_handlers(package, &rests, block, out);
        }
    }
    absence::check(package, order, out);
}

fn check_handlers(package: &Package, rests: &Rests, block: &Block, out: &mut Vec<Diagnostic>) {
    let mut walk = rest::of_block(package, rests, block);
    block.for_each_stmt(&mut |stmt| {
        for handler in handlers(stmt) {
            check_handler(&mut walk, handler, out);
        }
    });
}

fn handlers(stmt: &Stmt) -> &[Handler] {
    match &stmt.kind {
        StmtKind::Let { handlers, .. } => handlers,
        StmtKind::Do(step) | StmtKind::WithDo { step, .. } => &step.handlers,
        _ => &[],
    }
}

/// Whether the handler sees what could not be asked.
fn sees_failure(handler: &Handler) -> bool {
    match handler.on {
        FailureFilter::Any | FailureFilter::Failed => true,
        FailureFilter::NoData => false,
    }
}

fn check_handler(walk: &mut rest::Walk, handler: &Handler, out: &mut Vec<Diagnostic>) {
    if !sees_failure(handler) {
        return;
    }
    let value = match &handler.action {
        HandlerAction::Value(value) => value,
        HandlerAction::Diverge(stmt) => match &stmt.kind {
            StmtKind::Return(value) => value,
            StmtKind::Cleared { .. } => {
                out.push(cleared(handler, stmt));
                return;
            }
            _ => return,
        },
    };
    if !super::is_broken(value) && !walk.is_answer(value) {
        out.push(made_up(handler, value));
    }
}

fn made_up(handler: &Handler, value: &Expr) -> Diagnostic {
    let calls = matches!(&value.kind, ExprKind::Call(call)
        if matches!(call.callee, Callee::Function(_)));
    let label = match calls {
        true => "may answer without having observed anything",
        false => "nobody measured this",
    };
    let message = "a value is made up for what could not be observed";
    let found = Diagnostic::new(Code::MadeUpValue, message, value.span, label).help(
        "say `else no_data` for a series that does not exist yet; else ask somebody else, `else none`, or end with `else inconclusive`",
    );
    narrowed(found, handler)
}

fn cleared(handler: &Handler, stmt: &Stmt) -> Diagnostic {
    let message = "what could not be asked is not cleared";
    let found = Diagnostic::new(
        Code::ClearedOnFailure,
        message,
        stmt.span,
        "would end well with nothing known",
    )
    .help("`else cleared` stands behind `no_data` only; behind a failure say `else inconclusive`, and whom to wake then with `otherwise page`");
    narrowed(found, handler)
}

/// With the edit that makes the handler see no data only.
fn narrowed(found: Diagnostic, handler: &Handler) -> Diagnostic {
    match handler.on {
        FailureFilter::Any => {
            let start = handler.span.inside(0, "else".len());
            found.fix("say `else no_data`", start, "else no_data")
        }
        FailureFilter::NoData | FailureFilter::Failed => found,
    }
}

/// Where the runbook, or what it calls, puts a value where there is no data.
pub fn made_up_values(package: &Package, runbook: &Runbook) -> Vec<MadeUp> {
    let mut walk = Listing {
        package,
        seen: BTreeSet::new(),
        open: Vec::new(),
        found: Vec::new(),
    };
    for (_, block) in super::blocks(runbook) {
        walk.block(block);
    }
    walk.open.extend(&runbook.watches);
    while let Some(id) = walk.open.pop() {
        if walk.seen.insert(id) {
            walk.block(&package.functions[id.index()].body.block);
        }
    }
    walk.found
        .sort_by_key(|made_up| (made_up.span.source, made_up.span.start));
    walk.found
}

struct Listing<'a> {
    package: &'a Package,
    seen: BTreeSet<FunctionId>,
    open: Vec<FunctionId>,
    found: Vec<MadeUp>,
}

impl Listing<'_> {
    fn block(&mut self, block: &Block) {
        block.for_each_expr(&mut |expr| {
            if let ExprKind::Call(call) = &expr.kind
                && let Callee::Function(id) = call.callee
            {
                self.open.push(id);
            }
        });
        block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Let { value, .. } = &stmt.kind {
                for handler in handlers(stmt) {
                    self.handler(value, handler);
                }
            }
        });
    }

    fn handler(&mut self, of: &Expr, handler: &Handler) {
        let value = match (&handler.on, &handler.action) {
            (FailureFilter::NoData, HandlerAction::Value(value)) => value,
            (FailureFilter::NoData, HandlerAction::Diverge(stmt)) => match &stmt.kind {
                StmtKind::Return(value) => value,
                _ => return,
            },
            (FailureFilter::Any | FailureFilter::Failed, _) => return,
        };
        self.found.push(MadeUp {
            of: self.name(of),
            value: self.shown(value),
            span: handler.span,
        });
    }

    /// What is asked, by the name of its outermost observation.
    fn name(&self, of: &Expr) -> String {
        let mut name = None;
        of.for_each(&mut |part| {
            if let ExprKind::Call(call) = &part.kind
                && name.is_none()
            {
                name = match call.callee {
                    Callee::Extern(id) => Some(&self.package.externs[id.index()].name),
                    Callee::Function(id) => Some(&self.package.functions[id.index()].name),
                    Callee::Builtin(_) => None,
                };
            }
        });
        name.map_or_else(|| "an observation".to_owned(), ToString::to_string)
    }

    fn shown(&self, value: &Expr) -> String {
        match &value.kind {
            ExprKind::Value(value) => Value::to_string(value),
            ExprKind::Wrap(inner) => self.shown(inner),
            ExprKind::Const(id) => self.package.consts[id.index()].value.to_string(),
            ExprKind::Call(_) => format!("what `{}` answers", self.name(value)),
            _ => "a computed value".to_owned(),
        }
    }
}
