//! Pictures of runbooks: their texts in snapshots, and what holds of each of them.
//!
//! Every picture leads from its triggers to its ends, and nothing in it lies on anything else: of all
//! programs that other suites run over, and of random ones.

use libtest_mimic::Trial;
use rbk::facade::graph::{self, Picture};

use crate::harness::fixture::{self, Package, root, trial};
use crate::harness::snapshot;

use super::trust::generated;

/// The folders of programs, all of which are drawn.
const FOLDERS: &[&str] = &["graph", "check", "run", "engine"];

/// How many random programs are drawn.
const RANDOM: u64 = 150;

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = fixture::packages("graph")
        .into_iter()
        .map(|package| trial(package.fixture.name.clone(), move || shown(&package)))
        .collect();
    trials.extend(FOLDERS.iter().map(|folder| {
        trial(format!("graph/programs of {folder}"), move || {
            let packages = fixture::packages(folder);
            let drawn = packages.iter().filter(|package| holds_of(package)).count();
            assert!(drawn > 0, "no program of {folder} is drawn");
        })
    }));
    trials.push(trial("graph/random programs", random_hold));
    trials.push(trial("graph/as many boxes as there may be", many));
    trials
}

/// All three forms of each runbook.
fn shown(package: &Package) {
    let pictures =
        graph::pictures(&package.files()).unwrap_or_else(|found| panic!("{}", found.json));
    let texts = pictures.iter().map(|picture| {
        let Picture {
            mermaid, dot, svg, ..
        } = picture;
        format!("{mermaid}\n{dot}\n{svg}")
    });
    let texts: Vec<String> = texts.collect();
    snapshot::assert_matches(&package.fixture, &texts.join("\n"));
}

/// Whether it has a runbook that can be drawn.
fn holds_of(package: &Package) -> bool {
    let pictures = graph::pictures(&package.files()).unwrap_or_default();
    for picture in &pictures {
        holds(&package.fixture.name, picture);
    }
    !pictures.is_empty()
}

fn random_hold() {
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let mut drawn = 0;
    for seed in 0..RANDOM {
        let text = generated(seed);
        let files = [("shop.rbk", shop.as_slice()), ("main.rbk", text.as_bytes())];
        for picture in graph::pictures(&files).unwrap_or_default() {
            holds(&format!("seed {seed}"), &picture);
            drawn += 1;
        }
    }
    assert!(drawn > RANDOM / 5, "only {drawn} are drawn");
}

/// A diagnosis with more lines than a picture has boxes.
fn many() {
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let mut text = String::from(
        "use std.prom\n\nrunbook many for checkout {\n  version 1.0.0\n  severity sev3\n  \
         on alert \"Many\" { with pod }\n  incident per pod\n  diagnose {\n    \
         let seen = prom.value(promql\"up{pod=${pod}}\")\n",
    );
    for line in 0..2_500 {
        text.push_str(&format!("    if seen > {line} {{ found high }}\n"));
    }
    text.push_str("  }\n  remedy high { page builder \"high\" }\n}\n");
    let files = [("shop.rbk", shop.as_slice()), ("main.rbk", text.as_bytes())];
    let pictures = graph::pictures(&files).unwrap_or_else(|found| panic!("{}", found.json));
    for picture in &pictures {
        assert_eq!(picture.nodes.len(), 2_000);
        assert_eq!(picture.nodes.last().unwrap().0, "Cut");
        assert!(picture.mermaid.contains("the rest is left out"));
        holds("many", picture);
    }
}

fn holds(name: &str, picture: &Picture) {
    let name = format!("{name}, runbook {}", picture.runbook);
    leads_from_triggers_to_ends(&name, picture);
    for line in picture.mermaid.lines().skip(1) {
        let begins = ["  n", "  classDef ", "  class "];
        let is_ours = begins.iter().any(|begin| line.starts_with(begin));
        assert!(
            is_ours && line.matches('"').count() % 2 == 0,
            "{name}: {line}"
        );
    }
    nothing_lies_on_anything(&name, &picture.svg);
    for text in [&picture.svg, &picture.mermaid, &picture.dot] {
        // What ends a line for some readers, and what turns the words behind it around.
        let turns = ['\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}'];
        let hidden =
            |letter: char| letter.is_control() && letter != '\n' || turns.contains(&letter);
        assert!(!text.contains(hidden), "{name}: a control character");
    }
}

fn leads_from_triggers_to_ends(name: &str, picture: &Picture) {
    let Picture { nodes, edges, .. } = picture;
    let mut below = vec![Vec::new(); nodes.len()];
    for (from, to) in edges {
        below[*from].push(*to);
    }
    let mut reached = vec![false; nodes.len()];
    let triggers = (0..nodes.len()).filter(|node| nodes[*node].0 == "Trigger");
    let mut open: Vec<usize> = triggers.collect();
    while let Some(node) = open.pop() {
        if !std::mem::replace(&mut reached[node], true) {
            open.extend(&below[node]);
        }
    }
    for (index, (kind, is_end)) in nodes.iter().enumerate() {
        assert!(reached[index], "{name}: n{index} {kind} is not reached");
        let leads_on = !below[index].is_empty();
        assert!(*is_end || leads_on, "{name}: n{index} {kind} leads nowhere");
    }
}

/// Left, top, right, bottom.
type Area = [f64; 4];

/// Whether they share more than an edge.
fn meet(a: &Area, b: &Area) -> bool {
    // Numbers are written with one digit behind the point.
    const NEAR: f64 = 0.11;
    a[0] + NEAR < b[2] && b[0] + NEAR < a[2] && a[1] + NEAR < b[3] && b[1] + NEAR < a[3]
}

fn nothing_lies_on_anything(name: &str, svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|why| panic!("{name}: {why}"));
    let is = |node: &roxmltree::Node<'_, '_>, class: &str| {
        let classes = node.attribute("class").unwrap_or_default();
        classes.split(' ').any(|found| found == class)
    };
    let nodes = || document.descendants().filter(|node| node.is_element());
    let outlines = nodes().filter(|node| is(node, "shape") || is(node, "back"));
    let mut areas: Vec<Area> = outlines.map(|node| area(&node)).collect();
    areas.sort_by(|a, b| a[1].total_cmp(&b[1]));
    let tallest = areas
        .iter()
        .map(|area| area[3] - area[1])
        .fold(0.0, f64::max);
    for (index, one) in areas.iter().enumerate() {
        let near = areas[index + 1..].iter();
        for other in near.take_while(|other| other[1] < one[3]) {
            assert!(!meet(one, other), "{name}: {one:?} lies on {other:?}");
        }
    }
    let page = nodes().find(|node| is(node, "page")).unwrap();
    let page = area(&page);
    for one in &areas {
        let inside = one[0] >= 0.0 && one[1] >= 0.0 && one[2] <= page[2] && one[3] <= page[3];
        assert!(inside, "{name}: {one:?} leaves the page");
    }
    // A label has its own arrow behind it; a box has none.
    let boxes = nodes().filter(|node| is(node, "shape"));
    let mut boxes: Vec<Area> = boxes.map(|node| area(&node)).collect();
    boxes.sort_by(|a, b| a[1].total_cmp(&b[1]));
    for arrow in nodes().filter(|node| is(node, "arrow")) {
        for piece in pieces(arrow.attribute("d").unwrap()) {
            let first = boxes.partition_point(|one| one[1] < piece[1] - tallest);
            let near = boxes[first..].iter();
            for one in near.take_while(|one| one[1] < piece[3]) {
                assert!(!meet(&piece, one), "{name}: {piece:?} crosses {one:?}");
            }
        }
    }
}

fn area(node: &roxmltree::Node<'_, '_>) -> Area {
    if let Some(points) = node.attribute("points") {
        return around(&numbers(points));
    }
    let value = |key: &str| {
        node.attribute(key)
            .map_or(0.0, |value| value.parse().unwrap())
    };
    let (x, y) = (value("x"), value("y"));
    [x, y, x + value("width"), y + value("height")]
}

/// What each piece of a path lies in: a curve lies between its four points.
fn pieces(path: &str) -> Vec<Area> {
    let (line, curve) = path.split_once('C').unwrap();
    let line = numbers(line);
    let bend = line[line.len() - 2..].to_vec();
    let curve = [bend, numbers(curve)].concat();
    // As thin as they are, they have to be seen to meet something.
    let thick = |area: Area| [area[0] - 0.2, area[1], area[2] + 0.2, area[3]];
    vec![thick(around(&line)), thick(around(&curve))]
}

fn numbers(text: &str) -> Vec<f64> {
    let numbers = text.split(|letter: char| !(letter.is_ascii_digit() || ".-".contains(letter)));
    let numbers = numbers.filter(|number| !number.is_empty());
    numbers.map(|number| number.parse().unwrap()).collect()
}

/// The area around points, given as x, y, x, y.
fn around(points: &[f64]) -> Area {
    let side = |from: usize| points.iter().skip(from).step_by(2).copied();
    [
        side(0).fold(f64::INFINITY, f64::min),
        side(1).fold(f64::INFINITY, f64::min),
        side(0).fold(f64::NEG_INFINITY, f64::max),
        side(1).fold(f64::NEG_INFINITY, f64::max),
    ]
}
