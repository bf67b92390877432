//! From expressions to terms: names stand for what they were bound to, calls for what they return.

mod body;
mod comprehension;
mod emptiness;
mod rows;

use std::collections::BTreeMap;

use smol_str::{SmolStr, ToSmolStr};

use crate::analysis::queries::Queries;
use crate::library::Generic;
use crate::typed::{
    BinaryOp, BindingKind, CallExpr, Callee, Expr, ExprKind, FailureFilter, FunctionId, LocalId,
    Package, Runbook, Type, UnaryOp,
};

use super::fold::Terms;
use super::number::{Interval, scale};
use super::observe;
use super::term::{Facts, Id, Leaf, Node, Operation, Product, Shape};

/// How often a function is judged for arguments that differ; of more the worst is taken. No runbook that
/// somebody writes has so many, and what doubles from call to call ends soon.
pub const ARGUMENTS: usize = 1_024;
/// How deep calls are followed.
const CALLS: usize = 64;

/// What a condition is judged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Whether words alone bring something about.
    Incident,
    /// Whether a look may turn out otherwise: only what is observed afresh may.
    Look,
    /// Whether a line may turn out otherwise at all: from run to run everything may.
    Line,
}

/// The terms of the names in one body.
pub struct Scope {
    locals: Vec<Option<Id>>,
}

impl Scope {
    pub fn new(locals: usize) -> Scope {
        Scope {
            locals: vec![None; locals],
        }
    }

    pub fn set(&mut self, local: LocalId, id: Id) {
        if let Some(slot) = self.locals.get_mut(local.index()) {
            *slot = Some(id);
        }
    }
}

/// Makes terms of expressions.
pub struct Eval<'a> {
    pub package: &'a Package,
    pub runbook: &'a Runbook,
    pub queries: &'a Queries,
    pub asks: Asks,
    /// Queries are taken to answer: what never holds then never holds at all, for where nothing is answered
    /// nothing does.
    pub answered: bool,
    /// A query was met that says more about its numbers where it answers.
    pub narrower: bool,
    pub terms: Terms,
    /// What the names of numbers that were bound before lie within.
    pub ranges: BTreeMap<u32, Interval>,
    /// The first spelling of each query, by its form.
    pub spelled: BTreeMap<u32, Id>,
    returned: BTreeMap<(FunctionId, Vec<Id>), Id>,
    judged: BTreeMap<FunctionId, usize>,
    open: Vec<FunctionId>,
    depth: u32,
}

impl<'a> Eval<'a> {
    pub fn new(
        package: &'a Package,
        runbook: &'a Runbook,
        queries: &'a Queries,
        asks: Asks,
    ) -> Eval<'a> {
        Eval {
            package,
            runbook,
            queries,
            asks,
            answered: false,
            narrower: false,
            terms: Terms {
                absence_decides: asks != Asks::Incident,
                free: asks == Asks::Line,
                members: members(package),
                ..Terms::default()
            },
            ranges: BTreeMap::new(),
            spelled: BTreeMap::new(),
            returned: BTreeMap::new(),
            judged: BTreeMap::new(),
            open: Vec::new(),
            depth: 0,
        }
    }

    /// One for whether a line can hold at all, where its queries answer.
    pub fn of_answers(
        package: &'a Package,
        runbook: &'a Runbook,
        queries: &'a Queries,
    ) -> Eval<'a> {
        Eval {
            answered: true,
            ..Eval::new(package, runbook, queries, Asks::Line)
        }
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    pub fn expr(&mut self, scope: &mut Scope, expr: &Expr) -> Id {
        crate::steps::count(1);
        match &expr.kind {
            ExprKind::Error => self.terms.table.unknown(Facts {
                world: true,
                ..Facts::default()
            }),
            ExprKind::Value(value) => self.terms.table.constant(value.clone()),
            ExprKind::Const(id) => {
                let value = self.package.consts[id.index()].value.clone();
                self.terms.table.constant(value)
            }
            ExprKind::Local(local) => match scope.locals.get(local.index()).copied().flatten() {
                Some(id) => id,
                None => self.local(*local, &expr.ty),
            },
            ExprKind::Trigger(binding) => self.trigger(binding.0, &expr.ty),
            ExprKind::Secret(_) | ExprKind::Role(_) | ExprKind::RecordKind(_) => {
                self.terms.table.unknown(Facts::default())
            }
            ExprKind::Field { base, field } => {
                let id = self.expr(scope, base);
                observe::field(self, id, base, *field, &expr.ty)
            }
            ExprKind::Index { base, index } => {
                let (base, index) = (self.expr(scope, base), self.expr(scope, index));
                self.index(base, index, &expr.ty)
            }
            ExprKind::Call(call) => self.call(scope, call, &expr.ty),
            ExprKind::Record { record, fields } => {
                let parts = fields.iter().map(|field| match field {
                    Some(field) => self.expr(scope, field),
                    None => self.terms.table.worst(),
                });
                let fields = parts.collect();
                let record = record.0;
                self.terms.make(Node::Record { record, fields })
            }
            ExprKind::Unary { op, operand } => {
                let of = self.expr(scope, operand);
                match op {
                    UnaryOp::Not => self.terms.not(of),
                    UnaryOp::Negate => self.apply(Operation::Negate, vec![of]),
                }
            }
            ExprKind::Binary { op, left, right } => self.binary(scope, *op, left, right, &expr.ty),
            ExprKind::IsSome { operand, bind } => {
                let of = self.expr(scope, operand);
                if let Some(local) = bind {
                    let value = self.unwrapped(of, &operand.ty);
                    scope.set(*local, value);
                }
                self.terms.make(Node::IsSome(of))
            }
            ExprKind::IsNone(operand) => {
                let of = self.expr(scope, operand);
                let some = self.terms.make(Node::IsSome(of));
                self.terms.not(some)
            }
            ExprKind::IsEmpty { operand, negated } => {
                let empty = self.is_empty(scope, operand);
                match *negated {
                    true => self.terms.not(empty),
                    false => empty,
                }
            }
            ExprKind::Wrap(operand) => {
                let of = self.expr(scope, operand);
                self.terms.make(Node::Wrap(of))
            }
            ExprKind::As { operand, unit } => {
                let of = self.expr(scope, operand);
                self.apply(Operation::Scale(scale(*unit)), vec![of])
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.expr(scope, condition);
                let then = self.expr(scope, then);
                let otherwise = self.expr(scope, otherwise);
                self.terms.choose(condition, then, otherwise)
            }
            ExprKind::List(elements) => {
                let parts = elements.iter().map(|element| self.expr(scope, element));
                let parts = parts.collect();
                self.terms.make(Node::List(parts))
            }
            ExprKind::Map(entries) => {
                let mut parts = Vec::new();
                for (key, value) in entries {
                    parts.push(self.expr(scope, key));
                    parts.push(self.expr(scope, value));
                }
                self.apply(Operation::Map, parts)
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(scope, comprehension),
            ExprKind::Pick {
                local,
                source,
                condition,
            } => {
                let list = self.expr(scope, source);
                if let Some(elements) = self.elements(list) {
                    return self.picked(scope, *local, &elements, condition);
                }
                self.bind_element(scope, *local, list, &source.ty);
                let test = self.expr(scope, condition);
                self.depth -= 1;
                self.terms.make(Node::Pick { source: list, test })
            }
            ExprKind::Template { template: _, holes } => {
                let parts: Vec<Id> = holes.iter().map(|hole| self.expr(scope, hole)).collect();
                observe::template(self, expr, parts)
            }
        }
    }

    fn apply(&mut self, what: Operation, args: Vec<Id>) -> Id {
        self.terms.make(Node::Apply { what, args })
    }

    /// A name whose value is not known; its range may be.
    pub fn local(&mut self, local: LocalId, ty: &Type) -> Id {
        let facts = Facts {
            world: self.asks == Asks::Line,
            shape: observe::shape(ty),
            whole: matches!(ty, Type::Int),
            within: self.ranges.get(&local.0).copied().unwrap_or_default(),
            ..Facts::default()
        };
        let leaf = Node::Leaf(Leaf::Local(local.0));
        self.terms.table.put(leaf, facts)
    }

    /// Names of the trigger are words, unless the author wrote their values.
    fn trigger(&mut self, binding: u32, ty: &Type) -> Id {
        let known = self.runbook.bindings.get(binding as usize);
        let own = known.is_some_and(|known| {
            let looked_up = matches!(known.ty, Type::Target(_));
            known.own || known.kind == BindingKind::Request && looked_up
        });
        let facts = Facts {
            world: self.asks == Asks::Line,
            told: self.asks == Asks::Incident && !own,
            shape: observe::shape(ty),
            whole: matches!(ty, Type::Int),
            ..Facts::default()
        };
        let leaf = Node::Leaf(Leaf::Trigger(binding));
        self.terms.table.put(leaf, facts)
    }

    fn unwrapped(&mut self, of: Id, ty: &Type) -> Id {
        if let Some(held) = self.held(of) {
            return held;
        }
        if let Node::Pick { source, .. } = *self.terms.table.node(of) {
            let facts = observe::inside(self.asks, self.terms.facts(source), observe::inner(ty));
            return self.terms.table.put(Node::Unwrap(of), facts);
        }
        if matches!(self.terms.table.node(of), Node::Wrap(_) | Node::Const(_)) {
            return self.terms.make(Node::Unwrap(of));
        }
        let mut facts = observe::inside(self.asks, self.terms.facts(of), observe::inner(ty));
        facts.past = self.terms.facts(of).past;
        self.terms.table.put(Node::Unwrap(of), facts)
    }

    /// Binds the name of an element; whoever calls it leaves one level again.
    pub fn bind_element(&mut self, scope: &mut Scope, local: LocalId, list: Id, ty: &Type) {
        let mut facts = observe::inside(self.asks, self.terms.facts(list), observe::inner(ty));
        // A list of numbers is within what each of them is.
        facts.within = self.terms.facts(list).within;
        let depth = self.depth;
        self.depth += 1;
        let element = match *self.terms.table.node(list) {
            // What a list was made of is known of its elements.
            Node::Filter { element, .. } => element,
            _ => self.terms.table.put(Node::Element { list, depth }, facts),
        };
        scope.set(local, element);
    }

    pub fn leave_element(&mut self) {
        self.depth -= 1;
    }

    fn binary(
        &mut self,
        scope: &mut Scope,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        ty: &Type,
    ) -> Id {
        let a = self.expr(scope, left);
        let b = self.expr(scope, right);
        let terms = &mut self.terms;
        match op {
            BinaryOp::And => terms.and(a, b),
            BinaryOp::Or => terms.or(a, b),
            BinaryOp::Equal => terms.make(Node::Equal(a, b)),
            BinaryOp::NotEqual => {
                let same = terms.make(Node::Equal(a, b));
                terms.not(same)
            }
            BinaryOp::Less => terms.make(Node::Less(a, b)),
            BinaryOp::Greater => terms.make(Node::Less(b, a)),
            BinaryOp::LessEqual => {
                let above = terms.make(Node::Less(b, a));
                terms.not(above)
            }
            BinaryOp::GreaterEqual => {
                let below = terms.make(Node::Less(a, b));
                terms.not(below)
            }
            BinaryOp::In => terms.make(Node::In {
                element: a,
                list: b,
            }),
            BinaryOp::Add => self.apply(Operation::Add, vec![a, b]),
            BinaryOp::Subtract => self.apply(Operation::Subtract, vec![a, b]),
            BinaryOp::Multiply => {
                let product = product(&left.ty, &right.ty);
                self.apply(Operation::Multiply(product), vec![a, b])
            }
            BinaryOp::Divide => self.apply(quotient(ty, &left.ty, &right.ty), vec![a, b]),
            BinaryOp::Range | BinaryOp::RangeInclusive => {
                let inclusive = terms.table.truth(op == BinaryOp::RangeInclusive);
                self.apply(Operation::Range, vec![a, b, inclusive])
            }
        }
    }

    fn call(&mut self, scope: &mut Scope, call: &CallExpr, ty: &Type) -> Id {
        let mut args: Vec<Id> = call.args.iter().map(|arg| self.expr(scope, arg)).collect();
        match call.callee {
            Callee::Function(id) => self.function(id, args),
            Callee::Extern(id) => {
                let equals = call.equals.iter();
                args.extend(
                    equals
                        .map(|(_, value)| self.expr(scope, value))
                        .collect::<Vec<Id>>(),
                );
                observe::call(self, id, args, call, ty)
            }
            Callee::Builtin(builtin) => self.builtin(builtin, args),
        }
    }

    fn builtin(&mut self, builtin: Generic, args: Vec<Id>) -> Id {
        let what = match (builtin, args.as_slice()) {
            (Generic::Count, [list]) => return self.terms.make(Node::Count(*list)),
            (Generic::Sum, [list]) => return self.terms.make(Node::Sum(*list)),
            (Generic::Min | Generic::Max, [of]) => {
                let largest = builtin == Generic::Max;
                return self.terms.make(Node::Extreme { of: *of, largest });
            }
            (Generic::Contains, [list, element]) => {
                let (list, element) = (*list, *element);
                let in_text = self.terms.facts(list).shape == Shape::Plain;
                if in_text && (list == element || observe::is_no_text(self, element)) {
                    return self.terms.table.truth(true);
                }
                return self.terms.make(Node::In { element, list });
            }
            (Generic::First, [_, count]) if self.terms.number_of(*count) == Some(0.0) => {
                return self.terms.make(Node::List(Vec::new()));
            }
            (Generic::Min, _) => Operation::Min,
            (Generic::Max, _) => Operation::Max,
            (Generic::Clamp, _) => Operation::Clamp,
            (Generic::Abs, _) => Operation::Abs,
            (Generic::Round, _) => Operation::Round,
            (Generic::Floor, _) => Operation::Floor,
            (Generic::Ceil, _) => Operation::Ceil,
            (Generic::First | Generic::Count | Generic::Sum | Generic::Contains, _) => {
                Operation::First
            }
        };
        self.apply(what, args)
    }
}

fn product(left: &Type, right: &Type) -> Product {
    match (left, right) {
        (Type::Int | Type::Float, Type::Int | Type::Float) => Product::Numbers,
        (Type::Percent, Type::Duration | Type::Size)
        | (Type::Duration | Type::Size, Type::Percent) => Product::Share,
        _ => Product::Quantity,
    }
}

/// One of counts, or of quantities, may be asked for as a percentage, which is counted otherwise.
fn quotient(of: &Type, left: &Type, right: &Type) -> Operation {
    match (of, left, right) {
        (Type::Percent, Type::Percent, Type::Int | Type::Float) => Operation::Part,
        (Type::Float | Type::Duration | Type::Size, _, _) => Operation::Part,
        _ => Operation::Divide,
    }
}

fn members(package: &Package) -> BTreeMap<SmolStr, usize> {
    let each = package.enums.iter();
    each.map(|one| (one.name.to_smolstr(), one.members.len()))
        .collect()
}

pub fn takes_no_data(on: FailureFilter) -> bool {
    match on {
        FailureFilter::Any | FailureFilter::NoData => true,
        FailureFilter::Failed => false,
    }
}
