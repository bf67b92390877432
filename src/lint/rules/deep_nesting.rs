//! Blocks in blocks, more than anybody follows at night.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::StmtKind;

pub static RULE: Rule = Rule {
    code: Code::DeepNesting,
    name: "deep-nesting",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Stmt], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Stmt(stmt) = node else {
        return;
    };
    let opens = matches!(
        stmt.kind,
        StmtKind::If { .. } | StmtKind::Match { .. } | StmtKind::For(_)
    );
    let most = cx.input.levels.settings.nesting as usize;
    // The body itself is one; `else if` goes on beside the `if` before it.
    if opens && !cx.is_chained && cx.depth == most + 1 {
        let message = format!("more than {most} blocks in each other");
        let found = Diagnostic::new(Code::DeepNesting, message, stmt.span, "one more");
        out.push(found.help("end a case early, or move a part into a probe or an action"));
    }
}
