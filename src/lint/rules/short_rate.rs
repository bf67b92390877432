//! A rate over so short a range that one scrape that is late leaves it without an answer.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::Form;
use crate::value::Duration;

pub static RULE: Rule = Rule {
    code: Code::ShortRate,
    name: "short-rate",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Query], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Query(expr) = node else {
        return;
    };
    let Some(tree) = cx.query(expr) else {
        return;
    };
    let scrape = cx.input.levels.settings.scrape;
    let least = Duration::from_millis(scrape.millis().saturating_mul(4));
    tree.root.for_each(&mut |part| {
        let Form::Call { name, args } = &part.kind else {
            return;
        };
        let Some(Form::Ranged {
            back: Some(back),
            length,
            is_subquery: false,
            ..
        }) = args.first().map(|arg| &arg.bare().kind)
        else {
            return;
        };
        if !["rate", "increase", "irate"].contains(&name.as_str()) || *back >= least.millis() {
            return;
        }
        let message = format!("`{name}` over a range of less than four scrapes");
        let label = format!("a scrape every {scrape}: one that is late, and there is no answer");
        let found = Diagnostic::new(Code::ShortRate, message, tree.span(&part.range), label);
        let found = found.help(format!("ask for `[{least}]` at least"));
        out.push(found.fix(
            format!("write `{least}`"),
            tree.span(length),
            least.to_string(),
        ));
    });
}
