//! Strings: plain, with holes, as blocks, and tagged literals.

use smol_str::SmolStr;

use super::Lowering;
use crate::diag::{Code, Diagnostic};
use crate::syntax::rules::{Node, Nodes, Rule};
use crate::syntax::tree::{
    Expr, ExprKind, Hole, Ident, PlainText, TaggedLiteral, Text, TextLiteral, TextPart,
};
use crate::text::Span;

/// More fields than anybody writes; keeps every walk of the tree shallow.
const MAX_HOLE_FIELDS: usize = 50;

impl Lowering {
    /// Whether a node is one of the forms of a string.
    pub(super) fn is_string(rule: Rule) -> bool {
        matches!(rule, Rule::plain_text | Rule::text | Rule::block_text)
    }

    /// The next child as a message, if it is a string.
    pub(super) fn optional_text(&mut self, nodes: &mut Nodes<'_>) -> Option<Text> {
        if !nodes.peek_rule().is_some_and(Self::is_string) {
            return None;
        }
        let node = nodes.next()?;
        let span = self.span(&node);
        Some(Text {
            literal: self.text_literal(node),
            span,
        })
    }

    /// The next child as a string without holes.
    pub(super) fn next_plain(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> PlainText {
        let missing = PlainText {
            text: SmolStr::default(),
            span: parent.at_end(),
        };
        self.optional_plain(nodes).unwrap_or(missing)
    }

    /// The next child as a string without holes, if it is a string.
    pub(super) fn optional_plain(&mut self, nodes: &mut Nodes<'_>) -> Option<PlainText> {
        let text = self.optional_text(nodes)?;
        let mut plain = String::new();
        for part in &text.literal.parts {
            match part {
                TextPart::Text(piece) => plain.push_str(piece),
                TextPart::Hole(hole) => self.say(Diagnostic::new(
                    Code::HoleNotAllowed,
                    "this text is fixed: it cannot hold `${..}`",
                    hole.span,
                    "a hole",
                )),
            }
        }
        Some(PlainText {
            text: plain.into(),
            span: text.span,
        })
    }

    /// Any string.
    pub(super) fn text_literal(&mut self, node: Node<'_>) -> TextLiteral {
        match node.as_rule() {
            Rule::plain_text => {
                let inside = node.as_str();
                let text = inside
                    .get(1..inside.len().saturating_sub(1))
                    .unwrap_or_default();
                let parts = if text.is_empty() {
                    Vec::new()
                } else {
                    vec![TextPart::Text(text.into())]
                };
                TextLiteral { parts }
            }
            Rule::block_text => {
                let parts = unindent(self.text_parts(&node, Rule::block_entry));
                TextLiteral { parts }
            }
            _ => TextLiteral {
                parts: self.text_parts(&node, Rule::text_entry),
            },
        }
    }

    fn text_parts(&mut self, node: &Node<'_>, entry: Rule) -> Vec<TextPart> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let inside = node.inside(entry);
        for part in inside.iter().flat_map(|tree| Nodes::of(tree.root())) {
            match part.as_rule() {
                Rule::escape => self.escape(&part, &mut text),
                Rule::hole => {
                    if !text.is_empty() {
                        parts.push(TextPart::Text(std::mem::take(&mut text).into()));
                    }
                    parts.push(TextPart::Hole(self.hole(part)));
                }
                _ => text.push_str(part.as_str()),
            }
        }
        if !text.is_empty() {
            parts.push(TextPart::Text(text.into()));
        }
        parts
    }

    fn escape(&mut self, node: &Node<'_>, text: &mut String) {
        let written = node.as_str();
        let meant = match written {
            "\\n" => Some('\n'),
            "\\t" => Some('\t'),
            "\\r" => Some('\r'),
            "\\\"" => Some('"'),
            "\\\\" => Some('\\'),
            "\\$" => Some('$'),
            _ => unicode_escape(written),
        };
        match meant {
            Some(letter) => text.push(letter),
            None => {
                let message = format!("`{written}` is not an escape");
                self.say(
                    Diagnostic::new(Code::BadEscape, message, self.span(node), "unknown escape")
                        .help("the escapes are `\\n` `\\t` `\\r` `\\\"` `\\\\` `\\$` and `\\u{1F600}`; a backslash itself is `\\\\`"),
                );
                text.push_str(written);
            }
        }
    }

    /// `${path}`
    fn hole(&mut self, node: Node<'_>) -> Hole {
        let span = self.span(&node);
        let text = node.as_str();
        let mut nodes = Nodes::of(node);
        let path = match nodes.accept(Rule::hole_name) {
            Some(first) => self.hole_path(&first, nodes),
            None => None,
        };
        let path = path.unwrap_or_else(|| {
            self.say(match text.ends_with('}') {
                true if text.starts_with("${{") => doubled_hole(text, span),
                true => no_path(span),
                false => open_hole(text, span),
            });
            Expr {
                kind: ExprKind::Missing,
                span,
            }
        });
        Hole {
            path: Box::new(path),
            span,
        }
    }

    fn hole_path(&mut self, first: &Node<'_>, fields: Nodes<'_>) -> Option<Expr> {
        let mut path = Expr {
            kind: ExprKind::Name(first.as_str().into()),
            span: self.span(first),
        };
        for (count, field) in fields.enumerate() {
            if count >= MAX_HOLE_FIELDS {
                return None;
            }
            let name = self.field_name(&field);
            let span = path.span.to(name.span);
            path = Expr {
                kind: ExprKind::Field {
                    base: Box::new(path),
                    name,
                },
                span,
            };
        }
        Some(path)
    }

    /// `promql"..."`
    pub(super) fn tagged(&mut self, node: Node<'_>) -> TaggedLiteral {
        let span = self.span(&node);
        let mut tag = Ident {
            text: SmolStr::default(),
            span: span.at_start(),
        };
        let mut holes = Vec::new();
        let inside = node.inside(Rule::tagged_entry);
        for part in inside.iter().flat_map(|tree| Nodes::of(tree.root())) {
            match part.as_rule() {
                Rule::tag => tag = self.ident(&part),
                Rule::hole => holes.push(self.hole(part)),
                _ => {}
            }
        }
        let raw = Span {
            start: tag.span.end + 1,
            end: span.end.saturating_sub(1),
            ..span
        };
        TaggedLiteral { tag, raw, holes }
    }
}

/// `\u{1F600}`
fn unicode_escape(written: &str) -> Option<char> {
    let digits = written.strip_prefix("\\u{")?.strip_suffix('}')?;
    if digits.is_empty() || digits.len() > 6 {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// A block string without its first newline, its last line's blanks and the indentation of its least indented line.
fn unindent(parts: Vec<TextPart>) -> Vec<TextPart> {
    let indent = least_indent(&parts);
    let mut cut = Vec::with_capacity(parts.len());
    let mut line_start = true;
    let count = parts.len();
    for (index, part) in parts.into_iter().enumerate() {
        match part {
            TextPart::Text(text) => {
                let text = if index == 0 {
                    without_first_newline(&text)
                } else {
                    &text
                };
                let mut kept = cut_lines(text, indent, line_start);
                if index + 1 == count {
                    kept.truncate(kept.trim_end_matches([' ', '\t']).len());
                    if kept.ends_with('\n') {
                        kept.pop();
                    }
                }
                line_start = text.ends_with('\n');
                if !kept.is_empty() {
                    cut.push(TextPart::Text(kept.into()));
                }
            }
            TextPart::Hole(hole) => {
                line_start = false;
                cut.push(TextPart::Hole(hole));
            }
        }
    }
    cut
}

fn without_first_newline(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\r'])
        .strip_prefix('\n')
        .unwrap_or(text)
}

fn cut_lines(text: &str, indent: usize, line_start: bool) -> String {
    let mut kept = String::with_capacity(text.len());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        let cut = if index > 0 || line_start {
            blanks.min(indent)
        } else {
            0
        };
        let line = line.get(cut..).unwrap_or_default();
        match line.strip_suffix("\r\n") {
            Some(content) => {
                kept.push_str(content);
                kept.push('\n');
            }
            None => kept.push_str(line),
        }
    }
    kept
}

/// The blanks before the least indented line that holds anything.
fn least_indent(parts: &[TextPart]) -> usize {
    let mut least = usize::MAX;
    let count = parts.len();
    for (index, part) in parts.iter().enumerate() {
        let TextPart::Text(text) = part else { continue };
        let lines: Vec<&str> = text.split('\n').collect();
        for (at, line) in lines.iter().enumerate().skip(1) {
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            let ends_in_hole = at + 1 == lines.len() && index + 1 < count;
            if !line.trim().is_empty() || ends_in_hole {
                least = least.min(blanks);
            }
        }
    }
    if least == usize::MAX { 0 } else { least }
}

fn no_path(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::HoleNotPath,
        "a hole holds a name or a field of one, nothing else",
        span,
        "not a path such as `pod.name`",
    )
    .help("give the value a name with `let` first; a `${` that is meant as text is `\\${`")
}

/// `"the queue of ${{ pod }}"`: the inner braces are of another language, and the last one closes the hole.
fn doubled_hole(text: &str, span: Span) -> Diagnostic {
    let inner = text
        .trim_start_matches(['$', '{'])
        .trim_end_matches('}')
        .trim();
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
    let found = no_path(span);
    match !inner.is_empty() && inner.chars().all(letter) {
        true => found
            .help(format!("a hole has one brace at each end: `${{{inner}}}`"))
            .fix("write one brace", span, format!("${{{inner}")),
        false => found,
    }
}

/// `"the queue of ${pod is stuck"`
fn open_hole(text: &str, span: Span) -> Diagnostic {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
    let inner = text.trim_start_matches("${");
    let path = inner.split(|other| !letter(other)).next();
    let path = path.unwrap_or_default().trim_end_matches('.');
    let message = "this hole is never closed";
    let found = Diagnostic::new(Code::HoleNotPath, message, span, "needs a `}`");
    let end = span.start + 2 + path.len() as u32;
    let end = Span {
        start: end,
        end,
        ..span
    };
    match path.is_empty() {
        true => found,
        false => found
            .help(format!("write `${{{path}}}`"))
            .fix("add `}`", end, "}"),
    }
}
