//! Where a value comes from, as far as it narrows a capability.

use std::collections::{BTreeMap, BTreeSet};

use super::clauses::plain;
use crate::analysis::taint::{holds, outermost_first};
use crate::library::Generic;
use crate::program::manifest::Pattern;
use crate::typed::{
    ArmPattern, BindingKind, Block, Body, CallExpr, Callee, Expr, ExprKind, Facts, LabelTest,
    LocalId, Package, Product, Runbook, Stmt, StmtKind, TargetId, Type, UndoChoice,
};
use crate::value::{Segment, Value};

/// What a value may be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Known(Pattern),
    /// Whatever the caller gives for this parameter.
    Parameter(u16),
}

impl Origin {
    pub const ANY: Origin = Origin::Known(Pattern::Any);

    /// The texts that it is one of, if they are known.
    pub fn texts(self) -> Option<Vec<String>> {
        match self {
            Origin::Known(Pattern::Is(text)) => Some(vec![text]),
            Origin::Known(Pattern::Among(texts)) => Some(texts.into_iter().collect()),
            Origin::Known(Pattern::Owned | Pattern::Begins(_) | Pattern::Any)
            | Origin::Parameter(_) => None,
        }
    }

    /// What covers both.
    pub fn join(self, other: Origin) -> Origin {
        match (self, other) {
            (Origin::Known(a), Origin::Known(b)) => Origin::Known(joined(a, b)),
            (a, b) if a == b => a,
            (Origin::Parameter(_), _) | (_, Origin::Parameter(_)) => Origin::ANY,
        }
    }
}

/// The most texts that a choice has.
const MOST: usize = 64;

/// Each beginning with each of the next parts; none where there are too many.
pub fn among<T>(starts: &[T], next: &[String], both: impl Fn(&T, &str) -> T) -> Option<Vec<T>> {
    let count = starts.len().checked_mul(next.len())?;
    let each = starts
        .iter()
        .flat_map(|start| next.iter().map(|part| both(start, part)));
    (count <= MOST).then(|| each.collect())
}

fn joined(a: Pattern, b: Pattern) -> Pattern {
    if a.covers(&b) {
        return a;
    }
    if b.covers(&a) {
        return b;
    }
    let texts = |pattern| match pattern {
        Pattern::Is(text) => Some(BTreeSet::from([text])),
        Pattern::Among(texts) => Some(texts),
        Pattern::Owned | Pattern::Begins(_) | Pattern::Any => None,
    };
    match (texts(a), texts(b)) {
        (Some(mut a), Some(b)) if a.len() + b.len() <= MOST => {
            a.extend(b);
            Pattern::among(a)
        }
        _ => Pattern::Any,
    }
}

/// The values of one body.
pub struct Origins<'a> {
    package: &'a Package,
    facts: &'a Facts,
    runbook: Option<&'a Runbook>,
    locals: BTreeMap<LocalId, Origin>,
}

impl<'a> Origins<'a> {
    /// Of a body whose first locals are parameters.
    pub fn of_body(
        package: &'a Package,
        facts: &'a Facts,
        runbook: Option<&'a Runbook>,
        body: &'a Body,
        parameters: impl IntoIterator<Item = Origin>,
    ) -> Origins<'a> {
        let parameters = parameters.into_iter().enumerate();
        let locals = parameters.map(|(index, origin)| (LocalId(index as u32), origin));
        let mut origins = Origins {
            package,
            facts,
            runbook,
            locals: locals.collect(),
        };
        origins.block(&body.block);
        origins
    }

    fn block(&mut self, block: &'a Block) {
        for stmt in &block.statements {
            self.stmt(stmt);
        }
    }

    /// Each name once, in the order of the source: what it is bound to is known by then.
    fn stmt(&mut self, stmt: &'a Stmt) {
        stmt.for_each_expr(&mut |expr| self.bound_inside(expr));
        let bound = match &stmt.kind {
            StmtKind::Let { local, value, .. } => Some((*local, self.of(value))),
            StmtKind::For(for_loop) => Some((for_loop.local, self.of(&for_loop.source))),
            _ => None,
        };
        self.locals.extend(bound);
        if let StmtKind::Match { subject, arms } = &stmt.kind {
            let origin = self.of(subject);
            for arm in arms {
                if let ArmPattern::Some(local) = arm.pattern {
                    self.locals.insert(local, origin.clone());
                }
            }
        }
        if let StmtKind::Do(step) | StmtKind::WithDo { step, .. } = &stmt.kind
            && let UndoChoice::Block(undo) = &step.undo
        {
            self.block(undo);
        }
        if !matches!(stmt.kind, StmtKind::Do(_)) {
            stmt.for_each_block(&mut |block| self.block(block));
        }
    }

    /// The names that an expression binds for its own parts.
    fn bound_inside(&mut self, expr: &'a Expr) {
        expr.for_each(&mut |part| {
            let bound = match &part.kind {
                ExprKind::Comprehension(each) => Some((each.local, self.of(&each.source))),
                ExprKind::Pick { local, source, .. } => Some((*local, self.of(source))),
                ExprKind::IsSome {
                    operand,
                    bind: Some(local),
                } => Some((*local, self.of(operand))),
                _ => None,
            };
            self.locals.extend(bound);
        });
    }

    /// What an expression may be; of a list, its elements.
    pub fn of(&self, expr: &Expr) -> Origin {
        match &expr.kind {
            ExprKind::Local(local) => self.locals.get(local).cloned().unwrap_or(Origin::ANY),
            ExprKind::Wrap(inner) => self.of(inner),
            ExprKind::Trigger(binding) => self.trigger(*binding),
            ExprKind::Value(_) | ExprKind::Const(_) => self.constant(expr),
            ExprKind::Template { template, holes } => self.template(&template.segments, holes),
            ExprKind::If {
                then, otherwise, ..
            } => self.of(then).join(self.of(otherwise)),
            ExprKind::Index { base, .. } => self.of(base),
            ExprKind::Pick { source, .. } => self.of(source),
            ExprKind::Comprehension(each) => self.of(&each.element),
            ExprKind::List(items) => {
                let all = items.iter().map(|item| self.of(item));
                all.reduce(Origin::join).unwrap_or(Origin::ANY)
            }
            ExprKind::Call(call) => self.call(call, &expr.ty),
            ExprKind::Secret(id) => {
                let secret = &self.package.secrets[id.index()];
                Origin::Known(Pattern::Is(secret.shown()))
            }
            ExprKind::Error
            | ExprKind::Field { .. }
            | ExprKind::Record { .. }
            | ExprKind::Unary { .. }
            | ExprKind::Binary { .. }
            | ExprKind::IsSome { .. }
            | ExprKind::IsNone(_)
            | ExprKind::IsEmpty { .. }
            | ExprKind::As { .. }
            | ExprKind::Map(_)
            | ExprKind::Role(_)
            | ExprKind::RecordKind(_) => Origin::ANY,
        }
    }

    fn constant(&self, expr: &Expr) -> Origin {
        let text = match expr.constant(self.package) {
            Some(Value::Text(text)) => text.as_str().to_owned(),
            Some(Value::Query(query)) => query.text.to_string(),
            Some(Value::List(items)) => {
                let texts: BTreeSet<String> = items.iter().map(plain).collect();
                return match texts.len() {
                    0 | MOST.. => Origin::ANY,
                    _ => Origin::Known(Pattern::among(texts)),
                };
            }
            _ => return Origin::ANY,
        };
        Origin::Known(Pattern::Is(text))
    }

    /// A label that may be one of some values alone; a requested target is owned.
    fn trigger(&self, binding: crate::typed::BindingId) -> Origin {
        let Some(runbook) = self.runbook else {
            return Origin::ANY;
        };
        let Some(binding) = runbook.bindings.get(binding.index()) else {
            return Origin::ANY;
        };
        match (&binding.kind, &binding.ty) {
            (BindingKind::Request, Type::Target(_)) => Origin::Known(Pattern::Owned),
            (BindingKind::Label(label), _) => {
                let mut all = BTreeSet::new();
                for trigger in &runbook.triggers {
                    let mut tests = trigger.labels.iter().filter(|test| test.label == *label);
                    let allowed = tests.find_map(|test| match &test.test {
                        LabelTest::Equal(value) => Some(vec![plain(value)]),
                        LabelTest::In(values) => Some(values.iter().map(plain).collect()),
                        LabelTest::Present | LabelTest::NotEqual(_) | LabelTest::Matches(_) => None,
                    });
                    match allowed {
                        Some(allowed) => all.extend(allowed),
                        None => return Origin::ANY,
                    }
                }
                Origin::Known(Pattern::among(all))
            }
            _ => Origin::ANY,
        }
    }

    /// A text with holes: one of a few where each hole is one of a few words that stand as they are.
    fn template(&self, segments: &[Segment], holes: &[Expr]) -> Origin {
        let begins = match segments.first() {
            Some(Segment::Text(text)) if !text.is_empty() && !text.starts_with('=') => text,
            _ => return Origin::ANY,
        };
        let mut holes = holes.iter();
        let mut all = vec![String::new()];
        for segment in segments {
            let next = match segment {
                Segment::Text(text) => Some(vec![text.to_string()]),
                Segment::Hole(_) => holes.next().and_then(|hole| self.words(hole)),
            };
            let longer =
                next.and_then(|next| among(&all, &next, |start, part| format!("{start}{part}")));
            match longer {
                Some(longer) => all = longer,
                None => return Origin::Known(Pattern::Begins(begins.to_string())),
            }
        }
        Origin::Known(Pattern::among(all.into_iter().collect()))
    }

    /// The texts that a hole may hold, if no place of a text writes them another way.
    fn words(&self, hole: &Expr) -> Option<Vec<String>> {
        let texts = (hole.ty == Type::Text).then(|| self.of(hole).texts())??;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let as_it_is = |text: &String| !text.is_empty() && text.chars().all(is_plain);
        texts.iter().all(as_it_is).then_some(texts)
    }

    /// A target somewhere around which the outermost thing is that of this path.
    fn within(&self, path: &str, outer: TargetId, inner: TargetId) -> Origin {
        let around = |target| outermost_first(self.package, target).first().cloned();
        let own = outermost_first(self.package, inner);
        match path.split('/').next() {
            Some(first) if own.len() > 1 && around(outer) == around(inner) => {
                Origin::Known(Pattern::Begins(format!("{first}/")))
            }
            Some(_) | None => Origin::ANY,
        }
    }

    fn call(&self, call: &CallExpr, ty: &Type) -> Origin {
        if call.callee == Callee::Builtin(Generic::First) {
            return call.args.first().map_or(Origin::ANY, |list| self.of(list));
        }
        let Callee::Extern(_) = call.callee else {
            return Origin::ANY;
        };
        let element = match ty {
            Type::List(of) | Type::Optional(of) => of.as_ref(),
            of => of,
        };
        let Type::Target(target) = element else {
            return Origin::ANY;
        };
        if self.facts.told_lookups.contains(&call.site) {
            return Origin::Known(Pattern::Owned);
        }
        // What lies in a target is whose that one is, and has its outermost name.
        if let Some(arg) = call.args.first()
            && let Type::Target(outer) = arg.ty
        {
            return match self.of(arg) {
                Origin::Known(Pattern::Is(path)) => self.within(&path, outer, *target),
                origin => origin,
            };
        }
        let texts = call.args.iter().map(|arg| match self.of(arg) {
            Origin::Known(Pattern::Is(text)) if arg.ty == Type::Text => Some(text),
            _ => None,
        });
        let keys: Vec<String> = texts.map_while(|text| text).collect();
        let kinds = outermost_first(self.package, *target);
        let kinds = kinds.iter().map(String::as_str);
        let place: Vec<(&str, &str)> = kinds.zip(keys.iter().map(String::as_str)).collect();
        let owned = |product: &Product| product.owns.iter().any(|owns| holds(owns, &place));
        let products = &self.package.products;
        let is_owned = match self.runbook {
            Some(runbook) => runbook
                .product
                .is_some_and(|id| owned(&products[id.index()])),
            // A function serves every product of the package.
            None => !products.is_empty() && products.iter().all(owned),
        };
        match (is_owned, keys.len() == call.args.len()) {
            (true, _) => Origin::Known(Pattern::Owned),
            (false, true) if !keys.is_empty() => Origin::Known(Pattern::Is(keys.join("/"))),
            (false, _) => Origin::ANY,
        }
    }
}
