//! Points by file and line, as the forms of others have them. A line is hit where a statement of it was begun, whatever
//! came of that: a guard that held, a page, an arm.

use std::collections::BTreeMap;

use super::Coverage;
use crate::program::points::{Point, PointKind};
use crate::text::{Sources, Span};

/// The points of one file.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// In the order of the source.
    pub bodies: Vec<Body>,
    pub branches: Vec<Branch>,
    /// By line: how many tests reached most of what begins there.
    pub hits: BTreeMap<u32, usize>,
}

/// A piece of code with a name.
#[derive(Clone, Debug)]
pub struct Body {
    pub line: u32,
    /// With its runbook: names are unique in a file only so.
    pub name: String,
    pub hits: usize,
}

/// A place that goes on in several ways, with how many tests went each.
#[derive(Clone, Debug)]
pub struct Branch {
    pub line: u32,
    pub sides: Vec<usize>,
}

/// The files that have points, by name.
pub fn files(coverage: &Coverage, sources: &Sources) -> Vec<(String, Lines)> {
    let mut places: BTreeMap<(Span, PointKind), (&Point, &str, usize)> = BTreeMap::new();
    for runbook in &coverage.runbooks {
        for (point, hits) in runbook.points.iter().chain(&runbook.lines) {
            let known = places.entry((point.place, point.kind));
            known.or_insert((point, &runbook.name, *hits));
        }
    }
    let mut files: BTreeMap<String, Lines> = BTreeMap::new();
    let mut open: Option<Span> = None;
    for (point, runbook, hits) in places.values() {
        let source = sources.source(point.place.source);
        let line = source.position(point.place.start).line;
        let lines = files.entry(source.name.to_string()).or_default();
        let most = lines.hits.entry(line).or_default();
        *most = (*most).max(*hits);
        match point.kind {
            PointKind::Body(_) => lines.bodies.push(Body {
                line,
                name: format!("{runbook}: {}", point.what),
                hits: *hits,
            }),
            PointKind::Finding | PointKind::Undo | PointKind::Line => {}
            PointKind::Branch(_)
            | PointKind::Handler
            | PointKind::Guard(_)
            | PointKind::Outcome(_)
            | PointKind::Verify(_)
            | PointKind::Loop(_) => {
                match lines.branches.last_mut() {
                    Some(branch) if open == Some(point.place) => branch.sides.push(*hits),
                    Some(_) | None => lines.branches.push(Branch {
                        line,
                        sides: vec![*hits],
                    }),
                }
                open = Some(point.place);
            }
        }
    }
    files.into_iter().collect()
}
