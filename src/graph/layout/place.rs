//! Where the items stand, once their order is known: as near to their neighbours as there is room.

use super::{Item, Layout, Link, What};

/// The blank around the picture, and between two boxes of a layer.
const MARGIN: f64 = 20.0;
const BESIDE: f64 = 26.0;

/// The blank beside a bend.
const NARROW: f64 = 14.0;

/// The least and the most that lies between two layers.
const BETWEEN: (f64, f64) = (16.0, 56.0);

/// Between two arrows at one box, at most.
const PORT: f64 = 26.0;

/// How often the layers are gone through: looking at one side, then at both.
const SWEEPS: (usize, usize) = (12, 48);

/// Gives each item its place, and joins them.
pub fn place(mut items: Vec<Item>, layers: &[Vec<usize>]) -> Layout {
    let offsets: Vec<Vec<f64>> = layers.iter().map(|layer| offsets(&items, layer)).collect();
    for (layer, offsets) in layers.iter().zip(&offsets) {
        for (index, offset) in layer.iter().zip(offsets) {
            items[*index].x = *offset;
        }
    }
    for sweep in 0..SWEEPS.0 + SWEEPS.1 {
        let down = sweep % 2 == 0;
        let both = sweep >= SWEEPS.0;
        for step in 0..layers.len() {
            let at = if down { step } else { layers.len() - 1 - step };
            settle(
                &mut items,
                &layers[at],
                &offsets[at],
                (down || both, !down || both),
            );
        }
    }
    let left = items.iter().map(|item| item.x - item.width / 2.0);
    let shift = MARGIN - left.fold(f64::INFINITY, f64::min);
    for item in &mut items {
        item.x += shift;
    }
    let (links, height) = links(&mut items, layers);
    let right = items.iter().map(|item| item.x + item.width / 2.0);
    Layout {
        width: right.fold(0.0, f64::max) + MARGIN,
        height: height + MARGIN,
        items,
        links,
    }
}

/// How far right of the first item of the layer the middle of each has to be, at least.
fn offsets(items: &[Item], layer: &[usize]) -> Vec<f64> {
    let mut offsets: Vec<f64> = Vec::with_capacity(layer.len());
    let mut end: Option<(f64, bool)> = None;
    for index in layer {
        let item = &items[*index];
        let is_bend = item.what == What::Bend;
        let from = end.map_or(0.0, |(end, was_bend)| {
            end + if is_bend || was_bend { NARROW } else { BESIDE }
        });
        offsets.push(from + item.width / 2.0);
        end = Some((from + item.width, is_bend));
    }
    offsets
}

/// Moves the items of a layer to the middle of their neighbours, as near as their order and their widths
/// allow: those that want to be in one place share it.
fn settle(items: &mut [Item], layer: &[usize], offsets: &[f64], sides: (bool, bool)) {
    // Neighbours that want the same, as the sum of their wishes, their weight and their number.
    let mut groups: Vec<(f64, f64, usize)> = Vec::new();
    for (index, offset) in layer.iter().zip(offsets) {
        let (wish, weight) = wish(items, *index, sides);
        let mut group = ((wish - offset) * weight, weight, 1);
        while let Some(before) = groups.pop_if(|before| before.0 / before.1 >= group.0 / group.1) {
            group = (before.0 + group.0, before.1 + group.1, before.2 + group.2);
        }
        groups.push(group);
    }
    let starts = groups
        .iter()
        .flat_map(|(sum, weight, count)| std::iter::repeat_n(sum / weight, *count));
    for ((index, offset), start) in layer.iter().zip(offsets).zip(starts) {
        items[*index].x = start + offset;
    }
}

/// Where an item would like to be, and how much: long arrows want to be straight.
fn wish(items: &[Item], index: usize, (up, down): (bool, bool)) -> (f64, f64) {
    let item = &items[index];
    let above = item.up.iter().filter(|_| up);
    let near = above.chain(item.down.iter().filter(|_| down));
    let is_box = |index: usize| matches!(items[index].what, What::Box(_));
    let (mut sum, mut weight) = (0.0, 0.0);
    for other in near {
        let strength = match (is_box(index), is_box(*other)) {
            (true, true) => 1.0,
            (true, false) | (false, true) => 2.0,
            (false, false) => 8.0,
        };
        sum += items[*other].x * strength;
        weight += strength;
    }
    match weight > 0.0 {
        true => (sum / weight, weight),
        false => (item.x, 0.01),
    }
}

/// The heights of the layers, and the pieces of arrows between them.
fn links(items: &mut [Item], layers: &[Vec<usize>]) -> (Vec<Link>, f64) {
    let ports: Vec<(Vec<f64>, Vec<f64>)> = (0..items.len())
        .map(|index| (ports(items, index, true), ports(items, index, false)))
        .collect();
    let mut links = Vec::new();
    let mut top = MARGIN;
    for layer in layers {
        let tall = layer.iter().map(|index| items[*index].height);
        let bottom = top + tall.fold(0.0, f64::max);
        let first = links.len();
        for index in layer {
            items[*index].y = top;
            let item = &items[*index];
            for (below, x) in item.down.iter().zip(&ports[*index].1) {
                let other = &items[*below];
                let port = other.up.iter().position(|up| up == index).unwrap_or(0);
                links.push(Link {
                    from: (*x, top + item.height),
                    bend: bottom,
                    to: (ports[*below].0[port], 0.0),
                    is_head: matches!(other.what, What::Box(_)),
                });
            }
        }
        let wide = links[first..]
            .iter()
            .map(|link| (link.from.0 - link.to.0).abs());
        let wide = wide.fold(0.0, f64::max);
        let heads = links[first..].iter().any(|link| link.is_head);
        let room = (wide * 0.08).clamp(BETWEEN.0, BETWEEN.1) + if heads { 8.0 } else { 0.0 };
        top = match links.len() == first {
            true => bottom,
            false => bottom + room,
        };
        for link in &mut links[first..] {
            link.to.1 = top;
        }
    }
    (links, top)
}

/// Where the arrows at the upper or the lower edge of an item are, in the order of its neighbours.
fn ports(items: &[Item], index: usize, above: bool) -> Vec<f64> {
    let item = &items[index];
    let near = if above { &item.up } else { &item.down };
    let mut order: Vec<usize> = (0..near.len()).collect();
    order.sort_by(|a, b| items[near[*a]].x.total_cmp(&items[near[*b]].x));
    let gap = match item.what {
        What::Box(_) => PORT.min(item.width / (near.len() + 1) as f64),
        What::Label | What::Bend => 0.0,
    };
    let mut ports = vec![item.x; near.len()];
    for (place, slot) in order.into_iter().enumerate() {
        let middle = (near.len() as f64 - 1.0) / 2.0;
        ports[slot] = item.x + (place as f64 - middle) * gap;
    }
    ports
}
