//! In which order the items of a layer stand: as few arrows as can be cross.
//!
//! Each layer is sorted by the middle of its neighbours' places, down and up by turns, and the best order
//! that was seen is kept.

use super::Item;

/// How often the layers are gone through.
const SWEEPS: usize = 12;

/// The layers from above, each from the left.
pub fn layers(items: &mut [Item]) -> Vec<Vec<usize>> {
    let mut layers = first(items);
    let mut places = places(items, &layers);
    let mut best = (crossings(items, &layers, &places), layers.clone());
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let count = layers.len();
        for step in 0..count {
            let layer = if down { step } else { count - 1 - step };
            sort(items, &mut layers[layer], &mut places, down);
        }
        let found = crossings(items, &layers, &places);
        if found < best.0 {
            best = (found, layers.clone());
        }
    }
    best.1
}

/// In the order in which they are reached from above, the first way first.
fn first(items: &[Item]) -> Vec<Vec<usize>> {
    let count = items.iter().map(|item| item.layer + 1).max().unwrap_or(0);
    let mut layers = vec![Vec::new(); count];
    let mut seen = vec![false; items.len()];
    let tops = (0..items.len()).rev();
    let mut open: Vec<usize> = tops.filter(|index| items[*index].up.is_empty()).collect();
    while let Some(index) = open.pop() {
        if std::mem::replace(&mut seen[index], true) {
            continue;
        }
        layers[items[index].layer].push(index);
        open.extend(items[index].down.iter().rev());
    }
    layers
}

fn places(items: &[Item], layers: &[Vec<usize>]) -> Vec<usize> {
    let mut places = vec![0; items.len()];
    for layer in layers {
        set(layer, &mut places);
    }
    places
}

fn set(layer: &[usize], places: &mut [usize]) {
    for (place, index) in layer.iter().enumerate() {
        places[*index] = place;
    }
}

/// What has no neighbour there keeps its place.
fn sort(items: &[Item], layer: &mut [usize], places: &mut [usize], down: bool) {
    let middle = |index: usize| {
        let item = &items[index];
        let near = if down { &item.up } else { &item.down };
        match near.is_empty() {
            true => places[index] as f64,
            false => {
                let sum: usize = near.iter().map(|index| places[*index]).sum();
                sum as f64 / near.len() as f64
            }
        }
    };
    let mut keyed: Vec<(f64, usize)> = layer.iter().map(|index| (middle(*index), *index)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (slot, (_, index)) in layer.iter_mut().zip(keyed) {
        *slot = index;
    }
    set(layer, places);
}

/// How many pairs of arrows cross.
fn crossings(items: &[Item], layers: &[Vec<usize>], places: &[usize]) -> usize {
    let below = layers.iter().skip(1);
    layers
        .iter()
        .zip(below)
        .map(|(layer, below)| between(items, layer, below.len(), places))
        .sum()
}

/// Those between two layers: each arrow crosses those before it that end to the right of it.
fn between(items: &[Item], layer: &[usize], below: usize, places: &[usize]) -> usize {
    let mut tree = vec![0_usize; below + 1];
    let (mut found, mut before) = (0, 0);
    for index in layer {
        let mut ends: Vec<usize> = items[*index].down.iter().map(|end| places[*end]).collect();
        ends.sort_unstable();
        for end in &ends {
            let mut left = 0;
            let mut at = end + 1;
            while at > 0 {
                left += tree[at];
                at &= at - 1;
            }
            found += before - left;
        }
        for end in ends {
            let mut at = end + 1;
            while at <= below {
                tree[at] += 1;
                at += at & at.wrapping_neg();
            }
            before += 1;
        }
    }
    found
}
