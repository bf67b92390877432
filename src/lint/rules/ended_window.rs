//! A window of one time that is over and still used: it holds nothing back any more.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{Symbol, WindowId, WindowTimes};

pub static RULE: Rule = Rule {
    code: Code::EndedWindow,
    name: "ended-window",
    needs: Data::Day,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Package], run),
};

fn run(cx: &Cx<'_>, _: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Some(today) = cx.input.known.today else {
        return;
    };
    for (index, window) in cx.package().windows.iter().enumerate() {
        let symbol = Symbol::Window(WindowId(index as u32));
        let Some(WindowTimes::Once { to, .. }) = &window.times else {
            continue;
        };
        if cx.is_own(window.span) && to.last < today && !cx.input.unnamed.contains(&symbol) {
            let message = format!("the window `{}` is over", window.name);
            let found = Diagnostic::new(Code::EndedWindow, message, window.span, "ended");
            out.push(found.help("say when the next one is, or drop it"));
        }
    }
}
