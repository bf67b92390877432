//! `tell ... if unresolved after D` with D beyond the longest that a run takes: it is over by then.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};

pub static RULE: Rule = Rule {
    code: Code::TellAfterTheEnd,
    name: "tell-after-the-end",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    let Some(facts) = cx.facts(index) else {
        return;
    };
    let longest = facts.stated_time();
    for tell in &runbook.tells {
        if let Some(after) = tell.unresolved_after.filter(|after| *after > longest) {
            let message = format!("nobody is ever told this: a run takes {longest} at most");
            let label = format!("after {after} it is over");
            let found = Diagnostic::new(Code::TellAfterTheEnd, message, tell.span, label);
            out.push(found.help("tell sooner, or leave it out: a run that fails pages by itself"));
        }
    }
}
