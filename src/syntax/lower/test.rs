//! Tests: what is given and what is expected.

use super::Lowering;
use crate::syntax::rules::{Node, Nodes, Rule};
use crate::syntax::tree::{
    ActionPattern, AlertName, Case, CaseValue, Cause, Expect, Expr, ExprKind, Given, GivenOutcome,
    ItemKind, ProbeSays, Reply, ReplyKind, Test, TestLine, TestLineKind, Times,
};
use crate::text::Span;

impl Lowering {
    pub(super) fn test_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let runbook = self.next_ident(&mut nodes, span);
        let title = self.next_plain(&mut nodes, span);
        let lines = nodes.map(|node| self.test_line(node)).collect();
        ItemKind::Test(Box::new(Test {
            runbook,
            title,
            lines,
        }))
    }

    fn test_line(&mut self, node: Node<'_>) -> TestLine {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = Nodes::of(node);
        if rule == Rule::case_line {
            let title = self.next_plain(&mut nodes, span);
            let values = nodes.map(|node| self.case_value(node)).collect();
            let kind = TestLineKind::Case(Case { title, values });
            return TestLine { kind, span };
        }
        let kind = match (rule, nodes.next()) {
            (Rule::at_line, Some(time)) => TestLineKind::At {
                time: Expr {
                    kind: ExprKind::Time,
                    span: self.span(&time),
                },
                zone: nodes
                    .accept(Rule::in_zone)
                    .map(|node| self.inner_plain(node)),
            },
            (Rule::given_line, Some(node)) => self
                .given(node)
                .map_or(TestLineKind::Missing, TestLineKind::Given),
            (Rule::expect_line, Some(node)) => self
                .expect(node)
                .map_or(TestLineKind::Missing, TestLineKind::Expect),
            _ => TestLineKind::Missing,
        };
        TestLine { kind, span }
    }

    fn case_value(&mut self, node: Node<'_>) -> CaseValue {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        CaseValue {
            name: self.next_value_name(&mut nodes, span),
            value: self.next_expr(&mut nodes, span),
        }
    }

    fn given(&mut self, node: Node<'_>) -> Option<Given> {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = Nodes::of(node);
        Some(match rule {
            Rule::given_alert => Given::Alert {
                name: match self.optional_plain(&mut nodes) {
                    Some(text) => AlertName::Quoted(text),
                    None => AlertName::Plain(self.next_ident(&mut nodes, span)),
                },
                labels: self.plain_arguments(nodes.accept(Rule::call)),
                resolves: nodes
                    .accept(Rule::resolves)
                    .map(|node| self.inner_expr(node)),
            },
            Rule::given_event => Given::Event(self.next_expr(&mut nodes, span)),
            Rule::given_request => Given::Request {
                args: self.plain_arguments(nodes.accept(Rule::call)),
                by: nodes
                    .accept(Rule::by_person)
                    .map(|node| self.inner_plain(node)),
                role: nodes
                    .accept(Rule::binding)
                    .map(|node| self.inner_ident(node)),
            },
            Rule::given_schedule => Given::Schedule,
            Rule::given_finding => Given::Finding {
                finding: self.next_ident(&mut nodes, span),
                args: self.positional(nodes.accept(Rule::call)),
            },
            Rule::given_effect => self.given_effect(nodes, span),
            Rule::given_observation => self.given_observation(nodes, span),
            _ => return None,
        })
    }

    fn given_effect(&mut self, mut nodes: Nodes<'_>, span: Span) -> Given {
        let action = self.next_expr(&mut nodes, span);
        let outcome = match nodes.peek_rule() {
            Some(Rule::reply_fails) => GivenOutcome::Fails(self.reason(&mut nodes)),
            Some(Rule::effect_breaks) => GivenOutcome::Breaks(self.reason(&mut nodes)),
            Some(Rule::effect_unknown) => GivenOutcome::Unknown(probe_says(nodes.next())),
            _ => GivenOutcome::Applied,
        };
        let takes = nodes.accept(Rule::takes).map(|node| self.inner_expr(node));
        Given::Effect {
            action,
            outcome,
            takes,
        }
    }

    /// The text behind `fails` or `breaks`.
    fn reason(&mut self, nodes: &mut Nodes<'_>) -> Option<crate::syntax::tree::PlainText> {
        let node = nodes.accept(Rule::reply_fails);
        let node = node.or_else(|| nodes.accept(Rule::effect_breaks))?;
        self.optional_plain(&mut Nodes::of(node))
    }

    fn given_observation(&mut self, mut nodes: Nodes<'_>, span: Span) -> Given {
        let call = match nodes.accept(Rule::action_call) {
            Some(node) => self.action_call(node),
            None => self.missing(span),
        };
        let replies = nodes.map(|node| self.reply(node)).collect();
        Given::Observation { call, replies }
    }

    fn reply(&mut self, node: Node<'_>) -> Reply {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let kind = match nodes.peek_rule() {
            Some(Rule::reply_fails) => ReplyKind::Fails(self.reason(&mut nodes)),
            Some(Rule::no_data) => {
                nodes.next();
                ReplyKind::NoData
            }
            _ => ReplyKind::Value(self.next_expr(&mut nodes, span)),
        };
        let mut reply = Reply {
            kind,
            cause: None,
            takes: None,
            span,
        };
        for node in nodes {
            match node.as_rule() {
                Rule::takes => reply.takes = Some(self.inner_expr(node)),
                Rule::once_did => reply.cause = Some(Cause::OnceDid(self.inner_expr(node))),
                Rule::after => reply.cause = Some(Cause::After(self.inner_expr(node))),
                _ => reply.cause = Some(Cause::OnRead(self.inner_expr(node))),
            }
        }
        reply
    }

    fn expect(&mut self, node: Node<'_>) -> Option<Expect> {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = Nodes::of(node);
        Some(match rule {
            Rule::expect_found => Expect::Found(self.ident(&nodes.next()?)),
            Rule::expect_did => self.expect_did(nodes),
            Rule::expect_no_change => Expect::NoChange,
            Rule::expect_no => Expect::No(self.action_pattern(nodes.next()?)),
            Rule::expect_undone => Expect::Undone(self.action_pattern(nodes.next()?)),
            Rule::expect_nobody => Expect::NobodyPaged,
            Rule::expect_told => Expect::Told {
                how: self.ident(&nodes.next()?),
                roles: self.roles(&mut nodes),
                because: nodes
                    .accept(Rule::because)
                    .map(|node| self.inner_ident(node)),
            },
            Rule::expect_end => self.expect_end(nodes, span)?,
            _ => return None,
        })
    }

    fn expect_did(&mut self, mut nodes: Nodes<'_>) -> Expect {
        let mut steps = Vec::new();
        while let Some(node) = nodes.accept(Rule::action_pattern) {
            steps.push(self.action_pattern(node));
        }
        let times =
            nodes
                .accept(Rule::times)
                .map(|node| match self.optional_expr(&mut Nodes::of(node)) {
                    Some(count) => Times::Exactly(count),
                    None => Times::Once,
                });
        Expect::Did { steps, times }
    }

    fn expect_end(&mut self, mut nodes: Nodes<'_>, span: Span) -> Option<Expect> {
        let end = self.ident(&nodes.next()?);
        let role = match nodes.accept(Rule::owed_by) {
            Some(node) => Some(self.inner_ident(node)),
            None => nodes.accept(Rule::ident).map(|node| self.ident(&node)),
        };
        let (mut because, mut within) = (None, None);
        for node in nodes {
            let node_span = self.span(&node);
            let twice = match node.as_rule() {
                Rule::within => within.replace(self.inner_expr(node)).is_some(),
                _ => because.replace(self.inner_ident(node)).is_some(),
            };
            if twice {
                self.say_twice(node_span);
            }
        }
        debug_assert!(span.source == end.span.source);
        Some(Expect::End {
            end,
            role,
            because,
            within,
        })
    }

    fn action_pattern(&mut self, node: Node<'_>) -> ActionPattern {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let action = self.next_path(&mut nodes, span);
        let args = nodes
            .accept(Rule::call)
            .map(|node| self.plain_arguments(Some(node)));
        ActionPattern { action, args, span }
    }
}

fn probe_says(node: Option<Node<'_>>) -> ProbeSays {
    let says = node.and_then(|node| Nodes::of(node).next());
    let word = says.and_then(|node| Nodes::of(node).next());
    match word.as_ref().map(|word| word.as_str()) {
        None => ProbeSays::Unsaid,
        Some("applied") => ProbeSays::Applied,
        Some("nothing") => ProbeSays::Nothing,
        Some(_) => ProbeSays::NotApplied,
    }
}
