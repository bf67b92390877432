//! Decisions of the engine: pure functions of the model, which facts alone change.

use super::RustFile;

/// What a decision may name of its own room: what it gives back.
const OWN: &str = "use super::Decision;";

/// No decision calls another, reads a journal, or changes anything.
pub fn decisions_stand_alone(files: &[RustFile]) -> Vec<String> {
    let decisions = files
        .iter()
        .filter(|file| file.path.starts_with("src/engine/decide/"))
        .filter(|file| !file.path.ends_with("/tests.rs"));
    let mut found = Vec::new();
    let mut any = false;
    for file in decisions {
        any = true;
        for (number, line) in file.code_lines() {
            let names_another = line.contains("decide::") || line.contains("super::");
            let is_wrong = (names_another && line.trim() != OWN)
                || ["Journal", "&mut Model", "&mut Engine", "Engine,"]
                    .iter()
                    .any(|word| line.contains(word));
            if is_wrong {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    if !any {
        found.push("there are no decisions".to_owned());
    }
    found
}

/// Where the engine reads a store: at a start, and between decisions.
const READERS: [&str; 7] = [
    "src/engine/dead/recall.rs",
    "src/engine/fetch.rs",
    "src/engine/lost.rs",
    "src/engine/lost/past.rs",
    "src/engine/model/load.rs",
    "src/engine/recover.rs",
    "src/engine/storm/recall.rs",
];

/// No decision reads a store: what it needs is fetched before.
pub fn stores_are_read_between_decisions(files: &[RustFile]) -> Vec<String> {
    let names = |line: &str| {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| word == "Journal" || word == "Archive")
    };
    let mut found = Vec::new();
    for file in files {
        let is_engine = file.path == "src/engine.rs" || file.path.starts_with("src/engine/");
        let reads = READERS.contains(&file.path.as_str());
        let mut any = false;
        for (number, line) in file.code_lines().filter(|(_, line)| names(line)) {
            any = true;
            if is_engine && !reads {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
        if reads && !any {
            found.push(format!("{} reads no store any more", file.path));
        }
    }
    found
}

/// The model is changed by `apply` and by nothing else.
pub fn facts_alone_change_the_model(files: &[RustFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let is_model = file.path.starts_with("src/engine/model");
        let mut of_model = false;
        for (number, line) in file.code_lines() {
            if line.starts_with("impl ") {
                of_model = line == "impl Model {";
            }
            let changes = line.contains("fn ") && line.contains("&mut self");
            let is_open = line.trim_start().starts_with("pub fn");
            let is_apply = line.contains("fn apply(");
            if is_model && of_model && changes && is_open && !is_apply {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
            if is_model && line.trim_start().starts_with("pub ") && line.contains(": BTreeMap") {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    found
}
