//! What is the same whatever happens, under whatever names: each value of the text kept once.
//!
//! Two expressions that come to one number are equal: names are followed, arithmetic is brought into
//! one order, and what is looked up by the same words is the same target. What is observed differs
//! each time that it is asked. A term's parts have smaller numbers than itself.

mod arithmetic;
mod bodies;

use std::collections::{BTreeMap, HashMap};

use crate::typed::{
    BinaryOp, BindingId, Callee, Expr, ExprKind, ExternId, ExternKind, FunctionId, LocalId,
    Package, Type, UnaryOp,
};
use crate::value::Value;

pub use bodies::Scopes;

/// A term by its place in the table.
pub type Id = u32;

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    Constant(Value),
    /// Each one differs from all others.
    Unknown(u32),
    Trigger(BindingId),
    /// Asked at this place of the text; each asking is one of its own.
    Observed {
        serial: u32,
        probe: ExternId,
        args: Vec<Id>,
    },
    /// A target, by the words that it is looked up by; or what a function of the library computes.
    Call {
        by: ExternId,
        args: Vec<Id>,
    },
    Field {
        of: Id,
        field: u16,
    },
    Record(Vec<Id>),
    List(Vec<Id>),
    Choose {
        condition: Id,
        then: Id,
        otherwise: Id,
    },
    /// Exact numbers, each so many times, and one more.
    Sum {
        parts: Vec<(Id, i64)>,
        more: Option<Value>,
    },
    Apply(Operation, Vec<Id>),
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    Builtin(u8),
    Unary(u8),
    Binary(u8),
    As(u8),
    Index,
    Template,
    IsEmpty(bool),
    IsNone,
}

impl Term {
    fn for_each_part(&self, visit: &mut dyn FnMut(Id)) {
        match self {
            Term::Constant(_) | Term::Unknown(_) | Term::Trigger(_) => {}
            Term::Field { of, field: _ } => visit(*of),
            Term::Observed { args, .. }
            | Term::Call { args, .. }
            | Term::Record(args)
            | Term::List(args)
            | Term::Apply(_, args) => args.iter().copied().for_each(visit),
            Term::Choose {
                condition,
                then,
                otherwise,
            } => [*condition, *then, *otherwise].into_iter().for_each(visit),
            Term::Sum { parts, more: _ } => parts.iter().for_each(|(id, _)| visit(*id)),
        }
    }
}

/// What the names of a body stand for.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    locals: HashMap<LocalId, Id>,
}

/// What a function gives, in terms of its parameters.
#[derive(Clone, Debug)]
struct Given {
    params: Vec<Id>,
    result: Id,
}

/// How many parts of a term are looked at to put others in their place; a function that gives more is
/// not followed.
const PARTS: usize = 24;

/// The table of all terms.
pub struct Terms<'a> {
    package: &'a Package,
    table: Vec<Term>,
    ids: BTreeMap<Term, Id>,
    serial: u32,
    functions: HashMap<FunctionId, Given>,
    /// The names of each function's body.
    bodies: HashMap<FunctionId, Scope>,
}

impl<'a> Terms<'a> {
    pub fn package(&self) -> &'a Package {
        self.package
    }

    pub fn term(&self, id: Id) -> &Term {
        &self.table[id as usize]
    }

    fn keep(&mut self, term: Term) -> Id {
        if let Some(id) = self.ids.get(&term) {
            return *id;
        }
        let id = self.table.len() as Id;
        self.table.push(term.clone());
        self.ids.insert(term, id);
        id
    }

    /// Something that is like nothing else.
    pub fn unknown(&mut self) -> Id {
        self.serial += 1;
        self.keep(Term::Unknown(self.serial))
    }

    fn constant(&mut self, value: Value) -> Id {
        self.keep(Term::Constant(value))
    }

    /// The value, where the text says it.
    fn value(&self, id: Id) -> Option<&Value> {
        match self.term(id) {
            Term::Constant(value) => Some(value),
            _ => None,
        }
    }

    fn apply(&mut self, operation: Operation, args: Vec<Id>) -> Id {
        self.keep(Term::Apply(operation, args))
    }

    fn local(&mut self, scope: &mut Scope, local: LocalId) -> Id {
        if let Some(id) = scope.locals.get(&local) {
            return *id;
        }
        let id = self.unknown();
        scope.locals.insert(local, id);
        id
    }

    fn all<'e>(&mut self, scope: &mut Scope, of: impl IntoIterator<Item = &'e Expr>) -> Vec<Id> {
        of.into_iter().map(|expr| self.of(scope, expr)).collect()
    }

    /// What the expression comes to.
    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    pub fn of(&mut self, scope: &mut Scope, expr: &Expr) -> Id {
        crate::steps::count(1);
        match &expr.kind {
            ExprKind::Value(value) => self.constant(value.clone()),
            ExprKind::Const(id) => {
                let value = self.package.consts[id.index()].value.clone();
                self.constant(value)
            }
            ExprKind::Local(local) => self.local(scope, *local),
            ExprKind::Trigger(binding) => self.keep(Term::Trigger(*binding)),
            ExprKind::Wrap(inner) => self.of(scope, inner),
            ExprKind::Field { base, field } => {
                let of = self.of(scope, base);
                self.field(of, *field)
            }
            ExprKind::Index { base, index } => {
                let (base, index) = (self.of(scope, base), self.of(scope, index));
                self.element(base, index)
            }
            ExprKind::Record { record: _, fields } => {
                let mut parts = Vec::with_capacity(fields.len());
                for field in fields {
                    parts.push(match field {
                        Some(field) => self.of(scope, field),
                        None => self.unknown(),
                    });
                }
                self.keep(Term::Record(parts))
            }
            ExprKind::List(elements) => {
                let elements = self.all(scope, elements);
                self.keep(Term::List(elements))
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.of(scope, condition);
                let then = self.of(scope, then);
                let otherwise = self.of(scope, otherwise);
                self.choose(condition, then, otherwise)
            }
            ExprKind::Unary { op, operand } => {
                let operand = self.of(scope, operand);
                match op {
                    UnaryOp::Negate => self.negated(operand, &expr.ty),
                    UnaryOp::Not => self.not(operand),
                }
            }
            ExprKind::Binary { op, left, right } => {
                let sides = (self.of(scope, left), self.of(scope, right));
                self.binary(*op, sides, (&left.ty, &expr.ty))
            }
            ExprKind::As { operand, unit } => {
                let operand = self.of(scope, operand);
                self.apply(Operation::As(*unit as u8), vec![operand])
            }
            ExprKind::Template { template, holes } => {
                let words = self.constant(Value::text(format!("{template:?}")));
                let mut parts = vec![words];
                parts.extend(self.all(scope, holes));
                self.apply(Operation::Template, parts)
            }
            ExprKind::IsSome { operand, bind } => {
                let operand = self.of(scope, operand);
                scope.locals.extend(bind.map(|bind| (bind, operand)));
                let none = self.apply(Operation::IsNone, vec![operand]);
                self.not(none)
            }
            ExprKind::IsNone(operand) => {
                let operand = self.of(scope, operand);
                self.apply(Operation::IsNone, vec![operand])
            }
            ExprKind::IsEmpty { operand, negated } => {
                let operand = self.of(scope, operand);
                self.apply(Operation::IsEmpty(*negated), vec![operand])
            }
            ExprKind::Call(call) => {
                let args = self.all(scope, &call.args);
                match call.callee {
                    Callee::Extern(id) if call.equals.is_empty() => {
                        self.library(id, args, &expr.ty)
                    }
                    Callee::Extern(_) => self.unknown(),
                    Callee::Function(id) => self.called(id, &args),
                    Callee::Builtin(builtin) => self.builtin(builtin, args),
                }
            }
            ExprKind::Error
            | ExprKind::Map(_)
            | ExprKind::Comprehension(_)
            | ExprKind::Pick { .. }
            | ExprKind::Secret(_)
            | ExprKind::Role(_)
            | ExprKind::RecordKind(_) => self.unknown(),
        }
    }

    fn field(&mut self, of: Id, field: u16) -> Id {
        let at = usize::from(field);
        match self.term(of) {
            Term::Record(fields) if at < fields.len() => fields[at],
            _ => self.keep(Term::Field { of, field }),
        }
    }

    /// Whether two values are certainly not the same: one constant and another, or what is looked up by such.
    pub fn differ(&self, a: Id, b: Id) -> bool {
        match (self.term(a), self.term(b)) {
            (Term::Constant(a), Term::Constant(b)) => a != b,
            (
                Term::Call { by, args },
                Term::Call {
                    by: other,
                    args: others,
                },
            ) if by == other => {
                // Parts have smaller numbers: this ends.
                args.iter().zip(others).any(|(a, b)| self.differ(*a, *b))
            }
            _ => false,
        }
    }

    /// What it is a part of, fields and elements left away.
    pub fn root(&self, id: Id) -> Id {
        let mut id = id;
        // Parts have smaller numbers: this ends.
        loop {
            match self.term(id) {
                Term::Field { of, .. } => id = *of,
                Term::Apply(Operation::Index, args) => id = args[0],
                _ => return id,
            }
        }
    }

    fn element(&mut self, base: Id, index: Id) -> Id {
        let at = match self.value(index) {
            Some(Value::Int(at)) => usize::try_from(*at).ok(),
            _ => None,
        };
        let found = at.and_then(|at| match self.term(base) {
            Term::List(elements) => Some(Ok(*elements.get(at)?)),
            Term::Constant(Value::List(items)) => Some(Err(items.get(at)?.clone())),
            _ => None,
        });
        match found {
            Some(Ok(element)) => element,
            Some(Err(value)) => self.constant(value),
            None => self.apply(Operation::Index, vec![base, index]),
        }
    }

    fn not(&mut self, operand: Id) -> Id {
        let not = Operation::Unary(UnaryOp::Not as u8);
        match self.term(operand) {
            Term::Apply(operation, args) if *operation == not => args[0],
            Term::Constant(Value::Bool(truth)) => {
                let truth = *truth;
                self.constant(Value::Bool(!truth))
            }
            _ => self.apply(not, vec![operand]),
        }
    }

    fn choose(&mut self, condition: Id, then: Id, otherwise: Id) -> Id {
        if then == otherwise {
            return then;
        }
        match self.term(condition) {
            Term::Constant(Value::Bool(true)) => then,
            Term::Constant(Value::Bool(false)) => otherwise,
            Term::Apply(Operation::Unary(_), args) => {
                let condition = args[0];
                self.choose(condition, otherwise, then)
            }
            _ => self.keep(Term::Choose {
                condition,
                then,
                otherwise,
            }),
        }
    }

    /// What the library answers. What is looked up by the same words is the same target, whenever
    /// it is done.
    fn library(&mut self, by: ExternId, args: Vec<Id>, ty: &Type) -> Id {
        let extern_ = &self.package.externs[by.index()];
        match (&extern_.kind, ty) {
            (ExternKind::Fn, _) | (ExternKind::Probe, Type::Target(_)) => {
                self.keep(Term::Call { by, args })
            }
            (ExternKind::Probe | ExternKind::Action(_), _) => {
                self.serial += 1;
                let serial = self.serial;
                self.keep(Term::Observed {
                    serial,
                    probe: by,
                    args,
                })
            }
        }
    }

    /// What a function of the package gives for these arguments.
    fn called(&mut self, id: FunctionId, args: &[Id]) -> Id {
        let Some(given) = self.functions.get(&id) else {
            return self.unknown();
        };
        let places = given.params.iter().copied().zip(args.iter().copied());
        let (result, mut places) = (given.result, places.collect());
        self.replaced(result, &mut places)
    }

    /// The term with others in the places of some. What is not known is another each time.
    pub fn replaced(&mut self, id: Id, places: &mut BTreeMap<Id, Id>) -> Id {
        let mut left = PARTS;
        self.replace(id, places, &mut left)
    }

    fn replace(&mut self, id: Id, places: &mut BTreeMap<Id, Id>, left: &mut usize) -> Id {
        if let Some(id) = places.get(&id) {
            return *id;
        }
        crate::steps::count(1);
        let Some(less) = left.checked_sub(1) else {
            return self.unknown();
        };
        *left = less;
        let mut each = |terms: &mut Self, of: &[Id]| -> Vec<Id> {
            of.iter()
                .map(|part| terms.replace(*part, places, left))
                .collect()
        };
        let new = match self.term(id).clone() {
            Term::Constant(_) | Term::Trigger(_) => id,
            Term::Unknown(_) => self.unknown(),
            Term::Observed { probe, args, .. } => {
                let args = each(self, &args);
                self.serial += 1;
                let serial = self.serial;
                self.keep(Term::Observed {
                    serial,
                    probe,
                    args,
                })
            }
            Term::Call { by, args } => {
                let args = each(self, &args);
                self.keep(Term::Call { by, args })
            }
            Term::Field { of, field } => {
                let of = each(self, &[of])[0];
                self.field(of, field)
            }
            Term::Record(fields) => {
                let fields = each(self, &fields);
                self.keep(Term::Record(fields))
            }
            Term::List(elements) => {
                let elements = each(self, &elements);
                self.keep(Term::List(elements))
            }
            Term::Choose {
                condition,
                then,
                otherwise,
            } => {
                let parts = each(self, &[condition, then, otherwise]);
                self.choose(parts[0], parts[1], parts[2])
            }
            Term::Sum { parts, more } => {
                let (ids, times): (Vec<Id>, Vec<i64>) = parts.into_iter().unzip();
                let ids = each(self, &ids);
                self.sum(ids.into_iter().zip(times), more)
            }
            Term::Apply(operation, args) => {
                let args = each(self, &args);
                self.applied(operation, args)
            }
        };
        places.insert(id, new);
        new
    }
}

/// Whether a builtin's or an operator's arguments may change places.
fn is_number(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int | Type::Float | Type::Percent | Type::Size | Type::Duration
    )
}

/// Whether sums of it are exact, in whatever order.
fn is_exact(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Percent | Type::Size | Type::Duration)
}
