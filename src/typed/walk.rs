//! The one child-walker of the typed tree: every pass that only looks recurses through it.
//!
//! Destructured in full, so that a new field or form breaks the build here.

use super::{
    Arm, Attempt, Block, CallExpr, Comprehension, Expr, ExprKind, For, Hand, Handler,
    HandlerAction, Mitigated, Step, Stmt, StmtKind, UndoChoice, Verify,
};

impl Expr {
    /// Calls `visit` with each direct part of the expression, in the order of evaluation.
    pub fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        let Expr {
            kind,
            ty: _,
            span: _,
        } = self;
        match kind {
            ExprKind::Error
            | ExprKind::Value(_)
            | ExprKind::Local(_)
            | ExprKind::Trigger(_)
            | ExprKind::Const(_)
            | ExprKind::Secret(_)
            | ExprKind::Role(_)
            | ExprKind::RecordKind(_) => {}
            ExprKind::Field { base, field: _ } => visit(base),
            ExprKind::Index { base, index } => {
                visit(base);
                visit(index);
            }
            ExprKind::Call(call) => {
                let CallExpr {
                    callee: _,
                    args,
                    equals,
                    site: _,
                    name_span: _,
                } = call.as_ref();
                args.iter().for_each(&mut *visit);
                equals.iter().for_each(|(_, value)| visit(value));
            }
            ExprKind::Record { record: _, fields } => fields.iter().flatten().for_each(visit),
            ExprKind::Unary { op: _, operand }
            | ExprKind::IsSome { operand, bind: _ }
            | ExprKind::IsNone(operand)
            | ExprKind::IsEmpty {
                operand,
                negated: _,
            }
            | ExprKind::Wrap(operand)
            | ExprKind::As { operand, unit: _ } => visit(operand),
            ExprKind::Binary { op: _, left, right } => {
                visit(left);
                visit(right);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                visit(condition);
                visit(then);
                visit(otherwise);
            }
            ExprKind::List(elements) => elements.iter().for_each(visit),
            ExprKind::Map(entries) => entries.iter().for_each(|(key, value)| {
                visit(key);
                visit(value);
            }),
            ExprKind::Comprehension(comprehension) => {
                let Comprehension {
                    collect: _,
                    local: _,
                    source,
                    condition,
                    element,
                } = comprehension.as_ref();
                visit(source);
                condition.iter().for_each(&mut *visit);
                visit(element);
            }
            ExprKind::Pick {
                local: _,
                source,
                condition,
            } => {
                visit(source);
                visit(condition);
            }
            ExprKind::Template { template: _, holes } => holes.iter().for_each(visit),
        }
    }

    /// Calls `visit` with the expression and everything below it, outermost first.
    pub fn for_each<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        crate::steps::count(1);
        visit(self);
        self.for_each_child(&mut |child| child.for_each(visit));
    }
}

impl Stmt {
    /// Calls `visit` with each expression that stands directly in the statement, not in its
    /// blocks.
    pub fn for_each_expr<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        crate::steps::count(1);
        match &self.kind {
            StmtKind::Error
            | StmtKind::Wait(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Attempts(_) => {}
            StmtKind::Let {
                local: _,
                value,
                retry: _,
                handlers,
            } => {
                visit(value);
                handlers
                    .iter()
                    .for_each(|handler| handler_exprs(handler, visit));
            }
            StmtKind::If {
                condition,
                then: _,
                otherwise: _,
            } => visit(condition),
            StmtKind::Match { subject, arms: _ } => visit(subject),
            StmtKind::For(for_loop) => visit(&for_loop.source),
            StmtKind::Found { finding: _, args } | StmtKind::Attach(args) => {
                args.iter().for_each(visit)
            }
            StmtKind::Cleared { condition, why } => {
                condition.iter().chain(why).for_each(visit);
            }
            StmtKind::Novel(text) | StmtKind::Inconclusive(text) => text.iter().for_each(visit),
            StmtKind::Return(value) | StmtKind::Guard(value) => visit(value),
            StmtKind::Do(step) => step_exprs(step, visit),
            StmtKind::WithDo {
                step,
                inverse: _,
                inverse_args: _,
                body: _,
            } => step_exprs(step, visit),
            StmtKind::Verify(verify) => {
                let Verify {
                    within: _,
                    every: _,
                    holding: _,
                    abort_if,
                    conditions,
                    otherwise: _,
                    span: _,
                } = verify.as_ref();
                conditions.iter().chain(abort_if).for_each(visit);
            }
            StmtKind::Mitigated(mitigated) => {
                let Mitigated {
                    text,
                    owed_by: _,
                    within: _,
                    until,
                } = mitigated.as_ref();
                text.iter().chain(until).for_each(visit);
            }
            StmtKind::Page { roles: _, text }
            | StmtKind::Tell { roles: _, text }
            | StmtKind::Hand(Hand {
                roles: _,
                within: _,
                text,
            }) => text.iter().for_each(visit),
        }
    }

    /// Calls `visit` with each block that stands directly in the statement.
    pub fn for_each_block<'a>(&'a self, visit: &mut dyn FnMut(&'a Block)) {
        crate::steps::count(1);
        match &self.kind {
            StmtKind::Error
            | StmtKind::Let { .. }
            | StmtKind::Found { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Verify(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {}
            StmtKind::If {
                condition: _,
                then,
                otherwise,
            } => {
                visit(then);
                otherwise.iter().for_each(visit);
            }
            StmtKind::Match { subject: _, arms } => arms.iter().for_each(
                |Arm {
                     pattern: _,
                     body,
                     span: _,
                 }| visit(body),
            ),
            StmtKind::For(for_loop) => {
                let For {
                    local: _,
                    source: _,
                    at_most: _,
                    on_failure: _,
                    body,
                } = for_loop.as_ref();
                visit(body);
            }
            StmtKind::Do(step) => step_blocks(step, visit),
            StmtKind::WithDo {
                step,
                inverse: _,
                inverse_args: _,
                body,
            } => {
                step_blocks(step, visit);
                visit(body);
            }
            StmtKind::Attempts(attempts) => attempts.iter().for_each(
                |Attempt {
                     title: _,
                     body,
                     span: _,
                 }| visit(body),
            ),
        }
    }
}

impl Block {
    /// Calls `visit` with every statement in the block and below it, in source order.
    pub fn for_each_stmt<'a>(&'a self, visit: &mut dyn FnMut(&'a Stmt)) {
        for stmt in &self.statements {
            visit(stmt);
            stmt.for_each_block(&mut |block| block.for_each_stmt(visit));
        }
    }

    /// Calls `visit` with every expression in the block and below it, outermost first.
    pub fn for_each_expr<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        self.for_each_stmt(&mut |stmt| stmt.for_each_expr(&mut |expr| expr.for_each(visit)));
    }
}

fn handler_exprs<'a>(handler: &'a Handler, visit: &mut dyn FnMut(&'a Expr)) {
    let Handler {
        on: _,
        action,
        span: _,
    } = handler;
    match action {
        HandlerAction::Value(value) => visit(value),
        HandlerAction::Diverge(stmt) => stmt.for_each_expr(visit),
    }
}

fn step_exprs<'a>(step: &'a Step, visit: &mut dyn FnMut(&'a Expr)) {
    let Step {
        callee: _,
        args,
        touching,
        site: _,
        within: _,
        retry: _,
        undo: _,
        handlers,
        result: _,
        span: _,
        name_span: _,
    } = step;
    args.iter().chain(touching).for_each(&mut *visit);
    handlers
        .iter()
        .for_each(|handler| handler_exprs(handler, visit));
}

fn step_blocks<'a>(step: &'a Step, visit: &mut dyn FnMut(&'a Block)) {
    match &step.undo {
        UndoChoice::Block(block) => visit(block),
        UndoChoice::Unsaid | UndoChoice::Previous | UndoChoice::Waived(_) => {}
    }
}
