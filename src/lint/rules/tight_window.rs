//! A unit that takes up much of the longest window that it may begin in: it finds room there seldom.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::value::Duration;

/// So many of it should fit.
const PARTS: i64 = 4;

pub static RULE: Rule = Rule {
    code: Code::TightWindow,
    name: "tight-window",
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
    let Some(longest) = cx.package().window_lines(runbook).longest() else {
        return;
    };
    let part = Duration::from_millis(longest.millis() / PARTS);
    for unit in facts.units.iter().filter(|unit| unit.time > part) {
        let message = format!(
            "{} may take {}, more than a quarter of its longest window",
            unit.of, unit.time
        );
        let label = format!("begins only where {} of {longest} are left", unit.time);
        let found = Diagnostic::new(Code::TightWindow, message, unit.span, label);
        out.push(found.help("shorten what is waited for in it, or name a longer window"));
    }
}
