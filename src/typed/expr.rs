//! Typed expressions.

use std::sync::Arc;

use smol_str::SmolStr;

pub use crate::syntax::tree::{BinaryOp, Collect, Comparison, UnaryOp};

use super::{
    BindingId, ConstId, ExternId, ExternKind, FunctionId, FunctionKind, LocalId, Package, RecordId,
    RoleId, SecretId, SiteId, TargetId, Type,
};
use crate::library::Generic;
use crate::text::Span;
use crate::value::{Template, Value};

/// An expression with its type.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Type,
    pub span: Span,
}

/// The forms of a typed expression. Operands have exactly the types that the operation takes:
/// every conversion is written out as a node, numerals already have their final type.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// Broken; an error was reported.
    Error,
    /// A literal, or folded.
    Value(Value),
    Local(LocalId),
    /// A name bound by the runbook's trigger.
    Trigger(BindingId),
    Const(ConstId),
    /// A field of a record or target by its index; of a target in a live position it is an
    /// observation.
    Field {
        base: Box<Expr>,
        field: u16,
    },
    Index {
        base: Box<Expr>,
        index: Box<Expr>,
    },
    Call(Box<CallExpr>),
    /// A record; None where a default-less field was left out (tests only).
    Record {
        record: RecordId,
        fields: Vec<Option<Expr>>,
    },
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    /// `and` and `or` evaluate the right side only when needed. A quotient of whole numbers or of
    /// quantities of one kind is a Float, or a Percent where one was wanted.
    Binary {
        op: BinaryOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// True when there is a value, which is then bound.
    IsSome {
        operand: Box<Expr>,
        bind: Option<LocalId>,
    },
    IsNone(Box<Expr>),
    /// Of a list, map or text.
    IsEmpty {
        operand: Box<Expr>,
        negated: bool,
    },
    /// `T` where `T?` is wanted, or a value that stands as a `Json`: it is the value itself.
    Wrap(Box<Expr>),
    /// A Float with its unit: `as ratio`, `as seconds`, `as bytes`.
    As {
        operand: Box<Expr>,
        unit: Unit,
    },
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Comprehension(Box<Comprehension>),
    /// The first element that fits, or none.
    Pick {
        local: LocalId,
        source: Box<Expr>,
        condition: Box<Expr>,
    },
    /// A string or a tagged literal with holes; `holes[i]` fills hole i.
    Template {
        template: Arc<Template>,
        holes: Vec<Expr>,
    },
    Secret(SecretId),
    Role(RoleId),
    /// A record type as an argument.
    RecordKind(RecordId),
}

#[derive(Clone, Debug)]
pub struct CallExpr {
    pub callee: Callee,
    /// One per parameter, in order, defaults filled in.
    pub args: Vec<Expr>,
    /// Further named arguments of an open extern: equality on the record's fields.
    pub equals: Vec<(SmolStr, Expr)>,
    pub site: SiteId,
    /// The name as written, for messages.
    pub name_span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    Extern(ExternId),
    Function(FunctionId),
    Builtin(Generic),
}

impl Callee {
    /// Whether a call of it asks the world, so that there may be no answer, or another one the next time.
    pub fn observes(self, package: &Package) -> bool {
        match self {
            Callee::Extern(id) => match package.externs[id.index()].kind {
                ExternKind::Fn => false,
                ExternKind::Probe | ExternKind::Action(_) => true,
            },
            Callee::Function(id) => match package.functions[id.index()].kind {
                FunctionKind::Fn => false,
                FunctionKind::Probe | FunctionKind::Action { .. } | FunctionKind::Watch(_) => true,
            },
            Callee::Builtin(_) => false,
        }
    }
}

impl Expr {
    /// The value, where the text says it: written out, or a constant of the package.
    pub fn constant<'p>(&'p self, package: &'p Package) -> Option<&'p Value> {
        match &self.kind {
            ExprKind::Value(value) => Some(value),
            ExprKind::Const(id) => Some(&package.consts[id.index()].value),
            _ => None,
        }
    }

    /// Whether the world is asked somewhere in it.
    pub fn observes(&self, package: &Package) -> bool {
        let mut found = false;
        self.for_each(&mut |part| {
            if let ExprKind::Call(call) = &part.kind {
                found |= call.callee.observes(package);
            }
        });
        found
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Ratio,
    Seconds,
    Bytes,
}

#[derive(Clone, Debug)]
pub struct Comprehension {
    pub collect: Collect,
    pub local: LocalId,
    pub source: Expr,
    pub condition: Option<Expr>,
    pub element: Expr,
}

impl Expr {
    /// Whether it divides whole numbers, or quantities of one kind.
    pub fn is_quotient(&self) -> bool {
        let ExprKind::Binary { op, left, right } = &self.kind else {
            return false;
        };
        let whole =
            |ty: &Type| matches!(ty, Type::Int | Type::Percent | Type::Duration | Type::Size);
        *op == BinaryOp::Divide && whole(&left.ty) && left.ty == right.ty
    }

    /// The target type of the expression, if it is a target.
    pub fn target(&self) -> Option<TargetId> {
        match self.ty {
            Type::Target(target) => Some(target),
            _ => None,
        }
    }
}
