//! Lists, maps, and what is said over the elements of a list: comprehensions and `pick`.
//!
//! In: elements. Out: expressions with one element type, taken from what is wanted or from the
//! first element.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::types::{is_broken, same};
use super::{Elaborator, Why, broken, builtin, is_open, json, typed};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, Collect, Ident};
use crate::text::Span;
use crate::typed::{Comprehension, Expr, ExprKind, LocalId, Type};
use crate::value::{self, Kind, Value};

impl Elaborator<'_, '_> {
    /// `[a, b]`
    pub fn list(&mut self, elements: &[tree::Expr], span: Span, hint: Option<&Type>) -> Expr {
        if json::is_wanted(hint) {
            return self.json_list(elements, span);
        }
        if elements.is_empty() {
            return typed(ExprKind::List(Vec::new()), Type::EmptyList, span);
        }
        let mut element = wanted_list(hint).cloned();
        if element == Some(Type::Text) && self.say_bare_words(elements) {
            return broken(span);
        }
        let mut found = Vec::with_capacity(elements.len());
        for tree in elements {
            let next = self.expr(tree, element.as_ref());
            let next = match &element {
                Some(element) if !is_open(element) => self.fit(next, element, Why::Element),
                _ => next,
            };
            if element.as_ref().is_none_or(is_open) {
                element = Some(next.ty.clone());
            }
            found.push(next);
        }
        let element = element.unwrap_or(Type::Error);
        if self.checker.refuse_secret(&element, span, "a list") {
            return broken(span);
        }
        let ty = Type::List(Arc::new(element));
        typed(ExprKind::List(found), ty, span)
    }

    /// `[app-control, clean]`: texts without their quotes, as in a shell.
    fn say_bare_words(&mut self, elements: &[tree::Expr]) -> bool {
        fn names<'t>(tree: &'t tree::Expr, out: &mut Vec<&'t str>) -> bool {
            match &tree.kind {
                tree::ExprKind::Name(name) => {
                    out.push(name);
                    true
                }
                tree::ExprKind::Binary {
                    left, right, op, ..
                } => {
                    matches!(op, tree::BinaryOp::Subtract | tree::BinaryOp::Divide)
                        && names(left, out)
                        && names(right, out)
                }
                _ => false,
            }
        }
        let bare: Vec<Span> = elements
            .iter()
            .filter(|element| {
                let mut all = Vec::new();
                names(element, &mut all) && !all.iter().any(|name| self.is_value(name))
            })
            .map(|element| element.span)
            .collect();
        let [first, second, rest @ ..] = bare.as_slice() else {
            return false;
        };
        let found = Diagnostic::new(
            Code::UnknownName,
            "words stand in quotes",
            *first,
            "a word without quotes is a name",
        );
        let title = "add quotes";
        let mut found = found.help("each word is a text: `[\"redis-control\", \"restart\"]`");
        for span in [first, second].into_iter().chain(rest) {
            let quoted = format!("\"{}\"", self.checker.text(*span));
            found = found.fix(title, *span, quoted);
        }
        self.say(found);
        true
    }

    /// `["k": v]`
    pub fn map(
        &mut self,
        entries: &[(tree::Expr, tree::Expr)],
        span: Span,
        hint: Option<&Type>,
    ) -> Expr {
        if json::is_wanted(hint) {
            return self.json_map(entries, span);
        }
        let wanted = match hint {
            Some(Type::Map(key, element)) => Some(((**key).clone(), (**element).clone())),
            Some(Type::Optional(inner)) => match &**inner {
                Type::Map(key, element) => Some(((**key).clone(), (**element).clone())),
                _ => None,
            },
            _ => None,
        };
        let Some((first_key, first_value)) = entries.first() else {
            return match wanted {
                Some((key, element)) => {
                    let ty = Type::Map(key.into(), element.into());
                    typed(ExprKind::Map(Vec::new()), ty, span)
                }
                None => self.say_open("an empty map", span),
            };
        };
        let is_declared = wanted.is_some();
        let (key, element) = match wanted {
            Some(wanted) => wanted,
            None => {
                let key = self.expr(first_key, None).ty;
                (key, self.expr(first_value, None).ty)
            }
        };
        let mut found = Vec::with_capacity(entries.len());
        for (entry_key, entry_value) in entries {
            let entry_key = self.expr_of(entry_key, &key, Why::Key);
            let entry_value = self.expr_of(entry_value, &element, Why::Element);
            found.push((entry_key, entry_value));
        }
        let is_key = matches!(key, Type::Error | Type::Text | Type::Int | Type::Enum(_));
        if !is_key && !is_declared {
            let shown = self.type_name(&key);
            let message = format!("`{shown}` cannot be the key of a map");
            let found = Diagnostic::new(Code::TypeMismatch, message, first_key.span, "not a key");
            self.say(found.help("keys are `String`, `Int` or an enum"));
            return broken(span);
        }
        self.checker.refuse_secret(&element, span, "a map");
        self.check_keys(&found);
        let ty = Type::Map(key.into(), element.into());
        typed(ExprKind::Map(found), ty, span)
    }

    /// A map has each key once.
    pub fn check_keys(&mut self, entries: &[(Expr, Expr)]) {
        let mut seen: BTreeMap<Value, Span> = BTreeMap::new();
        for (key, _) in entries {
            let Ok(value) = self.constant_of(key) else {
                continue;
            };
            let Some(first) = seen.get(&value) else {
                seen.insert(value, key.span);
                continue;
            };
            let message = format!("the map has the key `{value}` twice");
            let found = Diagnostic::new(Code::SameKey, message, key.span, "again");
            let found = found.and(*first, "said here first");
            self.say(
                found.help("one of the two values would be lost: drop one, or correct its key"),
            );
        }
    }

    /// Says that a type is not known, and breaks.
    pub fn say_open(&mut self, what: &str, span: Span) -> Expr {
        let message = format!("{what} does not say what could be in it");
        let found = Diagnostic::new(Code::CannotInfer, message, span, "of which type?");
        self.say(found.help("write the type: `let x: List[String] = []`"));
        broken(span)
    }

    /// `[e for x in xs where c]`, `any(e for x in xs)`
    pub fn comprehension(
        &mut self,
        found: &tree::Comprehension,
        span: Span,
        hint: Option<&Type>,
    ) -> Expr {
        let (source, of) = self.source(&found.source);
        let mark = self.mark();
        let local = self.declare(&found.name, of);
        let condition = found.condition.as_ref().map(|tree| self.condition(tree));
        let wanted = match found.collect {
            Collect::List if json::is_wanted(hint) => Some(Type::Json),
            Collect::List => wanted_list(hint).cloned(),
            Collect::Any | Collect::All => Some(Type::Bool),
            Collect::Sum | Collect::Min | Collect::Max => hint.cloned(),
            Collect::Count => None,
        };
        let element = self.expr(&found.element, wanted.as_ref());
        let element = match found.collect {
            Collect::List if json::is_wanted(hint) => self.json_inside(element),
            _ => element,
        };
        let (element, ty) = self.collected(found.collect, element, wanted.as_ref());
        self.unwind(mark);
        let comprehension = Comprehension {
            collect: found.collect,
            local,
            source,
            condition,
            element,
        };
        self.note_filtered(&comprehension, span);
        typed(ExprKind::Comprehension(Box::new(comprehension)), ty, span)
    }

    /// Says that `all` over what a filter leaves has no answer when that is nothing.
    fn note_filtered(&mut self, found: &Comprehension, span: Span) {
        let filters = |found: &Comprehension| found.condition.is_some();
        let filtered = match &found.source.kind {
            ExprKind::Comprehension(inner) => filters(found) || filters(inner),
            _ => filters(found),
        };
        if found.collect != Collect::All || !filtered {
            return;
        }
        let message = "`all` over what a filter leaves fails when that is nothing";
        let note = Diagnostic::new(Code::AllOfFiltered, message, span, "perhaps of nothing");
        self.say(note.help(
            "name what is left, and say what nothing means: `left is empty or all(...)`, or `left is not empty and all(...)`",
        ));
    }

    /// What a comprehension gives.
    fn collected(
        &mut self,
        collect: Collect,
        element: Expr,
        wanted: Option<&Type>,
    ) -> (Expr, Type) {
        match collect {
            Collect::List => {
                let element = match wanted {
                    Some(wanted) if !same(&element.ty, wanted) => {
                        self.fit(element, wanted, Why::Element)
                    }
                    _ => element,
                };
                let element = match is_open(&element.ty) {
                    true => self.say_open("this", element.span),
                    false => element,
                };
                self.checker
                    .refuse_secret(&element.ty, element.span, "a list");
                let ty = Type::List(Arc::new(element.ty.clone()));
                (element, ty)
            }
            Collect::Any | Collect::All => {
                let element = self.fit(element, &Type::Bool, Why::Condition);
                (element, Type::Bool)
            }
            Collect::Count => (element, Type::Int),
            Collect::Sum => self.aggregate(element, builtin::can_add, "do not add up"),
            Collect::Min | Collect::Max => self.aggregate(element, has_order, "have no order"),
        }
    }

    fn aggregate(&mut self, element: Expr, fits: fn(&Type) -> bool, problem: &str) -> (Expr, Type) {
        if element.ty == Type::Error || fits(&element.ty) {
            let ty = element.ty.clone();
            return (element, ty);
        }
        let shown = self.type_name(&element.ty);
        let message = format!("values of type `{shown}` {problem}");
        let label = format!("this is `{shown}`");
        self.say(Diagnostic::new(
            Code::TypeMismatch,
            message,
            element.span,
            label,
        ));
        (broken(element.span), Type::Error)
    }

    /// `pick c in XS where COND`: the first that fits, or none.
    pub fn pick(
        &mut self,
        name: &Ident,
        source: &tree::Expr,
        condition: &tree::Expr,
        span: Span,
    ) -> Expr {
        let (source, of) = self.source(source);
        let mark = self.mark();
        let local: LocalId = self.declare(name, of.clone());
        let condition = Box::new(self.condition(condition));
        self.unwind(mark);
        let source = Box::new(source);
        let kind = ExprKind::Pick {
            local,
            source,
            condition,
        };
        let ty = match of {
            Type::Optional(_) | Type::Error => of,
            of => Type::Optional(of.into()),
        };
        typed(kind, ty, span)
    }

    /// What a loop goes over, and the type of its elements.
    pub fn source(&mut self, source: &tree::Expr) -> (Expr, Type) {
        let source = self.expr(source, None);
        let element = match &source.ty {
            Type::Error => Type::Error,
            Type::List(element) => (**element).clone(),
            Type::Range(element) if is_broken(element) || **element == Type::Int => Type::Int,
            Type::EmptyList => Type::Error,
            other => {
                let shown = self.type_with_article(&other.clone());
                let message = format!("{shown} has no elements to go over");
                let found = Diagnostic::new(Code::TypeMismatch, message, source.span, "not a list");
                self.say(found.help("a list, or a range of whole numbers such as `1..=3`"));
                return (broken(source.span), Type::Error);
            }
        };
        (source, element)
    }
}

/// The element type of the list that is wanted.
fn wanted_list(hint: Option<&Type>) -> Option<&Type> {
    match hint? {
        Type::List(element) => Some(element),
        Type::Optional(inner) => match &**inner {
            Type::List(element) => Some(element),
            _ => None,
        },
        _ => None,
    }
}

fn has_order(ty: &Type) -> bool {
    let kind = super::super::types::kind(ty);
    kind.is_some_and(|kind| {
        value::result_kind(value::BinaryOp::Less, kind, kind) == Some(Kind::Bool)
    })
}
