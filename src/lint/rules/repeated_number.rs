//! One number in three conditions of a package: whoever changes it forgets one of them.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::text::Span;

pub static RULE: Rule = Rule {
    code: Code::RepeatedNumber,
    name: "repeated-number",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Package], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Package = node else {
        return;
    };
    for (text, places) in cx.read.numbers() {
        let [first, second, third, ..] = places.as_slice() else {
            continue;
        };
        let message = format!("`{text}` stands in {} conditions", places.len());
        let place: Span = *first;
        let found = Diagnostic::new(Code::RepeatedNumber, message, place, "the same number");
        let found = found.and(*second, "here").and(*third, "and here");
        out.push(found.help("give it a name: `const NAME = ...`"));
    }
}
