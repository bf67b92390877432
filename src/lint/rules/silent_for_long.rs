//! A grave incident on which the machine may work for long before anybody hears of it.

use crate::diag::{Code, Diagnostic};
use crate::effect::Severity;
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words::clause_at;
use crate::syntax::tree::ClauseKind;

pub static RULE: Rule = Rule {
    code: Code::SilentForLong,
    name: "silent-for-long",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    let grave = |level: Severity| matches!(level, Severity::Sev1 | Severity::Sev2);
    let most = cx.input.levels.settings.silence;
    let takes = cx.facts(index).map(|facts| facts.machine_time);
    let Some(takes) = takes.filter(|takes| *takes > most) else {
        return;
    };
    let is_grave = runbook.severity.iter().any(|case| grave(case.level));
    let is_told = runbook
        .tells
        .iter()
        .any(|tell| tell.unresolved_after.is_none_or(|after| after <= most));
    if !is_grave || is_told {
        return;
    }
    let message = format!(
        "`{}` may work for {takes} and nobody hears of it",
        runbook.name
    );
    let label = format!("grave, and silent for longer than {most}");
    let found = Diagnostic::new(Code::SilentForLong, message, runbook.name_span, label);
    let owner = cx.owner(runbook);
    let found = found.help(format!(
        "tell somebody meanwhile: `tell {} if unresolved after 10m`",
        owner.unwrap_or("builder")
    ));
    let at = clause_at(cx, runbook, |kind| {
        matches!(
            kind,
            ClauseKind::Blast(_) | ClauseKind::Diagnose(_) | ClauseKind::Steps(_)
        )
    });
    out.push(match (at, owner) {
        (Some(at), Some(owner)) => {
            let line = format!("tell {owner} if unresolved after 10m\n  ");
            found.fix("tell the owner after ten minutes", at, line)
        }
        _ => found,
    });
}
