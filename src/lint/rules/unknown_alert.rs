//! An alert that no rule raises: the runbook waits for ever.

use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words;
use crate::syntax::tree::{Given, ItemKind, TestLineKind};
use crate::text::Span;

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
                    Some(at) => renamed(cx, found, name, near, at),
                    None => found,
                }
            }
            None => found.help("write the rule, or name its file with `--rules`"),
        },
    );
}

/// The fix: in the trigger, and in the tests of its runbook, which give the alert by its name.
fn renamed(cx: &Cx<'_>, found: Diagnostic, name: &str, near: &str, at: Span) -> Diagnostic {
    let title = format!("write `{near}`");
    let found = found.fix(title.clone(), at, near);
    let Some(runbook) = cx.runbook() else {
        return found;
    };
    let items = cx.input.trees.iter().flat_map(|tree| &tree.items);
    let tests = items.filter_map(|item| match &item.kind {
        ItemKind::Test(test) if test.runbook.text == runbook.name => Some(test),
        _ => None,
    });
    let lines = tests.flat_map(|test| &test.lines);
    let given = lines.filter_map(|line| match &line.kind {
        TestLineKind::Given(Given::Alert { name, .. }) => Some(name),
        _ => None,
    });
    let given = given.filter(|given| given.text() == name);
    // A word in small letters may be one of the language.
    let is_name = near.starts_with(|c: char| c.is_ascii_uppercase())
        && near.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let text = match is_name {
        true => near.to_owned(),
        false => format!("\"{near}\""),
    };
    given.fold(found, |found, given| {
        found.fix(title.clone(), given.span(), text.clone())
    })
}
