//! Tree to text: an outline without places, for snapshots and to compare two trees.
//!
//! In: a file's tree and the source that it was made from. Out: its parts, named as in the tree, nested by
//! indentation where they do not fit a line. It is derived: what a part of the tree has, the outline has, but for
//! places and what is `skip`ped there. Two texts that mean the same have the same outline.

mod flat;
mod shape;
mod written;

pub use flat::flat;
pub use written::written;

use std::fmt::Write as _;

use serde::Serialize;

use super::tree::File;
use crate::text::Source;
use shape::{Part, Shape, Shaper};

/// What fits a line.
const WIDTH: usize = 100;

/// The outline of a file.
pub fn dump(file: &File, source: &Source) -> String {
    let shape = file.serialize(Shaper { source });
    let shape = shape.expect("a tree is plain data, of which everything has a shape");
    let mut text = String::new();
    for part in shape.parts() {
        outline(&mut text, part, 0);
    }
    text
}

fn outline(text: &mut String, part: &Part, depth: usize) {
    let mut line = format!("{:1$}", "", 2 * depth);
    if !part.label.is_empty() {
        line.push_str(part.label);
        line.push_str(": ");
    }
    let begin = line.len();
    // Cut off where the line is full: what is deep is not written once for each depth.
    let whole = in_line(&mut line, &part.shape);
    if whole {
        text.push_str(&line);
        text.push('\n');
        return;
    }
    line.truncate(begin);
    match part.shape.name() {
        "" if part.label.is_empty() => line.push_str("list"),
        name => line.push_str(name),
    }
    text.push_str(line.trim_end());
    text.push('\n');
    for inner in part.shape.parts() {
        outline(text, inner, depth + 1);
    }
}

/// Writes a part behind what the line has; says whether it fits.
fn in_line(line: &mut String, shape: &Shape) -> bool {
    let (open, close) = match shape {
        Shape::Word(word) => {
            line.push_str(word);
            return line.len() <= WIDTH;
        }
        Shape::Nothing | Shape::No | Shape::Place | Shape::Offset(_) => return true,
        Shape::List(_) => ('[', ']'),
        Shape::Node(..) => ('(', ')'),
    };
    line.push_str(shape.name());
    line.push(open);
    for (index, part) in shape.parts().iter().enumerate() {
        if index > 0 {
            line.push_str(", ");
        }
        if !part.label.is_empty() {
            let _ = write!(line, "{}: ", part.label);
        }
        if !in_line(line, &part.shape) {
            return false;
        }
    }
    line.push(close);
    line.len() <= WIDTH
}
