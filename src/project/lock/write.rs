//! The text of a lock.

use serde::Serialize;

use super::{FORMAT, Lock, LockedDependency, LockedRunbook};
use crate::program::manifest::Authority;

const HEAD: &str = "# Written by `rbk lock`. Each line is a right; review it like code.\n";
/// The widest line that a list stays on.
const WIDTH: usize = 100;

/// The whole text, ending in a newline.
pub fn write(lock: &Lock) -> String {
    let Lock {
        format: _,
        version,
        runbooks,
        dependencies,
    } = lock;
    let mut out = Out(HEAD.to_owned());
    out.value("format", &FORMAT);
    if let Some(version) = version {
        out.value("version", version);
    }
    for runbook in runbooks {
        out.table("runbook");
        out.runbook(runbook);
    }
    for dependency in dependencies {
        out.table("dependency");
        out.dependency(dependency);
    }
    out.0
}

struct Out(String);

impl Out {
    fn table(&mut self, name: &str) {
        self.0.push_str(&format!("\n[[{name}]]\n"));
    }

    fn value<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.0.push_str(&format!("{name} = {}\n", inline(value)));
    }

    /// A list: on one line where it fits, else an element a line.
    fn list<T: Serialize>(&mut self, name: &str, items: &[T]) {
        let items: Vec<String> = items.iter().map(inline).collect();
        let line = format!("{name} = [{}]\n", items.join(", "));
        if line.chars().count() <= WIDTH {
            return self.0.push_str(&line);
        }
        self.0.push_str(&format!("{name} = [\n"));
        for item in items {
            self.0.push_str(&format!("  {item},\n"));
        }
        self.0.push_str("]\n");
    }

    fn runbook(&mut self, runbook: &LockedRunbook) {
        let LockedRunbook {
            name,
            version,
            core,
            authority:
                Authority {
                    effect,
                    triggers,
                    key,
                    touches,
                    limits,
                    caps,
                    needs,
                    secrets,
                    owns,
                    steps,
                    guards,
                    verifies,
                    conditions,
                    claims,
                    people,
                    duties,
                    clauses,
                    time,
                    diagnosis,
                    asked,
                    found,
                    reads,
                    looks,
                },
        } = runbook;
        self.value("name", name);
        self.value("version", version);
        self.value("core", core);
        self.value("effect", effect);
        self.list("triggers", triggers);
        self.list("key", key);
        self.list("touches", touches);
        self.list("limits", limits);
        self.list("caps", caps);
        self.list("needs", needs);
        if !secrets.is_empty() {
            self.list("secrets", secrets);
        }
        self.list("owns", owns);
        self.list("steps", steps);
        self.list("guards", guards);
        self.list("verifies", verifies);
        self.list("conditions", conditions);
        self.value("claims", claims);
        self.value("people", people);
        self.list("duties", duties);
        self.value("clauses", clauses);
        self.value("time", time);
        if let Some(diagnosis) = diagnosis {
            self.value("diagnosis", diagnosis);
        }
        if !asked.is_empty() {
            self.list("asked", asked);
        }
        if !found.is_empty() {
            self.list("found", found);
        }
        if !reads.is_empty() {
            self.list("reads", reads);
        }
        if !looks.is_empty() {
            self.list("looks", looks);
        }
    }

    fn dependency(&mut self, dependency: &LockedDependency) {
        let LockedDependency {
            name,
            source,
            rev,
            commit,
            files,
        } = dependency;
        self.value("name", name);
        self.value("source", source);
        if let Some(rev) = rev {
            self.value("rev", rev);
        }
        if let Some(commit) = commit {
            self.value("commit", commit);
        }
        self.value("files", files);
    }
}

/// A value as it stands behind a `=`, on one line.
fn inline<T: Serialize + ?Sized>(value: &T) -> String {
    let mut text = String::new();
    value
        .serialize(toml::ser::ValueSerializer::new(&mut text))
        .expect("rows of a lock hold texts, numbers and lists of them, which TOML can write");
    text
}
