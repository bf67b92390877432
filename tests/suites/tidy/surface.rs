//! What users read and call: its words are those of the glossary, and each route and command is written about.

use std::fs;
use std::path::PathBuf;

use crate::harness::fixture::{self, root};

use super::RustFile;

/// The words that `CONTRIBUTING.md` rejects, from the last table of its glossary.
fn rejected() -> Vec<String> {
    let page = read("CONTRIBUTING.md");
    let (_, table) = page.split_once("\n| not | but |\n").unwrap();
    let rows = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let words = rows.map(|row| row.split('`').nth(1).unwrap().to_owned());
    let words: Vec<String> = words.collect();
    assert!(words.len() > 10, "{words:?}");
    words
}

/// Nothing that users read has a word that the glossary rejects.
pub fn english_is_plain(files: &[RustFile]) -> Vec<String> {
    let rejected = rejected();
    let mut found = Vec::new();
    for (place, text) in pages().into_iter().chain(messages(files)) {
        for word in rejected.iter().filter(|word| has(&text, word)) {
            found.push(format!("{place}: `{word}`: {}", text.trim()));
        }
    }
    found
}

/// Pages, a piece for each line with the words that follow on the next one.
fn pages() -> Vec<(String, String)> {
    let mut paths = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    for folder in [
        "grammar/reference",
        "src/diag/explain",
        "src/effect/explain",
        "stdlib",
    ] {
        paths.extend(fixture::files(&root().join(folder)));
    }
    for folder in ["examples", "src/cli/init"] {
        let files = fixture::files(&root().join(folder)).into_iter();
        let is_read = |path: &PathBuf| {
            path.extension()
                .is_some_and(|ext| ext == "rbk" || ext == "md")
        };
        paths.extend(files.filter(is_read));
    }
    let mut pieces = Vec::new();
    for path in paths {
        let name = fixture::relative(root(), &path);
        let text = fs::read_to_string(&path).unwrap();
        let is_code = name.ends_with(".rbk");
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            if is_code && !line.trim_start().starts_with("//") {
                continue;
            }
            let next = lines
                .get(index + 1)
                .and_then(|next| next.split_whitespace().next());
            let piece = format!("{} {}", line.trim_end(), next.unwrap_or_default());
            pieces.push((format!("{name}:{}", index + 1), piece));
        }
    }
    pieces
}

/// What the code says: texts in quotes, and the documentation of arguments, which is their help.
fn messages(files: &[RustFile]) -> impl Iterator<Item = (String, String)> {
    const WITHOUT: [&str; 4] = ["facade", "planted", "rule", "simulate"];
    let product = files.iter().filter(|file| {
        let is_product = file.room().is_some_and(|room| !WITHOUT.contains(&room));
        is_product && !file.path.contains("/tests")
    });
    product.flat_map(|file| {
        let is_help = file.path.starts_with("src/cli/");
        let lines = file.text.lines().enumerate();
        lines.filter_map(move |(index, line)| {
            let code = line.trim_start();
            let said = match code.strip_prefix("///") {
                Some(help) if is_help => help.to_owned(),
                _ if code.starts_with("//") => return None,
                _ => quoted(line)?,
            };
            Some((format!("{}:{}", file.path, index + 1), said))
        })
    })
}

/// The sentences in quotes in a line, and the whole line of a text that goes on over several. A word alone is a name.
fn quoted(line: &str) -> Option<String> {
    let line = line.trim();
    let said: Vec<&str> = match line.contains('"') {
        true => line.split('"').skip(1).step_by(2).collect(),
        // A line of code ends with another mark.
        false => line.ends_with('\\').then_some(line).into_iter().collect(),
    };
    let sentences = said.into_iter().filter(|text| text.contains(' '));
    let sentences: Vec<&str> = sentences.collect();
    (!sentences.is_empty()).then(|| sentences.join(" | "))
}

/// Whether a text has a word, as a whole. `there is no` is right, and so is `is no longer`.
fn has(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + word.len()..]);
        let is_whole = !before.ends_with(is_letter) && !behind.starts_with(is_letter);
        let negates = word == "is no" || word == "are no";
        let before = before.trim_end().to_lowercase();
        let behind = behind.trim_start();
        let is_right = ["there", "where"].iter().any(|word| before.ends_with(word))
            || ["longer", "more", "less", "one "]
                .iter()
                .any(|word| behind.starts_with(word));
        is_whole && !(negates && is_right)
    })
}

/// Every route stands in the page of the API, with its parameters in capitals.
pub fn routes_are_in_the_reference(files: &[RustFile]) -> Vec<String> {
    let page = read("grammar/reference/api.md");
    let api = files.iter().find(|file| file.path == "src/agent/api.rs");
    let mut words = api.unwrap().text.split('"');
    let routes = std::iter::from_fn(|| words.nth(1));
    let routes: Vec<&str> = routes.filter(|word| word.starts_with('/')).collect();
    assert!(routes.len() > 10, "{routes:?}");
    let is_missing = |route: &&str| {
        let parts = route.split('/').map(|part| part.strip_prefix('{'));
        let parts = parts.zip(route.split('/'));
        // What a parameter is called there is for people: ID, NUMBER, NAME.
        let parts = parts.map(|(parameter, part)| match parameter {
            Some(_) => "[A-Z]+".to_owned(),
            None => regex::escape(part),
        });
        let pattern = format!("{}`", parts.collect::<Vec<_>>().join("/"));
        !regex::Regex::new(&pattern).unwrap().is_match(&page)
    };
    let missing = routes.into_iter().filter(is_missing);
    missing
        .map(|route| format!("grammar/reference/api.md: has no row for `{route}`"))
        .collect()
}

/// Every command is written about, in the README or in a page of the reference.
pub fn commands_are_written_about(files: &[RustFile]) -> Vec<String> {
    let cli = files.iter().find(|file| file.path == "src/cli.rs").unwrap();
    let (_, behind) = cli.text.split_once("\nenum Command {\n").unwrap();
    let variants = behind.lines().take_while(|line| *line != "}");
    let variants = variants.filter(|line| !line.trim().starts_with('#'));
    let names = variants.filter_map(|line| line.trim().split_once('('));
    let names: Vec<String> = names.map(|(name, _)| name.to_lowercase()).collect();
    assert!(names.len() > 20, "{names:?}");
    let mut pages = read("README.md");
    for path in fixture::files(&root().join("grammar/reference")) {
        pages.push_str(&fs::read_to_string(path).unwrap());
    }
    let missing = names
        .iter()
        .filter(|name| !has(&pages, &format!("rbk {name}")) && !has(&pages, &format!("-- {name}")));
    missing
        .map(|name| format!("`rbk {name}` stands neither in README.md nor in the reference"))
        .collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}
