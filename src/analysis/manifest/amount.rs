//! What a `do` line is given where it matters: amounts with their ranges, the words of commands.

use super::clauses::plain;
use crate::effect::Sink;
use crate::program::manifest::Amount;
use crate::typed::{ActionCallee, Builtin, Callee, Expr, ExprKind, Package, Param, Step};
use crate::value::Value;

/// Each amount between which ends it lies, by parameter.
pub fn amounts(package: &Package, step: &Step) -> Vec<Amount> {
    let params = match step.callee {
        ActionCallee::Extern(id) => &package.externs[id.index()].params,
        ActionCallee::Function(id) => &package.functions[id.index()].params,
    };
    let args = params.iter().zip(&step.args);
    let amounts = args.filter(|(param, _)| param.sink == Some(Sink::Amount));
    amounts
        .map(|(param, arg)| amount(package, param, arg))
        .collect()
}

fn amount(package: &Package, param: &Param, arg: &Expr) -> Amount {
    let (from, to) = match ends(package, arg) {
        Some((from, to)) => (from, Some(to)),
        None => match &param.range {
            Some(range) => (
                range.low.to_string(),
                range.high.as_ref().map(Value::to_string),
            ),
            None => ("any".to_owned(), None),
        },
    };
    Amount {
        of: param.name.to_string(),
        from,
        to,
    }
}

/// Both ends, where the text says them.
fn ends(package: &Package, arg: &Expr) -> Option<(String, String)> {
    match &arg.kind {
        ExprKind::Wrap(inner) => ends(package, inner),
        ExprKind::Call(call) if call.callee == Callee::Builtin(Builtin::Clamp) => {
            let [_, low, high] = call.args.as_slice() else {
                return None;
            };
            let low = constant(package, low)?.to_string();
            Some((low, constant(package, high)?.to_string()))
        }
        _ => {
            let value = constant(package, arg)?.to_string();
            Some((value.clone(), value))
        }
    }
}

pub fn constant<'p>(package: &'p Package, arg: &'p Expr) -> Option<&'p Value> {
    match &arg.kind {
        ExprKind::Value(value) => Some(value),
        ExprKind::Const(id) => Some(&package.consts[id.index()].value),
        _ => None,
    }
}

/// The words of a command up to the first that is known only when it runs, and whether that is all.
pub fn command(package: &Package, arg: &Expr) -> Option<(Vec<String>, bool)> {
    match &arg.kind {
        ExprKind::Wrap(inner) => command(package, inner),
        ExprKind::List(items) => {
            let known = items.iter().map_while(|item| constant(package, item));
            let known: Vec<String> = known.map(plain).collect();
            let whole = known.len() == items.len();
            Some((known, whole))
        }
        _ => match constant(package, arg)? {
            Value::List(items) => Some((items.iter().map(plain).collect(), true)),
            _ => None,
        },
    }
}
