//! An alert that no rule raises: the runbook waits for ever.

use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words;

pub static RULE: Rule = Rule {
    code: Code::UnknownAlert,
    name: "unknown-alert",
    needs: Data::Rules,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Trigger], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Trigger(trigger) = node else {
        return;
    };
    let (Some((name, [])), Some(rules)) = (queries::rules_of(cx, trigger), &cx.input.known.rules)
    else {
        return;
    };
    let message = format!("no rule raises the alert `{name}`");
    let found = Diagnostic::new(Code::UnknownAlert, message, trigger.span, "never comes");
    out.push(
        match nearest(name, rules.names().filter(|name| words::is_plain(name))) {
            Some(near) => {
                let found = found.help(format!("did you mean `{near}`?"));
                match words::quoted(cx, trigger.span, name) {
                    Some(at) => found.fix(format!("write `{near}`"), at, near),
                    None => found,
                }
            }
            None => found.help("write the rule, or name its file with `--rules`"),
        },
    );
}
