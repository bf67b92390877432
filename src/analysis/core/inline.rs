//! A part of a body with the functions written out that it calls: whether a test has a name of its own says nothing.
//!
//! In: a call of an `fn` that returns one expression. Out: that expression in the place of the call, with the
//! arguments in the places of the parameters. What would grow too large stays a call.

use super::Cores;
use super::canon::Canon;
use super::condition::Asks;
use super::meaning::Meanings;
use super::reading::Place;
use crate::program::manifest::{self, Clause, Literal};
use crate::text::Span;
use crate::typed::{
    BinaryOp, Block, CallExpr, Callee, Comparison, Expr, ExprKind, FunctionId, FunctionKind,
    LocalId, Package, Runbook, StmtKind, UnaryOp,
};

/// The most calls that are written out in one part, and the most parts of an expression that each may come to.
const CALLS: usize = 16;
const PARTS: usize = 128;

/// Where a local is: in the body, or in which call that is written out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frame(usize);

impl Frame {
    pub const BODY: Frame = Frame(0);
}

/// The calls that are written out.
#[derive(Default)]
pub struct Inlined {
    /// What the parameters of each stand for, and where that stands.
    calls: Vec<(Vec<Expr>, Frame)>,
    now: Frame,
}

impl Inlined {
    pub fn frame(&self) -> Frame {
        self.now
    }

    /// The argument that a parameter stands for, and where that stands.
    pub fn argument(&self, frame: Frame, local: LocalId) -> Option<(&Expr, Frame)> {
        let (args, outer) = self.calls.get(frame.0.checked_sub(1)?)?;
        Some((args.get(local.index())?, *outer))
    }
}

impl Canon<'_> {
    /// Writes out what a call of such a function returns; false where it stays a call.
    pub(super) fn inline(&mut self, call: &CallExpr) -> bool {
        let outer = self.inlined.now;
        match self.enter(call) {
            Some(returned) => {
                self.expr(returned);
                self.inlined.now = outer;
                true
            }
            None => false,
        }
    }
}

impl<'a> Canon<'a> {
    /// From now on locals are those of the function; gives what it returns.
    pub(super) fn enter(&mut self, call: &CallExpr) -> Option<&'a Expr> {
        if !self.is_part() || self.inlined.calls.len() >= CALLS {
            return None;
        }
        let returned = returned(self.package(), call)?;
        let outer = self.inlined.now;
        self.inlined.calls.push((call.args.clone(), outer));
        self.inlined.now = Frame(self.inlined.calls.len());
        Some(returned)
    }

    /// Writes the argument that a parameter of a function stands for, if this is one.
    pub(super) fn argument(&mut self, local: LocalId) -> bool {
        let inner = self.inlined.now;
        let Some((arg, outer)) = self.inlined.argument(inner, local) else {
            return false;
        };
        let arg = arg.clone();
        self.inlined.now = outer;
        self.expr(&arg);
        self.inlined.now = inner;
        true
    }
}

/// One of the things that all have to be so, or not be so, for a condition to be so or not; it may stand in a function.
pub struct Asked<'e> {
    /// The calls that it is in, from outside in.
    calls: Vec<&'e CallExpr>,
    part: &'e Expr,
    /// Whether it has to be so.
    holds: bool,
    /// Where it is written; of a function that asks one thing, where it is called.
    pub span: Span,
    /// Whether what is written there has to be so.
    pub is_said: bool,
}

impl<'a> Cores<'a> {
    /// What has to be so where a condition holds, or where it does not: of `a and b` both, of a failed `a or b` neither.
    /// The depth of expressions is limited by the parser.
    pub fn asked<'e>(&'e self, condition: &'e Expr, holds: bool) -> Vec<Asked<'e>> {
        let mut walk = Parts {
            package: self.package,
            found: Vec::new(),
            left: CALLS,
        };
        walk.of(condition, holds, &[]);
        walk.found
    }

    /// The hash of one of them.
    pub fn asks(
        &self,
        runbook: &'a Runbook,
        meanings: &Meanings,
        asked: &Asked<'_>,
        place: Place,
        observes: bool,
    ) -> Asks {
        let part = asked.part;
        let flipped = match &part.kind {
            ExprKind::Binary { op, left, right } => {
                op.comparison().map(|by| (by.flipped().op(), left, right))
            }
            _ => None,
        };
        let word = match asked.holds || flipped.is_some() {
            true => "condition",
            false => "otherwise",
        };
        self.asked_at(runbook, meanings, (word, place), observes, |canon| {
            let entered = asked.calls.iter().all(|call| canon.enter(call).is_some());
            debug_assert!(entered, "a part is only of calls that are written out");
            match flipped.filter(|_| !asked.holds) {
                Some((op, left, right)) => canon.binary(op, left, right),
                None => canon.expr(part),
            }
        })
    }
}

impl<'a> Cores<'a> {
    /// What one of them comes to: one literal, or of `a or b` either.
    pub fn clause(&self, runbook: &'a Runbook, meanings: &Meanings, asked: &Asked<'_>) -> Clause {
        let mut walk = Parts {
            package: self.package,
            found: Vec::new(),
            left: CALLS.saturating_sub(asked.calls.len()),
        };
        walk.of(asked.part, !asked.holds, &asked.calls);
        let literal = |not: &Asked<'_>| self.literal(runbook, meanings, not).not();
        Clause(walk.found.iter().map(literal).collect())
    }

    fn literal(&self, runbook: &'a Runbook, meanings: &Meanings, asked: &Asked<'_>) -> Literal {
        let hash = |holds| {
            let calls = asked.calls.clone();
            let asked = Asked {
                holds,
                calls,
                ..*asked
            };
            self.asks(runbook, meanings, &asked, Place::Once, false)
                .hash
        };
        let literal = Literal::new(hash(asked.holds), hash(!asked.holds));
        let Some((is_equal, side)) = equals_constant(asked.part) else {
            return literal;
        };
        let how = ("one of", Place::Once);
        let of = self.asked_at(runbook, meanings, how, false, |canon| {
            let entered = asked.calls.iter().all(|call| canon.enter(call).is_some());
            debug_assert!(entered, "a part is only of calls that are written out");
            canon.expr(side);
        });
        let (of, what) = (Some(of.hash), hash(is_equal));
        Literal {
            is_so: asked.holds == is_equal,
            asked: manifest::Asked { of, what },
        }
    }
}

/// Finds the parts of a condition.
struct Parts<'e> {
    package: &'e Package,
    found: Vec<Asked<'e>>,
    /// How many calls may still be written out.
    left: usize,
}

impl<'e> Parts<'e> {
    fn of(&mut self, condition: &'e Expr, holds: bool, calls: &[&'e CallExpr]) {
        match &condition.kind {
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.of(operand, !holds, calls),
            ExprKind::Binary { op, left, right }
                if matches!((op, holds), (BinaryOp::And, true) | (BinaryOp::Or, false)) =>
            {
                self.of(left, holds, calls);
                self.of(right, holds, calls);
            }
            ExprKind::Call(call) => match self.enter(call) {
                Some(returned) => {
                    let before = self.found.len();
                    self.of(returned, holds, &[calls, &[call]].concat());
                    if let [only] = &mut self.found[before..] {
                        (only.span, only.is_said) = (condition.span, holds);
                    }
                }
                None => self.part(condition, holds, calls),
            },
            _ => self.part(condition, holds, calls),
        }
    }

    fn enter(&mut self, call: &'e CallExpr) -> Option<&'e Expr> {
        let left = self.left.checked_sub(1)?;
        let returned = returned(self.package, call)?;
        self.left = left;
        Some(returned)
    }

    fn part(&mut self, part: &'e Expr, holds: bool, calls: &[&'e CallExpr]) {
        self.found.push(Asked {
            calls: calls.to_vec(),
            part,
            holds,
            span: part.span,
            is_said: holds,
        });
    }
}

/// Whether a part asks for a certain value or for another one, and of what.
fn equals_constant(part: &Expr) -> Option<(bool, &Expr)> {
    let ExprKind::Binary { op, left, right } = &part.kind else {
        return None;
    };
    let is_equal = match op.comparison()? {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        Comparison::Less
        | Comparison::LessEqual
        | Comparison::Greater
        | Comparison::GreaterEqual => return None,
    };
    match (&left.kind, &right.kind) {
        (_, ExprKind::Value(_)) => Some((is_equal, left)),
        (ExprKind::Value(_), _) => Some((is_equal, right)),
        _ => None,
    }
}

/// What a call returns that may be written out: by an `fn` of one expression, which is not too large.
fn returned<'a>(package: &'a Package, call: &CallExpr) -> Option<&'a Expr> {
    let Callee::Function(id) = call.callee else {
        return None;
    };
    let returned = expression(package, id)?;
    let mut left = PARTS;
    takes(returned, &call.args, &mut left).then_some(returned)
}

fn expression(package: &Package, id: FunctionId) -> Option<&Expr> {
    let function = &package.functions[id.index()];
    let Block { statements, .. } = &function.body.block;
    match (&function.kind, statements.as_slice()) {
        (FunctionKind::Fn, [only]) => match &only.kind {
            StmtKind::Return(returned) => Some(returned),
            _ => None,
        },
        _ => None,
    }
}

/// Takes off how many parts the expression has, with the arguments in it; false where there are too many.
fn takes(expr: &Expr, args: &[Expr], left: &mut usize) -> bool {
    let Some(less) = left.checked_sub(1) else {
        return false;
    };
    *left = less;
    if let ExprKind::Local(local) = &expr.kind
        && let Some(arg) = args.get(local.index())
    {
        return takes(arg, &[], left);
    }
    let mut fits = true;
    expr.for_each_child(&mut |child| fits = fits && takes(child, args, left));
    fits
}
