//! Operators: a flat list of operands and operators becomes a tree by precedence.
//!
//! In: the children of an `expr` node. Out: one expression. Refuses what people read differently: chained
//! comparisons, `and` mixed with `or`, and the operators of other languages.

use super::lower::Lowering;
use super::rules::{Node, Nodes, Rule};
use super::tree::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

/// How tightly an operator binds; a higher level binds tighter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Logic,
    Not,
    Comparison,
    Range,
    Sum,
    Product,
    Sign,
}

impl Level {
    fn of(op: BinaryOp) -> Level {
        match op {
            BinaryOp::And | BinaryOp::Or => Level::Logic,
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
            | BinaryOp::In => Level::Comparison,
            BinaryOp::Range | BinaryOp::RangeInclusive => Level::Range,
            BinaryOp::Add | BinaryOp::Subtract => Level::Sum,
            BinaryOp::Multiply | BinaryOp::Divide => Level::Product,
        }
    }

    /// The level that the right side must have: one tighter, all operators associate to the left.
    fn tighter(self) -> Level {
        match self {
            Level::Logic => Level::Not,
            Level::Not => Level::Comparison,
            Level::Comparison => Level::Range,
            Level::Range => Level::Sum,
            Level::Sum => Level::Product,
            Level::Product | Level::Sign => Level::Sign,
        }
    }
}

/// An operator as it was written.
struct Operator {
    op: BinaryOp,
    span: Span,
    /// An operator of another language without a like in this one; a diagnostic was given.
    unknown: bool,
}

/// The word in place of a node, with the blanks that a word needs beside others.
fn apart(node: &Node<'_>, word: &str) -> String {
    let (bytes, text) = (node.bytes(), node.text());
    let before = text.get(..bytes.start).unwrap_or_default();
    let behind = text.get(bytes.end..).unwrap_or_default();
    let blank = |is_there| if is_there { "" } else { " " };
    let left = blank(before.ends_with([' ', '\n']));
    let right = blank(behind.starts_with([' ', '\n']));
    format!("{left}{word}{right}")
}

/// Whether a text ends with a single `=`.
fn ends_in_equals(text: &str) -> bool {
    let before = text.strip_suffix('=');
    before.is_some_and(|before| !before.ends_with(['=', '!', '<', '>']))
}

impl Lowering {
    /// All of an `expr` node's children.
    pub(super) fn climb(&mut self, nodes: &mut Nodes<'_>, span: Span) -> Expr {
        self.climb_from(nodes, span, Level::Logic)
    }

    fn climb_from(&mut self, nodes: &mut Nodes<'_>, span: Span, lowest: Level) -> Expr {
        let mut left = self.prefixed(nodes, span);
        let mut before: Option<(BinaryOp, Span)> = None;
        while let Some(operator) = self.operator_from(nodes, lowest, &left) {
            let level = Level::of(operator.op);
            let meaningful = self.check_neighbours(before, &operator, level) && !operator.unknown;
            let right = self.climb_from(nodes, span, level.tighter());
            before = Some((operator.op, operator.span));
            let span = left.span.to(right.span);
            // What has no meaning has no type either: one diagnostic is enough.
            let kind = match meaningful {
                false => ExprKind::Missing,
                true => ExprKind::Binary {
                    op: operator.op,
                    op_span: operator.span,
                    left: Box::new(left),
                    right: Box::new(right),
                },
            };
            left = Expr { kind, span };
        }
        left
    }

    /// An operand with the signs and `not`s before it.
    fn prefixed(&mut self, nodes: &mut Nodes<'_>, span: Span) -> Expr {
        let Some(prefix) = nodes.accept(Rule::prefix) else {
            return self.operand(nodes, span);
        };
        let prefix_span = self.span(&prefix);
        let (op, lowest) = match prefix.as_str() {
            "-" => (UnaryOp::Negate, Level::Sign),
            "not" => (UnaryOp::Not, Level::Comparison),
            _ => {
                // `x =! 1` is told at its `=`.
                let before = prefix.text().get(..prefix.bytes().start);
                if !before.is_some_and(ends_in_equals) {
                    self.wrong_operator("!", "not", prefix_span, "not ");
                }
                (UnaryOp::Not, Level::Comparison)
            }
        };
        let operand = self.climb_from(nodes, span, lowest);
        Expr {
            span: prefix_span.to(operand.span),
            kind: ExprKind::Unary {
                op,
                operand: Box::new(operand),
            },
        }
    }

    /// The next operator, if it binds at least as tightly as `lowest`.
    fn operator_from(
        &mut self,
        nodes: &mut Nodes<'_>,
        lowest: Level,
        left: &Expr,
    ) -> Option<Operator> {
        let node = nodes
            .peek()
            .filter(|node| node.as_rule() == Rule::operator)?;
        let op = binary_op(node.as_str());
        if Level::of(op) < lowest {
            return None;
        }
        let node = nodes.next()?;
        let span = self.span(&node);
        match node.as_str() {
            "&&" => self.wrong_operator("&&", "and", span, &apart(&node, "and")),
            "||" => self.wrong_operator("||", "or", span, &apart(&node, "or")),
            "??" => self.say_no_default(span),
            "%" => self.say_no_remainder(span, left),
            "=" if node
                .text()
                .get(node.bytes().end..)
                .is_some_and(|behind| behind.starts_with('!')) =>
            {
                self.say_equals_not(span);
            }
            "=" => self.say_single_equals(span, &apart(&node, "==")),
            _ => {}
        }
        let filled = node.as_str() == "%" && matches!(left.kind, ExprKind::Text(_));
        let unknown = node.as_str() == "??" || filled;
        Some(Operator { op, span, unknown })
    }

    /// Refuses `a < b < c`, `1..2..3` and `a and b or c`; says whether the operator has a meaning here.
    fn check_neighbours(
        &mut self,
        before: Option<(BinaryOp, Span)>,
        operator: &Operator,
        level: Level,
    ) -> bool {
        let Some((before, before_span)) = before else {
            return true;
        };
        if Level::of(before) != level {
            return true;
        }
        match level {
            Level::Comparison | Level::Range => self.say(
                Diagnostic::new(
                    Code::ChainedComparison,
                    "comparisons cannot be chained",
                    operator.span,
                    "a second comparison of the same operands",
                )
                .and(before_span, "the first")
                .help("write both: `a < b and b < c`"),
            ),
            Level::Logic if before != operator.op => self.say(
                Diagnostic::new(
                    Code::MixedAndOr,
                    "`and` and `or` are mixed without parentheses",
                    operator.span,
                    "which of the two comes first?",
                )
                .and(before_span, "the other one")
                .help("say it with parentheses: `a and (b or c)`"),
            ),
            Level::Logic | Level::Not | Level::Sum | Level::Product | Level::Sign => {}
        }
        !matches!(level, Level::Comparison | Level::Range)
    }

    pub(super) fn wrong_operator(&mut self, written: &str, right: &str, span: Span, text: &str) {
        let found = Diagnostic::new(
            Code::WrongOperator,
            format!("`{written}` is not an operator"),
            span,
            format!("write `{right}`"),
        );
        let found = found.fix(format!("write `{right}`"), span, text);
        // `not` binds less tightly than the `!` of other languages.
        self.say(match right {
            "not" => found,
            _ => found.safe(),
        });
    }

    /// `x =! 1`: what is not equal, or equal to what is not.
    fn say_equals_not(&mut self, span: Span) {
        let whole = Span {
            end: span.end + 1,
            ..span
        };
        let found = Diagnostic::new(
            Code::WrongOperator,
            "`=!` is not an operator",
            whole,
            "two signs that say two things",
        );
        self.say(
            found.help(
                "what is not equal is `a != b`; what is equal to its opposite is `a == not b`",
            ),
        );
    }

    fn say_no_default(&mut self, span: Span) {
        self.say(
            Diagnostic::new(Code::WrongOperator, "`??` is not an operator", span, "there is no defaulting operator")
                .help("what follows where an observation fails is said with `else` at the end of its line: `let x = f() else none`; what may be `none` is taken apart with `match`"),
        );
    }

    fn say_no_remainder(&mut self, span: Span, left: &Expr) {
        let found = Diagnostic::new(
            Code::WrongOperator,
            "`%` is not an operator",
            span,
            "`%` only ends a percentage: `20%`",
        );
        self.say(match left.kind {
            ExprKind::Text(_) => {
                found.help("a value stands in the text: `\"the queue of ${pod} is stuck\"`")
            }
            _ => {
                found.help("the remainder is `rem(a, b)`; a percentage has no blank before its `%`")
            }
        });
    }

    pub(super) fn say_single_equals(&mut self, span: Span, text: &str) {
        self.say(
            Diagnostic::new(
                Code::SingleEquals,
                "`=` does not compare",
                span,
                "`=` only gives a name to a value",
            )
            .help("equality is `==`")
            .fix("write `==`", span, text)
            .safe(),
        );
    }
}

fn binary_op(written: &str) -> BinaryOp {
    match written {
        "*" | "%" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        ".." => BinaryOp::Range,
        "..=" => BinaryOp::RangeInclusive,
        "!=" => BinaryOp::NotEqual,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEqual,
        "in" => BinaryOp::In,
        "and" | "&&" => BinaryOp::And,
        "or" | "||" | "??" => BinaryOp::Or,
        _ => BinaryOp::Equal,
    }
}
