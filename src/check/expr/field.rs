//! `base.name`: a field, a member of an enum, a member of a module; and `base[index]`.
//!
//! In: the two sides of a dot. Out: the field by its index, or the member. Which of the three it
//! is depends on what stands before the dot alone.

use smol_str::SmolStr;

use super::super::names::Member;
use super::{Elaborator, Why, broken, typed, value};
use crate::diag::near::{nearest, offered};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, ExprKind as Tree, Ident, UnaryOp};
use crate::text::Span;
use crate::typed::{EnumId, Expr, ExprKind, Field, NameKind, Symbol, Type};
use crate::value::Value;

/// What stands before a dot, if it is no value.
enum Prefix {
    Enum(EnumId),
    Module(super::super::names::ModuleId),
    /// Something was said about it.
    Broken,
}

impl Elaborator<'_, '_> {
    /// `base.name`
    pub fn field(
        &mut self,
        base: &tree::Expr,
        name: &Ident,
        span: Span,
        hint: Option<&Type>,
    ) -> Expr {
        match self.prefix(base) {
            Some(Prefix::Enum(id)) => return self.enum_member(id, name, span),
            Some(Prefix::Module(module)) => {
                let Some(member) = self.checker.names.member(module, name.as_str()) else {
                    let text = self.checker.text(base.span);
                    self.checker.say_unknown_member(module, text, name);
                    return broken(span);
                };
                self.checker.refer_member(name.span, member);
                let text = self.checker.text(span);
                return self.member_value(member.symbol, text, span, hint);
            }
            Some(Prefix::Broken) => return broken(span),
            None => {}
        }
        let base = self.expr(base, None);
        self.field_of(base, name, span)
    }

    /// What stands before a dot when it is an enum or a module.
    fn prefix(&mut self, base: &tree::Expr) -> Option<Prefix> {
        match &base.kind {
            Tree::Name(name) => {
                if self.is_value(name) {
                    return None;
                }
                if let Some(member) = self.checker.unqualified(self.file, name)
                    && let Symbol::Enum(id) = member.symbol
                {
                    self.checker.refer_member(base.span, member);
                    return Some(Prefix::Enum(id));
                }
                self.module_prefix(name, base.span)
            }
            Tree::Field { base: module, name } => {
                let Tree::Name(module_name) = &module.kind else {
                    return None;
                };
                if self.is_value(module_name) || !starts_upper(name) {
                    return None;
                }
                let module = match self.module_prefix(module_name, module.span)? {
                    Prefix::Module(module) => module,
                    Prefix::Enum(_) | Prefix::Broken => return Some(Prefix::Broken),
                };
                match self.checker.names.member(module, name.as_str()) {
                    Some(member) => {
                        let Symbol::Enum(id) = member.symbol else {
                            return None;
                        };
                        self.checker.refer_member(name.span, member);
                        Some(Prefix::Enum(id))
                    }
                    None => {
                        self.checker.say_unknown_member(module, module_name, name);
                        Some(Prefix::Broken)
                    }
                }
            }
            _ => None,
        }
    }

    /// Whether a bare name is bound to a value here; does not count as reading it.
    pub fn is_value(&self, name: &str) -> bool {
        let bound = self.visible_names().any(|local| local == name) || self.binding(name).is_some();
        bound
            || matches!(
                self.checker.unqualified(self.file, name),
                Some(Member {
                    symbol: Symbol::Const(_) | Symbol::Role(_) | Symbol::Secret(_),
                    ..
                })
            )
    }

    /// The module that a name stands for; says so if it is one that is not imported.
    fn module_prefix(&mut self, name: &SmolStr, span: Span) -> Option<Prefix> {
        if let Some(module) = self.checker.imported(self.file, name, span) {
            return Some(Prefix::Module(module));
        }
        let ident = Ident {
            text: name.clone(),
            span,
        };
        if self.checker.unqualified(self.file, name).is_some() {
            return None;
        }
        let module = self.checker.say_not_imported(self.file, &ident)?;
        Some(module.map_or(Prefix::Broken, Prefix::Module))
    }

    fn enum_member(&mut self, id: EnumId, name: &Ident, span: Span) -> Expr {
        let members = &self.checker.members[id.index()];
        let found = members.iter().find(|member| member.member == name.text);
        if let Some(member) = found.cloned() {
            let places = &self.checker.member_places[id.index()];
            if let Some(declared) = places.get(usize::from(member.index)).copied() {
                self.checker
                    .refer(name.span, NameKind::EnumMember, declared);
            }
            return value(Value::Enum(member), Type::Enum(id), span);
        }
        if name.text.is_empty() {
            return broken(span);
        }
        let all = || members.iter().map(|member| member.member.as_str());
        let near = nearest(name.as_str(), all()).map(str::to_owned);
        let list: Vec<&str> = all().collect();
        let list = offered(near.as_deref(), "it has", &list.join(", "));
        let enumeration = self.type_name(&Type::Enum(id));
        let message = format!("the enum `{enumeration}` has no member `{}`", name.text);
        let found = Diagnostic::new(
            Code::UnknownEnumMember,
            message,
            name.span,
            "unknown member",
        );
        let found = found.help(list);
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), name.span, near),
            None => found,
        });
        broken(span)
    }

    /// The field of a value.
    pub fn field_of(&mut self, base: Expr, name: &Ident, span: Span) -> Expr {
        if name.text.is_empty() {
            return broken(span);
        }
        let fields: &[Field] = match &base.ty {
            Type::Error => return broken(span),
            Type::Record(id) => &self.checker.package.records[id.index()].fields,
            Type::Target(id) => &self.checker.package.targets[id.index()].fields,
            other => {
                let other = other.clone();
                return self.say_no_fields(&other, name, span);
            }
        };
        let Some(at) = fields.iter().position(|field| field.name == name.text) else {
            let near = nearest(
                name.as_str(),
                fields.iter().map(|field| field.name.as_str()),
            );
            let near = near.map(str::to_owned);
            let all: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let all = all.join(", ");
            let ty = base.ty.clone();
            self.say_unknown_field(&ty, name, near, &all);
            return broken(span);
        };
        let (ty, declared) = (fields[at].ty.clone(), fields[at].span);
        self.checker.refer(name.span, NameKind::Field, declared);
        let kind = ExprKind::Field {
            base: Box::new(base),
            field: at as u16,
        };
        typed(kind, ty, span)
    }

    /// Says that a record or a target has no such field.
    pub fn say_unknown_field(&mut self, of: &Type, name: &Ident, near: Option<String>, all: &str) {
        let of = self.type_name(of);
        let message = format!("`{of}` has no field `{}`", name.text);
        let found = Diagnostic::new(Code::UnknownField, message, name.span, "unknown field");
        let found = found.help(offered(near.as_deref(), "it has", all));
        self.say(match near {
            Some(near) => found.fix(format!("write `{near}`"), name.span, near),
            None => found,
        });
    }

    fn say_no_fields(&mut self, ty: &Type, name: &Ident, span: Span) -> Expr {
        let shown = self.type_with_article(ty);
        let message = format!("{shown} has no fields");
        let label = format!("no `{}` in it", name.text);
        let found = Diagnostic::new(Code::UnknownField, message, name.span, label);
        self.say(match ty {
            Type::Optional(_) => found.help(
                "there may be nothing: take it apart first, with `if x is some y` or `match`",
            ),
            Type::List(_) if COUNTS.contains(&name.as_str()) => {
                let whole = self.checker.text(span);
                let list = whole.strip_suffix(name.as_str()).unwrap_or(whole);
                let counted = format!("count({})", list.trim_end_matches('.'));
                let found = found.help(format!("how many there are is `{counted}`"));
                found.fix(format!("write `{counted}`"), span, counted)
            }
            Type::List(_) if EMPTY.contains(&name.as_str()) => {
                found.help("whether there are any is asked by `xs is empty` and `xs is not empty`")
            }
            Type::List(_) => {
                found.help("ask its elements: `any(x.ready for x in xs)`, `[x.name for x in xs]`")
            }
            _ => found,
        });
        broken(span)
    }

    /// `base[index]`
    pub fn index(&mut self, base: &tree::Expr, index: &tree::Expr, span: Span) -> Expr {
        let base = self.expr(base, None);
        let (key, element, why) = match &base.ty {
            Type::Error => {
                self.expr(index, None);
                return broken(span);
            }
            Type::List(element) => (Type::Int, (**element).clone(), Why::Index),
            Type::Map(key, element) => ((**key).clone(), (**element).clone(), Why::Key),
            other => {
                let shown = self.type_with_article(&other.clone());
                let message = format!("{shown} has no elements");
                let found = Diagnostic::new(Code::TypeMismatch, message, base.span, "not a list");
                self.say(match self.field_by_index(&base, index) {
                    Some(field) => {
                        let right = format!("{}.{field}", self.checker.text(base.span));
                        let found = found.help(format!("a field stands behind a dot: `{right}`"));
                        found.fix(format!("write `{right}`"), span, right)
                    }
                    None => found.help("`xs[0]` takes an element of a list, `m[key]` one of a map"),
                });
                self.expr(index, None);
                return broken(span);
            }
        };
        let below_zero = matches!(base.ty, Type::List(_)) && is_negative(index);
        if below_zero {
            self.say_negative_index(&base, index);
            return typed(ExprKind::Error, element, span);
        }
        let index = self.expr_of(index, &key, why);
        let kind = ExprKind::Index {
            base: Box::new(base),
            index: Box::new(index),
        };
        typed(kind, element, span)
    }
}

impl Elaborator<'_, '_> {
    /// `held["size"]`: the field that is meant.
    fn field_by_index(&self, base: &Expr, index: &tree::Expr) -> Option<String> {
        let name = self.checker.text(index.span).trim_matches('"');
        let fields: &[Field] = match &base.ty {
            Type::Record(id) => &self.checker.package.records[id.index()].fields,
            Type::Target(id) => &self.checker.package.targets[id.index()].fields,
            _ => return None,
        };
        let known = fields.iter().any(|field| field.name == name);
        known.then(|| name.to_owned())
    }

    /// `xs[-1]`: no list has such an element.
    fn say_negative_index(&mut self, base: &Expr, index: &tree::Expr) {
        let message = "an index counts from 0, and never below it";
        let found = Diagnostic::new(Code::ConstantFails, message, index.span, "no such element");
        let (list, back) = (self.checker.text(base.span), self.checker.text(index.span));
        let right = format!("count({list}) - {}", back.trim_start_matches(['-', ' ']));
        let help = format!("from the end it is `{list}[{right}]`, where there are so many");
        self.say(
            found
                .help(help)
                .fix(format!("write `{right}`"), index.span, right),
        );
    }
}

fn is_negative(index: &tree::Expr) -> bool {
    match &index.kind {
        tree::ExprKind::Unary { op, operand } => {
            *op == UnaryOp::Negate && matches!(operand.kind, tree::ExprKind::Number)
        }
        _ => false,
    }
}

fn starts_upper(name: &Ident) -> bool {
    name.as_str()
        .starts_with(|first: char| first.is_ascii_uppercase())
}

/// How other languages ask whether there are any.
const EMPTY: [&str; 5] = ["empty", "is_empty", "isEmpty", "any", "nonEmpty"];
/// Names that other languages give to the number of elements.
const COUNTS: [&str; 5] = ["length", "len", "size", "count", "length_of"];
