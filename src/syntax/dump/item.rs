//! Items.

use super::expr::{names, path_text, plain};
use super::{Outline, words};
use crate::syntax::tree::{
    ActionItem, ChainLink, ChainWait, ConstItem, EnumItem, ExternClauseKind, ExternItem,
    ExternKind, FieldDecl, FnItem, Ident, Item, ItemKind, ProbeItem, ProductClauseKind,
    ProductItem, RecordItem, RepeatDecl, RoleItem, SecretItem, TargetClauseKind, UndoDecl, UseItem,
    WindowItem, WindowTimes,
};

impl Outline<'_> {
    #[expect(clippy::too_many_lines, reason = "an arm for each kind")]
    pub(super) fn item(&mut self, item: &Item) {
        self.docs(&item.doc);
        match &item.kind {
            ItemKind::Missing => self.line("<missing>"),
            ItemKind::Use(UseItem {
                root,
                modules,
                braces: _,
            }) => {
                self.line(&format!("use {}: {}", root.text, names(modules)));
            }
            ItemKind::Role(RoleItem {
                name,
                kind,
                address,
                at_least,
            }) => {
                let line = format!("role {} = {} {}", name.text, kind.text, plain(address));
                self.line(&words(&[&line, &self.after("at least", at_least)]));
            }
            ItemKind::Window(item) => self.window(item),
            ItemKind::Const(ConstItem { name, ty, value }) => {
                let ty = ty
                    .as_ref()
                    .map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
                self.line(&format!("const {}{ty} = {}", name.text, self.expr(value)));
            }
            ItemKind::Enum(item) => self.enum_item(item),
            ItemKind::Record(RecordItem { name, fields }) => {
                self.line(&format!("record {}", name.text));
                self.nested(|outline| fields.iter().for_each(|field| outline.field(field)));
            }
            ItemKind::Secret(SecretItem {
                name,
                store,
                address,
            }) => {
                self.line(&format!(
                    "secret {} = {} {}",
                    name.text,
                    store.text,
                    plain(address)
                ));
            }
            ItemKind::Product(item) => self.product(item),
            ItemKind::Fn(FnItem {
                name,
                params,
                result,
                body,
            }) => self.line(&format!(
                "fn {}{} -> {} = {}",
                name.text,
                self.params(params),
                self.ty(result),
                self.expr(body)
            )),
            ItemKind::Probe(ProbeItem {
                name,
                params,
                result,
                body,
            }) => {
                self.line(&format!(
                    "probe {}{} -> {}",
                    name.text,
                    self.params(params),
                    self.ty(result)
                ));
                self.block(body);
            }
            ItemKind::Action(ActionItem {
                name,
                params,
                changes,
                body,
            }) => {
                self.line(&format!(
                    "action {}{} changes {}",
                    name.text,
                    self.params(params),
                    names(changes)
                ));
                self.block(body);
            }
            ItemKind::Extern(item) => self.extern_item(item),
            ItemKind::Runbook(item) => self.runbook(item),
            ItemKind::Test(item) => self.test(item),
        }
    }

    fn window(&mut self, item: &WindowItem) {
        let WindowItem {
            name,
            times,
            zone,
            except,
        } = item;
        let times = match times {
            WindowTimes::Missing => "<missing>".into(),
            WindowTimes::Once { from, to } => {
                format!("{} .. {}", self.slice(*from), self.slice(*to))
            }
            WindowTimes::Weekly { days, from, to } => format!(
                "weekly {} {} .. {}",
                names(days),
                self.slice(*from),
                self.slice(*to)
            ),
        };
        let except = except
            .as_ref()
            .map_or(String::new(), |other| format!("except {}", other.text));
        let line = format!("window {} = {times} in {}", name.text, plain(zone));
        self.line(&words(&[&line, &except]));
    }

    fn enum_item(&mut self, item: &EnumItem) {
        self.line(&format!("enum {}", item.name.text));
        self.nested(|outline| {
            for member in &item.members {
                outline.docs(&member.doc);
                outline.line(&member.name.text);
            }
        });
    }

    fn field(&mut self, field: &FieldDecl) {
        let FieldDecl {
            doc,
            name,
            ty,
            range,
            default,
            span: _,
        } = field;
        self.docs(doc);
        self.line(&words(&[
            &format!("{}: {}", name.text, self.ty(ty)),
            &self.range(range),
            &self.after("=", default),
        ]));
    }

    fn product(&mut self, item: &ProductItem) {
        self.line(&format!("product {}", item.name.text));
        self.nested(|outline| {
            for clause in &item.clauses {
                let line = match &clause.kind {
                    ProductClauseKind::Missing => "<missing>".into(),
                    ProductClauseKind::Owner(role) => format!("owner {}", role.text),
                    ProductClauseKind::Chain(links) => {
                        let links: Vec<String> =
                            links.iter().map(|link| outline.link(link)).collect();
                        format!("chain {}", links.join(", "))
                    }
                    ProductClauseKind::Owns(patterns) => {
                        format!("owns {}", outline.exprs(patterns))
                    }
                    ProductClauseKind::Zone(zone) => format!("zone {}", plain(zone)),
                };
                outline.line(&line);
            }
        });
    }

    fn link(&self, link: &ChainLink) -> String {
        let ChainLink { role, waits } = link;
        match waits {
            ChainWait::For(duration) => format!("{} for {}", role.text, self.expr(duration)),
            ChainWait::UntilAcknowledged => format!("{} until acknowledged", role.text),
            ChainWait::Unsaid => role.text.to_string(),
        }
    }

    fn extern_item(&mut self, item: &ExternItem) {
        let name = &item.name.text;
        match &item.kind {
            ExternKind::Target(clauses) => {
                self.line(&format!("extern target {name}"));
                self.nested(|outline| {
                    for clause in clauses {
                        outline.docs(&clause.doc);
                        outline.target_clause(&clause.kind);
                    }
                });
            }
            ExternKind::Fn { params, result } => {
                self.line(&format!(
                    "extern fn {name}{} -> {}",
                    self.params(params),
                    self.ty(result)
                ));
            }
            ExternKind::Probe {
                params,
                open,
                result,
                range,
                clauses,
            } => {
                let open = if *open { " .." } else { "" };
                let line = format!(
                    "extern probe {name}{}{open} -> {}",
                    self.params(params),
                    self.ty(result)
                );
                self.line(&words(&[&line, &self.range(range)]));
                self.nested(|outline| {
                    clauses
                        .iter()
                        .for_each(|clause| outline.extern_clause(&clause.kind))
                });
            }
            ExternKind::Action {
                params,
                result,
                clauses,
            } => {
                let result = result
                    .as_ref()
                    .map_or(String::new(), |result| format!(" -> {}", self.ty(result)));
                self.line(&format!(
                    "extern action {name}{}{result}",
                    self.params(params)
                ));
                self.nested(|outline| {
                    clauses
                        .iter()
                        .for_each(|clause| outline.extern_clause(&clause.kind))
                });
            }
        }
    }

    fn target_clause(&mut self, clause: &TargetClauseKind) {
        match clause {
            TargetClauseKind::Missing => self.line("<missing>"),
            TargetClauseKind::Scope(scope) => self.line(&format!("scope {}", scope.text)),
            TargetClauseKind::Within(path) => self.line(&format!("within {}", path_text(path))),
            TargetClauseKind::Key(name, None) => self.line(&format!("key {}", name.text)),
            TargetClauseKind::Key(name, Some(form)) => {
                self.line(&format!("key {} {}", name.text, form.text));
            }
            TargetClauseKind::Lookup(name) => self.line(&format!("lookup {}", name.text)),
            TargetClauseKind::Field(field) => self.field(field),
        }
    }

    fn extern_clause(&mut self, clause: &ExternClauseKind) {
        let line = match clause {
            ExternClauseKind::Missing => "<missing>".into(),
            ExternClauseKind::Needs { capability, of } => words(&[
                "needs",
                &plain(capability),
                of.as_ref().map_or("", Ident::as_str),
            ]),
            ExternClauseKind::Changes(of) => format!("changes {}", names(of)),
            ExternClauseKind::Deadline(duration) => format!("deadline {}", self.expr(duration)),
            ExternClauseKind::Settles(duration) => format!("settles {}", self.expr(duration)),
            ExternClauseKind::Repeat(RepeatDecl::Safe) => "repeat safe".into(),
            ExternClauseKind::Repeat(RepeatDecl::Keyed) => "repeat keyed".into(),
            ExternClauseKind::Repeat(RepeatDecl::UnsafeProbe(name)) => {
                format!("repeat unsafe probe {}", name.text)
            }
            ExternClauseKind::Repeat(RepeatDecl::UnsafeHuman) => "repeat unsafe human".into(),
            ExternClauseKind::Undo(UndoDecl::ByCaller) => "undo by caller".into(),
            ExternClauseKind::Undo(UndoDecl::By(call)) => format!("undo by {}", self.expr(call)),
            ExternClauseKind::Undo(UndoDecl::Previous) => "undo previous".into(),
            ExternClauseKind::Undo(UndoDecl::Unneeded(why)) => {
                format!("undo unneeded {}", plain(why))
            }
            ExternClauseKind::Undo(UndoDecl::Impossible) => "undo impossible".into(),
            ExternClauseKind::Inverse(name) => format!("inverse {}", name.text),
            ExternClauseKind::Touching => "touching".into(),
        };
        self.line(&line);
    }
}
