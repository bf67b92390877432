//! Modules: every file is reached by a `mod` line, every suite is listed in `tests/main.rs`.

use std::collections::BTreeSet;

use super::RustFile;

/// Every file is reached from a root; `x.rs` holds what `x/` is, there is no `mod.rs`.
pub fn every_file_is_reached(files: &[RustFile]) -> Vec<String> {
    let mut reached = BTreeSet::new();
    for root in ["src/lib.rs", "src/main.rs", "tests/main.rs"] {
        reach(files, root, &mut reached);
    }
    let benches = |file: &RustFile| file.path.starts_with("benches/");
    let fuzz = |file: &RustFile| file.path.starts_with("tests/fuzz/");
    let lost = files.iter().filter(|file| !benches(file) && !fuzz(file));
    let lost = lost.filter(|file| !reached.contains(&file.path));
    lost.map(|file| format!("{}: no `mod` line leads here", file.path))
        .collect()
}

/// A suite is a `mod` line and a row of the table, and a folder of `tests/` has its suite.
pub fn every_suite_is_listed(files: &[RustFile]) -> Vec<String> {
    let main = files
        .iter()
        .find(|file| file.path == "tests/main.rs")
        .unwrap();
    let suites = files.iter().filter_map(|file| {
        let name = file
            .path
            .strip_prefix("tests/suites/")?
            .strip_suffix(".rs")?;
        (!name.contains('/')).then_some(name)
    });
    suites
        .filter(|name| {
            !main
                .text
                .contains(&format!("(\"{name}\", suites::{name}::trials)"))
        })
        .map(|name| format!("tests/suites/{name}.rs: no row in the table of tests/main.rs"))
        .collect()
}

/// Notes the file and all that its `mod` lines lead to.
fn reach(files: &[RustFile], path: &str, reached: &mut BTreeSet<String>) {
    let Some(file) = files.iter().find(|file| file.path == path) else {
        return;
    };
    reached.insert(path.into());
    let (folder, name) = path.rsplit_once('/').unwrap();
    let own = match name {
        "lib.rs" | "main.rs" => folder.into(),
        name => format!("{folder}/{}", name.trim_end_matches(".rs")),
    };
    let mut inner = Vec::new();
    for (_, line) in file.code_lines() {
        match line.trim() {
            "}" if !line.starts_with("    ") => inner.clear(),
            line => match module(line) {
                Some((name, true)) => inner.push(name),
                Some((name, false)) => {
                    let path = [&[own.as_str()], &inner[..], &[name]].concat().join("/");
                    reach(files, &format!("{path}.rs"), reached);
                }
                None => {}
            },
        }
    }
}

/// `mod x;` or `mod x {`, with or without a visibility: the name, and whether it opens a block.
fn module(line: &str) -> Option<(&str, bool)> {
    let line = line
        .strip_prefix("pub ")
        .or(line.strip_prefix("pub(crate) "))
        .or(line.strip_prefix("pub(super) "))
        .unwrap_or(line);
    let rest = line.strip_prefix("mod ")?;
    match rest.strip_suffix(';') {
        Some(name) => Some((name, false)),
        None => Some((rest.strip_suffix(" {")?, true)),
    }
}
