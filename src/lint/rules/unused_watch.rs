//! A `watch` that nothing calls.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::syntax::tree::ClauseKind;

pub static RULE: Rule = Rule {
    code: Code::UnusedWatch,
    name: "unused-watch",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(_, runbook) = node else {
        return;
    };
    for id in &runbook.watches {
        let Some(watch) = cx.function(*id).filter(|_| !cx.read.has_called(*id)) else {
            continue;
        };
        let message = format!("nothing asks the watch `{}`", watch.name.name);
        let found = Diagnostic::new(Code::UnusedWatch, message, watch.span, "never asked");
        let found = found.help("drop it, or ask it");
        let clauses = cx
            .written(runbook)
            .into_iter()
            .flat_map(|tree| &tree.clauses);
        let clause = clauses
            .filter(|clause| matches!(clause.kind, ClauseKind::Watch(_)))
            .find(|clause| clause.span.holds(watch.span));
        out.push(match clause {
            Some(clause) => found.fix("drop it", clause.span, ""),
            None => found,
        });
    }
}
