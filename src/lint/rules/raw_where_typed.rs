//! A command or a URL for which the library has a probe or an action that knows what it does.
//!
//! Only what the library can say is told: other subcommands have no other way.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::text::Span;
use crate::typed::{ActionCallee, Callee, Expr, ExprKind, ExternId, StmtKind};
use crate::value::Value;

pub static RULE: Rule = Rule {
    code: Code::RawWhereTyped,
    name: "raw-where-typed",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Call, Kind::Stmt], run),
};

/// A program, what follows it, and what the library has for that.
const TYPED: &[(&str, &str, &str)] = &[
    ("kubectl", "get", "k8s.pods"),
    ("kubectl", "scale", "k8s.scale"),
    ("kubectl", "delete", "k8s.restart"),
    ("kubectl", "rollout", "k8s.rollback"),
    ("systemctl", "restart", "host.restart"),
    ("systemctl", "is-active", "host.active"),
];

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let (id, args, span) = match node {
        Node::Call(expr, call) => match call.callee {
            Callee::Extern(id) => (id, call.args.as_slice(), expr.span),
            Callee::Function(_) | Callee::Builtin(_) => return,
        },
        Node::Stmt(stmt) => match &stmt.kind {
            StmtKind::Do(step) => match step.callee {
                ActionCallee::Extern(id) => (id, step.args.as_slice(), step.span),
                ActionCallee::Function(_) => return,
            },
            _ => return,
        },
        _ => return,
    };
    if is_command(cx, id) {
        out.extend(args.iter().find_map(|arg| told(arg, span)));
    }
}

fn is_command(cx: &Cx<'_>, id: ExternId) -> bool {
    let found = cx.package().externs.get(id.index());
    found.is_some_and(|found| found.name.module.as_deref() == Some("exec"))
}

fn told(argv: &Expr, span: Span) -> Option<Diagnostic> {
    let words: Vec<&str> = match &argv.kind {
        ExprKind::List(words) => words.iter().map_while(word).collect(),
        ExprKind::Value(Value::List(words)) => words
            .iter()
            .map_while(|word| match word {
                Value::Text(word) => Some(word.as_str()),
                _ => None,
            })
            .collect(),
        _ => return None,
    };
    let [program, what, ..] = words.as_slice() else {
        return None;
    };
    let program = program.rsplit('/').next()?;
    let row = TYPED
        .iter()
        .find(|(known, word, _)| *known == program && word == what)?;
    let message = format!("`{program} {what}` as a command, of which nothing is known");
    let label = "checked by nobody";
    let found = Diagnostic::new(Code::RawWhereTyped, message, span, label);
    Some(found.help(format!(
        "the library says it with types, limits and an undo: `{}`",
        row.2
    )))
}

fn word(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Value(Value::Text(word)) => Some(word),
        _ => None,
    }
}
