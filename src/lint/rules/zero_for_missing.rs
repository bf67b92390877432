//! `or vector(c)`: a number made up where nothing answers, on which a runbook then decides.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::Form;

pub static RULE: Rule = Rule {
    code: Code::ZeroForMissing,
    name: "zero-for-missing",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Query], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Query(expr) = node else {
        return;
    };
    if cx.is_attached {
        return;
    }
    let Some(tree) = cx.query(expr) else {
        return;
    };
    tree.root.for_each(&mut |part| {
        let Form::Binary {
            operator, right, ..
        } = &part.kind
        else {
            return;
        };
        let Form::Call { name, args } = &right.bare().kind else {
            return;
        };
        let number = args.first().map(|arg| &arg.bare().kind);
        if operator == "or" && name == "vector" && matches!(number, Some(Form::Number(_))) {
            let message = "a number is made up where there is no data";
            let label = "nobody sees that nothing answered";
            let found = Diagnostic::new(
                Code::ZeroForMissing,
                message,
                tree.span(&right.range),
                label,
            );
            out.push(found.help("say in the runbook what no data means: `else no_data ...`"));
        }
    });
}
