//! A type's name is defined once in a folder, or used with its module.

use std::collections::{BTreeMap, BTreeSet};

use super::RustFile;

/// Of public types in one folder that have one name, at most one is imported by its name alone: `canon::Node` beside
/// `tree::Node`, and never a `Node` of which a reader has to look up the module.
pub fn names_are_told_apart(files: &[RustFile]) -> Vec<String> {
    let defined = defined(files);
    let mut imported: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    let product = files.iter().filter(|file| file.in_src().is_some());
    for file in product {
        for path in imports(file) {
            let [.., module, name] = path.as_slice() else {
                continue;
            };
            for ((folder, known), modules) in &defined {
                let last = folder.rsplit('/').next().unwrap();
                let inside = file.path.strip_prefix(folder);
                let inside = inside.is_some_and(|rest| rest.starts_with(['/', '.']));
                let is_meant = known == name
                    && modules.contains(module.as_str())
                    && (inside || path.iter().rev().nth(2).is_some_and(|above| above == last));
                if is_meant {
                    let modules = imported.entry((folder, known)).or_default();
                    modules.insert(module.clone());
                }
            }
        }
    }
    let twice = imported
        .into_iter()
        .filter(|(_, modules)| modules.len() > 1);
    twice
        .map(|((folder, name), modules)| {
            let modules: Vec<_> = modules.into_iter().collect();
            let modules = modules.join("`, `");
            format!("{folder}: `{name}` is imported by its name alone from `{modules}`")
        })
        .collect()
}

/// The modules of a folder that define a public type of a name, where several do.
fn defined(files: &[RustFile]) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
    let mut defined: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        let path = file.path.strip_suffix(".rs").unwrap();
        let Some((folder, module)) = path.rsplit_once('/') else {
            continue;
        };
        // A room is named wherever something of it is.
        if !folder.starts_with("src/") {
            continue;
        }
        for (_, line) in file.code_lines() {
            if let Some(name) = public_type(line) {
                defined.entry((folder, name)).or_default().insert(module);
            }
        }
    }
    defined.retain(|_, modules| modules.len() > 1);
    defined
}

/// The name that a line defines as a public type.
fn public_type(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub")?;
    let rest = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')')?.1,
        None => rest,
    };
    let rest = rest.strip_prefix(' ')?;
    let words = ["struct ", "enum ", "trait ", "type "];
    let rest = words.iter().find_map(|word| rest.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

/// The paths of the imports at the head of a file and of its inner modules.
fn imports(file: &RustFile) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let code: Vec<&str> = file.code_lines().map(|(_, line)| line.trim()).collect();
    for (index, line) in code.iter().enumerate() {
        let tree = line.strip_prefix("pub ").unwrap_or(line);
        let Some(first) = tree.strip_prefix("use ") else {
            continue;
        };
        let more = code[index + 1..].iter().copied();
        let mut tree = String::new();
        for line in std::iter::once(first).chain(more) {
            tree.push_str(line);
            if line.ends_with(';') {
                break;
            }
        }
        expand(tree.trim_end_matches(';'), &[], &mut found);
    }
    found
}

/// Each path of `a::{b, c::{d, e}}`.
fn expand(tree: &str, above: &[String], found: &mut Vec<Vec<String>>) {
    let (head, group) = match tree.split_once('{') {
        Some((head, rest)) => (head, Some(rest.trim_end().trim_end_matches(','))),
        None => (tree, None),
    };
    let mut path = above.to_vec();
    let parts = head.split("::").map(str::trim);
    // What has another name here is not meant by its own.
    let parts = parts.map(|part| part.split(" as ").last().unwrap_or(part));
    path.extend(parts.filter(|part| !part.is_empty()).map(String::from));
    let Some(group) = group else {
        found.push(path);
        return;
    };
    let group = group.strip_suffix('}').unwrap_or(group);
    let (mut depth, mut from) = (0_usize, 0);
    for (at, letter) in group.char_indices().chain([(group.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                expand(group[from..at].trim(), &path, found);
                from = at + 1;
            }
            _ => {}
        }
    }
}
