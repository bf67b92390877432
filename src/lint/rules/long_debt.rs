//! A debt that is due so late that nobody remembers it.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::StmtKind;

/// Thirty days, in milliseconds.
const LONGEST: i64 = 30 * 24 * 3_600_000;

pub static RULE: Rule = Rule {
    code: Code::LongDebt,
    name: "long-debt",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Stmt], run),
};

fn run(_: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Stmt(stmt) = node else {
        return;
    };
    if let StmtKind::Mitigated(mitigated) = &stmt.kind
        && mitigated.within.millis() > LONGEST
    {
        let message = format!(
            "owed for {}: by then nobody remembers why",
            mitigated.within
        );
        let found = Diagnostic::new(
            Code::LongDebt,
            message,
            stmt.span,
            "due after more than 30 days",
        );
        out.push(found.help("let it be due within days, while the incident is known"));
    }
}
