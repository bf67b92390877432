//! What is written as JSON: where a `Json` is wanted, a record, a map or a list is one.
//!
//! In: an expression, where a `Json` is wanted. Out: the same, marked as one. Inside a map or a list
//! that is written there, values of different types stand side by side.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::types::holds_secret;
use super::{Elaborator, Why, broken, typed};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree;
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Package, RecordId, Type};

/// Whether a `Json` is wanted, or perhaps none.
pub fn is_wanted(hint: Option<&Type>) -> bool {
    match hint {
        Some(Type::Optional(inner)) => **inner == Type::Json,
        hint => hint == Some(&Type::Json),
    }
}

impl Elaborator<'_, '_> {
    /// `["k": v]` where a `Json` is wanted.
    pub fn json_map(&mut self, entries: &[(tree::Expr, tree::Expr)], span: Span) -> Expr {
        let mut key_type: Option<Type> = None;
        let mut found = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = match &key_type {
                Some(wanted) => self.expr_of(key, wanted, Why::Key),
                None => self.json_key(key),
            };
            key_type.get_or_insert_with(|| key.ty.clone());
            found.push((key, self.json_value(value)));
        }
        self.check_keys(&found);
        let key = key_type.unwrap_or(Type::Text);
        let ty = Type::Map(Arc::new(key), Arc::new(Type::Json));
        as_json(typed(ExprKind::Map(found), ty, span))
    }

    /// `[a, b]` where a `Json` is wanted.
    pub fn json_list(&mut self, elements: &[tree::Expr], span: Span) -> Expr {
        let elements = elements.iter().map(|element| self.json_value(element));
        let elements = elements.collect();
        let ty = Type::List(Arc::new(Type::Json));
        as_json(typed(ExprKind::List(elements), ty, span))
    }

    fn json_key(&mut self, tree: &tree::Expr) -> Expr {
        let key = self.expr(tree, None);
        if matches!(key.ty, Type::Error | Type::Text | Type::Int | Type::Enum(_)) {
            return key;
        }
        let shown = self.type_name(&key.ty);
        let message = format!("`{shown}` cannot be the key of a map");
        let found = Diagnostic::new(Code::TypeMismatch, message, key.span, "not a key");
        self.say(found.help("keys are `String`, `Int` or an enum"));
        broken(key.span)
    }

    fn json_value(&mut self, tree: &tree::Expr) -> Expr {
        let found = self.expr(tree, Some(&Type::Json));
        self.json_inside(found)
    }

    /// A value inside of what is written as JSON.
    pub fn json_inside(&mut self, expr: Expr) -> Expr {
        if matches!(expr.ty, Type::Json) {
            return expr;
        }
        self.refuse_unwritten(&expr);
        as_json(expr)
    }

    /// A whole expression as the `Json` that is wanted.
    pub fn fit_json(&mut self, expr: Expr, why: Why<'_>) -> Expr {
        match &expr.ty {
            Type::Json => expr,
            Type::Error => as_json(expr),
            Type::Record(_) | Type::Map(..) | Type::List(_) | Type::EmptyList => {
                self.refuse_unwritten(&expr);
                as_json(expr)
            }
            _ => {
                self.say_mismatch(&expr, &Type::Json, why);
                broken(expr.span)
            }
        }
    }

    /// Says what in it is never written as JSON.
    fn refuse_unwritten(&mut self, expr: &Expr) {
        if holds_secret(&expr.ty) {
            self.checker
                .refuse_secret(&expr.ty, expr.span, "a JSON text");
            return;
        }
        let found = unwritten(&self.checker.package, &expr.ty, &mut BTreeSet::new());
        let Some(found) = found else { return };
        let shown = self.type_with_article(&found);
        let message = format!("{shown} is not written as JSON");
        let problem = Diagnostic::new(Code::TypeMismatch, message, expr.span, "stays here");
        self.say(match found {
            Type::Target(_) => problem.help("write what names it: `machine.name`"),
            _ => problem.help(
                "texts, numbers, quantities, times, Bools and enums are, and records, maps and lists of them",
            ),
        });
    }
}

/// The mark that a value stands as a `Json`.
fn as_json(expr: Expr) -> Expr {
    let span = expr.span;
    typed(ExprKind::Wrap(Box::new(expr)), Type::Json, span)
}

/// The first type in it that has no form in JSON.
fn unwritten(package: &Package, ty: &Type, seen: &mut BTreeSet<RecordId>) -> Option<Type> {
    match ty {
        Type::Error
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Text
        | Type::Percent
        | Type::Size
        | Type::Duration
        | Type::Time
        | Type::Json
        | Type::NoneLiteral
        | Type::EmptyList
        | Type::Enum(_) => None,
        Type::List(inner) | Type::Optional(inner) => unwritten(package, inner, seen),
        Type::Map(key, value) => {
            unwritten(package, key, seen).or_else(|| unwritten(package, value, seen))
        }
        Type::Record(id) if !seen.insert(*id) => None,
        Type::Record(id) => {
            let mut fields = package.records[id.index()].fields.iter();
            fields.find_map(|field| unwritten(package, &field.ty, seen))
        }
        Type::Regex
        | Type::Url
        | Type::PromQuery
        | Type::Cron
        | Type::Secret
        | Type::Role
        | Type::Range(_)
        | Type::Target(_)
        | Type::Handle(_)
        | Type::RecordKind(_)
        | Type::Parameter(_) => Some(ty.clone()),
    }
}
