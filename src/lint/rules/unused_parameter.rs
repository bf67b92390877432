//! A parameter of a function, probe, action or remedy that its body never reads.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::{calls, words};
use crate::syntax::tree::ItemKind;
use crate::text::Span;
use crate::typed::{FunctionKind, LocalId, Runbook, parameter_local};

pub static RULE: Rule = Rule {
    code: Code::UnusedParameter,
    name: "unused-parameter",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Function, Kind::Remedy], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    match node {
        Node::Function(function) => {
            // What an action changes is said by a parameter, be it read or not.
            let changes: &[u16] = match &function.kind {
                FunctionKind::Action { changes } => changes,
                FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Watch(_) => &[],
            };
            for (index, param) in function.params.iter().enumerate() {
                let is_named = changes.iter().any(|at| usize::from(*at) == index);
                if !is_named && !cx.read.has_local(parameter_local(index)) {
                    let of = Of {
                        name: &function.name.name,
                        param: &param.name,
                        index,
                        is_remedy: false,
                    };
                    let runbook = match function.kind {
                        FunctionKind::Watch(id) => cx.package().runbooks.get(id.index()),
                        FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Action { .. } => {
                            None
                        }
                    };
                    out.push(unread(cx, &of, runbook, param.span));
                }
            }
        }
        Node::Remedy(remedy) => {
            for index in 0..remedy.params {
                let local = remedy.body.locals.get(index as usize);
                if let Some(local) = local.filter(|_| !cx.read.has_local(LocalId(index))) {
                    let of = Of {
                        name: &remedy.name,
                        param: &local.name,
                        index: index as usize,
                        is_remedy: true,
                    };
                    out.push(unread(cx, &of, cx.runbook(), local.span));
                }
            }
        }
        _ => {}
    }
}

/// A parameter, and what it belongs to.
struct Of<'a> {
    name: &'a str,
    param: &'a str,
    index: usize,
    is_remedy: bool,
}

fn unread(cx: &Cx<'_>, of: &Of<'_>, runbook: Option<&Runbook>, span: Span) -> Diagnostic {
    let message = format!("nothing reads the parameter `{}`", of.param);
    let found = Diagnostic::new(Code::UnusedParameter, message, span, "never read");
    let found = found.help("drop it here and where it is given, or use it");
    let edits = without(cx, of, runbook).unwrap_or_default();
    edits.into_iter().fold(found, |found, edit| {
        found.fix("drop it here and where it is given", edit, "")
    })
}

/// What is dropped with the parameter, in the runbook that it belongs to and its tests, or everywhere.
fn without(cx: &Cx<'_>, of: &Of<'_>, runbook: Option<&Runbook>) -> Option<Vec<Span>> {
    let mut edits = Vec::new();
    let open = format!("{}(", of.name);
    for item in cx.input.trees.iter().flat_map(|tree| &tree.items) {
        let is_asked = match (&item.kind, runbook) {
            (_, None) => true,
            (ItemKind::Runbook(_), Some(runbook)) => item.span.holds(runbook.name_span),
            (ItemKind::Test(test), Some(runbook)) => test.runbook.text == runbook.name,
            (_, Some(_)) => false,
        };
        let text = cx.text(item.span);
        if !is_asked || !text.contains(&open) {
            continue;
        }
        for call in calls::of(text, of.name)? {
            let is_finding = ["found", "finding", "remedy"].contains(&&*call.behind);
            if is_finding == of.is_remedy {
                edits.extend(given(cx, item.span, of, &call));
            }
        }
    }
    Some(edits)
}

/// The argument of one call, with its comma.
fn given(cx: &Cx<'_>, within: Span, of: &Of<'_>, call: &calls::Call) -> Option<Span> {
    let text = cx.text(within);
    let spans = call.args.iter();
    let spans: Vec<Span> = spans.map(|arg| within.inside(arg.start, arg.end)).collect();
    let name = |at: &usize| {
        let (name, _) = text.get(call.args.get(*at)?.clone())?.split_once(':')?;
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name.then_some(name)
    };
    let all = 0..spans.len();
    let named = all.clone().find(|at| name(at) == Some(of.param));
    let positional = all.take_while(|at| name(at).is_none()).count();
    let at = named.or_else(|| (of.index < positional).then_some(of.index))?;
    if spans.len() > 1 {
        return words::element(&spans, at);
    }
    // A finding without arguments has no parentheses.
    let inner = usize::from(!of.is_remedy);
    Some(within.inside(call.whole.start + inner, call.whole.end - inner))
}
