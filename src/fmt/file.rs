//! A whole file: its documentation, its items and the comments in between.
//!
//! In: the tree. Out: the text. Items that take one line each may stand together, as the author
//! has them; all others have one blank line between them.

use super::comments::Comments;
use super::layout::Layout;
use super::printer::Printer;
use crate::syntax::tree::{Comment, File, Item};
use crate::text::{Source, Span};

/// Something at column 0.
struct Part {
    text: String,
    kind: PartKind,
    /// Whether the author left a blank line above it.
    blank_line: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PartKind {
    Documentation,
    Comment,
    /// An item on one line.
    Line,
    /// Any other item.
    Item,
}

/// The text of a file, or the first place that could not be read.
pub(super) fn print(source: &Source, file: &File) -> Result<String, Span> {
    let mut printer = Printer {
        source,
        comments: Comments::new(source, &file.comments),
        layout: Layout::default(),
        brackets: 0,
        alone: false,
        missing: None,
    };
    let mut parts = Vec::new();
    if !file.doc.is_empty() {
        let start = documentation_start(&source.text);
        comments_before(&mut printer, start, &mut parts);
        let lines = file.doc.iter().map(|line| format!("//! {line}"));
        let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
        let blank_line = printer.comments.blank_line_before(start);
        parts.push(Part::new(
            PartKind::Documentation,
            lines.join("\n"),
            blank_line,
        ));
    }
    for (index, item) in file.items.iter().enumerate() {
        comments_before(&mut printer, item.span.start, &mut parts);
        let next = file.items.get(index + 1).map(|next| next.span.start);
        parts.push(item_part(&mut printer, item, next.unwrap_or(u32::MAX)));
    }
    comments_before(&mut printer, u32::MAX, &mut parts);
    match printer.missing {
        Some(span) => Err(span),
        None => Ok(join(&parts)),
    }
}

impl Part {
    fn new(kind: PartKind, text: String, blank_line: bool) -> Self {
        Part {
            text,
            kind,
            blank_line,
        }
    }
}

/// Where the first `//!` line begins.
fn documentation_start(text: &str) -> u32 {
    let start = if text.starts_with("//!") {
        0
    } else {
        text.find("\n//!").map_or(0, |line_end| line_end + 1)
    };
    start as u32
}

fn comments_before(printer: &mut Printer<'_>, offset: u32, parts: &mut Vec<Part>) {
    while let Some(Comment { span, .. }) = printer.comments.take_before(offset) {
        let text = printer.source.slice(*span).trim_end().to_owned();
        let blank_line = printer.comments.blank_line_before(span.start);
        parts.push(Part::new(PartKind::Comment, text, blank_line));
    }
}

fn item_part<'a>(printer: &mut Printer<'a>, item: &'a Item, next: u32) -> Part {
    let start = printer.start(item);
    printer.documented(item);
    printer.trailing_comment(next);
    let text = std::mem::take(&mut printer.layout).render();
    let kind = if text.contains('\n') {
        PartKind::Item
    } else {
        PartKind::Line
    };
    Part::new(kind, text, printer.comments.blank_line_before(start))
}

fn join(parts: &[Part]) -> String {
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.push('\n');
            if has_blank_line_above(parts, index) {
                out.push('\n');
            }
        }
        out.push_str(&part.text);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn has_blank_line_above(parts: &[Part], index: usize) -> bool {
    let (before, from) = parts.split_at(index);
    let (Some(above), Some(part)) = (before.last(), from.first()) else {
        return false;
    };
    if part.blank_line {
        return true;
    }
    match above.kind {
        PartKind::Documentation => return true,
        PartKind::Comment => return false,
        PartKind::Line | PartKind::Item => {}
    }
    // The comments between two items belong to the one below, unless a blank line says otherwise.
    let comments = from
        .iter()
        .take_while(|part| part.kind == PartKind::Comment)
        .inspect(|_| crate::steps::count(1))
        .count();
    let parted = from.iter().take(comments + 1).any(|part| part.blank_line);
    match (above.kind, from.get(comments).map(|next| next.kind)) {
        (PartKind::Documentation | PartKind::Comment, _) | (_, None) => false,
        (PartKind::Line, Some(PartKind::Line)) => false,
        (PartKind::Line | PartKind::Item, Some(_)) => !parted,
    }
}
