//! A dependency that no file uses.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::syntax::tree::ItemKind;
use crate::text::Span;

pub static RULE: Rule = Rule {
    code: Code::UnusedDependency,
    name: "unused-dependency",
    needs: Data::Nothing,
    fixes: Fixes::Safe,
    sees: Sees::Nodes(&[Kind::Package], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Package = node else {
        return;
    };
    for wanted in cx.input.wanted {
        let mut items = cx.input.trees.iter().flat_map(|tree| &tree.items);
        let is_used = items.any(|item| match &item.kind {
            ItemKind::Use(found) => found.root.text == wanted.name,
            _ => false,
        });
        if !is_used {
            let message = format!("no file uses the package `{}`", wanted.name);
            let found = Diagnostic::new(Code::UnusedDependency, message, wanted.at, "not used");
            let found = found.help("drop the line");
            out.push(match line(cx, wanted.at) {
                Some(line) => found.fix("drop the line", line, ""),
                None => found,
            });
        }
    }
}

/// The line of a dependency, where all of it stands there.
fn line(cx: &Cx<'_>, at: Span) -> Option<Span> {
    let source = cx.input.sources.source(at.source);
    let range = source.line_range(source.position(at.start).line);
    let text = source.text.get(range.clone())?;
    let is_whole = text.contains('{') && text.trim_end().ends_with('}');
    is_whole.then(|| Span::new(at.source, range.start, range.end))
}
