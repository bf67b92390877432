//! `extern` declarations.

use super::Lowering;
use super::names::ParameterPlace;
use crate::syntax::rules::{Node, Nodes, Rule};
use crate::syntax::tree::{
    ExternClause, ExternClauseKind, ExternItem, ExternKind, ItemKind, RepeatDecl, TargetClause,
    TargetClauseKind, UndoDecl,
};
use crate::text::Span;

impl Lowering {
    pub(super) fn extern_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let Some(node) = nodes.next() else {
            return ItemKind::Missing;
        };
        let rule = node.as_rule();
        let mut nodes = Nodes::of(node);
        let name = match rule {
            Rule::extern_target => self.next_type_name(&mut nodes, span),
            _ => self.next_member_name(&mut nodes, span),
        };
        let kind = match rule {
            Rule::extern_target => {
                ExternKind::Target(nodes.map(|node| self.target_clause(node)).collect())
            }
            _ => self.extern_callable(rule, nodes, span),
        };
        ItemKind::Extern(ExternItem { name, kind })
    }

    fn extern_callable(&mut self, rule: Rule, mut nodes: Nodes<'_>, span: Span) -> ExternKind {
        let (params, open) = self.params(nodes.accept(Rule::params), ParameterPlace::Extern);
        match rule {
            Rule::extern_fn => ExternKind::Fn {
                params,
                result: self.result(&mut nodes, span),
            },
            Rule::extern_probe => {
                let (result, range) = self.ranged_result(&mut nodes, span);
                ExternKind::Probe {
                    params,
                    open,
                    result,
                    range,
                    clauses: self.extern_clauses(&mut nodes),
                }
            }
            _ => {
                let result = match nodes.peek_rule() {
                    Some(Rule::result) => Some(self.result(&mut nodes, span)),
                    _ => None,
                };
                ExternKind::Action {
                    params,
                    result,
                    clauses: self.extern_clauses(&mut nodes),
                }
            }
        }
    }

    fn target_clause(&mut self, node: Node<'_>) -> TargetClause {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let doc = self.docs(&mut nodes);
        let kind = match nodes.next() {
            Some(node) => self.target_clause_kind(node),
            None => TargetClauseKind::Missing,
        };
        TargetClause { doc, kind, span }
    }

    fn target_clause_kind(&mut self, node: Node<'_>) -> TargetClauseKind {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::field_decl => self
                .field_decl(node)
                .map_or(TargetClauseKind::Missing, |field| {
                    TargetClauseKind::Field(Box::new(field))
                }),
            Rule::scope_clause => TargetClauseKind::Scope(self.inner_ident(node)),
            Rule::within_clause => {
                TargetClauseKind::Within(self.next_path(&mut Nodes::of(node), span))
            }
            Rule::key_clause => {
                let mut nodes = Nodes::of(node);
                let name = self.next_ident(&mut nodes, span);
                let form = nodes.accept(Rule::ident).map(|form| self.ident(&form));
                TargetClauseKind::Key(name, form)
            }
            Rule::lookup_clause => TargetClauseKind::Lookup(self.inner_ident(node)),
            _ => TargetClauseKind::Missing,
        }
    }

    fn extern_clauses(&mut self, nodes: &mut Nodes<'_>) -> Vec<ExternClause> {
        let Some(body) = nodes.accept(Rule::extern_body) else {
            return Vec::new();
        };
        Nodes::of(body)
            .map(|node| self.extern_clause(node))
            .collect()
    }

    fn extern_clause(&mut self, node: Node<'_>) -> ExternClause {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = Nodes::of(node);
        let kind = match rule {
            Rule::needs_clause => ExternClauseKind::Needs {
                capability: self.next_plain(&mut nodes, span),
                of: nodes.accept(Rule::ident).map(|node| self.ident(&node)),
            },
            Rule::changes_clause => ExternClauseKind::Changes(self.idents(&mut nodes)),
            Rule::deadline_clause => ExternClauseKind::Deadline(self.next_expr(&mut nodes, span)),
            Rule::settles_clause => ExternClauseKind::Settles(self.next_expr(&mut nodes, span)),
            Rule::repeat_clause => self.repeat_clause(nodes),
            Rule::undo_clause => self.undo_clause(nodes, span),
            Rule::inverse_clause => ExternClauseKind::Inverse(self.next_ident(&mut nodes, span)),
            Rule::touching_clause => ExternClauseKind::Touching,
            _ => ExternClauseKind::Missing,
        };
        ExternClause { kind, span }
    }

    fn repeat_clause(&mut self, mut nodes: Nodes<'_>) -> ExternClauseKind {
        let Some(node) = nodes.next() else {
            return ExternClauseKind::Missing;
        };
        ExternClauseKind::Repeat(match (node.as_rule(), node.as_str()) {
            (Rule::repeat_probe, _) => RepeatDecl::UnsafeProbe(self.inner_ident(node)),
            (_, "safe") => RepeatDecl::Safe,
            (_, "keyed") => RepeatDecl::Keyed,
            _ => RepeatDecl::UnsafeHuman,
        })
    }

    fn undo_clause(&mut self, mut nodes: Nodes<'_>, span: Span) -> ExternClauseKind {
        let Some(node) = nodes.next() else {
            return ExternClauseKind::Missing;
        };
        ExternClauseKind::Undo(match node.as_rule() {
            Rule::undo_caller => UndoDecl::ByCaller,
            Rule::undo_by => UndoDecl::By(self.inner_expr(node)),
            Rule::undo_previous => UndoDecl::Previous,
            Rule::undo_unneeded => UndoDecl::Unneeded(self.next_plain(&mut Nodes::of(node), span)),
            _ => UndoDecl::Impossible,
        })
    }
}
