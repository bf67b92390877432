//! Expressions, but for the precedence of operators, which is `climb`'s.

use super::Lowering;
use crate::diag::{Code, Diagnostic};
use crate::syntax::rules::{Node, Nodes, Rule};
use crate::syntax::tree::{
    Argument, BinaryOp, Collect, Comprehension, Expr, ExprKind, Ident, IsTest,
};
use crate::text::Span;

impl Lowering {
    /// An `expr` node.
    pub(in crate::syntax) fn expr(&mut self, node: Node<'_>) -> Expr {
        crate::steps::count(1);
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        self.climb(&mut nodes, span)
    }

    /// One operand without its prefixes: a primary and what is glued to it.
    pub(in crate::syntax) fn operand(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> Expr {
        let Some(node) = nodes.next() else {
            return self.missing(parent);
        };
        let mut base = self.primary(node);
        while let Some(node) = nodes
            .peek_rule()
            .and_then(|rule| if is_postfix(rule) { nodes.next() } else { None })
        {
            base = self.postfix(base, node);
        }
        base
    }

    fn primary(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::operand_name | Rule::operand_word | Rule::ident => match node.as_str() {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                "none" => ExprKind::None,
                name => ExprKind::Name(name.into()),
            },
            Rule::number => ExprKind::Number,
            Rule::time => ExprKind::Time,
            Rule::plain_text | Rule::text | Rule::block_text => {
                ExprKind::Text(self.text_literal(node))
            }
            Rule::tagged => ExprKind::Tagged(self.tagged(node)),
            Rule::paren => self.paren(node),
            Rule::list => self.list(node),
            Rule::pick => self.pick(node),
            Rule::matching => {
                let text = self.next_plain(&mut Nodes::of(node), span);
                ExprKind::Matching(text)
            }
            _ => ExprKind::Missing,
        };
        Expr { kind, span }
    }

    fn postfix(&mut self, base: Expr, node: Node<'_>) -> Expr {
        let node_span = self.span(&node);
        let span = base.span.to(node_span);
        let kind = match node.as_rule() {
            Rule::field => ExprKind::Field {
                base: Box::new(base),
                name: self.field_name(&node),
            },
            Rule::call => self.call(base, node),
            Rule::blank_call => {
                let blank = Span {
                    start: base.span.end,
                    end: node_span.start,
                    ..node_span
                };
                self.say(
                    Diagnostic::new(Code::BlankBeforeBracket, "a blank before `(`", blank, "no blank here")
                        .help("the bracket of a call is glued to the name: two operands never stand side by side")
                        .fix("remove the blank", blank, "")
                        .safe(),
                );
                self.call(base, node)
            }
            Rule::index => ExprKind::Index {
                base: Box::new(base),
                index: Box::new(self.inner_expr(node)),
            },
            Rule::is_test => ExprKind::Is {
                operand: Box::new(base),
                test: self.is_test(node),
            },
            Rule::as_unit => ExprKind::As {
                operand: Box::new(base),
                unit: self.inner_ident(node),
            },
            Rule::ago => ExprKind::Ago(Box::new(base)),
            Rule::repeat_of => ExprKind::Repeat {
                count: Box::new(base),
                element: Box::new(self.inner_expr(node)),
            },
            _ => base.kind,
        };
        Expr { kind, span }
    }

    fn is_test(&mut self, node: Node<'_>) -> IsTest {
        match Nodes::of(node).next() {
            Some(node) if node.as_rule() == Rule::is_some => IsTest::Some(self.inner_name(node)),
            Some(node) if node.as_str() == "none" => IsTest::None,
            Some(node) if node.as_str() == "empty" => IsTest::Empty,
            Some(_) => IsTest::NotEmpty,
            None => IsTest::None,
        }
    }

    /// `callee(args)`; with `e for x in xs` inside, one of the words that collect.
    fn call(&mut self, callee: Expr, node: Node<'_>) -> ExprKind {
        let (mut args, comprehension) = self.arguments(node);
        let Some(rest) = comprehension else {
            return ExprKind::Call {
                callee: Box::new(callee),
                args,
            };
        };
        let collect = match &callee.kind {
            ExprKind::Name(name) => collect_word(name),
            _ => None,
        };
        let rest_span = self.span(&rest);
        let element = args
            .pop()
            .filter(|arg| arg.name.is_none() && args.is_empty());
        match (collect, element) {
            (Some(collect), Some(element)) => {
                ExprKind::Comprehension(Box::new(self.comprehension(collect, element.value, rest)))
            }
            _ => {
                self.say(
                    Diagnostic::new(
                        Code::StrayComprehension,
                        "`for` inside a call belongs to `any all count sum min max` only",
                        rest_span,
                        "cannot go over a list here",
                    )
                    .help("write a list instead: `[e for x in xs]`"),
                );
                ExprKind::Missing
            }
        }
    }

    /// The arguments of a call and the `for x in xs` behind one of them.
    fn arguments<'t>(&mut self, node: Node<'t>) -> (Vec<Argument>, Option<Node<'t>>) {
        let mut args = Vec::new();
        let mut name: Option<Ident> = None;
        let mut comprehension = None;
        for node in Nodes::of(node) {
            match node.as_rule() {
                Rule::argument_name => name = Some(self.argument_name(&node)),
                Rule::comprehension => comprehension = Some(node),
                _ => {
                    let before = self.diagnostics.len();
                    let value = self.expr(node);
                    args.push(match name.take() {
                        None => self.named_by_equals(before, value),
                        name => Argument { name, value },
                    });
                }
            }
        }
        (args, comprehension)
    }

    /// `f(to=3)`: the `=` that was refused in an argument gives it its name, as in other languages.
    fn named_by_equals(&mut self, before: usize, value: Expr) -> Argument {
        let equals = match &value.kind {
            ExprKind::Binary {
                op: BinaryOp::Equal,
                op_span,
                left,
                ..
            } => match left.kind {
                ExprKind::Name(_) => Some(*op_span),
                _ => None,
            },
            _ => None,
        };
        let said = self.diagnostics.iter().skip(before).position(|found| {
            found.code == Code::SingleEquals && Some(found.primary.span) == equals
        });
        let (Some(said), Some(_)) = (said, equals) else {
            return Argument { name: None, value };
        };
        let ExprKind::Binary {
            op_span,
            left,
            right,
            ..
        } = value.kind
        else {
            return Argument { name: None, value };
        };
        let ExprKind::Name(text) = left.kind else {
            return Argument {
                name: None,
                value: *right,
            };
        };
        let gap = Span {
            start: left.span.end,
            end: right.span.start,
            ..op_span
        };
        self.diagnostics[before + said] = Diagnostic::new(
            Code::SingleEquals,
            "an argument gets its name with `:`, not with `=`",
            op_span,
            "`=` only gives a name to a value",
        )
        .help(format!("write `{text}: ...`"))
        .fix("write `:`", gap, ": ");
        let name = Ident {
            text,
            span: left.span,
        };
        Argument {
            name: Some(name),
            value: *right,
        }
    }

    /// Arguments where no comprehension can stand.
    pub(super) fn plain_arguments(&mut self, node: Option<Node<'_>>) -> Vec<Argument> {
        let Some(node) = node else { return Vec::new() };
        let (args, comprehension) = self.arguments(node);
        if let Some(rest) = comprehension {
            let span = self.span(&rest);
            self.say(Diagnostic::new(
                Code::StrayComprehension,
                "`for` cannot stand here",
                span,
                "write a list: `[e for x in xs]`",
            ));
        }
        args
    }

    /// Arguments by position only.
    pub(super) fn positional(&mut self, node: Option<Node<'_>>) -> Vec<Expr> {
        let args = self.plain_arguments(node);
        args.into_iter()
            .map(|arg| {
                if let Some(name) = arg.name {
                    self.say(
                        Diagnostic::new(
                            Code::NamedArgument,
                            "the arguments of a finding have no names",
                            name.span,
                            "remove the name",
                        )
                        .fix(
                            "remove the name",
                            Span {
                                end: arg.value.span.start,
                                ..name.span
                            },
                            "",
                        ),
                    );
                }
                arg.value
            })
            .collect()
    }

    fn argument_name(&self, node: &Node<'_>) -> Ident {
        let text = node.as_str().trim_end_matches([':', ' ', '\t', '\r']);
        let start = node.bytes().start;
        Ident {
            text: text.into(),
            span: self.range(start, start + text.len()),
        }
    }

    /// `k8s.scale(web, to: 3)` as the object of a `do`.
    pub(super) fn action_call(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        self.operand(&mut nodes, span)
    }

    fn paren(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        match nodes.accept(Rule::conditional) {
            None => ExprKind::Paren(Box::new(self.next_expr(&mut nodes, span))),
            Some(conditional) => {
                let mut nodes = Nodes::of(conditional);
                ExprKind::If {
                    condition: Box::new(self.next_expr(&mut nodes, span)),
                    then: Box::new(self.next_expr(&mut nodes, span)),
                    otherwise: Box::new(self.next_expr(&mut nodes, span)),
                }
            }
        }
    }

    /// `[a, b]`, `[k: v]`, `[:]`, `[e for x in xs]`
    fn list(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        if nodes.accept(Rule::empty_map).is_some() {
            return ExprKind::Map(Vec::new());
        }
        let before = self.diagnostics.len();
        let Some(first) = self.optional_expr(&mut nodes) else {
            return ExprKind::List(Vec::new());
        };
        if let Some(rest) = nodes.accept(Rule::comprehension) {
            return ExprKind::Comprehension(Box::new(self.comprehension(
                Collect::List,
                first,
                rest,
            )));
        }
        if let Some(rest) = nodes.accept(Rule::map_rest) {
            return self.map(first, Nodes::of(rest), span);
        }
        let mut elements = vec![first];
        while let Some(element) = self.optional_expr(&mut nodes) {
            elements.push(element);
        }
        self.entries_by_equals(before, elements)
    }

    fn map(&mut self, first: Expr, mut nodes: Nodes<'_>, span: Span) -> ExprKind {
        let mut entries = vec![(first, self.next_expr(&mut nodes, span))];
        while let Some(key) = self.optional_expr(&mut nodes) {
            entries.push((key, self.next_expr(&mut nodes, span)));
        }
        ExprKind::Map(entries)
    }

    fn comprehension(&mut self, collect: Collect, element: Expr, node: Node<'_>) -> Comprehension {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        Comprehension {
            collect,
            element,
            name: self.next_value_name(&mut nodes, span),
            source: self.next_expr(&mut nodes, span),
            condition: nodes
                .accept(Rule::where_part)
                .map(|part| self.inner_expr(part)),
        }
    }

    fn pick(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let name = self.next_value_name(&mut nodes, span);
        let source = self.next_expr(&mut nodes, span);
        let condition = match nodes.accept(Rule::where_part) {
            Some(part) => self.inner_expr(part),
            None => {
                self.say(
                    Diagnostic::new(
                        Code::PickWithoutWhere,
                        "`pick` needs a condition",
                        span.at_end(),
                        "`where` is missing",
                    )
                    .help("write `pick c in caches where c.path == path`"),
                );
                Expr {
                    kind: ExprKind::Missing,
                    span: span.at_end(),
                }
            }
        };
        ExprKind::Pick {
            name,
            source: Box::new(source),
            condition: Box::new(condition),
        }
    }
}

fn is_postfix(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::field
            | Rule::call
            | Rule::blank_call
            | Rule::index
            | Rule::is_test
            | Rule::as_unit
            | Rule::ago
            | Rule::repeat_of
    )
}

fn collect_word(name: &str) -> Option<Collect> {
    Some(match name {
        "any" => Collect::Any,
        "all" => Collect::All,
        "count" => Collect::Count,
        "sum" => Collect::Sum,
        "min" => Collect::Min,
        "max" => Collect::Max,
        _ => return None,
    })
}
