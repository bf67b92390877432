//! Two remedies that do the same, word for word.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::Remedy;

pub static RULE: Rule = Rule {
    code: Code::TwinRemedies,
    name: "twin-remedies",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(_, runbook) = node else {
        return;
    };
    for (at, remedy) in runbook.remedies.iter().enumerate() {
        let mut before = runbook.remedies.iter().take(at);
        if let Some(twin) = before.find(|other| alike(cx, remedy, other)) {
            let message = format!("`{}` and `{}` do the same", twin.name, remedy.name);
            let found = Diagnostic::new(Code::TwinRemedies, message, remedy.name_span, "a twin");
            let found = found.and(twin.name_span, "of this one");
            out.push(found.help("let one action of the package do it, or find one thing"));
        }
    }
}

fn alike(cx: &Cx<'_>, one: &Remedy, other: &Remedy) -> bool {
    let words = |remedy: &Remedy| cx.text(remedy.body.block.span).split_whitespace();
    let params = |remedy: &Remedy| {
        let locals = remedy.body.locals.iter().take(remedy.params as usize);
        locals.map(|local| local.name.clone()).collect::<Vec<_>>()
    };
    words(one).eq(words(other))
        && params(one) == params(other)
        && one.body.block.statements.len() > 1
}
