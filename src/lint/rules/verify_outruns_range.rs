//! A verify that is over before its query sees what came of the change: half of the range still lies before it.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::Form;
use crate::typed::{Expr, StmtKind};
use crate::value::Duration;

pub static RULE: Rule = Rule {
    code: Code::VerifyOutrunsRange,
    name: "verify-outruns-range",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Stmt], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Stmt(stmt) = node else {
        return;
    };
    let StmtKind::Verify(verify) = &stmt.kind else {
        return;
    };
    let holding = verify.holding.map_or(0, Duration::millis);
    let mut reach = 0;
    let mut look = |expr: &Expr| {
        if let Some(tree) = cx.answer_of(expr) {
            tree.root.for_each(&mut |part| {
                if let Form::Ranged {
                    back: Some(back), ..
                } = part.kind
                {
                    reach = back.max(reach);
                }
            });
        }
    };
    for condition in &verify.conditions {
        condition.for_each(&mut look);
    }
    let least = Duration::from_millis((reach / 2).saturating_add(holding));
    if verify.within < least {
        let range = Duration::from_millis(reach);
        let message = "this verify gives up before its query can see the change";
        let label = format!("over before half of the {range} lies behind the change");
        let found = Diagnostic::new(Code::VerifyOutrunsRange, message, verify.span, label);
        out.push(found.help(format!(
            "wait longer, `within {least}` at least, or ask for a shorter range"
        )));
    }
}
