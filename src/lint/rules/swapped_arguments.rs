//! An argument with the name of another parameter, which something else was given to: the two may be exchanged.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{CallExpr, Callee, Expr, ExprKind, Param};

pub static RULE: Rule = Rule {
    code: Code::SwappedArguments,
    name: "swapped-arguments",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Call], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Call(whole, call) = node else {
        return;
    };
    let params: &[Param] = match call.callee {
        Callee::Extern(id) => match cx.package().externs.get(id.index()) {
            Some(found) => &found.params,
            None => return,
        },
        Callee::Function(id) => match cx.function(id) {
            Some(found) => &found.params,
            None => return,
        },
        Callee::Builtin(_) => return,
    };
    let names: Vec<Option<&str>> = call.args.iter().map(|arg| name(cx, whole, arg)).collect();
    let mut told = BTreeSet::new();
    for (at, of) in names.iter().enumerate() {
        let Some(of) = of else {
            continue;
        };
        let other = params.iter().position(|param| param.name == *of);
        let Some(other) = other.filter(|other| *other != at) else {
            continue;
        };
        let Some((here, there)) = params.get(at).zip(params.get(other)) else {
            continue;
        };
        let given = names.get(other).copied().flatten();
        let is_right = given.is_none_or(|given| given == there.name);
        // Each pair once.
        let pair = (at.min(other), at.max(other));
        if here.ty == there.ty && !is_right && told.insert(pair) {
            out.push(swapped(cx, call, (other, at), (there, here)));
        }
    }
}

fn swapped(
    cx: &Cx<'_>,
    call: &CallExpr,
    (first, second): (usize, usize),
    (there, here): (&Param, &Param),
) -> Diagnostic {
    let (one, other) = (call.args[first].span, call.args[second].span);
    let called = cx.text(call.name_span);
    let (a, b) = (cx.text(one), cx.text(other));
    let message = format!("`{b}` is given as the `{}` of `{called}`", here.name);
    let found = Diagnostic::new(
        Code::SwappedArguments,
        message,
        other,
        format!("`{}` is another parameter", there.name),
    );
    let found = found.and(one, format!("given as the `{}`", there.name));
    let found = found.help(format!(
        "if that is meant, name them: `{}: {a}, {}: {b}`",
        there.name, here.name
    ));
    let title = "swap them";
    found.fix(title, one, b).fix(title, other, a)
}

/// The name that an argument is alone, where it is given by its place.
fn name<'a>(cx: &Cx<'a>, call: &Expr, arg: &Expr) -> Option<&'a str> {
    if !matches!(arg.kind, ExprKind::Local(_) | ExprKind::Trigger(_)) {
        return None;
    }
    let before = (arg.span.start).checked_sub(call.span.start)?;
    let before = cx.text(call.span).get(..before as usize)?.trim_end();
    (before.ends_with(['(', ','])).then(|| cx.text(arg.span))
}
