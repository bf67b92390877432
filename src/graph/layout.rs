//! Where the boxes, the labels and the arrows of a graph lie.
//!
//! Boxes stand in layers, each below all that lead to it; a layer of labels lies between two of them.
//! An arrow goes from layer to layer: past the boxes of one by a bend that has its own place among them,
//! and curved only where there is no box, between two layers. Arrows to one box share their bends. So no
//! box and no label lies on another, and no arrow crosses a box.

mod order;
mod place;

use std::collections::BTreeMap;

use super::Graph;

/// The width of a letter, and the height of a line.
pub const LETTER: f64 = 7.25;
pub const LINE: f64 = 16.0;

/// The blank around the text of a box.
const PAD: (f64, f64) = (12.0, 8.0);

/// The longest line of a box and of a label, in letters; longer ones are wrapped.
const BOX_LETTERS: usize = 44;
const LABEL_LETTERS: usize = 26;

/// What a line begins with that goes on with the one above.
const MORE: &str = "  ";

/// What lies in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The box of the node of this number.
    Box(usize),
    Label,
    Bend,
}

/// A thing with its place.
#[derive(Clone, Debug)]
pub struct Item {
    pub what: What,
    pub lines: Vec<String>,
    pub layer: usize,
    pub width: f64,
    pub height: f64,
    /// Of its middle.
    pub x: f64,
    /// Of its upper edge.
    pub y: f64,
    /// What is above and below it, by index.
    pub up: Vec<usize>,
    pub down: Vec<usize>,
}

/// A piece of an arrow: from the lower edge of one item to the upper edge of one in the next layer.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub from: (f64, f64),
    /// Where it leaves the layer of `from`.
    pub bend: f64,
    pub to: (f64, f64),
    /// Whether it ends at a box.
    pub is_head: bool,
}

/// The whole picture.
#[derive(Clone, Debug)]
pub struct Layout {
    pub width: f64,
    pub height: f64,
    pub items: Vec<Item>,
    pub links: Vec<Link>,
}

/// Lays a graph out.
pub fn layout(graph: &Graph) -> Layout {
    let mut items = items(graph);
    let layers = order::layers(&mut items);
    place::place(items, &layers)
}

/// Every box, label and bend, joined to its neighbours in the next layers.
fn items(graph: &Graph) -> Vec<Item> {
    let layers = layers(graph);
    let boxes = graph.nodes.iter().enumerate();
    let boxes = boxes.map(|(index, node)| {
        let lines = node
            .lines
            .iter()
            .flat_map(|line| wrapped(line, BOX_LETTERS));
        item(What::Box(index), lines.collect(), layers[index] * 2)
    });
    let mut items: Vec<Item> = boxes.collect();
    // Of each box the bends that lead to it, by their layer.
    let mut bends: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for edge in &graph.edges {
        let mut above = edge.from;
        let last = items[edge.to].layer;
        for layer in items[edge.from].layer + 1..last {
            let is_label = layer == items[edge.from].layer + 1 && !edge.label.is_empty();
            let shared = bends.get(&(edge.to, layer)).filter(|_| !is_label);
            if let Some(bend) = shared {
                join(&mut items, above, *bend);
                above = edge.to;
                break;
            }
            let new = match is_label {
                true => item(What::Label, wrapped(&edge.label, LABEL_LETTERS), layer),
                false => item(What::Bend, Vec::new(), layer),
            };
            items.push(new);
            let new = items.len() - 1;
            if !is_label {
                bends.insert((edge.to, layer), new);
            }
            join(&mut items, above, new);
            above = new;
        }
        if above != edge.to {
            join(&mut items, above, edge.to);
        }
    }
    items
}

/// The layer of each box: one more than the lowest of those that lead to it.
fn layers(graph: &Graph) -> Vec<usize> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
    let mut waits = vec![0_usize; graph.nodes.len()];
    for edge in &graph.edges {
        below[edge.from].push(edge.to);
        waits[edge.to] += 1;
    }
    let mut layers = vec![0; graph.nodes.len()];
    let firsts = (0..graph.nodes.len()).filter(|node| waits[*node] == 0);
    let mut ready: Vec<usize> = firsts.collect();
    while let Some(node) = ready.pop() {
        for next in &below[node] {
            layers[*next] = layers[*next].max(layers[node] + 1);
            waits[*next] -= 1;
            if waits[*next] == 0 {
                ready.push(*next);
            }
        }
    }
    layers
}

fn item(what: What, lines: Vec<String>, layer: usize) -> Item {
    let letters = lines.iter().map(|line| columns(line)).max().unwrap_or(0) as f64;
    let rows = lines.len() as f64;
    let (width, height) = match what {
        What::Box(_) => (letters * LETTER + 2.0 * PAD.0, rows * LINE + 2.0 * PAD.1),
        What::Label => (letters * LETTER + 8.0, rows * LINE),
        What::Bend => (2.0, 0.0),
    };
    Item {
        what,
        lines,
        layer,
        width,
        height,
        x: 0.0,
        y: 0.0,
        up: Vec::new(),
        down: Vec::new(),
    }
}

fn join(items: &mut [Item], above: usize, below: usize) {
    if !items[above].down.contains(&below) {
        items[above].down.push(below);
        items[below].up.push(above);
    }
}

/// The line in pieces of at most so many columns, broken between words where that can be.
fn wrapped(line: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut open = String::new();
    for (index, word) in line.split(' ').enumerate() {
        if index > 0 && columns(&open) + 1 + columns(word) > most && !open.trim().is_empty() {
            lines.push(std::mem::replace(&mut open, MORE.to_owned()));
        } else if index > 0 {
            open.push(' ');
        }
        for letter in word.chars() {
            if columns(&open) + wide(letter) > most {
                lines.push(std::mem::replace(&mut open, MORE.to_owned()));
            }
            open.push(letter);
        }
    }
    lines.push(open);
    lines
}

/// How many letters of the common width a line takes.
fn columns(line: &str) -> usize {
    line.chars().map(wide).sum()
}

/// Letters of the east, and pictures, are as wide as two.
fn wide(letter: char) -> usize {
    if letter < '\u{1100}' { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_wrapped() {
        assert_eq!(wrapped("one two", 10), ["one two"]);
        assert_eq!(wrapped("one two three", 10), ["one two", "  three"]);
        assert_eq!(wrapped("abcdefghijklmn", 8), ["abcdefgh", "  ijklmn"]);
        assert_eq!(wrapped("", 8), [""]);
    }
}
