//! Statements, one after the other.

use super::builder::{Builder, NOWHERE};
use super::free::Variable;
use super::phase::Phases;
use crate::program::points::Side;
use crate::program::{Comparison, Effect, Op};
use crate::typed::{Arm, ArmPattern, Block, Expr, Stmt, StmtKind};

impl Builder<'_, '_> {
    /// A block: its guards and registers end with it.
    pub(super) fn block(&mut self, block: &Block) {
        let mark = self.mark();
        let mut guards = 0;
        let mut phases = Phases::new(&block.statements);
        let mut rest = block.statements.as_slice();
        while let Some(stmt) = rest.first() {
            self.place = stmt.span;
            self.enter_phase(stmt, rest, &mut phases);
            let from = self.here();
            let taken = self.group(rest);
            if taken > 1 {
                for stmt in rest.iter().take(taken) {
                    self.line(stmt.span, from);
                }
                rest = rest.get(taken..).unwrap_or_default();
                continue;
            }
            guards += u16::from(matches!(stmt.kind, StmtKind::Guard(_)));
            self.stmt(stmt, rest);
            self.line(stmt.span, from);
            rest = rest.get(1..).unwrap_or_default();
            self.leave_phase(stmt, rest.len(), &mut phases);
        }
        if guards > 0 {
            self.effect(Effect::GuardClose { count: guards });
        }
        self.release(mark);
    }

    /// One statement; `rest` begins with it.
    fn stmt(&mut self, stmt: &Stmt, rest: &[Stmt]) {
        crate::steps::count(1);
        match &stmt.kind {
            // A package with errors is not compiled.
            StmtKind::Error => self.fail("this has an error"),
            StmtKind::Let {
                local,
                value,
                retry,
                handlers,
            } => {
                self.let_line(*local, value, *retry, handlers);
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.branch(condition, then, otherwise.as_ref());
            }
            StmtKind::Match { subject, arms } => self.match_lines(subject, arms),
            StmtKind::For(for_loop) => self.for_loop(for_loop),
            StmtKind::Return(value) => self.scratch(|builder| builder.return_value(value)),
            StmtKind::Wait(duration) => self.effect(Effect::Wait(*duration)),
            StmtKind::Guard(condition) => self.guard(condition),
            StmtKind::Do(step) => self.do_line(step),
            StmtKind::WithDo {
                step,
                inverse,
                inverse_args,
                body,
            } => {
                self.with_do(step, *inverse, inverse_args, body);
            }
            StmtKind::Verify(verify) => self.verify(verify),
            StmtKind::WaiveVerify(_) => self.effect(Effect::Waive),
            StmtKind::Attempts(attempts) => self.attempts(attempts),
            StmtKind::Found { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {
                self.scratch(|builder| builder.say(stmt));
                self.told |= hands_over(stmt);
                let more = rest.get(1).is_some_and(says);
                if self.told && !more {
                    self.told = false;
                    self.exit();
                }
            }
        }
    }

    /// Runs something and gives back the registers that it took.
    pub(super) fn scratch(&mut self, emit: impl FnOnce(&mut Self)) {
        let mark = self.mark();
        emit(self);
        self.release(mark);
    }

    fn branch(&mut self, condition: &Expr, then: &Block, otherwise: Option<&Block>) {
        let mark = self.mark();
        let place = self.place;
        let (no, end) = (self.label(), self.label());
        self.jump_unless(condition, no);
        let planning = self.planning;
        let from = self.here();
        self.block(then);
        self.side(place, Side::Then, "if", from);
        let after_then = std::mem::replace(&mut self.planning, planning);
        match otherwise {
            Some(otherwise) => {
                self.go(end);
                self.bind(no);
                let from = self.here();
                self.block(otherwise);
                self.side(place, Side::Else, "if", from);
            }
            None => {
                self.side_by_jump(place, "if", no);
                self.bind(no);
            }
        }
        self.bind(end);
        self.planning |= after_then;
        self.release(mark);
    }

    fn match_lines(&mut self, subject: &Expr, arms: &[Arm]) {
        let mark = self.mark();
        let place = self.place;
        let end = self.label();
        let value = self.value(subject);
        let (before, mut after) = (self.planning, false);
        for (index, arm) in arms.iter().enumerate() {
            let next = self.label();
            // The arms are exhaustive, so what reaches the last one fits it.
            let last = index + 1 == arms.len();
            match &arm.pattern {
                ArmPattern::Any => {}
                ArmPattern::None if last => {}
                ArmPattern::None => {
                    self.jump(
                        next,
                        Op::JumpNone {
                            expected: false,
                            value,
                            target: NOWHERE,
                        },
                    );
                }
                ArmPattern::Some(local) => {
                    if !last {
                        self.jump(
                            next,
                            Op::JumpNone {
                                expected: true,
                                value,
                                target: NOWHERE,
                            },
                        );
                    }
                    self.note_age(value, subject);
                    self.alias(Variable::Local(*local), value);
                }
                ArmPattern::Value(_) if last => {}
                ArmPattern::Value(pattern) => {
                    let right = self.tables.constant(pattern.clone());
                    let (op, left, target) = (Comparison::NotEqual, value, NOWHERE);
                    self.jump(
                        next,
                        Op::JumpConstant {
                            op,
                            left,
                            right,
                            target,
                        },
                    );
                }
            }
            self.planning = before;
            let from = self.here();
            self.block(&arm.body);
            after |= self.planning;
            self.go(end);
            let number = self.tables.number(index);
            self.side(place, Side::Arm(number), "match", from);
            self.bind(next);
        }
        self.bind(end);
        self.planning = after;
        self.release(mark);
    }
}

/// Whether the statement hands the run to a human, who has the last word.
pub(super) fn hands_over(stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Page { .. } | StmtKind::Hand(_))
}

/// Whether the statement may follow one that hands over.
fn says(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::Page { .. } | StmtKind::Hand(_) | StmtKind::Tell { .. } | StmtKind::Attach(_)
    )
}
