//! Floors: an import goes to a lower floor only. The table is read from the doc of `src/lib.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::RustFile;

/// Rejects every `crate::x` in `src/` that does not go down, also in tests inside the rooms.
pub fn imports_go_down(files: &[RustFile]) -> Vec<String> {
    let floors = table(files);
    let mut found = Vec::new();
    for file in files {
        let Some(room) = file.room() else { continue };
        let Some(floor) = floors.get(room) else {
            continue; // `rooms_stand_in_the_table` tells of it.
        };
        for (number, line) in file.code_lines() {
            let place = format!("{}:{number}", file.path);
            for target in targets(line) {
                match floors.get(target) {
                    _ if target == room => {}
                    Some(below) if below < floor => {}
                    Some(other) => found.push(format!(
                        "{place}: `{room}` is on floor {floor}, `{target}` on floor {other}"
                    )),
                    None => found.push(format!("{place}: `crate::{target}` names no room")),
                }
            }
            if leaves_room(file, line) {
                found.push(format!("{place}: `super` leaves the room"));
            }
        }
    }
    found
}

/// Every room has a row in the table and every row a room.
pub fn rooms_stand_in_the_table(files: &[RustFile]) -> Vec<String> {
    let rows = table(files).into_keys().collect::<BTreeSet<_>>();
    let rooms = files.iter().filter_map(RustFile::room);
    let rooms = rooms.map(String::from).collect::<BTreeSet<_>>();
    let without_row = rooms.difference(&rows);
    let without_room = rows.difference(&rooms);
    without_row
        .map(|room| format!("src/{room}: the floor table in src/lib.rs has no row for it"))
        .chain(without_room.map(|row| format!("src/lib.rs: row `{row}/` has no room in src/")))
        .collect()
}

/// The grammar's machine is known to the rooms that own a grammar.
pub fn pest_stays_in_its_rooms(files: &[RustFile]) -> Vec<String> {
    const ROOMS: [&str; 2] = ["syntax", "literal"];
    let outside = files.iter().filter(|file| file.in_src().is_some());
    let outside = outside.filter(|file| file.room().is_none_or(|room| !ROOMS.contains(&room)));
    let mut found = Vec::new();
    for file in outside {
        for (number, line) in file.code_lines() {
            if line.contains("pest::") || line.contains("pest_derive") {
                let path = &file.path;
                found.push(format!(
                    "{path}:{number}: only syntax/ and literal/ know pest"
                ));
            }
        }
    }
    found
}

/// Room and floor, from lines such as `//! text/   sources, spans   0`.
fn table(files: &[RustFile]) -> BTreeMap<String, u32> {
    let library = files.iter().find(|file| file.path == "src/lib.rs").unwrap();
    let rows = library.text.lines().filter_map(|line| {
        let row = line.strip_prefix("//! ")?.trim_end();
        let (room, rest) = row.split_once("/ ")?;
        let floor = rest.rsplit(' ').next()?.parse().ok()?;
        Some((String::from(room), floor))
    });
    let rows = rows.collect::<BTreeMap<_, _>>();
    assert!(!rows.is_empty(), "src/lib.rs has no floor table");
    rows
}

/// The room behind each `crate::` of a line; `{` for a grouped import, which this test cannot read.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").map(|(at, path)| {
        let rest = &line[at + path.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        match end {
            Some(0) => "{",
            Some(end) => &rest[..end],
            None => rest,
        }
    })
}

/// Whether a chain of `super` climbs out of the file's room, where it could name a sibling.
fn leaves_room(file: &RustFile, line: &str) -> bool {
    let depth = file.in_src().map_or(0, |parts| parts.len() - 1);
    // An indented line may stand in an inner module, which is one deeper.
    let depth = depth + usize::from(line.starts_with(' '));
    line.contains(&"super::".repeat(depth + 1))
}
