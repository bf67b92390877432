//! Coverage in the form of `lcov`: <https://manpages.debian.org/bookworm/lcov/geninfo.1.en.html#FILES>.
//!
//! A hit is a test that reached the point. What has sides (a choice, a guard, an outcome) is a branch.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Coverage;
use super::lines::{Lines, files};
use crate::text::Sources;

/// All files of the package that have points; `path` names files from the top of the repository.
pub fn lcov(coverage: &Coverage, sources: &Sources, path: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for (name, lines) in files(coverage, sources) {
        let _ = of_file(&mut text, &path(&name), &lines);
    }
    text
}

fn of_file(text: &mut String, path: &str, lines: &Lines) -> std::fmt::Result {
    writeln!(text, "TN:\nSF:{path}")?;
    for body in &lines.bodies {
        writeln!(text, "FN:{},{}", body.line, body.name)?;
    }
    for body in &lines.bodies {
        writeln!(text, "FNDA:{},{}", body.hits, body.name)?;
    }
    let entered = lines.bodies.iter().filter(|body| body.hits > 0).count();
    writeln!(text, "FNF:{}\nFNH:{entered}", lines.bodies.len())?;
    let mut blocks: BTreeMap<u32, usize> = BTreeMap::new();
    let (mut all, mut taken) = (0, 0);
    for branch in &lines.branches {
        let block = blocks.entry(branch.line).or_default();
        for (side, hits) in branch.sides.iter().enumerate() {
            writeln!(text, "BRDA:{},{block},{side},{hits}", branch.line)?;
            all += 1;
            taken += usize::from(*hits > 0);
        }
        *block += 1;
    }
    writeln!(text, "BRF:{all}\nBRH:{taken}")?;
    for (line, hits) in &lines.hits {
        writeln!(text, "DA:{line},{hits}")?;
    }
    let hit = lines.hits.values().filter(|hits| **hits > 0).count();
    writeln!(text, "LF:{}\nLH:{hit}\nend_of_record", lines.hits.len())
}
