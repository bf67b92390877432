//! Items, but for runbooks, tests and externs.
//!
//! In: nodes. Out: pieces of the layout.

use smol_str::SmolStr;

use super::brackets::{GLUED_BRACES, MEMBERS, PARENTHESES};
use super::printer::{Node, Printer};
use crate::syntax::tree::{
    ActionItem, ChainLink, ChainWait, ConstItem, EnumItem, EnumMember, Expr, FieldDecl, FnItem,
    Ident, Item, ItemKind, Parameter, PlainText, ProbeItem, ProductClause, ProductClauseKind,
    ProductItem, RecordItem, RoleItem, SecretItem, TypeRef, UseItem, WindowItem, WindowTimes,
};
use crate::text::Span;

impl Node for Item {
    fn span(&self) -> Span {
        self.span
    }

    fn documentation(&self) -> &[SmolStr] {
        &self.doc
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.item(self);
    }
}

impl Node for EnumMember {
    fn span(&self) -> Span {
        self.name.span
    }

    fn documentation(&self) -> &[SmolStr] {
        &self.doc
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.name(&self.name);
    }
}

impl Node for FieldDecl {
    fn span(&self) -> Span {
        self.span
    }

    fn documentation(&self) -> &[SmolStr] {
        &self.doc
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.name(&self.name);
        printer.typed(Some(&self.ty));
        printer.range(self.range.as_ref());
        printer.default(self.default.as_ref());
    }
}

impl Node for ProductClause {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        match &self.kind {
            ProductClauseKind::Missing => printer.missing(self.span),
            ProductClauseKind::Owner(role) => printer.clause("owner ", Some(role), Printer::name),
            ProductClauseKind::Chain(links) => {
                printer.word("chain ");
                printer.commas(links);
            }
            ProductClauseKind::Owns(patterns) => {
                printer.word("owns ");
                printer.commas(patterns);
            }
            ProductClauseKind::Zone(zone) => {
                printer.word("zone ");
                printer.plain_text(zone);
            }
        }
    }
}

impl Node for ChainLink {
    fn span(&self) -> Span {
        self.role.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        printer.name(&self.role);
        match &self.waits {
            ChainWait::For(time) => printer.clause(" for ", Some(time), Printer::expression),
            ChainWait::UntilAcknowledged => printer.word(" until acknowledged"),
            ChainWait::Unsaid => {}
        }
    }
}

impl<'a> Printer<'a> {
    fn item(&mut self, item: &'a Item) {
        match &item.kind {
            ItemKind::Missing => self.missing(item.span),
            ItemKind::Use(inner) => self.use_item(inner),
            ItemKind::Role(inner) => self.role(inner),
            ItemKind::Window(inner) => self.window(inner, item.span),
            ItemKind::Const(inner) => self.constant(inner),
            ItemKind::Enum(inner) => self.enumeration(inner),
            ItemKind::Record(inner) => self.record(inner),
            ItemKind::Secret(inner) => self.secret(inner),
            ItemKind::Product(inner) => self.product(inner),
            ItemKind::Fn(inner) => self.function(inner),
            ItemKind::Probe(inner) => self.probe(inner),
            ItemKind::Action(inner) => self.action(inner),
            ItemKind::Extern(inner) => self.extern_item(inner),
            ItemKind::Runbook(inner) => self.runbook(inner),
            ItemKind::Test(inner) => self.test(inner),
        }
    }

    fn use_item(&mut self, item: &'a UseItem) {
        self.word("use ");
        self.name(&item.root);
        self.word(".");
        if item.braces {
            let behind_opener = self.comments.opener_behind(item.root.span.end, '{');
            self.bracketed(&GLUED_BRACES, behind_opener, &item.modules);
        } else {
            item.modules.iter().for_each(|module| self.name(module));
        }
    }

    fn role(&mut self, item: &'a RoleItem) {
        self.word("role ");
        self.addressed(&item.name, &item.kind, &item.address);
        self.clause(" at least ", item.at_least.as_ref(), Self::expression);
    }

    fn secret(&mut self, item: &'a SecretItem) {
        self.word("secret ");
        self.addressed(&item.name, &item.store, &item.address);
    }

    /// `name = kind "address"`
    fn addressed(&mut self, name: &'a Ident, kind: &'a Ident, address: &'a PlainText) {
        self.name(name);
        self.word(" =");
        self.continued(kind.span.start, |printer| {
            printer.name(kind);
            printer.word(" ");
            printer.plain_text(address);
        });
    }

    fn window(&mut self, item: &'a WindowItem, span: Span) {
        self.word("window ");
        self.name(&item.name);
        self.word(" =");
        match &item.times {
            WindowTimes::Missing => self.missing(span),
            WindowTimes::Once { from, to } => {
                self.continued(from.start, |printer| printer.between(*from, *to));
            }
            WindowTimes::Weekly { days, from, to } => {
                let first = days.first().map_or(from.start, |day| day.span.start);
                self.continued(first, |printer| {
                    printer.word("weekly ");
                    printer.commas(days);
                    printer.word(" ");
                    printer.between(*from, *to);
                });
            }
        }
        self.word(" in ");
        self.plain_text(&item.zone);
        self.clause(" except ", item.except.as_ref(), Self::name);
    }

    /// `from .. to`
    fn between(&mut self, from: Span, to: Span) {
        self.slice(from);
        self.word(" ..");
        self.continued(to.start, |printer| printer.slice(to));
    }

    fn constant(&mut self, item: &'a ConstItem) {
        self.word("const ");
        self.name(&item.name);
        self.typed(item.ty.as_ref());
        self.default(Some(&item.value));
    }

    fn enumeration(&mut self, item: &'a EnumItem) {
        self.word("enum ");
        self.members(&item.name, &item.members);
    }

    fn record(&mut self, item: &'a RecordItem) {
        self.word("record ");
        self.members(&item.name, &item.fields);
    }

    /// `Name { a, b }`
    fn members<T: Node>(&mut self, name: &'a Ident, members: &'a [T]) {
        self.name(name);
        self.word(" ");
        let behind_opener = self.comments.opener_behind(name.span.end, '{');
        self.bracketed(&MEMBERS, behind_opener, members);
    }

    fn product(&mut self, item: &'a ProductItem) {
        self.word("product ");
        self.name(&item.name);
        self.word(" ");
        self.body(item.name.span.end, &item.clauses);
    }

    fn function(&mut self, item: &'a FnItem) {
        self.word("fn ");
        self.signature(&item.name, &item.params, Some(&item.result));
        self.default(Some(&item.body));
    }

    fn probe(&mut self, item: &'a ProbeItem) {
        self.word("probe ");
        self.signature(&item.name, &item.params, Some(&item.result));
        self.word(" ");
        self.block(&item.body);
    }

    fn action(&mut self, item: &'a ActionItem) {
        self.word("action ");
        self.signature(&item.name, &item.params, None);
        if !item.changes.is_empty() {
            self.word(" changes ");
            self.commas(&item.changes);
        }
        self.word(" ");
        self.block(&item.body);
    }

    /// `name(params) -> Type`
    pub(super) fn signature(
        &mut self,
        name: &'a Ident,
        params: &'a [Parameter],
        result: Option<&'a TypeRef>,
    ) {
        self.name(name);
        self.bracketed(&PARENTHESES, name.span.end + 1, params);
        self.result(result);
    }

    /// ` -> Type`
    pub(super) fn result(&mut self, result: Option<&'a TypeRef>) {
        if let Some(result) = result {
            self.word(" ->");
            self.continued(result.span.start, |printer| printer.type_reference(result));
        }
    }

    /// ` = value`
    pub(super) fn default(&mut self, value: Option<&'a Expr>) {
        if let Some(value) = value {
            self.word(" =");
            self.continued(value.span.start, |printer| printer.expression(value));
        }
    }
}
