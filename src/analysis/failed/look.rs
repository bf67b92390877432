//! What looking at an expression tells of values that are `none` because something failed.
//!
//! Out, for each expression: whether such a `none` may be in it, which of them it tests, and
//! which are known to be there when it is true or false.

use super::tested::{Place, Sets, Test};
use crate::syntax::tree::{BinaryOp, UnaryOp};
use crate::typed::{
    CallExpr, Callee, Comprehension, Expr, ExprKind, Extern, ExternKind, LocalId, Package, Type,
};
use crate::value::Value;

/// Whether the probe asks nobody: the clock.
pub fn is_clock(extern_: &Extern) -> bool {
    extern_.name.module.as_deref() == Some("prelude") && extern_.name.name == "now"
}

/// What one expression may hold.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// A `none` for a failure may be in it.
    pub fails: bool,
    pub place: Option<Place>,
    pub test: Test,
}

/// Of each function: whether its answer may hold a `none` for a failure, and whether it tests a
/// value that may be missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    pub fails: bool,
    pub tests: bool,
}

/// The names of one body.
pub struct Names<'a> {
    package: &'a Package,
    summaries: &'a [Summary],
    /// By record, whether a value that may be missing is in it.
    optional: &'a [bool],
    locals: Vec<Look>,
    nameless: u32,
    pub sets: Sets,
}

impl<'a> Names<'a> {
    pub fn new(package: &'a Package, summaries: &'a [Summary], optional: &'a [bool]) -> Names<'a> {
        Names {
            package,
            summaries,
            optional,
            locals: Vec::new(),
            nameless: 0,
            sets: Sets::default(),
        }
    }

    /// Another body begins.
    pub fn clear(&mut self) {
        self.locals.clear();
    }

    pub fn set(&mut self, local: LocalId, look: Look) {
        if self.locals.len() <= local.index() {
            self.locals.resize(local.index() + 1, Look::default());
        }
        self.locals[local.index()] = look;
    }

    /// A name for part of what was looked at.
    pub fn bind(&mut self, local: LocalId, ty: &Type, from: &Look) {
        let fails = from.fails && self.holds_optional(ty);
        self.set(
            local,
            Look {
                fails,
                place: fails.then(|| Place::of(local)),
                test: from.test.forgotten(),
            },
        );
    }

    /// Whether a value of the type may be missing, or hold one that is.
    pub fn holds_optional(&self, ty: &Type) -> bool {
        holds_optional(self.optional, ty)
    }

    /// The place of what was looked at; one of its own, where it has no name.
    pub fn place(&mut self, look: &Look) -> Place {
        look.place.clone().unwrap_or_else(|| {
            self.nameless += 1;
            Place::nameless(self.nameless)
        })
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    pub fn look(&mut self, expr: &Expr) -> Look {
        crate::steps::count(1);
        match &expr.kind {
            ExprKind::Error
            | ExprKind::Value(_)
            | ExprKind::Trigger(_)
            | ExprKind::Const(_)
            | ExprKind::Secret(_)
            | ExprKind::Role(_)
            | ExprKind::RecordKind(_) => Look::default(),
            ExprKind::Local(local) => self.locals.get(local.index()).cloned().unwrap_or_default(),
            ExprKind::Field { base, field } => {
                let base = self.look(base);
                self.part(expr, base, Some(u32::from(*field)))
            }
            ExprKind::Index { base, index } => {
                let base = self.look(base);
                let step = match &index.kind {
                    ExprKind::Value(Value::Int(step)) => u32::try_from(*step).ok(),
                    _ => None,
                };
                self.part(expr, base, step)
            }
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::IsSome { operand, bind } => {
                let look = self.look(operand);
                if let Some(bind) = bind {
                    self.bind_inner(*bind, operand, &look);
                }
                self.presence(expr, look)
            }
            ExprKind::IsNone(operand) => {
                let look = self.look(operand);
                let look = self.presence(expr, look);
                Look {
                    test: look.test.not(),
                    ..look
                }
            }
            ExprKind::Unary { op, operand } => {
                let look = self.look(operand);
                let test = match op {
                    UnaryOp::Not => look.test.not(),
                    UnaryOp::Negate => look.test.forgotten(),
                };
                Look {
                    test,
                    ..Look::default()
                }
            }
            ExprKind::Binary { op, left, right } => self.binary(expr, *op, left, right),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.look(condition);
                let then = self.look(then);
                let otherwise = self.look(otherwise);
                let tested = condition.test.tested.is_some();
                let test = self.sets.choice(condition.test, then.test, otherwise.test);
                let optional = self.holds_optional(&expr.ty);
                Look {
                    // A `none` that a test of one chose stands for the failure, too.
                    fails: then.fails || otherwise.fails || (tested && optional),
                    place: None,
                    // What is no Bool is never asked whether it is true.
                    test: match expr.ty {
                        Type::Bool => test,
                        _ => test.forgotten(),
                    },
                }
            }
            ExprKind::Comprehension(comprehension) => {
                let Comprehension {
                    collect: _,
                    local,
                    source,
                    condition,
                    element,
                } = comprehension.as_ref();
                self.elements(expr, *local, source, condition.iter().chain([element]))
            }
            ExprKind::Pick {
                local,
                source,
                condition,
            } => self.elements(expr, *local, source, [condition.as_ref()].into_iter()),
            ExprKind::Wrap(_)
            | ExprKind::Record { .. }
            | ExprKind::List(_)
            | ExprKind::Map(_)
            | ExprKind::IsEmpty { .. }
            | ExprKind::As { .. }
            | ExprKind::Template { .. } => self.parts(expr),
        }
    }

    /// What `some` binds.
    pub fn bind_inner(&mut self, local: LocalId, operand: &Expr, look: &Look) {
        if let Type::Optional(inner) = &operand.ty {
            self.bind(local, inner, look);
        }
    }

    fn part(&self, expr: &Expr, base: Look, step: Option<u32>) -> Look {
        let fails = base.fails && self.holds_optional(&expr.ty);
        let place = base.place.zip(step).map(|(place, step)| place.behind(step));
        Look {
            fails,
            place: place.filter(|_| fails),
            test: base.test.forgotten(),
        }
    }

    fn presence(&mut self, expr: &Expr, look: Look) -> Look {
        let mut test = look.test.forgotten();
        if look.fails {
            let place = self.place(&look);
            let there = self.sets.presence(place, expr.span);
            test = self.sets.and(test, there);
            // Of what the operand tested itself, nothing more is known.
        }
        Look {
            test,
            ..Look::default()
        }
    }

    fn binary(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr) -> Look {
        let (one, other) = (self.look(left), self.look(right));
        let test = match op {
            BinaryOp::And => self.sets.and(one.test, other.test),
            BinaryOp::Or => self.sets.or(one.test, other.test),
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let mut test = Test::default();
                for look in [one, other] {
                    let look = self.presence(expr, look);
                    test.tested = self.sets.either(test.tested, look.test.tested);
                }
                test
            }
            BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Range
            | BinaryOp::RangeInclusive
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
            | BinaryOp::In => {
                let mut test = one.test.forgotten();
                test.tested = self.sets.either(test.tested, other.test.tested);
                if one.fails || other.fails {
                    for place in [one.place, other.place].into_iter().flatten() {
                        let one = self.sets.one(place, expr.span);
                        test.tested = self.sets.either(test.tested, one);
                    }
                }
                test
            }
        };
        Look {
            test,
            ..Look::default()
        }
    }

    /// What is made of the elements of a list; the list is looked at once, however deep it nests.
    fn elements<'e>(
        &mut self,
        expr: &Expr,
        local: LocalId,
        source: &Expr,
        parts: impl Iterator<Item = &'e Expr>,
    ) -> Look {
        let source = self.look(source);
        let element = Look {
            fails: source.fails,
            ..Look::default()
        };
        self.set(local, element);
        let mut looks = vec![source];
        looks.extend(parts.map(|part| self.look(part)));
        let carries = self.holds_optional(&expr.ty);
        self.joined(expr, looks, carries, !carries)
    }

    /// Everything below goes into it.
    fn parts(&mut self, expr: &Expr) -> Look {
        let mut looks = Vec::new();
        expr.for_each_child(&mut |child| {
            let look = self.look(child);
            looks.push(look);
        });
        let carries = self.holds_optional(&expr.ty);
        self.joined(expr, looks, carries, !carries)
    }

    fn joined(&mut self, expr: &Expr, looks: Vec<Look>, carries: bool, tests: bool) -> Look {
        let mut found = Look::default();
        for look in looks {
            if look.fails && tests {
                let place = self.place(&look);
                let one = self.sets.one(place, expr.span);
                found.test.tested = self.sets.either(found.test.tested, one);
            }
            found.fails |= carries && (look.fails || look.test.tested.is_some());
            found.test.tested = self.sets.either(found.test.tested, look.test.tested);
        }
        found
    }

    fn call(&mut self, expr: &Expr, call: &CallExpr) -> Look {
        let looks: Vec<Look> = call.args.iter().map(|arg| self.look(arg)).collect();
        let carries = self.holds_optional(&expr.ty);
        match call.callee {
            // What is asked with it is measured all the same.
            Callee::Extern(id) => match self.package.externs[id.index()].kind {
                ExternKind::Probe | ExternKind::Action(_) => Look::default(),
                ExternKind::Fn => self.joined(expr, looks, carries, !carries),
            },
            Callee::Builtin(_) => self.joined(expr, looks, carries, !carries),
            Callee::Function(id) => {
                let summary = self.summaries[id.index()];
                let tests = !carries || summary.tests;
                let mut found = self.joined(expr, looks, carries, tests);
                found.fails |= summary.fails;
                found
            }
        }
    }
}

/// Whether a value of the type may be missing, or hold one that is.
pub fn holds_optional(optional: &[bool], ty: &Type) -> bool {
    match ty {
        Type::Optional(_) => true,
        Type::List(inner) => holds_optional(optional, inner),
        Type::Map(_, inner) => holds_optional(optional, inner),
        Type::Record(id) => optional.get(id.index()).copied().unwrap_or_default(),
        Type::Error
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Text
        | Type::Percent
        | Type::Size
        | Type::Duration
        | Type::Time
        | Type::Regex
        | Type::Url
        | Type::PromQuery
        | Type::Cron
        | Type::Json
        | Type::Secret
        | Type::Role
        | Type::NoneLiteral
        | Type::EmptyList
        | Type::Range(_)
        | Type::Enum(_)
        | Type::Target(_)
        | Type::Handle(_)
        | Type::RecordKind(_)
        | Type::Parameter(_) => false,
    }
}

/// By record, whether a value that may be missing is in it.
pub fn optional_records(package: &Package) -> Vec<bool> {
    let mut optional = vec![false; package.records.len()];
    // Records hold others to any depth: each round reaches one level more, until nothing is new.
    loop {
        let mut changed = false;
        for (index, record) in package.records.iter().enumerate() {
            let holds = |field: &crate::typed::Field| holds_optional(&optional, &field.ty);
            if !optional[index] && record.fields.iter().any(holds) {
                optional[index] = true;
                changed = true;
            }
        }
        if !changed {
            return optional;
        }
    }
}
