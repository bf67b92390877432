//! What a value rests on: whether it was observed, on every way to it.
//!
//! Each function is summed up once, callees first: either its answer certainly rests on an
//! observation of its own, or on those of its parameters that are named. A query counts as
//! observed if it asks for a series: what `vector(0)` answers nobody measured.

use std::collections::BTreeSet;

use crate::analysis::queries::Queries;
use crate::library::Generic;
use crate::literal;
use crate::syntax::tree::BinaryOp;
use crate::typed::{
    Block, CallExpr, Callee, Expr, ExprKind, ExternKind, FunctionId, FunctionKind, LocalId,
    Package, Stmt, StmtKind, Type,
};
use crate::value::Value;

/// The summary of each function, by its index, and what queries ask.
pub struct Rests<'q> {
    of: Vec<Rest>,
    queries: &'q Queries,
}

/// All arguments together.
const ALL: u32 = u32::MAX;

/// What makes a value observed: nothing more than itself, or any one of these parameters.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    certain: bool,
    by: BTreeSet<u32>,
}

impl Rest {
    fn certain() -> Rest {
        Rest {
            certain: true,
            by: BTreeSet::new(),
        }
    }

    fn parameter(index: u32) -> Rest {
        Rest {
            certain: false,
            by: BTreeSet::from([index, ALL]),
        }
    }

    /// Either is enough.
    fn or(mut self, mut other: Rest) -> Rest {
        if self.certain || other.certain {
            return Rest::certain();
        }
        if self.by.len() < other.by.len() {
            std::mem::swap(&mut self, &mut other);
        }
        self.by.extend(other.by);
        self
    }

    /// Both are needed.
    fn and(mut self, other: Rest) -> Rest {
        if self.certain {
            return other;
        }
        if !other.certain {
            self.by.retain(|index| other.by.contains(index));
        }
        self
    }
}

/// Sums up each function.
pub fn functions<'q>(package: &Package, order: &[FunctionId], queries: &'q Queries) -> Rests<'q> {
    let mut rests = Rests {
        of: vec![Rest::default(); package.functions.len()],
        queries,
    };
    for id in order {
        let function = &package.functions[id.index()];
        let rest = match function.kind {
            FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Watch(_) => {
                let parameters = 0..function.params.len() as u32;
                let mut walk = Walk {
                    package,
                    rests: &rests,
                    locals: parameters.map(Rest::parameter).map(Some).collect(),
                    answers: None,
                };
                walk.block(&function.body.block, Rest::default());
                if answers_the_same(&function.body.block) {
                    walk.answers = Some(Rest::default());
                }
                // Without any `return` something is broken, and was reported.
                walk.answers.unwrap_or_else(Rest::certain)
            }
            FunctionKind::Action { .. } => Rest::default(),
        };
        rests.of[id.index()] = rest;
    }
    rests
}

/// Whether one and the same value stands behind every `return`: then nothing that was observed
/// decides it.
fn answers_the_same(block: &Block) -> bool {
    let mut first: Option<Value> = None;
    let mut same = true;
    block.for_each_stmt(&mut |stmt| {
        let StmtKind::Return(value) = &stmt.kind else {
            return;
        };
        match (&value.kind, &first) {
            (ExprKind::Value(Value::None), _) => same = false,
            (ExprKind::Value(value), None) => first = Some(value.clone()),
            (ExprKind::Value(value), Some(first)) => same &= value == first,
            _ => same = false,
        }
    });
    same && first.is_some()
}

/// What a block's handlers are judged with.
pub fn of_block<'a>(package: &'a Package, rests: &'a Rests<'a>, block: &Block) -> Walk<'a> {
    let mut walk = Walk {
        package,
        rests,
        locals: Vec::new(),
        answers: None,
    };
    block.for_each_stmt(&mut |stmt| {
        if let StmtKind::Let { local, value, .. } = &stmt.kind
            && value.ty == Type::PromQuery
        {
            let rest = walk.expr(value);
            walk.set(*local, rest);
        }
    });
    walk
}

pub struct Walk<'a> {
    package: &'a Package,
    rests: &'a Rests<'a>,
    /// Those that were met.
    locals: Vec<Option<Rest>>,
    /// Of all returns so far.
    answers: Option<Rest>,
}

impl Walk<'_> {
    /// A query: it rests on the world if it asks for a series.
    fn asks(&self, query: &str) -> Rest {
        match self.rests.queries.asked(query, &[]) {
            Some(asked) if !asked.series => Rest::default(),
            // One that is none was reported.
            Some(_) | None => Rest::certain(),
        }
    }

    /// Whether the value is `none`, or rests on an observation whatever happens.
    pub fn is_answer(&mut self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Value(Value::None) => true,
            ExprKind::Wrap(inner) => self.is_answer(inner),
            ExprKind::If {
                then, otherwise, ..
            } => self.is_answer(then) && self.is_answer(otherwise),
            _ => self.expr(value).certain,
        }
    }

    fn set(&mut self, local: LocalId, rest: Rest) {
        if self.locals.len() <= local.index() {
            self.locals.resize(local.index() + 1, None);
        }
        self.locals[local.index()] = Some(rest);
    }

    /// Of a query that comes from elsewhere it is not known that it asks for nothing.
    fn local(&self, local: LocalId, ty: &Type) -> Rest {
        let met = self.locals.get(local.index()).cloned().flatten();
        met.unwrap_or_else(|| match ty {
            Type::PromQuery => Rest::certain(),
            _ => Rest::default(),
        })
    }

    /// What rests on `here` when control comes to the block; out comes the same of its end.
    fn block(&mut self, block: &Block, here: Rest) -> Rest {
        let mut here = here;
        for stmt in &block.statements {
            here = self.stmt(stmt, here);
        }
        here
    }

    /// Behind a branch that may have returned, it is the branch's condition that led on.
    fn stmt(&mut self, stmt: &Stmt, here: Rest) -> Rest {
        crate::steps::count(1);
        match &stmt.kind {
            StmtKind::Let { local, value, .. } => {
                // Handlers are judged where they stand; behind `no_data` there was an answer.
                let rest = self.expr(value);
                self.set(*local, rest);
                here
            }
            StmtKind::Return(value) => {
                let is_none = matches!(value.kind, ExprKind::Value(Value::None));
                let rest = match is_none {
                    true => Rest::certain(),
                    false => self.expr(value).or(here.clone()),
                };
                self.answers = Some(match self.answers.take() {
                    Some(answers) => answers.and(rest),
                    None => rest,
                });
                here
            }
            StmtKind::If { condition, .. } => {
                let rest = self.expr(condition);
                self.branches(stmt, here, rest)
            }
            StmtKind::Match { subject, arms } => {
                let rest = self.expr(subject);
                for arm in arms {
                    if let crate::typed::ArmPattern::Some(local) = arm.pattern {
                        self.set(local, rest.clone());
                    }
                }
                self.branches(stmt, here, rest)
            }
            StmtKind::For(for_loop) => {
                let rest = self.expr(&for_loop.source);
                self.set(for_loop.local, rest.clone());
                self.branches(stmt, here, rest)
            }
            _ => self.branches(stmt, here, Rest::default()),
        }
    }

    fn branches(&mut self, stmt: &Stmt, here: Rest, condition: Rest) -> Rest {
        let inside = here.clone().or(condition);
        let before = self.answers.take();
        stmt.for_each_block(&mut |block| {
            self.block(block, inside.clone());
        });
        let returned = self.answers.take();
        let may_return = returned.is_some();
        self.answers = match (before, returned) {
            (Some(before), Some(returned)) => Some(before.and(returned)),
            (before, returned) => before.or(returned),
        };
        if may_return { inside } else { here }
    }

    fn expr(&mut self, expr: &Expr) -> Rest {
        crate::steps::count(1);
        match &expr.kind {
            // Reported: nothing more is said of it.
            ExprKind::Error => Rest::certain(),
            ExprKind::Value(Value::Query(query)) => self.asks(&query.text),
            ExprKind::Template { template, .. } if expr.ty == Type::PromQuery => {
                self.asks(&template.text_with(literal::HOLE))
            }
            ExprKind::Const(id) if expr.ty == Type::PromQuery => {
                match &self.package.consts[id.index()].value {
                    Value::Query(query) => self.asks(&query.text),
                    _ => Rest::default(),
                }
            }
            ExprKind::If {
                then, otherwise, ..
            } if expr.ty == Type::PromQuery => {
                let then = self.expr(then);
                then.and(self.expr(otherwise))
            }
            ExprKind::Value(_)
            | ExprKind::Trigger(_)
            | ExprKind::Const(_)
            | ExprKind::Secret(_)
            | ExprKind::Role(_)
            | ExprKind::RecordKind(_) => Rest::default(),
            ExprKind::Local(local) => self.local(*local, &expr.ty),
            ExprKind::Call(call) => self.call(call),
            ExprKind::IsSome {
                operand,
                bind: Some(bind),
            } => {
                let rest = self.expr(operand);
                self.set(*bind, rest.clone());
                rest
            }
            // The right side may never be asked.
            ExprKind::Binary {
                op: BinaryOp::And | BinaryOp::Or,
                left,
                right,
            } => {
                let rest = self.expr(left);
                self.expr(right);
                rest
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.expr(condition);
                let then = self.expr(then);
                let otherwise = self.expr(otherwise);
                condition.or(then.and(otherwise))
            }
            ExprKind::Record { fields, .. } => self.every(fields.iter().flatten()),
            ExprKind::List(elements) => self.every(elements.iter()),
            ExprKind::Map(entries) => self.every(entries.iter().map(|(_, value)| value)),
            ExprKind::Comprehension(comprehension) => {
                let source = self.expr(&comprehension.source);
                self.set(comprehension.local, source.clone());
                let element = self.expr(&comprehension.element);
                source.or(element)
            }
            ExprKind::Pick { source, .. } => self.expr(source),
            ExprKind::Field { .. }
            | ExprKind::Index { .. }
            | ExprKind::Unary { .. }
            | ExprKind::Binary { .. }
            | ExprKind::IsSome { bind: None, .. }
            | ExprKind::IsNone(_)
            | ExprKind::IsEmpty { .. }
            | ExprKind::Wrap(_)
            | ExprKind::As { .. }
            | ExprKind::Template { .. } => self.any(expr),
        }
    }

    /// Data: each part has to be observed, but for texts, which name things.
    fn every<'e>(&mut self, parts: impl Iterator<Item = &'e Expr>) -> Rest {
        let mut all = None;
        for part in parts {
            let rest = self.expr(part);
            if part.ty == Type::Text {
                continue;
            }
            all = Some(match all {
                None => rest,
                Some(all) => Rest::and(all, rest),
            });
        }
        all.unwrap_or_default()
    }

    fn any(&mut self, expr: &Expr) -> Rest {
        let mut rest = Rest::default();
        expr.for_each_child(&mut |child| {
            let part = self.expr(child);
            rest = std::mem::take(&mut rest).or(part);
        });
        rest
    }

    fn call(&mut self, call: &CallExpr) -> Rest {
        let args: Vec<Rest> = call.args.iter().map(|arg| self.expr(arg)).collect();
        let joined = |args: Vec<Rest>| args.into_iter().fold(Rest::default(), Rest::or);
        match call.callee {
            Callee::Extern(id) => {
                let extern_ = &self.package.externs[id.index()];
                match &extern_.kind {
                    // The clock runs whatever happens to the world.
                    ExternKind::Probe if super::look::is_clock(extern_) => Rest::default(),
                    ExternKind::Probe => {
                        let mut queries = call.args.iter().zip(args);
                        let query = queries.find(|(arg, _)| arg.ty == Type::PromQuery);
                        query.map_or_else(Rest::certain, |(_, rest)| rest)
                    }
                    ExternKind::Fn => joined(args),
                    ExternKind::Action(_) => Rest::default(),
                }
            }
            Callee::Function(id) => self.of_function(id, args),
            Callee::Builtin(
                Generic::Min
                | Generic::Max
                | Generic::Clamp
                | Generic::First
                | Generic::Count
                | Generic::Sum
                | Generic::Contains
                | Generic::Abs
                | Generic::Round
                | Generic::Floor
                | Generic::Ceil,
            ) => joined(args),
        }
    }

    fn of_function(&self, id: FunctionId, args: Vec<Rest>) -> Rest {
        let summary = &self.rests.of[id.index()];
        if summary.certain {
            return Rest::certain();
        }
        let all = match summary.by.contains(&ALL) && !args.is_empty() {
            true => args.iter().cloned().fold(Rest::certain(), Rest::and),
            false => Rest::default(),
        };
        let each = args.into_iter().enumerate();
        let each = each.filter(|(index, _)| summary.by.contains(&(*index as u32)));
        each.fold(all, |rest, (_, arg)| rest.or(arg))
    }
}
