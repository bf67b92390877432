//! Blocks and statements.

use super::Named;
use super::canon::Canon;
use crate::typed::{
    ActionCallee, Arm, ArmPattern, Attempt, Block, Body, FailureFilter, For, Hand, HandWithin,
    Handler, HandlerAction, Mitigated, OnFailure, Retry, RoleId, Step, Stmt, StmtKind, UndoChoice,
    Verify, VerifyElse,
};

impl Canon<'_> {
    /// A body whose first locals are parameters; its locals are its own.
    pub fn body(&mut self, body: &Body, params: u32) {
        let outer = self.leave_locals();
        let Body { locals: _, block } = body;
        for index in 0..params {
            self.binds(crate::typed::LocalId(index));
        }
        self.block(block);
        self.enter_locals(outer);
    }

    pub fn block(&mut self, block: &Block) {
        let Block {
            statements,
            span: _,
        } = block;
        self.list(statements, Canon::stmt);
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    fn stmt(&mut self, stmt: &Stmt) {
        let Stmt { kind, span: _ } = stmt;
        match kind {
            StmtKind::Error => self.tag("error"),
            StmtKind::Let {
                local,
                value,
                retry,
                handlers,
            } => {
                self.tag("let");
                self.expr(value);
                self.retry(*retry);
                self.list(handlers, Canon::handler);
                self.binds(*local);
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.tag("if");
                self.expr(condition);
                self.block(then);
                self.option(otherwise.as_ref(), |canon, block| canon.block(block));
            }
            StmtKind::Match { subject, arms } => {
                self.tag("match");
                self.expr(subject);
                self.list(arms, Canon::arm);
            }
            StmtKind::For(for_loop) => self.for_loop(for_loop),
            StmtKind::Found { finding, args } => {
                self.tag("found");
                self.number(u64::from(finding.0));
                self.exprs(args);
            }
            StmtKind::Cleared { condition, why } => {
                self.tag("cleared");
                self.maybe(condition.as_ref());
                self.maybe(why.as_ref());
            }
            StmtKind::Novel(text) => {
                self.tag("novel");
                self.maybe(text.as_ref());
            }
            StmtKind::Inconclusive(text) => {
                self.tag("inconclusive");
                self.maybe(text.as_ref());
            }
            StmtKind::Return(value) => {
                self.tag("return");
                self.expr(value);
            }
            StmtKind::Wait(time) => {
                self.tag("wait");
                self.duration(*time);
            }
            StmtKind::Guard(condition) => {
                self.tag("guard");
                self.expr(condition);
            }
            StmtKind::Do(step) => self.step(step),
            StmtKind::WithDo {
                step,
                inverse,
                inverse_args,
                body,
            } => {
                self.tag("with");
                self.step(step);
                self.named(Named::Extern(*inverse));
                self.list(inverse_args, |canon, index| canon.number(u64::from(*index)));
                self.block(body);
            }
            StmtKind::Verify(verify) => self.verify(verify),
            StmtKind::WaiveVerify(why) => {
                self.tag("waive verify");
                self.text(why);
            }
            StmtKind::Attempts(attempts) => {
                self.tag("attempts");
                self.list(attempts, |canon, attempt| {
                    let Attempt {
                        title: _,
                        body,
                        span: _,
                    } = attempt;
                    canon.block(body);
                });
            }
            StmtKind::Mitigated(mitigated) => self.mitigated(mitigated),
            StmtKind::Page { roles, text } => {
                self.tag("page");
                self.roles(roles);
                self.maybe(text.as_ref());
            }
            StmtKind::Tell { roles, text } => {
                self.tag("tell");
                self.roles(roles);
                self.maybe(text.as_ref());
            }
            StmtKind::Hand(hand) => self.hand(hand),
            StmtKind::Attach(values) => {
                self.tag("attach");
                self.exprs(values);
            }
        }
    }

    pub fn roles(&mut self, roles: &[RoleId]) {
        self.list(roles, |canon, role| canon.named(Named::Role(*role)));
    }

    fn retry(&mut self, retry: Option<Retry>) {
        self.option(retry, |canon, Retry { times, every }| {
            canon.number(u64::from(times));
            canon.duration(every);
        });
    }

    pub fn handler(&mut self, handler: &Handler) {
        let Handler {
            on,
            action,
            span: _,
        } = handler;
        self.tag(match on {
            FailureFilter::Any => "else",
            FailureFilter::NoData => "else no_data",
            FailureFilter::Failed => "else failed",
        });
        match action {
            HandlerAction::Value(value) => {
                self.tag("value");
                self.expr(value);
            }
            HandlerAction::Diverge(stmt) => self.stmt(stmt),
        }
    }

    fn arm(&mut self, arm: &Arm) {
        let Arm {
            pattern,
            body,
            span: _,
        } = arm;
        self.pattern(pattern);
        self.block(body);
    }

    pub fn pattern(&mut self, pattern: &ArmPattern) {
        match pattern {
            ArmPattern::Any => self.tag("any"),
            ArmPattern::None => self.tag("none"),
            ArmPattern::Some(local) => {
                self.tag("some");
                self.binds(*local);
            }
            ArmPattern::Value(value) => {
                self.tag("value");
                self.value(value);
            }
        }
    }

    fn for_loop(&mut self, for_loop: &For) {
        let For {
            local,
            source,
            at_most,
            on_failure,
            body,
        } = for_loop;
        self.tag("for");
        self.expr(source);
        self.option(*at_most, |canon, most| canon.number(u64::from(most)));
        self.tag(match on_failure {
            OnFailure::UndoStop => "undo, stop",
            OnFailure::UndoContinue => "undo, continue",
        });
        self.binds(*local);
        self.block(body);
    }

    fn step(&mut self, step: &Step) {
        let Step {
            callee,
            args,
            touching,
            site: _,
            within,
            retry,
            undo,
            handlers,
            result,
            span: _,
            name_span: _,
        } = step;
        self.tag("do");
        self.callee(*callee);
        self.exprs(args);
        self.maybe(touching.as_ref());
        self.option(*within, Canon::duration);
        self.retry(*retry);
        self.undo_choice(undo);
        self.list(handlers, Canon::handler);
        self.option(*result, Canon::binds);
    }

    pub fn callee(&mut self, callee: ActionCallee) {
        match callee {
            ActionCallee::Extern(id) => self.named(Named::Extern(id)),
            ActionCallee::Function(id) => self.call(id),
        }
    }

    fn undo_choice(&mut self, undo: &UndoChoice) {
        match undo {
            UndoChoice::Unsaid => self.tag("as the action says"),
            UndoChoice::Block(block) => {
                self.tag("undo");
                self.block(block);
            }
            UndoChoice::Previous => self.tag("undo previous"),
            UndoChoice::Waived(why) => {
                self.tag("waive undo");
                self.text(why);
            }
        }
    }

    fn verify(&mut self, verify: &Verify) {
        let Verify {
            within,
            every,
            holding,
            abort_if,
            conditions,
            otherwise,
            span: _,
        } = verify;
        self.tag("verify");
        self.duration(*within);
        self.duration(*every);
        self.option(*holding, Canon::duration);
        self.maybe(abort_if.as_ref());
        self.exprs(conditions);
        self.tag(match otherwise {
            VerifyElse::Undo => "else undo",
            VerifyElse::Keep => "else keep",
            VerifyElse::Again => "else again",
        });
    }

    fn mitigated(&mut self, mitigated: &Mitigated) {
        let Mitigated {
            text,
            owed_by,
            within,
            until,
        } = mitigated;
        self.tag("mitigated");
        self.maybe(text.as_ref());
        self.named(Named::Role(*owed_by));
        self.duration(*within);
        self.exprs(until);
    }

    pub fn hand(&mut self, hand: &Hand) {
        let Hand {
            roles,
            within,
            text,
        } = hand;
        self.tag("hand");
        self.roles(roles);
        self.option(*within, |canon, within| match within {
            HandWithin::Duration(time) => {
                canon.tag("within");
                canon.duration(time);
            }
            HandWithin::Workdays(days) => {
                canon.tag("workdays");
                canon.number(u64::from(days));
            }
        });
        self.maybe(text.as_ref());
    }
}
