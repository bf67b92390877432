//! A word that stands for one still to be written, in a text or a waiver.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words;
use crate::text::Span;

pub static RULE: Rule = Rule {
    code: Code::PlaceholderText,
    name: "placeholder-text",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Text, Kind::Waiver], run),
};

fn run(_: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    match node {
        Node::Text(_, text) => {
            let pieces = words::pieces(text).unwrap_or_default();
            let mut own = words::own(&pieces);
            if let Some(word) = own.find(|word| is_placeholder(word)) {
                out.push(told(word, text.span));
            }
        }
        Node::Waiver(why, span) => {
            let mut words = why.split(|c: char| !c.is_alphanumeric());
            if let Some(word) = words.find(|word| is_placeholder(word)) {
                out.push(told(word, span));
            }
        }
        _ => {}
    }
}

/// Small letters may be a word of the trade: the first three count in capitals alone.
fn is_placeholder(word: &str) -> bool {
    let among = |marks: &[&str]| marks.iter().any(|mark| word.eq_ignore_ascii_case(mark));
    let is_loud = word.chars().all(char::is_uppercase);
    is_loud && among(&["todo", "fixme", "xxx"]) || among(&["tbd", "lorem"])
}

fn told(word: &str, span: Span) -> Diagnostic {
    let message = format!("`{word}` stands where words are still to come");
    let found = Diagnostic::new(Code::PlaceholderText, message, span, "not written yet");
    found.help("write what somebody needs to know at three in the morning")
}
