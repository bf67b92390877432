//! A parameter of a function, probe, action or remedy that its body never reads.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::text::Span;
use crate::typed::{FunctionKind, LocalId, parameter_local};

pub static RULE: Rule = Rule {
    code: Code::UnusedParameter,
    name: "unused-parameter",
    needs: Data::Nothing,
    fixes: Fixes::None,
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
                    out.push(unread(&param.name, param.span));
                }
            }
        }
        Node::Remedy(remedy) => {
            for index in 0..remedy.params {
                let local = remedy.body.locals.get(index as usize);
                if let Some(local) = local.filter(|_| !cx.read.has_local(LocalId(index))) {
                    out.push(unread(&local.name, local.span));
                }
            }
        }
        _ => {}
    }
}

fn unread(name: &str, span: Span) -> Diagnostic {
    let message = format!("nothing reads the parameter `{name}`");
    let found = Diagnostic::new(Code::UnusedParameter, message, span, "never read");
    found.help("drop it here and where it is given, or use it")
}
