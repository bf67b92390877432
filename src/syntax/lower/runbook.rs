//! Runbooks: the clauses.

use super::names::ParameterPlace;
use super::{BlockFor, Lowering};
use crate::diag::{Code, Diagnostic};
use crate::syntax::rules::{Node, Nodes, Rule};
use crate::syntax::tree::{
    BlastLine, BlastLineKind, BlastPer, Block, Clause, ClauseKind, ExprKind, Ident, ItemKind,
    Notice, Otherwise, Remedy, Runbook, SeverityCase, StmtKind, TellClause, Trigger, TriggerClause,
    TriggerClauseKind, TriggerKind, Watch, WithCondition, WithLabel, WithOp,
};
use crate::syntax::tree::{Expr, PlainText};
use crate::syntax::words;
use crate::text::Span;

impl Lowering {
    pub(super) fn runbook_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let product = nodes
            .accept(Rule::runbook_for)
            .map(|node| self.inner_ident(node));
        let clauses = nodes.map(|node| self.clause(node)).collect();
        ItemKind::Runbook(Box::new(Runbook {
            name,
            product,
            clauses,
        }))
    }

    fn clause(&mut self, node: Node<'_>) -> Clause {
        let whole = self.span(&node);
        let mut nodes = Nodes::of(node);
        let doc = self.docs(&mut nodes);
        let Some(line) = nodes.accept(Rule::clause_line) else {
            let kind = ClauseKind::Missing;
            return Clause {
                doc,
                kind,
                span: whole,
            };
        };
        let span = self.span(&line);
        let kind = match Nodes::of(line).next() {
            Some(node) => {
                let rule = node.as_rule();
                self.clause_kind(rule, Nodes::of(node), span)
            }
            None => ClauseKind::Missing,
        };
        Clause { doc, kind, span }
    }

    fn clause_kind(&mut self, rule: Rule, mut nodes: Nodes<'_>, span: Span) -> ClauseKind {
        match rule {
            Rule::version_clause => self.version(&mut nodes, span),
            Rule::severity_clause => {
                ClauseKind::Severity(nodes.map(|node| self.severity_case(node)).collect())
            }
            Rule::on_clause => ClauseKind::On(self.trigger(nodes, span)),
            Rule::incident_clause => ClauseKind::IncidentPer(self.paths(&mut nodes)),
            Rule::again_clause => ClauseKind::Again(self.next_expr(&mut nodes, span)),
            Rule::recurs_clause => ClauseKind::Recurs {
                times: self.next_expr(&mut nodes, span),
                within: self.next_expr(&mut nodes, span),
                then: self.notice(&mut nodes),
            },
            Rule::clears_clause => {
                let word = self.next_ident(&mut nodes, span);
                ClauseKind::Clears(self.one_of(
                    word,
                    &["stop", "continue"],
                    "when the alert clears, a run can",
                ))
            }
            Rule::fresh_clause => ClauseKind::Fresh(self.next_expr(&mut nodes, span)),
            Rule::patience_clause => ClauseKind::Patience(self.next_expr(&mut nodes, span)),
            Rule::ends_clause => ClauseKind::EndsWithin(self.next_expr(&mut nodes, span)),
            Rule::tell_clause => self.tell_clause(nodes),
            Rule::blast_clause => {
                ClauseKind::Blast(nodes.map(|node| self.blast_line(node)).collect())
            }
            Rule::watch_clause => self.watch(nodes, span),
            Rule::diagnose_clause => {
                self.block = BlockFor::Diagnosis;
                let block = self.next_block(&mut nodes, span);
                self.block = BlockFor::Other;
                ClauseKind::Diagnose(block)
            }
            Rule::remedy_clause => self.remedy(nodes, span),
            Rule::steps_clause => ClauseKind::Steps(self.next_block(&mut nodes, span)),
            Rule::otherwise_clause => self.otherwise(nodes),
            _ => ClauseKind::Missing,
        }
    }

    fn version(&mut self, nodes: &mut Nodes<'_>, span: Span) -> ClauseKind {
        let Some(node) = nodes.accept(Rule::number) else {
            return ClauseKind::Missing;
        };
        let number = self.span(&node);
        let parts: Vec<&str> = node.as_str().split('.').collect();
        let plain = |part: &&str| {
            part.parse::<u32>()
                .is_ok_and(|value| value.to_string() == **part)
        };
        if parts.len() != 3 || !parts.iter().all(plain) {
            let found = Diagnostic::new(
                Code::VersionForm,
                "a version is three numbers",
                number,
                "write it as `1.0.0`",
            )
            .help("major, minor and patch, without leading zeros");
            let missing = ".0".repeat(3_usize.saturating_sub(parts.len()));
            self.say(match !missing.is_empty() && parts.iter().all(plain) {
                true => found.fix(format!("add `{missing}`"), number.at_end(), missing),
                false => found,
            });
        }
        debug_assert!(span.source == number.source);
        ClauseKind::Version(number)
    }

    fn severity_case(&mut self, node: Node<'_>) -> SeverityCase {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        SeverityCase {
            level: self.next_ident(&mut nodes, span),
            when: nodes
                .accept(Rule::severity_when)
                .map(|node| self.inner_expr(node)),
        }
    }

    fn trigger(&mut self, mut nodes: Nodes<'_>, span: Span) -> Trigger {
        let kind = match nodes.next() {
            Some(node) => self.trigger_kind(node),
            None => TriggerKind::Missing,
        };
        let mut clauses = Vec::new();
        if let Some(body) = nodes.accept(Rule::trigger_body) {
            let body_span = self.span(&body);
            clauses.extend(Nodes::of(body).map(|node| self.trigger_clause(node)));
            if clauses.is_empty() {
                self.say(
                    Diagnostic::new(Code::EmptyBraces, "the braces of this trigger are empty", body_span, "nothing in here")
                        .help("conditions such as `with service` stand in here; without any, leave the braces out")
                        .fix("remove the braces", body_span, ""),
                );
            }
        }
        Trigger {
            kind,
            clauses,
            span,
        }
    }

    fn trigger_kind(&mut self, node: Node<'_>) -> TriggerKind {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = Nodes::of(node);
        match rule {
            Rule::alert_trigger => TriggerKind::Alert {
                name: self.next_plain(&mut nodes, span),
                binding: nodes
                    .accept(Rule::binding)
                    .map(|node| self.inner_name(node)),
            },
            Rule::event_trigger => TriggerKind::Event {
                record: self.next_path(&mut nodes, span),
                binding: nodes
                    .accept(Rule::binding)
                    .map(|node| self.inner_name(node)),
            },
            Rule::schedule_trigger => self.schedule(nodes, span),
            Rule::request_trigger => TriggerKind::Request {
                params: self
                    .params(nodes.accept(Rule::params), ParameterPlace::Typed)
                    .0,
                by: nodes
                    .accept(Rule::by_role)
                    .map(|node| self.inner_ident(node)),
            },
            _ => TriggerKind::Missing,
        }
    }

    fn schedule(&mut self, mut nodes: Nodes<'_>, span: Span) -> TriggerKind {
        let cron = match nodes.accept(Rule::tagged) {
            Some(node) => Expr {
                span: self.span(&node),
                kind: ExprKind::Tagged(self.tagged(node)),
            },
            None => self.missing(span),
        };
        let zone = nodes
            .accept(Rule::in_zone)
            .map(|node| self.inner_plain(node));
        let mut missed = nodes.accept(Rule::missed).map(Nodes::of);
        let word = missed.as_mut().and_then(Nodes::next);
        let missed_runs = word.map(|word| word.as_str() != "skip");
        let within = missed.as_mut().and_then(|nodes| nodes.accept(Rule::within));
        let missed_within = within.map(|node| Box::new(self.inner_expr(node)));
        TriggerKind::Schedule {
            cron: Box::new(cron),
            zone,
            missed_runs,
            missed_within,
        }
    }

    /// The string inside a node such as `in "Zone"`.
    pub(super) fn inner_plain(&mut self, node: Node<'_>) -> PlainText {
        let span = self.span(&node);
        self.next_plain(&mut Nodes::of(node), span)
    }

    fn trigger_clause(&mut self, node: Node<'_>) -> TriggerClause {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::with_line => TriggerClauseKind::With(
                Nodes::of(node)
                    .map(|label| self.with_label(label))
                    .collect(),
            ),
            Rule::where_line => TriggerClauseKind::Where(self.inner_expr(node)),
            Rule::holding_line => TriggerClauseKind::Holding(self.inner_expr(node)),
            _ => TriggerClauseKind::Missing,
        };
        TriggerClause { kind, span }
    }

    fn with_label(&mut self, node: Node<'_>) -> WithLabel {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let name = nodes.accept(Rule::ident).map(|node| self.ident(&node));
        let quoted = name.is_none();
        let label = match &name {
            Some(name) => PlainText {
                text: name.text.clone(),
                span: name.span,
            },
            None => self.next_plain(&mut nodes, span),
        };
        let condition = nodes
            .accept(Rule::with_test)
            .and_then(|node| self.with_condition(node));
        let binding = nodes
            .accept(Rule::binding)
            .map(|node| self.inner_name(node));
        if binding.is_none() {
            self.check_label(&label, quoted);
        }
        WithLabel {
            label,
            quoted,
            binding,
            condition,
        }
    }

    /// A label without `as` gives its own name to the value, so it must be able to be a name.
    fn check_label(&mut self, label: &PlainText, quoted: bool) {
        if !quoted && words::is_taken(&label.text) {
            self.say(reserved_label(label));
            return;
        }
        if !quoted {
            self.check_bound(&Ident {
                text: label.text.clone(),
                span: label.span,
            });
            return;
        }
        let nameable = label
            .text
            .starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && label.text.bytes().all(crate::syntax::skim::is_word);
        if !nameable {
            self.say(
                Diagnostic::new(
                    Code::LabelNeedsName,
                    format!("the label `{}` cannot be a name", label.text),
                    label.span,
                    "needs a name of its own",
                )
                .help("write `with \"app.kubernetes.io/name\" as app`"),
            );
        }
    }

    fn with_condition(&mut self, node: Node<'_>) -> Option<WithCondition> {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let operator = nodes.accept(Rule::with_operator)?;
        let op = match operator.as_str() {
            "!=" => WithOp::NotEqual,
            "in" => WithOp::In,
            "~" => WithOp::Matches,
            "=" => {
                let place = self.span(&operator);
                self.say_single_equals(place, "==");
                WithOp::Equal
            }
            _ => WithOp::Equal,
        };
        let before = self.diagnostics.len();
        let value = self.next_expr(&mut nodes, span);
        let escape = self
            .diagnostics
            .get(before)
            .filter(|found| found.code == Code::BadEscape && op == WithOp::Matches);
        if let Some(escape) = escape.cloned() {
            // A pattern without its tag: its backslashes are right.
            self.diagnostics.truncate(before);
            let found = escape.help(
                "a pattern is written with its tag, `re\"...\"`, and has its own backslashes",
            );
            self.say(found.fix("add the tag `re`", value.span.at_start(), "re"));
        }
        Some(WithCondition { op, value })
    }

    fn notice(&mut self, nodes: &mut Nodes<'_>) -> Notice {
        let stmt = nodes.next().map(|node| self.stmt(node).kind);
        match stmt {
            Some(StmtKind::Hand(hand)) => Notice::Hand(hand),
            Some(StmtKind::Page { roles, text }) => Notice::Page { roles, text },
            _ => Notice::Page {
                roles: Vec::new(),
                text: None,
            },
        }
    }

    fn tell_clause(&mut self, mut nodes: Nodes<'_>) -> ClauseKind {
        let roles = self.roles(&mut nodes);
        let after = nodes
            .next()
            .filter(|node| node.as_rule() == Rule::tell_after);
        let unresolved_after = after.map(|node| self.inner_expr(node));
        let text = self.optional_text(&mut nodes);
        ClauseKind::Tell(TellClause {
            roles,
            unresolved_after,
            text,
        })
    }

    fn blast_line(&mut self, node: Node<'_>) -> BlastLine {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = Nodes::of(node);
        let kind = match rule {
            Rule::share_line => BlastLineKind::Share {
                share: self.figure(nodes.next(), span),
                population: self.next_expr(&mut nodes, span),
            },
            Rule::at_most_line => self.at_most_line(nodes, span),
            Rule::keep_line => BlastLineKind::Keep {
                least: self.figure(nodes.next(), span),
                field: match nodes.accept(Rule::kept_field) {
                    Some(field) => self.ident(&field),
                    None => self.next_ident(&mut nodes, span),
                },
                population: self.next_expr(&mut nodes, span),
            },
            Rule::pause_line => BlastLineKind::Pause(self.next_ident(&mut nodes, span)),
            Rule::only_line => BlastLineKind::Only(self.next_ident(&mut nodes, span)),
            _ => BlastLineKind::Missing,
        };
        BlastLine { kind, span }
    }

    fn at_most_line(&mut self, mut nodes: Nodes<'_>, span: Span) -> BlastLineKind {
        let count = self.next_expr(&mut nodes, span);
        let first = self.next_path(&mut nodes, span);
        let per = match nodes.next() {
            None => BlastPer::Run,
            Some(node) => match node.as_rule() {
                Rule::per_window => BlastPer::Window(self.inner_expr(node)),
                Rule::per_domain => {
                    let mut nodes = Nodes::of(node);
                    return BlastLineKind::PerDomain {
                        count,
                        target: first,
                        domain: self.next_path(&mut nodes, span),
                        window: self.next_expr(&mut nodes, span),
                    };
                }
                Rule::domain_of => {
                    return BlastLineKind::DomainsAtOnce {
                        count,
                        domain: first,
                        target: self.next_path(&mut Nodes::of(node), span),
                    };
                }
                _ => BlastPer::AtOnce,
            },
        };
        BlastLineKind::AtMost {
            count,
            target: first,
            per,
        }
    }

    /// A number or the name of a constant. Nothing longer, for `20% of xs` is a value in tests.
    fn figure(&mut self, node: Option<Node<'_>>, parent: Span) -> Expr {
        let Some(inner) = node.and_then(|node| Nodes::of(node).next()) else {
            return self.missing(parent);
        };
        match inner.as_rule() {
            Rule::number => self.number(&inner),
            _ => Expr {
                kind: ExprKind::Name(inner.as_str().into()),
                span: self.span(&inner),
            },
        }
    }

    fn watch(&mut self, mut nodes: Nodes<'_>, span: Span) -> ClauseKind {
        let name = self.next_value_name(&mut nodes, span);
        let (params, _) = self.params(nodes.accept(Rule::params), ParameterPlace::Typed);
        let value = self.next_expr(&mut nodes, span);
        ClauseKind::Watch(Watch {
            name,
            params,
            value,
        })
    }

    fn remedy(&mut self, mut nodes: Nodes<'_>, span: Span) -> ClauseKind {
        let name = self.next_value_name(&mut nodes, span);
        let (params, _) = self.params(nodes.accept(Rule::params), ParameterPlace::Remedy);
        let body = self.next_block(&mut nodes, span);
        ClauseKind::Remedy(Remedy { name, params, body })
    }

    fn otherwise(&mut self, mut nodes: Nodes<'_>) -> ClauseKind {
        let of = nodes
            .accept(Rule::otherwise_of)
            .map(|node| self.ident(&node));
        let Some(node) = nodes.next() else {
            return ClauseKind::Missing;
        };
        let (body, braces) = self.block_or_stmt(node);
        ClauseKind::Otherwise(Otherwise { of, body, braces })
    }

    /// `{ ... }`, or one statement as a block of one; the flag tells whether there were braces.
    pub(super) fn block_or_stmt(&mut self, node: Node<'_>) -> (Block, bool) {
        if node.as_rule() == Rule::block {
            return (self.block(node), true);
        }
        let stmt = self.stmt(node);
        (
            Block {
                span: stmt.span,
                statements: vec![stmt],
            },
            false,
        )
    }
}

/// A label that is a word of the language: it is mentioned in quotes, and its value gets a name that is free.
fn reserved_label(label: &PlainText) -> Diagnostic {
    let word = &label.text;
    let better = format!("\"{word}\" as {word}_label");
    let message = format!("the label `{word}` is a word of the language and cannot be a name");
    Diagnostic::new(Code::ReservedName, message, label.span, "a reserved word")
        .help(format!(
            "quote the label and give its value a name of its own: `with {better}`"
        ))
        .fix(format!("write `{better}`"), label.span, better)
}
