//! Expressions, types and parameters.
//!
//! In: nodes. Out: pieces of the layout. Chains of operators, fields and calls are walked from
//! their first operand on, not by recursion, because they may be long.

use super::brackets::{GROUPED, INDEX, PARENTHESES, SQUARE};
use super::layout::Level;
use super::printer::{Node, Printer};
use crate::syntax::tree::{
    Argument, BinaryOp, Collect, Comprehension, Expr, ExprKind, Ident, IsTest, Parameter, Path,
    RangeDecl, TypeRef, TypeRefKind, UnaryOp,
};
use crate::text::Span;

impl Node for Expr {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.expression(self);
    }
}

impl Node for Ident {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.name(self);
    }
}

impl Node for Path {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.path(self);
    }
}

impl Node for Argument {
    fn span(&self) -> Span {
        match &self.name {
            Some(name) => name.span.to(self.value.span),
            None => self.value.span,
        }
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        if let Some(name) = &self.name {
            printer.alone = false;
            printer.name(name);
            printer.word(":");
            printer.continued(self.value.span.start, |printer| {
                printer.expression(&self.value);
            });
        } else {
            printer.expression(&self.value);
        }
    }
}

/// An entry of a map.
impl Node for (Expr, Expr) {
    fn span(&self) -> Span {
        self.0.span.to(self.1.span)
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.expression(&self.0);
        printer.word(":");
        printer.continued(self.1.span.start, |printer| printer.expression(&self.1));
    }
}

impl Node for Parameter {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.name(&self.name);
        printer.typed(self.ty.as_ref());
        printer.range(self.range.as_ref());
        printer.clause(" ", self.sink.as_ref(), Printer::name);
        printer.default(self.default.as_ref());
    }
}

impl<'a> Printer<'a> {
    /// `: Type`
    pub(super) fn typed(&mut self, ty: Option<&'a TypeRef>) {
        if let Some(ty) = ty {
            self.word(":");
            self.continued(ty.span.start, |printer| printer.type_reference(ty));
        }
    }

    /// ` in 1..=1000`, ` in 0..`
    pub(super) fn range(&mut self, range: Option<&'a RangeDecl>) {
        if let Some(range) = range {
            self.clause(" in ", Some(&range.of), Printer::expression);
            if range.open {
                self.word("..");
            }
        }
    }

    pub(super) fn type_reference(&mut self, ty: &'a TypeRef) {
        match &ty.kind {
            TypeRefKind::Missing => self.missing(ty.span),
            TypeRefKind::Named(path) => self.path(path),
            TypeRefKind::List(element) => {
                let Span { start, end, .. } = element.span;
                self.enclosed("List[", "]", start, end, |printer| {
                    printer.type_reference(element);
                });
            }
            TypeRefKind::Map(key, value) => {
                self.enclosed("Map[", "]", key.span.start, value.span.end, |printer| {
                    printer.type_reference(key);
                    printer.word(",");
                    printer.continued(value.span.start, |printer| printer.type_reference(value));
                });
            }
            TypeRefKind::Optional(inner) => {
                self.type_reference(inner);
                self.word("?");
            }
            TypeRefKind::RecordKind(name) => {
                self.word("type ");
                self.name(name);
            }
        }
    }

    pub(super) fn expression(&mut self, expr: &'a Expr) {
        crate::steps::count(1);
        let alone = std::mem::take(&mut self.alone);
        let mut head = expr;
        let mut chain = Vec::new();
        while let Some(first) = first_operand(head) {
            chain.push(head);
            head = first;
        }
        let connects = chain.iter().any(|link| is_connective(link));
        if !connects || self.brackets == 0 && !chain.iter().any(|link| self.is_commented(link)) {
            self.head(head);
            let links = chain.into_iter().rev();
            return links.for_each(|link| self.link(link, false));
        }
        // Inside brackets a chain of `and` and `or` may have a line for each operand; elsewhere
        // only a comment behind an operator breaks it. Alone in its brackets it breaks with them.
        if !alone {
            self.layout.open(true);
        }
        self.head(head);
        if !alone {
            self.layout.indent(Level::Broken);
        }
        let links = chain.into_iter().rev();
        links.for_each(|link| self.link(link, true));
        if !alone {
            self.layout.dedent(Level::Broken);
            self.layout.close();
        }
    }

    /// Whether a comment stands behind the operator.
    fn is_commented(&self, expr: &Expr) -> bool {
        let ExprKind::Binary { op_span, right, .. } = &expr.kind else {
            return false;
        };
        let between = Span {
            end: right.span.start,
            ..op_span.at_end()
        };
        self.source.slice(between).contains("//")
    }

    /// An expression that does not begin with another one.
    fn head(&mut self, expr: &'a Expr) {
        crate::steps::count(1);
        match &expr.kind {
            ExprKind::Missing => self.missing(expr.span),
            ExprKind::Number
            | ExprKind::Time
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Text(_)
            | ExprKind::Tagged(_)
            | ExprKind::Name(_) => self.slice(expr.span),
            ExprKind::Matching(text) => {
                self.word("~");
                self.plain_text(text);
            }
            ExprKind::Unary { op, operand } => {
                self.word(match op {
                    UnaryOp::Negate => "-",
                    UnaryOp::Not => "not ",
                });
                self.expression(operand);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.conditional(expr, condition, then, otherwise),
            ExprKind::Paren(inner) => {
                let inner = std::slice::from_ref(&**inner);
                self.bracketed(&GROUPED, expr.span.start + 1, inner);
            }
            ExprKind::List(elements) => {
                self.bracketed(&SQUARE, expr.span.start + 1, elements);
            }
            ExprKind::Map(entries) if entries.is_empty() => {
                let colon = expr.span.end - 1;
                self.enclosed("[", "]", colon, colon, |printer| printer.word(":"));
            }
            ExprKind::Map(entries) => self.bracketed(&SQUARE, expr.span.start + 1, entries),
            ExprKind::Comprehension(inner) => self.comprehension(inner),
            ExprKind::Pick {
                name,
                source,
                condition,
            } => {
                self.word("pick ");
                self.name(name);
                self.word(" in ");
                self.expression(source);
                self.word(" where ");
                self.expression(condition);
            }
            ExprKind::Do(call) => self.do_call(call),
            ExprKind::Field { .. }
            | ExprKind::Call { .. }
            | ExprKind::Index { .. }
            | ExprKind::Binary { .. }
            | ExprKind::Is { .. }
            | ExprKind::As { .. }
            | ExprKind::Ago(_)
            | ExprKind::Repeat { .. } => {}
        }
    }

    /// What an expression adds to its first operand.
    fn link(&mut self, expr: &'a Expr, folds: bool) {
        match &expr.kind {
            ExprKind::Field { name, .. } => {
                self.word(".");
                self.name(name);
            }
            ExprKind::Call { callee, args } => {
                self.bracketed(&PARENTHESES, callee.span.end + 1, args);
            }
            ExprKind::Index { base, index } => {
                let index = std::slice::from_ref(&**index);
                self.bracketed(&INDEX, base.span.end + 1, index);
            }
            ExprKind::Binary { op, right, .. } => self.operation(*op, right, folds),
            ExprKind::Is { test, .. } => self.is_test(test),
            ExprKind::As { unit, .. } => {
                self.word(" as ");
                self.name(unit);
            }
            ExprKind::Ago(_) => self.word(" ago"),
            ExprKind::Repeat { element, .. } => {
                self.word(" of ");
                self.expression(element);
            }
            ExprKind::Missing
            | ExprKind::Number
            | ExprKind::Time
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Text(_)
            | ExprKind::Tagged(_)
            | ExprKind::Name(_)
            | ExprKind::Matching(_)
            | ExprKind::Unary { .. }
            | ExprKind::If { .. }
            | ExprKind::Paren(_)
            | ExprKind::List(_)
            | ExprKind::Map(_)
            | ExprKind::Comprehension(_)
            | ExprKind::Pick { .. }
            | ExprKind::Do(_) => {}
        }
    }

    fn operation(&mut self, op: BinaryOp, right: &'a Expr, folds: bool) {
        let start = right.span.start;
        let connects = matches!(op, BinaryOp::And | BinaryOp::Or);
        let glued = matches!(op, BinaryOp::Range | BinaryOp::RangeInclusive);
        self.word(mark(op));
        if connects && folds {
            self.layout.next_element();
            self.folded(start);
            self.expression(right);
        } else if glued && !self.comments.any_before(start) {
            self.expression(right);
        } else {
            self.continued(start, |printer| printer.expression(right));
        }
    }

    fn is_test(&mut self, test: &'a IsTest) {
        match test {
            IsTest::Some(name) => {
                self.word(" is some ");
                self.name(name);
            }
            IsTest::None => self.word(" is none"),
            IsTest::Empty => self.word(" is empty"),
            IsTest::NotEmpty => self.word(" is not empty"),
        }
    }

    /// `(if c then a else b)`, whether the parentheses are the node's own or around it.
    fn conditional(
        &mut self,
        expr: &'a Expr,
        condition: &'a Expr,
        then: &'a Expr,
        otherwise: &'a Expr,
    ) {
        let print = |printer: &mut Self| {
            printer.word("if ");
            printer.expression(condition);
            printer.word(" then ");
            printer.expression(then);
            printer.word(" else ");
            printer.expression(otherwise);
        };
        if self.source.slice(expr.span).starts_with('(') {
            let first = self.comments.token_behind(expr.span.start + 1);
            self.enclosed("(", ")", first, otherwise.span.end, print);
        } else {
            print(self);
        }
    }

    fn comprehension(&mut self, inner: &'a Comprehension) {
        let last = inner.condition.as_ref().unwrap_or(&inner.source);
        let (open, close) = match inner.collect {
            Collect::List => ("[", "]"),
            Collect::Any => ("any(", ")"),
            Collect::All => ("all(", ")"),
            Collect::Count => ("count(", ")"),
            Collect::Sum => ("sum(", ")"),
            Collect::Min => ("min(", ")"),
            Collect::Max => ("max(", ")"),
        };
        let start = inner.element.span.start;
        self.enclosed(open, close, start, last.span.end, |printer| {
            printer.expression(&inner.element);
            printer.word(" for ");
            printer.name(&inner.name);
            printer.word(" in ");
            printer.expression(&inner.source);
            printer.clause(" where ", inner.condition.as_ref(), Self::expression);
        });
    }
}

/// What an expression begins with, if that is an expression.
fn first_operand(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => Some(base),
        ExprKind::Call { callee, .. } => Some(callee),
        ExprKind::Binary { left, .. } => Some(left),
        ExprKind::Is { operand, .. } | ExprKind::As { operand, .. } => Some(operand),
        ExprKind::Ago(operand) => Some(operand),
        ExprKind::Repeat { count, .. } => Some(count),
        ExprKind::Missing
        | ExprKind::Number
        | ExprKind::Time
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Text(_)
        | ExprKind::Tagged(_)
        | ExprKind::Name(_)
        | ExprKind::Matching(_)
        | ExprKind::Unary { .. }
        | ExprKind::If { .. }
        | ExprKind::Paren(_)
        | ExprKind::List(_)
        | ExprKind::Map(_)
        | ExprKind::Comprehension(_)
        | ExprKind::Pick { .. }
        | ExprKind::Do(_) => None,
    }
}

fn is_connective(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Binary {
            op: BinaryOp::And | BinaryOp::Or,
            ..
        }
    )
}

/// An operator with the blank before it.
fn mark(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Multiply => " *",
        BinaryOp::Divide => " /",
        BinaryOp::Add => " +",
        BinaryOp::Subtract => " -",
        BinaryOp::Range => "..",
        BinaryOp::RangeInclusive => "..=",
        BinaryOp::Equal => " ==",
        BinaryOp::NotEqual => " !=",
        BinaryOp::Less => " <",
        BinaryOp::LessEqual => " <=",
        BinaryOp::Greater => " >",
        BinaryOp::GreaterEqual => " >=",
        BinaryOp::In => " in",
        BinaryOp::And => " and",
        BinaryOp::Or => " or",
    }
}
