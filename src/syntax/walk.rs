//! The one walker over expressions and statements: it knows the children of every node.
//!
//! In: a node and what to do with each child. Out: nothing; each child is handed over once, in the order of
//! the source. Does not go deeper by itself: the visitor calls again for those children it wants to enter.
//! Everything is taken apart in full, so that a new field does not compile until it is visited.

use super::tree::{
    Arm, Block, Comprehension, DoCall, Else, Expr, ExprKind, ForStmt, Hand, HandWithin, Handler,
    HandlerAction, IfStmt, IsTest, LetStmt, MatchStmt, MitigatedStmt, Pattern, PatternKind, Retry,
    Stmt, StmtKind, TaggedLiteral, Text, TextLiteral, TextPart, Undo, VerifyStmt,
};

/// A child of a node.
#[derive(Clone, Copy, Debug)]
pub enum Child<'t> {
    Expr(&'t Expr),
    Stmt(&'t Stmt),
    Block(&'t Block),
}

/// Hands over the children of an expression.
pub fn expr_children<'t>(expr: &'t Expr, visit: &mut dyn FnMut(Child<'t>)) {
    match &expr.kind {
        ExprKind::Missing
        | ExprKind::Number
        | ExprKind::Time
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Name(_)
        | ExprKind::Matching(_) => {}
        ExprKind::Text(literal) => literal_holes(literal, visit),
        ExprKind::Tagged(TaggedLiteral {
            tag: _,
            raw: _,
            holes,
        }) => {
            holes.iter().for_each(|hole| visit(Child::Expr(&hole.path)));
        }
        ExprKind::Field { base, name: _ } => visit(Child::Expr(base)),
        ExprKind::Call { callee, args } => {
            visit(Child::Expr(callee));
            args.iter().for_each(|arg| visit(Child::Expr(&arg.value)));
        }
        ExprKind::Index { base, index } => both(base, index, visit),
        ExprKind::Unary { op: _, operand } => visit(Child::Expr(operand)),
        ExprKind::Binary {
            op: _,
            op_span: _,
            left,
            right,
        } => both(left, right, visit),
        ExprKind::Is {
            operand,
            test: IsTest::Some(_) | IsTest::None | IsTest::Empty | IsTest::NotEmpty,
        } => {
            visit(Child::Expr(operand));
        }
        ExprKind::As { operand, unit: _ } => visit(Child::Expr(operand)),
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => {
            visit(Child::Expr(condition));
            both(then, otherwise, visit);
        }
        ExprKind::Paren(inner) | ExprKind::Ago(inner) => visit(Child::Expr(inner)),
        ExprKind::List(elements) => elements
            .iter()
            .for_each(|element| visit(Child::Expr(element))),
        ExprKind::Map(entries) => entries
            .iter()
            .for_each(|(key, value)| both(key, value, visit)),
        ExprKind::Comprehension(comprehension) => {
            let Comprehension {
                collect: _,
                element,
                name: _,
                source,
                condition,
            } = &**comprehension;
            both(element, source, visit);
            optional(condition, visit);
        }
        ExprKind::Pick {
            name: _,
            source,
            condition,
        } => both(source, condition, visit),
        ExprKind::Do(call) => do_children(call, visit),
        ExprKind::Repeat { count, element } => both(count, element, visit),
    }
}

/// Hands over the children of a statement.
pub fn stmt_children<'t>(stmt: &'t Stmt, visit: &mut dyn FnMut(Child<'t>)) {
    match &stmt.kind {
        StmtKind::Missing | StmtKind::WaiveVerify(_) => {}
        StmtKind::Let(stmt) => {
            let LetStmt {
                name: _,
                ty: _,
                value,
                retry,
                handlers,
            } = &**stmt;
            visit(Child::Expr(value));
            retry_children(retry, visit);
            handler_children(handlers, visit);
        }
        StmtKind::If(stmt) => {
            let IfStmt {
                condition,
                then,
                otherwise,
            } = &**stmt;
            visit(Child::Expr(condition));
            visit(Child::Block(then));
            match otherwise {
                None => {}
                Some(Else::If(stmt)) => visit(Child::Stmt(stmt)),
                Some(Else::Block(block)) => visit(Child::Block(block)),
            }
        }
        StmtKind::Match(stmt) => match_children(stmt, visit),
        StmtKind::For(stmt) => {
            let ForStmt {
                name: _,
                source,
                at_most,
                on_failure: _,
                body,
            } = &**stmt;
            visit(Child::Expr(source));
            optional(at_most, visit);
            visit(Child::Block(body));
        }
        StmtKind::Found { finding: _, args } | StmtKind::Attach(args) => {
            args.iter().for_each(|arg| visit(Child::Expr(arg)));
        }
        StmtKind::Cleared { condition, why } => {
            optional(condition, visit);
            text_holes(why, visit);
        }
        StmtKind::Return(value) | StmtKind::Wait(value) | StmtKind::Guard(value) => {
            visit(Child::Expr(value))
        }
        StmtKind::Do(stmt) => do_children(&stmt.call, visit),
        StmtKind::WithDo { call, body } => {
            do_children(call, visit);
            visit(Child::Block(body));
        }
        StmtKind::Verify(stmt) => {
            let VerifyStmt {
                within,
                every,
                holding,
                abort_if,
                conditions,
                body_span: _,
                otherwise: _,
            } = &**stmt;
            [within, every, holding, abort_if]
                .into_iter()
                .for_each(|option| optional(option, visit));
            conditions
                .iter()
                .for_each(|condition| visit(Child::Expr(condition)));
        }
        StmtKind::Attempt { title: _, body } => visit(Child::Block(body)),
        StmtKind::Mitigated(stmt) => {
            let MitigatedStmt {
                text,
                owed_by: _,
                within,
                until,
                until_span: _,
            } = &**stmt;
            text_holes(text, visit);
            optional(within, visit);
            until
                .iter()
                .for_each(|condition| visit(Child::Expr(condition)));
        }
        StmtKind::Page { roles: _, text } | StmtKind::Tell { roles: _, text } => {
            text_holes(text, visit)
        }
        StmtKind::Hand(Hand {
            roles: _,
            within,
            text,
        }) => {
            match within {
                None => {}
                Some(HandWithin::Duration(amount) | HandWithin::Workdays(amount)) => {
                    visit(Child::Expr(amount))
                }
            }
            text_holes(text, visit);
        }
    }
}

/// Hands over the statements of a block.
pub fn block_children<'t>(block: &'t Block, visit: &mut dyn FnMut(Child<'t>)) {
    block
        .statements
        .iter()
        .for_each(|stmt| visit(Child::Stmt(stmt)));
}

fn do_children<'t>(call: &'t DoCall, visit: &mut dyn FnMut(Child<'t>)) {
    let DoCall {
        call,
        within,
        retry,
        undo,
        handlers,
        span: _,
    } = call;
    visit(Child::Expr(call));
    optional(within, visit);
    retry_children(retry, visit);
    match undo {
        None | Some(Undo::Previous(_) | Undo::Waived(_)) => {}
        Some(Undo::Block(block)) => visit(Child::Block(block)),
    }
    handler_children(handlers, visit);
}

fn match_children<'t>(stmt: &'t MatchStmt, visit: &mut dyn FnMut(Child<'t>)) {
    let MatchStmt {
        subject,
        arms,
        span: _,
    } = stmt;
    visit(Child::Expr(subject));
    for Arm {
        pattern: Pattern { kind, span: _ },
        body,
        braces: _,
        span: _,
    } in arms
    {
        match kind {
            PatternKind::Missing | PatternKind::Any | PatternKind::None | PatternKind::Some(_) => {}
            PatternKind::Value(value) => visit(Child::Expr(value)),
        }
        visit(Child::Block(body));
    }
}

fn retry_children<'t>(retry: &'t Option<Retry>, visit: &mut dyn FnMut(Child<'t>)) {
    if let Some(Retry {
        times,
        every,
        span: _,
    }) = retry
    {
        both(times, every, visit);
    }
}

fn handler_children<'t>(handlers: &'t [Handler], visit: &mut dyn FnMut(Child<'t>)) {
    for Handler {
        on: _,
        action,
        span: _,
    } in handlers
    {
        match action {
            HandlerAction::Value(value) => visit(Child::Expr(value)),
            HandlerAction::Novel(text) | HandlerAction::Inconclusive(text) => {
                text_holes(text, visit)
            }
            HandlerAction::Statement(stmt) => visit(Child::Stmt(stmt)),
        }
    }
}

fn both<'t>(first: &'t Expr, second: &'t Expr, visit: &mut dyn FnMut(Child<'t>)) {
    visit(Child::Expr(first));
    visit(Child::Expr(second));
}

fn optional<'t>(expr: &'t Option<Expr>, visit: &mut dyn FnMut(Child<'t>)) {
    if let Some(expr) = expr {
        visit(Child::Expr(expr));
    }
}

fn text_holes<'t>(text: &'t Option<Text>, visit: &mut dyn FnMut(Child<'t>)) {
    if let Some(Text { literal, span: _ }) = text {
        literal_holes(literal, visit);
    }
}

fn literal_holes<'t>(literal: &'t TextLiteral, visit: &mut dyn FnMut(Child<'t>)) {
    for part in &literal.parts {
        match part {
            TextPart::Text(_) => {}
            TextPart::Hole(hole) => visit(Child::Expr(&hole.path)),
        }
    }
}
