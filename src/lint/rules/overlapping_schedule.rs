//! A schedule that comes again before a run of it has to be over.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::Schedule;
use crate::typed::TriggerKind;
use crate::value::Duration;

pub static RULE: Rule = Rule {
    code: Code::OverlappingSchedule,
    name: "overlapping-schedule",
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
    for trigger in &runbook.triggers {
        let TriggerKind::Schedule { cron, .. } = &trigger.kind else {
            continue;
        };
        let Some(minutes) = Schedule::of(cron).and_then(|schedule| schedule.least_distance())
        else {
            continue;
        };
        let distance = Duration::from_millis(minutes.saturating_mul(60_000));
        if facts.machine_time > distance {
            let message = format!(
                "a run may take {}, and the next one comes before",
                facts.machine_time
            );
            let label = format!("comes every {distance}");
            let found = Diagnostic::new(Code::OverlappingSchedule, message, trigger.span, label);
            out.push(found.help("run it less often, or let it give up sooner"));
        }
    }
}
