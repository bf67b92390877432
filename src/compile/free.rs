//! Which variables a piece of code takes from around it.

use std::collections::BTreeSet;

use super::tables::Tables;
use crate::typed::{ArmPattern, BindingId, Block, Callee, Expr, ExprKind, LocalId, Stmt, StmtKind};

/// Something with a value that code can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Variable {
    Trigger(BindingId),
    Local(LocalId),
}

impl Tables<'_> {
    /// The variables that the expressions take from around them, in a fixed order.
    pub(super) fn free<'e>(&self, exprs: impl IntoIterator<Item = &'e Expr>) -> Vec<Variable> {
        let mut names = Names::default();
        for expr in exprs {
            expr.for_each(&mut |expr| self.note(expr, &mut names));
        }
        names.free()
    }

    /// The same for a block.
    pub(super) fn free_in_block(&self, block: &Block) -> Vec<Variable> {
        let mut names = Names::default();
        block.for_each_expr(&mut |expr| self.note(expr, &mut names));
        block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Let { local, .. } => names.binds(*local),
            StmtKind::For(for_loop) => names.binds(for_loop.local),
            StmtKind::Do(step) | StmtKind::WithDo { step, .. } => {
                step.result.into_iter().for_each(|local| names.binds(local));
            }
            StmtKind::Match { arms, .. } => {
                for arm in arms {
                    if let ArmPattern::Some(local) = arm.pattern {
                        names.binds(local);
                    }
                }
            }
            _ => {}
        });
        names.free()
    }

    /// Every variable that the statements name.
    pub(super) fn used(&self, statements: &[Stmt]) -> BTreeSet<Variable> {
        let mut names = Names::default();
        for stmt in statements {
            stmt.for_each_expr(&mut |expr| expr.for_each(&mut |expr| self.note(expr, &mut names)));
            stmt.for_each_block(&mut |block| {
                block.for_each_expr(&mut |expr| self.note(expr, &mut names));
            });
        }
        names.used
    }

    fn note(&self, expr: &Expr, names: &mut Names) {
        match &expr.kind {
            ExprKind::Local(local) => names.uses(Variable::Local(*local)),
            ExprKind::Trigger(binding) => names.uses(Variable::Trigger(*binding)),
            ExprKind::Call(call) => {
                if let Callee::Function(function) = call.callee {
                    let captures = self.captures(function).iter();
                    captures.for_each(|binding| names.uses(Variable::Trigger(*binding)));
                }
            }
            ExprKind::IsSome {
                bind: Some(local), ..
            }
            | ExprKind::Pick { local, .. } => {
                names.binds(*local);
            }
            ExprKind::Comprehension(comprehension) => names.binds(comprehension.local),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Names {
    used: BTreeSet<Variable>,
    bound: BTreeSet<Variable>,
}

impl Names {
    fn uses(&mut self, variable: Variable) {
        self.used.insert(variable);
    }

    fn binds(&mut self, local: LocalId) {
        self.bound.insert(Variable::Local(local));
    }

    fn free(self) -> Vec<Variable> {
        self.used.difference(&self.bound).copied().collect()
    }
}
