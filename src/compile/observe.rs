//! Neighbouring observations that do not depend on each other are made at once.

use super::builder::Builder;
use super::free::Variable;
use super::tables::Observed;
use crate::program::{Effect, Op};
use crate::typed::{CallExpr, Callee, Expr, ExprKind, LocalId, Retry, Stmt, StmtKind, Unit};
use crate::value;

/// How many questions are asked at once, at most.
const LARGEST: usize = 32;

/// A `let` that is one question to the outside, perhaps with a unit.
struct Question<'e> {
    local: LocalId,
    call: &'e CallExpr,
    observed: Observed,
    unit: Option<Unit>,
    retry: Option<Retry>,
    stmt: &'e Stmt,
}

impl Builder<'_, '_> {
    /// Makes the first statements one group, if they can be. Gives how many they are.
    pub(super) fn group(&mut self, rest: &[Stmt]) -> usize {
        let mut questions: Vec<Question<'_>> = Vec::new();
        for stmt in rest.iter().take(LARGEST) {
            match self.question(stmt) {
                Some(question) if self.is_independent(&question, &questions) => {
                    questions.push(question);
                }
                Some(_) | None => break,
            }
        }
        if questions.len() > 1 {
            self.ask_together(&questions);
        }
        questions.len()
    }

    fn question<'e>(&self, stmt: &'e Stmt) -> Option<Question<'e>> {
        let StmtKind::Let {
            local,
            value,
            retry,
            handlers,
        } = &stmt.kind
        else {
            return None;
        };
        let (inner, unit) = match &value.kind {
            ExprKind::As { operand, unit } => (operand.as_ref(), Some(*unit)),
            _ => (value, None),
        };
        let ExprKind::Call(call) = &inner.kind else {
            return None;
        };
        let observed = self.observed(call)?;
        let simple = matches!(observed, Observed::Extern(_))
            && handlers.is_empty()
            && call.args.iter().all(|arg| self.is_quiet(arg))
            && call.equals.iter().all(|(_, arg)| self.is_quiet(arg));
        simple.then_some(Question {
            local: *local,
            call,
            observed,
            unit,
            retry: *retry,
            stmt,
        })
    }

    /// Whether evaluating the expression asks nobody anything but the time.
    fn is_quiet(&self, expr: &Expr) -> bool {
        let mut quiet = true;
        expr.for_each(&mut |expr| {
            if let ExprKind::Call(call) = &expr.kind {
                quiet &= self.observed(call).is_none() || self.is_now(call.callee);
            }
        });
        quiet
    }

    fn is_now(&self, callee: Callee) -> bool {
        let Callee::Extern(id) = callee else {
            return false;
        };
        let declared = self.tables.package.externs.get(id.index());
        declared.is_some_and(|declared| declared.name.is("now"))
    }

    fn is_independent(&self, question: &Question<'_>, before: &[Question<'_>]) -> bool {
        let parts = question.call.args.iter();
        let parts = parts.chain(question.call.equals.iter().map(|(_, value)| value));
        let used = self.tables.free(parts);
        before
            .iter()
            .all(|other| !used.contains(&Variable::Local(other.local)))
    }

    fn ask_together(&mut self, questions: &[Question<'_>]) {
        let registers: Vec<_> = questions.iter().map(|_| self.register()).collect();
        let mark = self.mark();
        let mut sites = Vec::new();
        for (question, to) in questions.iter().zip(&registers) {
            self.place = question.stmt.span;
            sites.push(self.observation(question.call, question.observed, question.retry, *to));
        }
        self.effect(Effect::Observe(sites));
        for (question, to) in questions.iter().zip(&registers) {
            if let Some(unit) = question.unit {
                let unit = match unit {
                    Unit::Ratio => value::Unit::Ratio,
                    Unit::Seconds => value::Unit::Seconds,
                    Unit::Bytes => value::Unit::Bytes,
                };
                self.emit(Op::Convert {
                    unit,
                    to: *to,
                    from: *to,
                });
            }
        }
        self.release(mark);
        for (question, to) in questions.iter().zip(&registers) {
            self.stale.remove(to);
            self.alias(Variable::Local(question.local), *to);
        }
    }
}
