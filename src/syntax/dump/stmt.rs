//! Statements.

use super::expr::{names, plain};
use super::{Outline, words};
use crate::syntax::tree::{
    Block, DoCall, Else, FailureFilter, ForStmt, Hand, HandWithin, Handler, HandlerAction, IfStmt,
    LetStmt, MatchStmt, MitigatedStmt, OnFailure, Pattern, PatternKind, Retry, Stmt, StmtKind,
    Undo, VerifyElse, VerifyStmt,
};

impl Outline<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        self.nested(|outline| block.statements.iter().for_each(|stmt| outline.stmt(stmt)));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Missing => self.line("<missing>"),
            StmtKind::Let(stmt) => self.let_stmt(stmt),
            StmtKind::If(stmt) => self.if_stmt("if", stmt),
            StmtKind::Match(stmt) => self.match_stmt(stmt),
            StmtKind::For(stmt) => self.for_stmt(stmt),
            StmtKind::Found { finding, args } => {
                self.line(&words(&["found", &finding.text, &self.exprs(args)]));
            }
            StmtKind::Cleared { condition, why } => {
                self.line(&words(&[
                    "cleared",
                    &self.after("if", condition),
                    &self.text(why),
                ]));
            }
            StmtKind::Return(value) => self.line(&format!("return {}", self.expr(value))),
            StmtKind::Wait(duration) => self.line(&format!("wait {}", self.expr(duration))),
            StmtKind::Guard(condition) => self.line(&format!("guard {}", self.expr(condition))),
            StmtKind::Do(stmt) => {
                self.line(&self.do_head(&stmt.call));
                self.do_tail(&stmt.call);
            }
            StmtKind::WithDo { call, body } => {
                self.line(&format!("with {}", self.do_head(call)));
                self.do_tail(call);
                self.block(body);
            }
            StmtKind::Verify(stmt) => self.verify(stmt),
            StmtKind::WaiveVerify(why) => self.line(&format!("waive verify {}", plain(why))),
            StmtKind::Attempt { title, body } => {
                self.line(&format!("attempt {}", plain(title)));
                self.block(body);
            }
            StmtKind::Mitigated(stmt) => self.mitigated(stmt),
            StmtKind::Page { roles, text } => {
                self.line(&words(&["page", &names(roles), &self.text(text)]))
            }
            StmtKind::Tell { roles, text } => {
                self.line(&words(&["tell", &names(roles), &self.text(text)]))
            }
            StmtKind::Hand(hand) => self.line(&self.hand(hand)),
            StmtKind::Attach(values) => self.line(&format!("attach {}", self.exprs(values))),
        }
    }

    fn let_stmt(&mut self, stmt: &LetStmt) {
        let LetStmt {
            name,
            ty,
            value,
            retry,
            handlers,
        } = stmt;
        let ty = ty
            .as_ref()
            .map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
        let line = format!("let {}{ty} = {}", name.text, self.expr(value));
        self.line(&words(&[&line, &self.retry(retry)]));
        if let crate::syntax::tree::ExprKind::Do(call) = &value.kind {
            self.do_tail(call);
        }
        self.handlers(handlers);
    }

    /// A `do` with those options that fit on the line.
    pub(super) fn do_head(&self, call: &DoCall) -> String {
        let DoCall {
            call,
            within,
            retry,
            undo,
            handlers: _,
            span: _,
        } = call;
        let undo = match undo {
            None => String::new(),
            Some(Undo::Block(_)) => "undo".into(),
            Some(Undo::Previous) => "undo previous".into(),
            Some(Undo::Waived(why)) => format!("waive undo {}", plain(why)),
        };
        words(&[
            "do",
            &self.expr(call),
            &self.after("within", within),
            &self.retry(retry),
            &undo,
        ])
    }

    fn do_tail(&mut self, call: &DoCall) {
        if let Some(Undo::Block(block)) = &call.undo {
            self.block(block);
        }
        self.handlers(&call.handlers);
    }

    fn retry(&self, retry: &Option<Retry>) -> String {
        retry
            .as_ref()
            .map_or(String::new(), |Retry { times, every }| {
                format!("retry {} every {}", self.expr(times), self.expr(every))
            })
    }

    fn handlers(&mut self, handlers: &[Handler]) {
        for Handler {
            on,
            action,
            span: _,
        } in handlers
        {
            let on = match on {
                FailureFilter::Any => "else",
                FailureFilter::NoData => "else no_data",
                FailureFilter::Failed => "else failed",
            };
            match action {
                HandlerAction::Value(value) => self.line(&words(&[on, &self.expr(value)])),
                HandlerAction::Novel(text) => self.line(&words(&[on, "novel", &self.text(text)])),
                HandlerAction::Inconclusive(text) => {
                    self.line(&words(&[on, "inconclusive", &self.text(text)]))
                }
                HandlerAction::Statement(stmt) => {
                    self.line(on);
                    self.nested(|outline| outline.stmt(stmt));
                }
            }
        }
    }

    fn if_stmt(&mut self, word: &str, stmt: &IfStmt) {
        let IfStmt {
            condition,
            then,
            otherwise,
        } = stmt;
        self.line(&format!("{word} {}", self.expr(condition)));
        self.block(then);
        match otherwise {
            None => {}
            Some(Else::If(stmt)) => match &stmt.kind {
                StmtKind::If(stmt) => self.if_stmt("else if", stmt),
                _ => self.line("else <missing>"),
            },
            Some(Else::Block(block)) => {
                self.line("else");
                self.block(block);
            }
        }
    }

    fn match_stmt(&mut self, stmt: &MatchStmt) {
        self.line(&format!("match {}", self.expr(&stmt.subject)));
        self.nested(|outline| {
            for arm in &stmt.arms {
                outline.line(&format!("{} ->", outline.pattern(&arm.pattern)));
                outline.block(&arm.body);
            }
        });
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match &pattern.kind {
            PatternKind::Missing => "<missing>".into(),
            PatternKind::Any => "_".into(),
            PatternKind::None => "none".into(),
            PatternKind::Some(name) => format!("some {}", name.text),
            PatternKind::Value(value) => self.expr(value),
        }
    }

    fn for_stmt(&mut self, stmt: &ForStmt) {
        let ForStmt {
            name,
            source,
            at_most,
            on_failure,
            body,
        } = stmt;
        let on_failure = match on_failure {
            None => "",
            Some(OnFailure::UndoStop) => "on failure undo this, stop",
            Some(OnFailure::UndoContinue) => "on failure undo this, continue",
        };
        let head = format!("for {} in {}", name.text, self.expr(source));
        self.line(&words(&[
            &head,
            &self.after("at most", at_most),
            on_failure,
        ]));
        self.block(body);
    }

    fn verify(&mut self, stmt: &VerifyStmt) {
        let VerifyStmt {
            within,
            every,
            holding,
            abort_if,
            conditions,
            body_span: _,
            otherwise,
        } = stmt;
        let otherwise = match otherwise {
            None => "",
            Some(VerifyElse::Undo) => "else undo",
            Some(VerifyElse::Keep) => "else keep",
            Some(VerifyElse::Again) => "else again",
        };
        let parts = [
            "verify",
            &self.after("within", within),
            &self.after("every", every),
            &self.after("holding", holding),
            &self.after("abort if", abort_if),
            otherwise,
        ];
        self.line(&words(&parts));
        self.nested(|outline| {
            conditions
                .iter()
                .for_each(|condition| outline.line(&outline.expr(condition)))
        });
    }

    fn mitigated(&mut self, stmt: &MitigatedStmt) {
        let MitigatedStmt {
            text,
            owed_by,
            within,
            until,
            until_span: _,
        } = stmt;
        let owed = format!("owed by {}", owed_by.text);
        self.line(&words(&[
            "mitigated",
            &self.text(text),
            &owed,
            &self.after("within", within),
            "until",
        ]));
        self.nested(|outline| {
            until
                .iter()
                .for_each(|condition| outline.line(&outline.expr(condition)))
        });
    }

    pub(super) fn hand(&self, hand: &Hand) -> String {
        let Hand {
            roles,
            within,
            text,
        } = hand;
        let within = match within {
            None => String::new(),
            Some(HandWithin::Duration(duration)) => format!("within {}", self.expr(duration)),
            Some(HandWithin::Workdays(days)) => format!("within {} workdays", self.expr(days)),
        };
        words(&["hand", &names(roles), &within, &self.text(text)])
    }
}
