//! A limit far above what the runbook is proven to touch: it would not stop the mistake that it is there for.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::syntax::tree::{BlastLineKind, ClauseKind, ExprKind};
use crate::text::Span;
use crate::typed::{BlastPer, Runbook};

pub static RULE: Rule = Rule {
    code: Code::SlackBlast,
    name: "slack-blast",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(index, runbook) = node else {
        return;
    };
    let Some(facts) = cx.facts(index) else {
        return;
    };
    for line in &runbook.blast {
        let mut touched = facts.touched.iter();
        let Some(touched) = touched.find(|touched| touched.target == line.target) else {
            continue;
        };
        let proven = match line.per {
            BlastPer::Run => touched.targets,
            BlastPer::AtOnce => touched.at_once,
            BlastPer::Window(_) => continue,
        };
        if line.count < proven.saturating_add(2) || line.count < proven.saturating_mul(2) {
            continue;
        }
        let message = format!(
            "the blast allows {}, and {proven} is all that can happen",
            line.count
        );
        let label = "would stop nothing";
        let found = Diagnostic::new(Code::SlackBlast, message, line.span, label);
        let found = found.help(format!("write `at most {proven}`"));
        out.push(match count_at(cx, runbook, line.span) {
            Some(at) => found.fix(format!("write {proven}"), at, proven.to_string()),
            None => found,
        });
    }
}

/// The number of a line, where it is written as one.
fn count_at(cx: &Cx<'_>, runbook: &Runbook, line: Span) -> Option<Span> {
    let tree = cx.written(runbook)?;
    let blasts = tree.clauses.iter().filter_map(|clause| match &clause.kind {
        ClauseKind::Blast(lines) => Some(lines),
        _ => None,
    });
    let mut lines = blasts.flatten();
    let line = lines.find(|found| found.span == line)?;
    match &line.kind {
        BlastLineKind::AtMost { count, .. } => {
            matches!(count.kind, ExprKind::Number).then_some(count.span)
        }
        _ => None,
    }
}
