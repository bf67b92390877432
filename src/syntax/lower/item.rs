//! Items, but for externs, runbooks and tests.

use smol_str::SmolStr;

use super::names::ParameterPlace;
use super::{BlockFor, Lowering};
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::rules::{Node, Nodes, Rule};
use crate::syntax::split;
use crate::syntax::tree::{
    ActionItem, ChainLink, ChainWait, ConstItem, EnumItem, EnumMember, FieldDecl, FnItem, Ident,
    Item, ItemKind, ProbeItem, ProductClause, ProductClauseKind, ProductItem, RangeDecl,
    RecordItem, RoleItem, SecretItem, TypeRef, TypeRefKind, UseItem, WindowItem, WindowTimes,
};
use crate::text::Span;

impl Lowering {
    /// The item under an `item_entry` node.
    pub(super) fn item(&mut self, node: Node<'_>) -> Item {
        let whole = self.span(&node);
        let mut nodes = Nodes::of(node);
        let doc = self.docs(&mut nodes);
        let Some(node) = nodes.next() else {
            return Item {
                doc,
                kind: ItemKind::Missing,
                span: whole,
            };
        };
        let span = self.span(&node);
        let rule = node.as_rule();
        let nodes = Nodes::of(node);
        let kind = match rule {
            Rule::use_item => self.use_item(nodes, span),
            Rule::role_item => self.role_item(nodes, span),
            Rule::window_item => self.window_item(nodes, span),
            Rule::const_item => self.const_item(nodes, span),
            Rule::enum_item => self.enum_item(nodes, span),
            Rule::record_item => self.record_item(nodes, span),
            Rule::secret_item => self.secret_item(nodes, span),
            Rule::product_item => self.product_item(nodes, span),
            Rule::fn_item => self.fn_item(nodes, span),
            Rule::probe_item => self.probe_item(nodes, span),
            Rule::action_item => self.action_item(nodes, span),
            Rule::extern_item => self.extern_item(nodes, span),
            Rule::runbook_item => self.runbook_item(nodes, span),
            Rule::test_item => self.test_item(nodes, span),
            _ => ItemKind::Missing,
        };
        Item { doc, kind, span }
    }

    /// The `///` lines that come next.
    pub(super) fn docs(&self, nodes: &mut Nodes<'_>) -> Vec<SmolStr> {
        let mut docs = Vec::new();
        while let Some(node) = nodes.accept(Rule::doc) {
            docs.push(split::doc_line(node.as_str()));
        }
        docs
    }

    fn use_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let root = self.next_ident(&mut nodes, span);
        let (modules, braces) = match nodes.accept(Rule::use_list) {
            Some(list) => (self.idents(&mut Nodes::of(list)), true),
            None => (self.used(&mut nodes), false),
        };
        ItemKind::Use(UseItem {
            root,
            modules,
            braces,
        })
    }

    /// The module behind the name of its root: `.k8s`
    fn used(&mut self, nodes: &mut Nodes<'_>) -> Vec<Ident> {
        match nodes.accept(Rule::field) {
            Some(field) => vec![self.field_name(&field)],
            None => self.idents(nodes),
        }
    }

    fn role_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let kind = self.next_ident(&mut nodes, span);
        let kind = self.one_of(kind, &["rota", "group", "person"], "a role is");
        let address = self.next_plain(&mut nodes, span);
        let at_least = nodes.accept(Rule::number).map(|node| self.number(&node));
        ItemKind::Role(RoleItem {
            name,
            kind,
            address,
            at_least,
        })
    }

    fn window_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let times = match nodes.next() {
            Some(node) if node.as_rule() != Rule::missing => self.window_times(node),
            _ => WindowTimes::Missing,
        };
        let zone = self.next_plain(&mut nodes, span);
        let except = nodes
            .accept(Rule::window_except)
            .map(|node| self.inner_ident(node));
        ItemKind::Window(WindowItem {
            name,
            times,
            zone,
            except,
        })
    }

    fn window_times(&mut self, node: Node<'_>) -> WindowTimes {
        let weekly = node.as_rule() == Rule::window_weekly;
        let mut nodes = Nodes::of(node);
        let mut days = Vec::new();
        while let Some(day) = nodes.accept(Rule::day) {
            days.push(self.ident(&day));
        }
        let (Some(from), Some(to)) = (nodes.next(), nodes.next()) else {
            return WindowTimes::Missing;
        };
        let (from, to) = (self.span(&from), self.span(&to));
        match weekly {
            true => WindowTimes::Weekly { days, from, to },
            false => WindowTimes::Once { from, to },
        }
    }

    /// Refuses a word that is none of the few that may stand there.
    pub(super) fn one_of(&mut self, word: Ident, choices: &[&str], subject: &str) -> Ident {
        if !word.text.is_empty() && !choices.contains(&word.as_str()) {
            let shown: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
            let label = format!("{subject} {}", shown.join(" or "));
            let message = format!("`{}` cannot stand here", word.text);
            let found = Diagnostic::new(Code::UnknownWord, message, word.span, label);
            self.say(match nearest(word.as_str(), choices.iter().copied()) {
                Some(near) => found.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    word.span,
                    near,
                ),
                None => found.help(format!("write one of {}", shown.join(", "))),
            });
        }
        word
    }

    fn const_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let ty = match nodes.peek_rule() {
            Some(Rule::type_ref) => Some(self.next_type(&mut nodes, span)),
            _ => None,
        };
        let value = self.next_expr(&mut nodes, span);
        ItemKind::Const(ConstItem { name, ty, value })
    }

    fn enum_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_type_name(&mut nodes, span);
        let mut members = Vec::new();
        while let Some(node) = nodes.accept(Rule::member) {
            let span = self.span(&node);
            let mut nodes = Nodes::of(node);
            let doc = self.docs(&mut nodes);
            if nodes.peek_rule() == Some(Rule::missing) {
                continue;
            }
            members.push(EnumMember {
                doc,
                name: self.next_value_name(&mut nodes, span),
            });
        }
        ItemKind::Enum(EnumItem { name, members })
    }

    fn record_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_type_name(&mut nodes, span);
        let mut fields = Vec::new();
        while let Some(node) = nodes.accept(Rule::field_decl) {
            fields.extend(self.field_decl(node));
        }
        ItemKind::Record(RecordItem { name, fields })
    }

    /// `name: Type = default`; nothing if the line could not be read.
    pub(super) fn field_decl(&mut self, node: Node<'_>) -> Option<FieldDecl> {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let doc = self.docs(&mut nodes);
        let name = self.inner_ident(nodes.accept(Rule::field_name)?);
        let ty = self.next_type(&mut nodes, span);
        let range = self.range_decl(&mut nodes);
        let default = self.optional_expr(&mut nodes);
        Some(FieldDecl {
            doc,
            name,
            ty,
            range,
            default,
            span,
        })
    }

    /// ` in 1..=1000`, ` in 0..`
    pub(super) fn range_decl(&mut self, nodes: &mut Nodes<'_>) -> Option<RangeDecl> {
        let node = nodes.accept(Rule::param_range)?;
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        Some(match nodes.accept(Rule::open_range) {
            Some(node) => RangeDecl {
                of: self.climb(&mut Nodes::of(node), span),
                open: true,
                span,
            },
            None => RangeDecl {
                of: self.next_expr(&mut nodes, span),
                open: false,
                span,
            },
        })
    }

    fn secret_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let store = self.next_ident(&mut nodes, span);
        let store = self.one_of(store, &["vault", "env", "file"], "a secret is in");
        let address = self.next_plain(&mut nodes, span);
        ItemKind::Secret(SecretItem {
            name,
            store,
            address,
        })
    }

    fn product_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let clauses = nodes.map(|node| self.product_clause(node)).collect();
        ItemKind::Product(ProductItem { name, clauses })
    }

    fn product_clause(&mut self, node: Node<'_>) -> ProductClause {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = Nodes::of(node);
        let kind = match rule {
            Rule::owner_clause => ProductClauseKind::Owner(self.next_ident(&mut nodes, span)),
            Rule::chain_clause => {
                ProductClauseKind::Chain(nodes.map(|node| self.chain_link(node)).collect())
            }
            Rule::owns_clause => {
                ProductClauseKind::Owns(nodes.map(|node| self.expr(node)).collect())
            }
            Rule::zone_clause => ProductClauseKind::Zone(self.next_plain(&mut nodes, span)),
            _ => ProductClauseKind::Missing,
        };
        ProductClause { kind, span }
    }

    fn chain_link(&mut self, node: Node<'_>) -> ChainLink {
        let span = self.span(&node);
        let mut nodes = Nodes::of(node);
        let role = self.next_ident(&mut nodes, span);
        let waits = match nodes.next() {
            Some(node) if node.as_rule() == Rule::link_for => ChainWait::For(self.inner_expr(node)),
            Some(_) => ChainWait::UntilAcknowledged,
            None => ChainWait::Unsaid,
        };
        ChainLink { role, waits }
    }

    fn fn_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let (params, _) = self.params(nodes.accept(Rule::params), ParameterPlace::Typed);
        let result = self.result(&mut nodes, span);
        let body = self.next_expr(&mut nodes, span);
        ItemKind::Fn(FnItem {
            name,
            params,
            result,
            body,
        })
    }

    /// `-> T`
    pub(super) fn result(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> TypeRef {
        let (result, range) = self.ranged_result(nodes, parent);
        if let Some(range) = range {
            self.say(Diagnostic::new(
                Code::ExternOnly,
                "ranges of results are for `extern probe` declarations only",
                range.span,
                "not allowed here",
            ));
        }
        result
    }

    /// `-> Int in 0..`
    pub(super) fn ranged_result(
        &mut self,
        nodes: &mut Nodes<'_>,
        parent: Span,
    ) -> (TypeRef, Option<RangeDecl>) {
        let Some(node) = nodes.accept(Rule::result) else {
            let missing = TypeRef {
                kind: TypeRefKind::Missing,
                span: parent.at_end(),
            };
            return (missing, None);
        };
        let mut nodes = Nodes::of(node);
        let result = self.next_type(&mut nodes, parent);
        (result, self.range_decl(&mut nodes))
    }

    fn probe_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let (params, _) = self.params(nodes.accept(Rule::params), ParameterPlace::Typed);
        let result = self.result(&mut nodes, span);
        self.block = BlockFor::Probe;
        let body = self.next_block(&mut nodes, span);
        self.block = BlockFor::Other;
        ItemKind::Probe(ProbeItem {
            name,
            params,
            result,
            body,
        })
    }

    fn action_item(&mut self, mut nodes: Nodes<'_>, span: Span) -> ItemKind {
        let name = self.next_value_name(&mut nodes, span);
        let (params, _) = self.params(nodes.accept(Rule::params), ParameterPlace::Typed);
        let changes = match nodes.accept(Rule::changes) {
            Some(node) => self.idents(&mut Nodes::of(node)),
            None => Vec::new(),
        };
        let body = self.next_block(&mut nodes, span);
        ItemKind::Action(ActionItem {
            name,
            params,
            changes,
            body,
        })
    }
}
