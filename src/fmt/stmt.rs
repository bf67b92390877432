//! Statements and their clauses.
//!
//! In: nodes. Out: pieces of the layout. Clauses of a header come in the canonical order,
//! whatever the author's.

use super::brackets::{BLOCK, PARENTHESES};
use super::printer::{Node, Printer};
use crate::syntax::tree::{
    Arm, Block, DoCall, Else, FailureFilter, ForStmt, Hand, HandWithin, Handler, HandlerAction,
    Ident, IfStmt, LetStmt, MatchStmt, MitigatedStmt, OnFailure, Pattern, PatternKind, Retry, Stmt,
    StmtKind, Text, Undo, VerifyElse, VerifyStmt,
};
use crate::text::Span;

impl Node for Stmt {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.statement(self);
    }
}

impl Node for Arm {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.pattern(&self.pattern);
        printer.word(" ->");
        printer.continued(self.body.span.start, |printer| {
            printer.block_or_statement(&self.body, self.braces);
        });
    }
}

impl<'a> Printer<'a> {
    fn statement(&mut self, statement: &'a Stmt) {
        crate::steps::count(1);
        match &statement.kind {
            StmtKind::Missing => self.missing(statement.span),
            StmtKind::Let(inner) => self.let_statement(inner),
            StmtKind::If(inner) => {
                self.layout.open(false);
                self.if_statement(inner);
                self.layout.close();
            }
            StmtKind::Match(inner) => self.match_statement(inner),
            StmtKind::For(inner) => self.for_statement(inner),
            StmtKind::Found { finding, args } => {
                self.word("found ");
                self.call_unless_empty(finding, args);
            }
            StmtKind::Cleared { condition, why } => {
                self.word("cleared");
                self.clause(" if ", condition.as_ref(), Self::expression);
                self.message(why.as_ref());
            }
            StmtKind::Return(value) => self.clause("return ", Some(value), Self::expression),
            StmtKind::Wait(time) => self.clause("wait ", Some(time), Self::expression),
            StmtKind::Guard(condition) => {
                self.clause("guard ", Some(condition), Self::expression);
            }
            StmtKind::Do(inner) => self.do_call(&inner.call),
            StmtKind::WithDo { call, body } => {
                self.word("with ");
                self.do_call(call);
                self.word(" ");
                self.block(body);
            }
            StmtKind::Verify(inner) => self.verify(inner),
            StmtKind::WaiveVerify(why) => {
                self.word("waive verify ");
                self.plain_text(why);
            }
            StmtKind::Attempt { title, body } => {
                self.word("attempt ");
                self.plain_text(title);
                self.word(" ");
                self.block(body);
            }
            StmtKind::Mitigated(inner) => self.mitigated(inner),
            StmtKind::Page { roles, text } => self.notice("page ", roles, text.as_ref()),
            StmtKind::Tell { roles, text } => self.notice("tell ", roles, text.as_ref()),
            StmtKind::Hand(hand) => self.hand(hand),
            StmtKind::Attach(evidence) => {
                self.word("attach ");
                self.commas(evidence);
            }
        }
    }

    pub(super) fn block(&mut self, block: &'a Block) {
        self.bracketed(&BLOCK, block.span.start + 1, &block.statements);
    }

    /// A body that is a single statement where it has no braces.
    pub(super) fn block_or_statement(&mut self, body: &'a Block, braces: bool) {
        match body.statements.as_slice() {
            [only] if !braces => only.print(self),
            _ => self.block(body),
        }
    }

    /// `name(a, b)`, or `name` alone.
    pub(super) fn call_unless_empty<T: Node>(&mut self, name: &'a Ident, args: &'a [T]) {
        self.name(name);
        if !args.is_empty() {
            self.bracketed(&PARENTHESES, name.span.end + 1, args);
        }
    }

    fn let_statement(&mut self, statement: &'a LetStmt) {
        self.word("let ");
        self.name(&statement.name);
        self.typed(statement.ty.as_ref());
        self.word(" =");
        self.continued(statement.value.span.start, |printer| {
            printer.expression(&statement.value);
        });
        self.clause(" ", statement.retry.as_ref(), Self::retry);
        self.handlers(&statement.handlers);
    }

    fn retry(&mut self, retry: &'a Retry) {
        self.word("retry ");
        self.expression(&retry.times);
        self.word(" every ");
        self.expression(&retry.every);
    }

    fn handlers(&mut self, handlers: &'a [Handler]) {
        for handler in handlers {
            self.word(match handler.on {
                FailureFilter::Any => " else ",
                FailureFilter::NoData => " else no_data ",
                FailureFilter::Failed => " else failed ",
            });
            match &handler.action {
                HandlerAction::Value(value) => self.expression(value),
                HandlerAction::Novel(text) => {
                    self.word("novel");
                    self.message(text.as_ref());
                }
                HandlerAction::Inconclusive(text) => {
                    self.word("inconclusive");
                    self.message(text.as_ref());
                }
                HandlerAction::Statement(statement) => self.statement(statement),
            }
        }
    }

    /// The blocks of all branches break together.
    fn if_statement(&mut self, statement: &'a IfStmt) {
        self.word("if ");
        self.expression(&statement.condition);
        self.word(" ");
        self.branch(&statement.then);
        match &statement.otherwise {
            None => {}
            Some(Else::Block(block)) => {
                self.word(" else ");
                self.branch(block);
            }
            Some(Else::If(next)) => {
                self.word(" else ");
                match &next.kind {
                    StmtKind::If(next) => self.if_statement(next),
                    _ => self.missing(next.span),
                }
            }
        }
    }

    fn branch(&mut self, block: &'a Block) {
        self.contents(&BLOCK, block.span.start + 1, &block.statements);
    }

    fn match_statement(&mut self, statement: &'a MatchStmt) {
        self.word("match ");
        self.expression(&statement.subject);
        self.word(" ");
        self.body(statement.subject.span.end, &statement.arms);
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        match &pattern.kind {
            PatternKind::Missing => self.missing(pattern.span),
            PatternKind::Any => self.word("_"),
            PatternKind::None => self.word("none"),
            PatternKind::Some(name) => self.clause("some ", Some(name), Self::name),
            PatternKind::Value(value) => self.expression(value),
        }
    }

    fn for_statement(&mut self, statement: &'a ForStmt) {
        self.word("for ");
        self.name(&statement.name);
        self.word(" in ");
        self.expression(&statement.source);
        self.clause(" at most ", statement.at_most.as_ref(), Self::expression);
        if let Some(on_failure) = statement.on_failure {
            self.word(" on failure undo this,");
            self.continued(statement.body.span.start, |printer| {
                printer.word(match on_failure {
                    OnFailure::UndoStop => "stop",
                    OnFailure::UndoContinue => "continue",
                });
            });
        }
        self.word(" ");
        self.block(&statement.body);
    }

    pub(super) fn do_call(&mut self, call: &'a DoCall) {
        self.word("do ");
        self.expression(&call.call);
        self.clause(" within ", call.within.as_ref(), Self::expression);
        self.clause(" ", call.retry.as_ref(), Self::retry);
        match &call.undo {
            None => {}
            Some(Undo::Block(block)) => {
                self.word(" undo ");
                self.block(block);
            }
            Some(Undo::Previous) => self.word(" undo previous"),
            Some(Undo::Waived(why)) => {
                self.word(" waive undo ");
                self.plain_text(why);
            }
        }
        self.handlers(&call.handlers);
    }

    fn verify(&mut self, statement: &'a VerifyStmt) {
        self.word("verify");
        self.clause(" within ", statement.within.as_ref(), Self::expression);
        self.clause(" every ", statement.every.as_ref(), Self::expression);
        self.clause(" holding ", statement.holding.as_ref(), Self::expression);
        self.clause(" abort if ", statement.abort_if.as_ref(), Self::expression);
        self.word(" ");
        let behind_opener = statement.body_span.start + 1;
        self.bracketed(&BLOCK, behind_opener, &statement.conditions);
        match statement.otherwise {
            None => {}
            Some(VerifyElse::Undo) => self.word(" else undo"),
            Some(VerifyElse::Keep) => self.word(" else keep"),
            Some(VerifyElse::Again) => self.word(" else again"),
        }
    }

    fn mitigated(&mut self, statement: &'a MitigatedStmt) {
        self.word("mitigated");
        self.message(statement.text.as_ref());
        self.word(" owed by ");
        self.name(&statement.owed_by);
        self.clause(" within ", statement.within.as_ref(), Self::expression);
        self.word(" until ");
        self.bracketed(&BLOCK, statement.until_span.start + 1, &statement.until);
    }

    pub(super) fn notice(
        &mut self,
        word: &'static str,
        roles: &'a [Ident],
        text: Option<&'a Text>,
    ) {
        self.word(word);
        self.commas(roles);
        self.message(text);
    }

    pub(super) fn hand(&mut self, hand: &'a Hand) {
        self.word("hand ");
        self.commas(&hand.roles);
        match &hand.within {
            None => {}
            Some(HandWithin::Duration(time)) => {
                self.clause(" within ", Some(time), Self::expression);
            }
            Some(HandWithin::Workdays(count)) => {
                self.clause(" within ", Some(count), Self::expression);
                let one = self.source.slice(count.span) == "1";
                self.word(if one { " workday" } else { " workdays" });
            }
        }
        self.message(hand.text.as_ref());
    }

    /// ` "text"`
    pub(super) fn message(&mut self, text: Option<&'a Text>) {
        if let Some(text) = text {
            self.word(" ");
            self.slice(text.span);
        }
    }
}
