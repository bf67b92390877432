//! A diagnosis that ends with a finding for whatever is left: nothing is ever new to it.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::rules::unreachable_otherwise::says_novel;
use crate::typed::{FindingId, StmtKind};

pub static RULE: Rule = Rule {
    code: Code::CatchAllFinding,
    name: "catch-all-finding",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(_: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(_, runbook) = node else {
        return;
    };
    let Some(block) = runbook.diagnose.as_ref().map(|body| &body.block) else {
        return;
    };
    let Some(last) = block.statements.last() else {
        return;
    };
    // Who says what is unknown has thought of it.
    if says_novel(block) {
        return;
    }
    let StmtKind::Found { finding, .. } = &last.kind else {
        return;
    };
    let finding: FindingId = *finding;
    let mut remedies = runbook.remedies.iter();
    let acts = remedies
        .find(|remedy| remedy.finding == Some(finding))
        .is_some_and(|remedy| remedy.body.block.changes());
    if acts {
        let message = "whatever is left is taken for this, and changed";
        let found = Diagnostic::new(Code::CatchAllFinding, message, last.span, "without a test");
        out.push(
            found.help("test what it is: what nobody has seen before is `novel`, and for a human"),
        );
    }
}
