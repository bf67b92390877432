//! A change that alerts or events may set off again and again, and nobody is ever told that it does not last.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words::clause_at;
use crate::syntax::tree::ClauseKind;
use crate::typed::{BlastPer, CapKind, TriggerKind};

pub static RULE: Rule = Rule {
    code: Code::EndlessRepair,
    name: "endless-repair",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    let comes = |kind: &TriggerKind| match kind {
        TriggerKind::Alert { .. } | TriggerKind::Event { .. } => true,
        TriggerKind::Schedule { .. } | TriggerKind::Request { .. } => false,
    };
    let is_rated = runbook
        .blast
        .iter()
        .any(|line| matches!(line.per, BlastPer::Window(_)))
        || runbook
            .caps
            .iter()
            .any(|cap| matches!(cap.kind, CapKind::PerDomain { .. }));
    let is_set_off = runbook.triggers.iter().any(|trigger| comes(&trigger.kind));
    if !cx.changes(index) || runbook.recurs.is_some() || is_rated || !is_set_off {
        return;
    }
    let message = format!("`{}` may repair the same again and again", runbook.name);
    let label = "nothing bounds how often";
    let found = Diagnostic::new(Code::EndlessRepair, message, runbook.name_span, label);
    let found = found.help("say when it is enough: `recurs 3 within 24h then page builder \"...\"`, or `at most 3 ... per 24h` in the blast");
    let at = clause_at(cx, runbook, |kind| matches!(kind, ClauseKind::Blast(_)));
    out.push(match (at, cx.owner(runbook)) {
        (Some(at), Some(owner)) => {
            let name = &runbook.name;
            let line =
                format!("recurs 3 within 24h then page {owner} \"{name} does not last\"\n  ");
            found.fix("tell the owner at the fourth time within a day", at, line)
        }
        _ => found,
    });
}
