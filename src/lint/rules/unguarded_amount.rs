//! An amount that is reckoned from what was measured, with nothing that bounds what was measured: a wrong number is acted on.
//!
//! A test on each way to the action bounds it, in the remedy or before the `found`, if it says how much is the most;
//! where something is taken off, also how much is the least. So do `min` and `clamp` around it, unless they let pass all
//! that the action does.

use std::cell::RefCell;

use crate::diag::{Code, Diagnostic};
use crate::effect::Sink;
use crate::library::Generic;
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::way;
use crate::typed::{
    ActionCallee, BinaryOp, Block, CallExpr, Callee, Expr, ExprKind, FindingId, LocalId, Param,
    Remedy, Stmt, StmtKind, Type, UnaryOp,
};

pub static RULE: Rule = Rule {
    code: Code::UnguardedAmount,
    name: "unguarded-amount",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Stmt], run),
};

/// How many names are followed to what they stand for.
const FOLLOWED: usize = 64;

/// Something measured: a local, or a field of what a local is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Measured {
    local: LocalId,
    field: Option<u16>,
    /// Whether more of it makes the amount larger: then the most has to be said, else either end does.
    grows: bool,
}

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let (Node::Stmt(stmt), Some(body)) = (node, cx.body) else {
        return;
    };
    let (StmtKind::Do(step) | StmtKind::WithDo { step, .. }) = &stmt.kind else {
        return;
    };
    let Some(params) = params(cx, step.callee) else {
        return;
    };
    let amounts = params.iter().zip(&step.args);
    let amounts =
        amounts.filter(|(param, arg)| param.sink == Some(Sink::Amount) && is_reckoned(arg));
    for (param, arg) in amounts {
        let most = param.range.as_ref().and_then(|range| range.high.as_ref());
        let amount = Amount {
            cx,
            most: most.and_then(crate::analysis::number),
            ty: &param.ty,
        };
        let mut is_bounded = true;
        way::each(&body.block, &mut |at, known| {
            if std::ptr::eq(at, stmt) {
                let place = Place {
                    block: &body.block,
                    known,
                    remedy: remedy(cx, &body.block),
                    seen: &RefCell::default(),
                };
                is_bounded = amount.is_bounded(arg, &place);
            }
        });
        if is_bounded {
            continue;
        }
        let message = format!(
            "nothing bounds the number that `{}` is reckoned from",
            param.name
        );
        let label = "a wrong measurement is acted on";
        let found = Diagnostic::new(Code::UnguardedAmount, message, arg.span, label);
        out.push(found.help("say what it may be: `guard n < 10`, or `min(n + 2, 10)`"));
    }
}

fn params<'a>(cx: &Cx<'a>, callee: ActionCallee) -> Option<&'a [Param]> {
    match callee {
        ActionCallee::Extern(id) => Some(&cx.package().externs.get(id.index())?.params),
        ActionCallee::Function(id) => Some(&cx.function(id)?.params),
    }
}

/// The remedy whose block this is.
fn remedy<'a>(cx: &Cx<'a>, block: &Block) -> Option<&'a Remedy> {
    let mut remedies = cx.runbook()?.remedies.iter();
    remedies.find(|remedy| std::ptr::eq(&remedy.body.block, block))
}

/// Whether it is a sum or the like. A value put back as it was is none.
fn is_reckoned(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary { op, .. } => matches!(
            op,
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide
        ),
        ExprKind::Call(call) => match call.callee {
            Callee::Builtin(Generic::Min | Generic::Max | Generic::Clamp) => true,
            Callee::Builtin(Generic::Round | Generic::Floor | Generic::Ceil | Generic::Abs) => {
                call.args.iter().any(is_reckoned)
            }
            Callee::Builtin(_) | Callee::Extern(_) | Callee::Function(_) => false,
        },
        ExprKind::If {
            then, otherwise, ..
        } => is_reckoned(then) || is_reckoned(otherwise),
        ExprKind::Wrap(inside) => is_reckoned(inside),
        _ => false,
    }
}

/// Where an amount, or a part of it, is reckoned.
#[derive(Clone, Copy)]
struct Place<'p> {
    block: &'p Block,
    known: &'p [way::Known<'p>],
    /// The remedy that the block is of, if it is of one.
    remedy: Option<&'p Remedy>,
    /// What was looked at already, and whether it is bounded: once is enough.
    seen: &'p RefCell<Vec<(Measured, bool)>>,
}

/// What an action is given.
#[derive(Clone, Copy)]
struct Amount<'p, 'a> {
    cx: &'p Cx<'a>,
    /// The most that the action does anyway.
    most: Option<f64>,
    ty: &'p Type,
}

impl Amount<'_, '_> {
    /// Whether everything measured in an amount is bounded.
    fn is_bounded(&self, expr: &Expr, place: &Place<'_>) -> bool {
        let mut found = Vec::new();
        self.collect(expr, place, true, &mut found);
        let is_bounded = |measured: &Measured| self.is_measured_bounded(*measured, place);
        found.iter().all(is_bounded)
    }

    /// What is measured in an amount, but for what `min` and `clamp` bound.
    fn collect(&self, expr: &Expr, place: &Place<'_>, grows: bool, found: &mut Vec<Measured>) {
        match &expr.kind {
            ExprKind::Local(local) if is_number(&expr.ty) => found.push(Measured {
                local: *local,
                field: None,
                grows,
            }),
            ExprKind::Field { base, field } => {
                if let ExprKind::Local(local) = base.kind {
                    found.push(Measured {
                        local,
                        field: Some(*field),
                        grows,
                    });
                }
            }
            ExprKind::Binary {
                op: BinaryOp::Subtract | BinaryOp::Divide,
                left,
                right,
            } => {
                self.collect(left, place, false, found);
                self.collect(right, place, false, found);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                for (part, holds) in [(then, true), (otherwise, false)] {
                    let mut inside = Vec::new();
                    self.collect(part, place, grows, &mut inside);
                    inside.retain(|of| !Bound { of: *of }.by(condition, holds));
                    found.append(&mut inside);
                }
            }
            ExprKind::Call(call) => match call.callee {
                Callee::Builtin(Generic::Count) => {}
                Callee::Builtin(Generic::Min | Generic::Clamp) if self.is_capped(call, place) => {}
                _ => {
                    let args = call.args.iter();
                    args.for_each(|arg| self.collect(arg, place, grows, found));
                }
            },
            _ => expr.for_each_child(&mut |child| self.collect(child, place, grows, found)),
        }
    }

    /// Whether what a `min` or a `clamp` lets pass is less than what the action does anyway.
    fn is_capped(&self, call: &CallExpr, place: &Place<'_>) -> bool {
        let caps = match call.callee {
            // Behind the number itself stand the least and the most.
            Callee::Builtin(Generic::Clamp) => call.args.get(2..).unwrap_or_default(),
            Callee::Builtin(_) | Callee::Extern(_) | Callee::Function(_) => call.args.as_slice(),
        };
        caps.iter().any(|cap| {
            let constant = self.cx.constant(cap);
            let at = constant.and_then(crate::analysis::number);
            match at.zip(self.most) {
                Some((at, most)) if cap.ty == *self.ty => at < most,
                _ => self.is_bounded(cap, place),
            }
        })
    }

    fn is_measured_bounded(&self, of: Measured, place: &Place<'_>) -> bool {
        let at = {
            let mut seen = place.seen.borrow_mut();
            if let Some((_, is_bounded)) = seen.iter().find(|(seen, _)| *seen == of) {
                return *is_bounded;
            }
            // What nobody follows is not certain, so nothing is said of it.
            if seen.len() >= FOLLOWED {
                return true;
            }
            seen.push((of, true));
            seen.len() - 1
        };
        let is_bounded = self.is_tested(of, place);
        if let Some((_, known)) = place.seen.borrow_mut().get_mut(at) {
            *known = is_bounded;
        }
        is_bounded
    }

    /// Whether a test bounds it, or what it is made of is bounded.
    fn is_tested(&self, of: Measured, place: &Place<'_>) -> bool {
        if place.known.iter().any(|known| {
            let test = Bound { of };
            test.by(known.condition, known.holds)
        }) {
            return true;
        }
        if let Some(remedy) = place.remedy
            && of.local.index() < remedy.params as usize
        {
            return self.is_found_bounded(of, remedy);
        }
        match (made(place.block, of.local), of.field) {
            (Made::By(value), None) => !asks(value) && self.is_bounded(value, place),
            // Of another name for the same.
            (
                Made::By(Expr {
                    kind: ExprKind::Local(local),
                    ..
                }),
                Some(_),
            ) => self.is_measured_bounded(
                Measured {
                    local: *local,
                    ..of
                },
                place,
            ),
            // One of a list, not of a measurement.
            (Made::Listed, None) => true,
            (Made::By(_) | Made::Listed, Some(_)) | (Made::Elsewhere, _) => false,
        }
    }

    /// Whether a parameter of a remedy is bounded wherever it is found.
    fn is_found_bounded(&self, of: Measured, remedy: &Remedy) -> bool {
        let diagnose = self
            .cx
            .runbook()
            .and_then(|runbook| runbook.diagnose.as_ref());
        let (Some(body), Some(finding)) = (diagnose, remedy.finding) else {
            return false;
        };
        let mut all = true;
        way::each(&body.block, &mut |stmt, known| {
            if let Some(arg) = given(stmt, finding, of.local) {
                let place = Place {
                    block: &body.block,
                    known,
                    remedy: None,
                    seen: &RefCell::default(),
                };
                all = all
                    && match (&arg.kind, of.field) {
                        (ExprKind::Local(local), _) => self.is_measured_bounded(
                            Measured {
                                local: *local,
                                ..of
                            },
                            &place,
                        ),
                        (_, None) => !asks(arg) && self.is_bounded(arg, &place),
                        (_, Some(_)) => false,
                    };
            }
        });
        all
    }
}

/// What a `found` gives to a parameter of the remedy.
fn given(stmt: &Stmt, of: FindingId, param: LocalId) -> Option<&Expr> {
    match &stmt.kind {
        StmtKind::Found { finding, args } if *finding == of => args.get(param.index()),
        _ => None,
    }
}

/// Where a local comes from.
enum Made<'e> {
    By(&'e Expr),
    /// It is each of a list in its turn.
    Listed,
    Elsewhere,
}

fn made(block: &Block, local: LocalId) -> Made<'_> {
    let mut found = Made::Elsewhere;
    block.for_each_stmt(&mut |stmt| match &stmt.kind {
        StmtKind::Let {
            local: made, value, ..
        } if *made == local => found = Made::By(value),
        StmtKind::For(of) if of.local == local => found = Made::Listed,
        _ => {}
    });
    found
}

/// Whether it is an answer from outside.
fn asks(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Call(call) => matches!(call.callee, Callee::Extern(_) | Callee::Function(_)),
        ExprKind::As { operand, .. } | ExprKind::Wrap(operand) => asks(operand),
        _ => false,
    }
}

fn is_number(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int | Type::Float | Type::Percent | Type::Duration | Type::Size
    )
}

/// Whether a test says how much of something there may be.
struct Bound {
    of: Measured,
}

impl Bound {
    /// Whether it is bounded where this condition holds, or where it does not.
    fn by(&self, condition: &Expr, holds: bool) -> bool {
        match &condition.kind {
            ExprKind::Wrap(inside) => self.by(inside, holds),
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.by(operand, !holds),
            ExprKind::Binary { op, left, right } => match op {
                BinaryOp::And | BinaryOp::Or => {
                    let (one, other) = (self.by(left, holds), self.by(right, holds));
                    match (*op == BinaryOp::And) == holds {
                        true => one || other,
                        false => one && other,
                    }
                }
                BinaryOp::In => holds && self.direction(left).is_some() && is_closed(right),
                _ => self.compared(*op, left, right, holds),
            },
            _ => false,
        }
    }

    fn compared(&self, op: BinaryOp, left: &Expr, right: &Expr, holds: bool) -> bool {
        let (is_left, is_right) = (self.direction(left), self.direction(right));
        // Whether the side is at most something, or at least.
        let most = match (op, holds) {
            (BinaryOp::Equal, true) | (BinaryOp::NotEqual, false) => {
                return is_left.is_some() != is_right.is_some();
            }
            (BinaryOp::Less | BinaryOp::LessEqual, _) => holds,
            (BinaryOp::Greater | BinaryOp::GreaterEqual, _) => !holds,
            _ => return false,
        };
        match (is_left, is_right) {
            (Some(rises), None) => !self.of.grows || rises == most,
            (None, Some(rises)) => !self.of.grows || rises != most,
            (Some(_), Some(_)) | (None, None) => false,
        }
    }

    /// Whether a side of a test rises with what is measured, or falls; none where it does not stand there.
    fn direction(&self, side: &Expr) -> Option<bool> {
        match &side.kind {
            ExprKind::Local(local) => {
                (self.of.field.is_none() && *local == self.of.local).then_some(true)
            }
            ExprKind::Field { base, field } => {
                let is_base = matches!(base.kind, ExprKind::Local(local) if local == self.of.local);
                (is_base && self.of.field == Some(*field)).then_some(true)
            }
            ExprKind::Wrap(inside)
            | ExprKind::As {
                operand: inside, ..
            } => self.direction(inside),
            ExprKind::Binary { op, left, right } => match op {
                BinaryOp::Add | BinaryOp::Multiply => {
                    self.direction(left).or_else(|| self.direction(right))
                }
                BinaryOp::Subtract | BinaryOp::Divide => {
                    let right = || self.direction(right).map(|rises| !rises);
                    self.direction(left).or_else(right)
                }
                _ => None,
            },
            ExprKind::Unary {
                op: UnaryOp::Negate,
                operand,
            } => self.direction(operand).map(|rises| !rises),
            ExprKind::Call(call) => match call.callee {
                Callee::Builtin(
                    Generic::Round | Generic::Floor | Generic::Ceil | Generic::Abs | Generic::Max,
                ) => call.args.iter().find_map(|arg| self.direction(arg)),
                Callee::Builtin(_) | Callee::Extern(_) | Callee::Function(_) => None,
            },
            _ => None,
        }
    }
}

/// Whether a list, or a range, has an end.
fn is_closed(of: &Expr) -> bool {
    !matches!(of.kind, ExprKind::Call(_))
}
