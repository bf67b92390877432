//! Patterns: what an argument in `given` or `expect` has to be.
//!
//! In: an expression and the parameter's type. Out: a pattern. `any` takes everything, a record or
//! target with fields asks for those fields alone, a target may be named by its key.

use super::super::expr::{self, arguments};
use super::Scenario;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, Argument, ExprKind as Tree};
use crate::text::Span;
use crate::typed::{Pattern, Type};
use crate::value::Value;

impl Scenario<'_, '_> {
    /// The pattern that an argument stands for.
    pub fn pattern(&mut self, tree: &tree::Expr, ty: &Type) -> Option<Pattern> {
        if let Some((value, row)) = self.of_row(tree) {
            let found = self.pattern(value, ty);
            self.checker.row = row;
            return found;
        }
        match (&tree.kind, ty) {
            (Tree::Missing, _) => None,
            (Tree::Paren(inner), _) => self.pattern(inner, ty),
            (Tree::Name(name), _) if name == "any" => Some(Pattern::Any),
            (Tree::Matching(text), _) => {
                let plain = match ty {
                    Type::Optional(inner) if **inner == Type::Json => inner,
                    ty => ty,
                };
                self.matching(&text.text, plain, tree.span)
            }
            (Tree::None, Type::Optional(_)) => Some(Pattern::Value(Value::None)),
            (_, Type::Optional(inner)) => self.pattern(tree, inner),
            (_, Type::Parameter(_)) => self.record_kind(tree),
            (_, Type::Json) => Some(Pattern::Json(self.value(tree, ty)?)),
            (Tree::Call { callee, args }, _) => {
                let Some(built) = self.built(callee, ty) else {
                    return Some(Pattern::Value(self.value(tree, ty)?));
                };
                let mut fields = Vec::with_capacity(args.len());
                self.refuse_nameless(args);
                for arg in args {
                    let Some((at, ty)) = self.field_named(built, arg) else {
                        continue;
                    };
                    fields.push((at, self.pattern(&arg.value, &ty)?));
                }
                (fields.len() == args.len()).then_some(Pattern::Fields(fields))
            }
            // A target by its own key.
            (Tree::Number | Tree::Text(_), Type::Target(id)) => {
                let key = self.checker.package.targets[id.index()].fields.first();
                let ty = key.map_or(Type::Text, |key| key.ty.clone());
                Some(Pattern::Value(self.value(tree, &ty)?))
            }
            _ => Some(Pattern::Value(self.value(tree, ty)?)),
        }
    }

    fn matching(&mut self, text: &str, ty: &Type, span: Span) -> Option<Pattern> {
        let fits = matches!(
            ty,
            Type::Text
                | Type::Json
                | Type::Url
                | Type::PromQuery
                | Type::Regex
                | Type::Target(_)
                | Type::Error
        );
        if fits {
            return Some(Pattern::Matching(text.into()));
        }
        let shown = self.checker.type_with_article(ty);
        let message = format!("`~` matches a text, and this is {shown}");
        self.say(Diagnostic::new(
            Code::TypeMismatch,
            message,
            span,
            "not a text",
        ));
        None
    }

    /// The record that a `type R` parameter is given.
    fn record_kind(&mut self, tree: &tree::Expr) -> Option<Pattern> {
        let hint = Type::Parameter(0);
        let found = self.elaborator().expr(tree, Some(&hint));
        match found.ty {
            Type::RecordKind(id) => {
                let name = self.checker.package.records[id.index()].name.to_string();
                Some(Pattern::Value(Value::text(name)))
            }
            Type::Error => None,
            _ => {
                let message = "this argument takes a record type";
                let span = tree.span;
                self.say(Diagnostic::new(
                    Code::TypeMismatch,
                    message,
                    span,
                    "not a type",
                ));
                None
            }
        }
    }

    /// Patterns for the arguments that are said, by parameter; and those no parameter takes.
    pub fn argument_patterns<'t>(
        &mut self,
        owner: arguments::Owner,
        args: &'t [Argument],
        name_span: Span,
    ) -> (Vec<(u16, Option<Pattern>)>, Vec<&'t Argument>) {
        let placed = self.elaborator().place(owner, args, name_span);
        let mut patterns = Vec::new();
        for (index, arg) in placed.of_params.iter().enumerate() {
            let Some(arg) = arg else { continue };
            let ty = expr::arguments::params(self.checker, owner)[index]
                .ty
                .clone();
            patterns.push((index as u16, self.pattern(&arg.value, &ty)));
        }
        (patterns, placed.others)
    }
}
