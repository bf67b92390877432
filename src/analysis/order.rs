//! The call graph: callees before callers, and no cycles.

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{ActionCallee, Callee, ExprKind, Function, FunctionId, Package, StmtKind};

/// All functions, each after those that it calls. A cycle is reported once, where it closes.
pub fn callees_first(package: &Package, out: &mut Vec<Diagnostic>) -> Vec<FunctionId> {
    let calls: Vec<Vec<(FunctionId, Span)>> = package.functions.iter().map(callees).collect();
    let mut walk = Walk {
        package,
        calls: &calls,
        state: vec![State::New; calls.len()],
        order: Vec::with_capacity(calls.len()),
    };
    for index in 0..calls.len() {
        walk.visit(FunctionId(index as u32), out);
    }
    walk.order
}

/// The functions that this one calls, with the place of each call.
pub fn callees(function: &Function) -> Vec<(FunctionId, Span)> {
    let mut found = Vec::new();
    function.body.block.for_each_stmt(&mut |stmt| {
        if let StmtKind::Do(step) | StmtKind::WithDo { step, .. } = &stmt.kind
            && let ActionCallee::Function(id) = step.callee
        {
            found.push((id, step.name_span));
        }
    });
    function.body.block.for_each_expr(&mut |expr| {
        if let ExprKind::Call(call) = &expr.kind
            && let Callee::Function(id) = call.callee
        {
            found.push((id, call.name_span));
        }
    });
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk<'a> {
    package: &'a Package,
    calls: &'a [Vec<(FunctionId, Span)>],
    state: Vec<State>,
    order: Vec<FunctionId>,
}

impl Walk<'_> {
    /// Depth first with a stack of its own: a chain of calls may be as long as the package.
    fn visit(&mut self, start: FunctionId, out: &mut Vec<Diagnostic>) {
        if self.state[start.index()] != State::New {
            return;
        }
        self.state[start.index()] = State::Open;
        let mut stack = vec![(start, 0)];
        while let Some((function, next)) = stack.pop() {
            let Some(&(callee, span)) = self.calls[function.index()].get(next) else {
                self.state[function.index()] = State::Done;
                self.order.push(function);
                continue;
            };
            stack.push((function, next + 1));
            match self.state[callee.index()] {
                State::Done => {}
                State::Open => out.push(self.cycle(&stack, callee, span)),
                State::New => {
                    self.state[callee.index()] = State::Open;
                    stack.push((callee, 0));
                }
            }
        }
    }

    fn cycle(&self, stack: &[(FunctionId, usize)], callee: FunctionId, span: Span) -> Diagnostic {
        let name = |id: FunctionId| &self.package.functions[id.index()].name;
        let from = stack
            .iter()
            .position(|(id, _)| *id == callee)
            .unwrap_or_default();
        let round: Vec<String> = stack[from..]
            .iter()
            .map(|(id, _)| *id)
            .chain([callee])
            .map(|id| format!("`{}`", name(id)))
            .collect();
        Diagnostic::new(
            Code::Recursion,
            format!("`{}` calls itself", name(callee)),
            span,
            if round.len() > 2 {
                format!("closes the circle {}", round.join(" -> "))
            } else {
                "calls itself here".to_owned()
            },
        )
        .help("every run must end: use a bounded loop, or a comprehension over a list")
    }
}
