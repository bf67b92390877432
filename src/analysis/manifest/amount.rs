//! What a `do` line is given where it matters: amounts with their ranges, the words of commands.

use std::collections::BTreeMap;

use super::clauses::plain;
use crate::effect::Sink;
use crate::library::Generic;
use crate::program::manifest::Amount;
use crate::typed::{
    ActionCallee, Block, Callee, Expr, ExprKind, LocalId, Package, Param, Step, StmtKind,
};
use crate::value::Value;

/// What `let` binds in a body, where nothing else may stand in its place.
pub type Lets<'a> = BTreeMap<LocalId, &'a Expr>;

pub fn lets<'a>(block: &'a Block) -> Lets<'a> {
    let mut found = Lets::new();
    block.for_each_stmt(&mut |stmt| {
        if let StmtKind::Let {
            local,
            value,
            retry: _,
            handlers,
        } = &stmt.kind
            && handlers.is_empty()
        {
            found.insert(*local, value);
        }
    });
    found
}

/// Each amount between which ends it lies, by parameter.
pub fn amounts(package: &Package, lets: &Lets<'_>, step: &Step) -> Vec<Amount> {
    let params = match step.callee {
        ActionCallee::Extern(id) => &package.externs[id.index()].params,
        ActionCallee::Function(id) => &package.functions[id.index()].params,
    };
    let args = params.iter().zip(&step.args);
    let amounts = args.filter(|(param, _)| param.sink == Some(Sink::Amount));
    amounts
        .map(|(param, arg)| amount(package, lets, param, arg))
        .collect()
}

fn amount(package: &Package, lets: &Lets<'_>, param: &Param, arg: &Expr) -> Amount {
    let known = ends(package, lets, arg);
    let (low, high) = match &param.range {
        Some(range) => (Some(&range.low), range.high.as_ref()),
        None => (None, None),
    };
    let low = known.low.or(low);
    let high = known.high.or(high);
    Amount {
        of: param.name.to_string(),
        from: low.map_or_else(|| "any".to_owned(), Value::to_string),
        to: high.map(Value::to_string),
    }
}

/// The ends that the text says.
#[derive(Default)]
struct Ends<'a> {
    low: Option<&'a Value>,
    high: Option<&'a Value>,
}

fn ends<'a>(package: &'a Package, lets: &Lets<'a>, arg: &'a Expr) -> Ends<'a> {
    let arg = bound(lets, arg);
    if let Some(capped) = capped(package, arg) {
        return Ends {
            low: capped.low.and_then(|low| low.constant(package)),
            high: Some(capped.high),
        };
    }
    let value = arg.constant(package);
    Ends {
        low: value,
        high: value,
    }
}

/// An amount with a largest value: `min(x, 10)`, `clamp(x, 1, 10)`.
pub struct Capped<'a> {
    /// What it is below that.
    pub of: &'a Expr,
    pub low: Option<&'a Expr>,
    high: &'a Value,
}

pub fn capped<'a>(package: &'a Package, arg: &'a Expr) -> Option<Capped<'a>> {
    let ExprKind::Call(call) = &arg.kind else {
        return None;
    };
    match (call.callee, call.args.as_slice()) {
        (Callee::Builtin(Generic::Clamp), [of, low, high]) => Some(Capped {
            of,
            low: Some(low),
            high: high.constant(package)?,
        }),
        (Callee::Builtin(Generic::Min), [a, b]) => {
            let high = |high: &'a Expr, of| {
                let high = high.constant(package)?;
                let low = None;
                Some(Capped { of, low, high })
            };
            high(b, a).or_else(|| high(a, b))
        }
        _ => None,
    }
}

/// The value that a name was bound to, or what stands there.
pub fn bound<'a>(lets: &Lets<'a>, arg: &'a Expr) -> &'a Expr {
    match &arg.kind {
        ExprKind::Wrap(inner) => bound(lets, inner),
        // A name is bound before it is read, so this comes to an end.
        ExprKind::Local(local) => match lets.get(local) {
            Some(value) => bound(lets, value),
            None => arg,
        },
        _ => arg,
    }
}

/// The words of a command up to the first that is known only when it runs, and whether that is all.
pub fn command(package: &Package, arg: &Expr) -> Option<(Vec<String>, bool)> {
    match &arg.kind {
        ExprKind::Wrap(inner) => command(package, inner),
        ExprKind::List(items) => {
            let known = items.iter().map_while(|item| item.constant(package));
            let known: Vec<String> = known.map(plain).collect();
            let whole = known.len() == items.len();
            Some((known, whole))
        }
        _ => match arg.constant(package)? {
            Value::List(items) => Some((items.iter().map(plain).collect(), true)),
            _ => None,
        },
    }
}
