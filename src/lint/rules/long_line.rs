//! A line that is wider than a reviewer's window. Queries and texts are as long as they are, and do not count.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::text::Span;

pub static RULE: Rule = Rule {
    code: Code::LongLine,
    name: "long-line",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Package], run),
};

/// As wide as a line may be.
const MOST: usize = 120;
/// What begins and ends a text of several lines.
const BLOCK: &str = "\"\"\"";

fn run(cx: &Cx<'_>, _: Node<'_>, out: &mut Vec<Diagnostic>) {
    for tree in cx.input.trees {
        let text = &cx.input.sources.source(tree.source).text;
        let mut start = 0;
        let mut is_block = false;
        // Looking for it in each line costs more than all else here.
        let has_blocks = text.contains(BLOCK);
        for line in text.split_inclusive('\n') {
            let shown = line.trim_end();
            let was_block = is_block;
            if has_blocks
                && !shown.trim_start().starts_with("//")
                && shown.matches(BLOCK).count() % 2 == 1
            {
                is_block = !is_block;
            }
            if shown.len() > MOST && !was_block && columns(shown) > MOST {
                let message = format!("this line is wider than {MOST} columns");
                let past = shown.char_indices().nth(MOST).map_or(0, |(at, _)| at);
                let at = Span::new(tree.source, start + past, start + shown.len());
                let found = Diagnostic::new(Code::LongLine, message, at, "past the edge");
                out.push(found.help("break it, or give a part of it a name with `let`"));
            }
            start += line.len();
        }
    }
}

/// How wide a line is without what stands in quotes.
fn columns(line: &str) -> usize {
    if line.trim_start().starts_with("//") {
        return line.chars().count();
    }
    let mut columns = 0;
    let (mut is_text, mut is_escaped) = (false, false);
    for letter in line.chars() {
        let is_quote = letter == '"' && !is_escaped;
        columns += usize::from(!is_text || is_quote);
        is_text ^= is_quote;
        is_escaped = is_text && letter == '\\' && !is_escaped;
    }
    columns
}
