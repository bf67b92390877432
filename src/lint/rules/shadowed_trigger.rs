//! A trigger of a runbook that another one of it implies.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::labels::may_take;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{LabelCondition, LabelTest, Trigger, TriggerKind};

pub static RULE: Rule = Rule {
    code: Code::ShadowedTrigger,
    name: "shadowed-trigger",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(_, runbook) = node else {
        return;
    };
    let triggers = &runbook.triggers;
    for (at, trigger) in triggers.iter().enumerate() {
        let mut others = triggers.iter().enumerate();
        let wider = others.find(|(other, wide)| {
            *other != at && implies(trigger, wide) && (*other < at || !implies(wide, trigger))
        });
        let Some((_, wider)) = wider else {
            continue;
        };
        let message = "another trigger of this runbook takes all that this one takes";
        let label = "takes nothing of its own";
        let found = Diagnostic::new(Code::ShadowedTrigger, message, trigger.span, label);
        let found = found
            .and(wider.span, "takes them all")
            .help("drop the narrower one");
        let tree = cx.written(runbook);
        let mut clauses = tree.into_iter().flat_map(|tree| &tree.clauses);
        let clause = clauses.find(|clause| clause.span.holds(trigger.span));
        out.push(match clause {
            Some(clause) => found.fix("drop it", clause.span, ""),
            None => found,
        });
    }
}

/// Whether whatever sets off the one sets off the other.
fn implies(one: &Trigger, other: &Trigger) -> bool {
    let (TriggerKind::Alert { name }, TriggerKind::Alert { name: wide }) = (&one.kind, &other.kind)
    else {
        return false;
    };
    let narrower = |wide: &LabelCondition| {
        let mut tests = one.labels.iter();
        tests.any(|test| test.label == wide.label && passes(&test.test, &wide.test))
    };
    let holding = |trigger: &Trigger| trigger.holding.map_or(0, |holding| holding.millis());
    name == wide
        && other.labels.iter().all(narrower)
        && other.written.iter().all(|line| one.written.contains(line))
        && holding(other) <= holding(one)
}

/// Whether each value that passes the one test passes the other.
fn passes(one: &LabelTest, wide: &LabelTest) -> bool {
    if *wide == LabelTest::Present || one == wide {
        return true;
    }
    match one {
        LabelTest::Equal(value) => may_take(wide, value),
        LabelTest::In(values) => values.iter().all(|value| may_take(wide, value)),
        LabelTest::Present | LabelTest::NotEqual(_) | LabelTest::Matches(_) => false,
    }
}
