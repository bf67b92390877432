//! A label that every rule of the alert sets to what the trigger does not take.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::labels::may_take;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words;
use crate::typed::{LabelTest, Trigger};
use crate::value::{Value, escape_text};

/// The most of a value that is shown, in characters.
const SHOWN: usize = 100;

pub static RULE: Rule = Rule {
    code: Code::LabelNeverEqual,
    name: "label-never-equal",
    needs: Data::Rules,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Trigger], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Trigger(trigger) = node else {
        return;
    };
    let Some((name, rules)) = queries::rules_of(cx, trigger) else {
        return;
    };
    let Some(known) = &cx.input.known.rules else {
        return;
    };
    for condition in &trigger.labels {
        let label = condition.label.as_str();
        let set = rules.iter().map(|rule| known.value(rule, label));
        let Some(set) = set.collect::<Option<Vec<&str>>>() else {
            continue;
        };
        let (Some(first), false) = (
            set.first().copied(),
            set.iter()
                .any(|value| may_take(&condition.test, &Value::text(value))),
        ) else {
            continue;
        };
        let message = format!("each rule of `{name}` sets `{label}` to something else");
        let told = format!("here it is `{}`", escape_text(first, SHOWN));
        let found = Diagnostic::new(Code::LabelNeverEqual, message, trigger.span, "never taken");
        let found = found.help(told);
        out.push(match written(cx, trigger, &condition.test) {
            Some(at) if words::is_plain(first) => found.fix(format!("write `{first}`"), at, first),
            Some(_) | None => found,
        });
    }
}

fn written(cx: &Cx<'_>, trigger: &Trigger, test: &LabelTest) -> Option<crate::text::Span> {
    match test {
        LabelTest::Equal(Value::Text(text)) => words::quoted(cx, trigger.span, text),
        LabelTest::Equal(_)
        | LabelTest::Present
        | LabelTest::NotEqual(_)
        | LabelTest::In(_)
        | LabelTest::Matches(_) => None,
    }
}
