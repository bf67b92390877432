//! Statements and blocks.

use super::Lowering;
use crate::diag::{Code, Diagnostic};
use crate::syntax::rules::{Node, Nodes, Rule};
use crate::syntax::tree::{
    Arm, Block, DoCall, DoStmt, Else, Expr, ExprKind, FailureFilter, ForStmt, Hand, HandWithin,
    Handler, HandlerAction, Ident, IfStmt, LetStmt, MatchStmt, MitigatedStmt, OnFailure, Pattern,
    PatternKind, Retry, Stmt, StmtKind, Undo, VerifyElse, VerifyStmt,
};
use crate::text::Span;

impl Lowering {
    /// The next child as a block.
    pub(super) fn next_block(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> Block {
        match nodes.accept(Rule::block) {
            Some(node) => self.block(node),
            None => Block {
                statements: Vec::new(),
                span: parent.at_end(),
            },
        }
    }

    /// `{ ... }`
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let span = self.span(&node);
        let statements = Nodes::of(node).map(|node| self.stmt(node)).collect();
        Block { statements, span }
    }

    /// Any statement.
    pub(super) fn stmt(&mut self, node: Node<'_>) -> Stmt {
        crate::steps::count(1);
        let span = self.span(&node);
        let kind = match Nodes::of(node).next() {
            Some(node) => self.stmt_kind(node, span),
            None => StmtKind::Missing,
        };
        Stmt { kind, span }
    }

    /// What stands behind the first word of a statement; `span` is of all of it.
    fn stmt_kind(&mut self, node: Node<'_>, span: Span) -> StmtKind {
        let rule = node.as_rule();
        if rule == Rule::do_call {
            let call = self.do_call(node, span);
            return StmtKind::Do(Box::new(DoStmt { call }));
        }
        let mut nodes = Nodes::of(node);
        match rule {
            Rule::let_stmt => self.let_stmt(nodes, span),
            Rule::if_stmt => self.if_stmt(nodes, span),
            Rule::match_stmt => self.match_stmt(nodes, span),
            Rule::for_stmt => self.for_stmt(nodes, span),
            Rule::found_stmt => StmtKind::Found {
                finding: self.next_ident(&mut nodes, span),
                args: self.positional(nodes.accept(Rule::call)),
            },
            Rule::cleared_stmt => StmtKind::Cleared {
                condition: nodes
                    .accept(Rule::cleared_if)
                    .map(|node| self.inner_expr(node)),
                why: self.optional_text(&mut nodes),
            },
            Rule::return_stmt => StmtKind::Return(self.next_expr(&mut nodes, span)),
            Rule::wait_stmt => StmtKind::Wait(self.next_expr(&mut nodes, span)),
            Rule::guard_stmt => StmtKind::Guard(self.next_expr(&mut nodes, span)),
            Rule::with_stmt => self.with_stmt(nodes, span),
            Rule::verify_stmt => self.verify_stmt(nodes, span),
            Rule::waive_stmt => match nodes.next() {
                Some(node) => StmtKind::WaiveVerify(self.inner_plain(node)),
                None => StmtKind::Missing,
            },
            Rule::attempt_stmt => StmtKind::Attempt {
                title: self.next_plain(&mut nodes, span),
                body: self.next_block(&mut nodes, span),
            },
            Rule::mitigated_stmt => self.mitigated_stmt(nodes, span),
            Rule::page_stmt => StmtKind::Page {
                roles: self.roles(&mut nodes),
                text: self.optional_text(&mut nodes),
            },
            Rule::tell_stmt => StmtKind::Tell {
                roles: self.roles(&mut nodes),
                text: self.optional_text(&mut nodes),
            },
            Rule::hand_stmt => StmtKind::Hand(self.hand(nodes)),
            Rule::attach_stmt => StmtKind::Attach(nodes.map(|node| self.expr(node)).collect()),
            Rule::wrong_stmt => self.wrong_stmt(nodes, span),
            _ => StmtKind::Missing,
        }
    }

    /// `builder, platform`
    pub(super) fn roles(&mut self, nodes: &mut Nodes<'_>) -> Vec<Ident> {
        match nodes.accept(Rule::roles) {
            Some(node) => self.idents(&mut Nodes::of(node)),
            None => Vec::new(),
        }
    }

    fn let_stmt(&mut self, mut nodes: Nodes<'_>, span: Span) -> StmtKind {
        let name = self.next_value_name(&mut nodes, span);
        let ty = match nodes.peek_rule() {
            Some(Rule::type_ref) => Some(self.next_type(&mut nodes, span)),
            _ => None,
        };
        let value = match nodes.accept(Rule::let_do) {
            Some(node) => {
                let call = self.let_do(node);
                Expr {
                    span: call.span,
                    kind: ExprKind::Do(Box::new(call)),
                }
            }
            None => self.next_expr(&mut nodes, span),
        };
        let mut retry = None;
        let mut handlers = Vec::new();
        for node in nodes {
            let node_span = self.span(&node);
            if node.as_rule() == Rule::handler {
                handlers.push(self.handler(node));
            } else if retry.replace(self.retry(node)).is_some() {
                self.say_twice(node_span);
            }
        }
        StmtKind::Let(Box::new(LetStmt {
            name,
            ty,
            value,
            retry,
            handlers,
        }))
    }

    /// `do k8s.scale(..)` behind the `=` of a `let`.
    fn let_do(&mut self, node: Node<'_>) -> DoCall {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        match nodes.accept(Rule::do_call) {
            Some(node) => self.do_call(node, span),
            None => self.do_parts(&mut nodes, span),
        }
    }

    /// The call and its options; `span` includes the `do`.
    fn do_call(&mut self, node: Node<'_>, span: Span) -> DoCall {
        self.do_parts(&mut Nodes::of(node), span)
    }

    fn do_parts(&mut self, nodes: &mut Nodes<'_>, span: Span) -> DoCall {
        let call = match nodes.accept(Rule::action_call) {
            Some(node) => self.action_call(node),
            None => self.missing(span),
        };
        let mut parts = DoCall {
            call,
            within: None,
            retry: None,
            undo: None,
            handlers: Vec::new(),
            span,
        };
        loop {
            let option = match nodes.peek_rule() {
                Some(
                    Rule::within | Rule::retry | Rule::undo | Rule::waive_undo | Rule::handler,
                ) => nodes.next(),
                _ => None,
            };
            let Some(node) = option else { return parts };
            let node_span = self.span(&node);
            let twice = match node.as_rule() {
                Rule::within => parts.within.replace(self.inner_expr(node)).is_some(),
                Rule::retry => parts.retry.replace(self.retry(node)).is_some(),
                Rule::handler => {
                    parts.handlers.push(self.handler(node));
                    false
                }
                _ => parts.undo.replace(self.undo(node)).is_some(),
            };
            if twice {
                self.say_twice(node_span);
            }
        }
    }

    pub(super) fn say_twice(&mut self, span: Span) {
        self.say(Diagnostic::new(
            Code::SaidTwice,
            "this was said already",
            span,
            "a second time on the same line",
        ));
    }

    fn retry(&mut self, node: Node<'_>) -> Retry {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        Retry {
            times: self.next_expr(&mut nodes, span),
            every: self.next_expr(&mut nodes, span),
        }
    }

    fn undo(&mut self, node: Node<'_>) -> Undo {
        let span = self.span(&node);
        let waived = node.as_rule() == Rule::waive_undo;
        let mut nodes = Nodes::of(node);
        match nodes.accept(Rule::undo_previous) {
            Some(_) => Undo::Previous,
            None if waived => Undo::Waived(self.next_plain(&mut nodes, span)),
            None => Undo::Block(self.next_block(&mut nodes, span)),
        }
    }

    fn handler(&mut self, node: Node<'_>) -> Handler {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let on = match nodes.accept(Rule::failure_filter) {
            Some(word) if word.as_str() == "no_data" => FailureFilter::NoData,
            Some(_) => FailureFilter::Failed,
            None => FailureFilter::Any,
        };
        let action = match nodes.next() {
            Some(node) => self.handler_action(node),
            None => HandlerAction::Value(self.missing(span)),
        };
        Handler { on, action, span }
    }

    fn handler_action(&mut self, node: Node<'_>) -> HandlerAction {
        match node.as_rule() {
            Rule::expr => HandlerAction::Value(self.expr(node)),
            Rule::novel => HandlerAction::Novel(self.optional_text(&mut Nodes::of(node))),
            Rule::inconclusive => {
                HandlerAction::Inconclusive(self.optional_text(&mut Nodes::of(node)))
            }
            _ => HandlerAction::Statement(Box::new(self.stmt(node))),
        }
    }

    fn if_stmt(&mut self, mut nodes: Nodes<'_>, span: Span) -> StmtKind {
        let condition = self.next_expr(&mut nodes, span);
        let then = self.next_block(&mut nodes, span);
        let otherwise = nodes
            .accept(Rule::else_part)
            .and_then(|node| Nodes::of(node).next());
        let otherwise = otherwise.map(|node| match node.as_rule() {
            Rule::block => Else::Block(self.block(node)),
            _ => Else::If(Box::new(self.stmt(node))),
        });
        StmtKind::If(Box::new(IfStmt {
            condition,
            then,
            otherwise,
        }))
    }

    fn match_stmt(&mut self, mut nodes: Nodes<'_>, span: Span) -> StmtKind {
        let subject = self.next_expr(&mut nodes, span);
        let arms = nodes.map(|node| self.arm(node)).collect();
        StmtKind::Match(Box::new(MatchStmt {
            subject,
            arms,
            span,
        }))
    }

    fn arm(&mut self, node: Node<'_>) -> Arm {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let pattern = match nodes.accept(Rule::pattern) {
            Some(node) => self.pattern(node),
            None => Pattern {
                kind: PatternKind::Missing,
                span,
            },
        };
        if let Some(arrow) = nodes.accept(Rule::wrong_arrow) {
            let arrow = self.span(&arrow);
            self.wrong_operator("=>", "->", arrow, "->");
        }
        let (body, braces) = match nodes.next().filter(|node| node.as_rule() != Rule::missing) {
            Some(node) => self.block_or_stmt(node),
            None => (
                Block {
                    statements: Vec::new(),
                    span: span.at_end(),
                },
                true,
            ),
        };
        Arm {
            pattern,
            body,
            braces,
            span,
        }
    }

    fn pattern(&mut self, node: Node<'_>) -> Pattern {
        let span = self.span(&node);
        let kind = match Nodes::of(node).next() {
            Some(node) if node.as_rule() == Rule::is_some => {
                PatternKind::Some(self.inner_name(node))
            }
            Some(node) => {
                let value = self.expr(node);
                match &value.kind {
                    ExprKind::Name(name) if name == "_" => PatternKind::Any,
                    ExprKind::None => PatternKind::None,
                    ExprKind::Missing => PatternKind::Missing,
                    _ => PatternKind::Value(Box::new(value)),
                }
            }
            None => PatternKind::Missing,
        };
        Pattern { kind, span }
    }

    fn for_stmt(&mut self, mut nodes: Nodes<'_>, span: Span) -> StmtKind {
        let name = self.next_value_name(&mut nodes, span);
        let source = self.next_expr(&mut nodes, span);
        let at_most = nodes
            .accept(Rule::at_most)
            .map(|node| self.inner_expr(node));
        let on_failure = nodes
            .accept(Rule::on_failure)
            .and_then(|node| Nodes::of(node).next());
        let on_failure = on_failure.map(|word| match word.as_str() {
            "continue" => OnFailure::UndoContinue,
            _ => OnFailure::UndoStop,
        });
        let body = self.next_block(&mut nodes, span);
        StmtKind::For(Box::new(ForStmt {
            name,
            source,
            at_most,
            on_failure,
            body,
        }))
    }

    fn with_stmt(&mut self, mut nodes: Nodes<'_>, span: Span) -> StmtKind {
        let mut call = self.do_parts(&mut nodes, span);
        let body = self.next_block(&mut nodes, span);
        call.span.end = body.span.start;
        StmtKind::WithDo {
            call: Box::new(call),
            body,
        }
    }

    fn verify_stmt(&mut self, nodes: Nodes<'_>, span: Span) -> StmtKind {
        let mut verify = VerifyStmt {
            within: None,
            every: None,
            holding: None,
            abort_if: None,
            conditions: Vec::new(),
            body_span: span.at_end(),
            otherwise: None,
        };
        for node in nodes {
            let node_span = self.span(&node);
            let slot = match node.as_rule() {
                Rule::conditions => {
                    verify.body_span = node_span;
                    verify.conditions = self.conditions(node);
                    continue;
                }
                Rule::verify_else => {
                    verify.otherwise = verify_else(node);
                    continue;
                }
                Rule::within => &mut verify.within,
                Rule::every => &mut verify.every,
                Rule::holding => &mut verify.holding,
                _ => &mut verify.abort_if,
            };
            if slot.replace(self.inner_expr(node)).is_some() {
                self.say_twice(node_span);
            }
        }
        StmtKind::Verify(Box::new(verify))
    }

    fn conditions(&mut self, node: Node<'_>) -> Vec<Expr> {
        let each = Nodes::of(node);
        each.map(|node| match self.dash(&node) {
            Some((found, span)) => {
                self.say(found);
                Expr {
                    kind: ExprKind::Missing,
                    span,
                }
            }
            None => self.expr(node),
        })
        .collect()
    }

    /// `- c`, an item of a list elsewhere: taken for the opposite of a number it would turn the comparison around.
    fn dash(&self, node: &Node<'_>) -> Option<(Diagnostic, Span)> {
        let text = node.text().get(node.bytes())?;
        let behind = text.strip_prefix('-')?;
        let blanks = behind.len() - behind.trim_start().len();
        if blanks == 0 {
            return None;
        }
        let span = self.span(node);
        let found = Diagnostic::new(
            Code::WrongOperator,
            "a condition begins without a dash",
            span.inside(0, 1),
            "an item of a list elsewhere",
        );
        let found = found.help(
            "conditions stand below each other, without a dash before them; the opposite of a number is `-x`",
        );
        Some((
            found.fix("remove the dash", span.inside(0, 1 + blanks), ""),
            span,
        ))
    }

    fn mitigated_stmt(&mut self, mut nodes: Nodes<'_>, span: Span) -> StmtKind {
        let text = self.optional_text(&mut nodes);
        let owed_by = self.next_ident(&mut nodes, span);
        let within = nodes.accept(Rule::within).map(|node| self.inner_expr(node));
        let (until, until_span) = match nodes.accept(Rule::conditions) {
            Some(node) => {
                let span = self.span(&node);
                (self.conditions(node), span)
            }
            None => (Vec::new(), span.at_end()),
        };
        StmtKind::Mitigated(Box::new(MitigatedStmt {
            text,
            owed_by,
            within,
            until,
            until_span,
        }))
    }

    fn hand(&mut self, mut nodes: Nodes<'_>) -> Hand {
        let roles = self.roles(&mut nodes);
        let within = nodes.accept(Rule::hand_within).map(|node| {
            let span = self.span(&node);
            let mut nodes = Nodes::of(node);
            let amount = self.next_expr(&mut nodes, span);
            match nodes.accept(Rule::workdays) {
                Some(_) => HandWithin::Workdays(amount),
                None => HandWithin::Duration(amount),
            }
        });
        Hand {
            roles,
            within,
            text: self.optional_text(&mut nodes),
        }
    }
}

fn verify_else(node: Node<'_>) -> Option<VerifyElse> {
    let word = Nodes::of(node).next()?;
    Some(match word.as_str() {
        "keep" => VerifyElse::Keep,
        "again" => VerifyElse::Again,
        _ => VerifyElse::Undo,
    })
}
