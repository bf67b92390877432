//! The library's files: what each declaration has to say, read as text.
//!
//! The checker sees to names and types; here stand the rules that only the library has to keep.

use std::fs;

use libtest_mimic::Trial;
use rbk::facade;
use rbk::facade::library::{Function, LATER_FIELDS, generic_functions};

use crate::harness::fixture::{self, root, trial};
use crate::harness::markdown;

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![trial(
        "library/every file is embedded",
        every_file_is_embedded,
    )];
    trials.push(trial(
        "library/the prelude lists what the checker types",
        the_prelude_lists_them,
    ));
    trials.push(trial(
        "library/a field that comes later moves no core",
        later_fields,
    ));
    for function in generic_functions() {
        let title = format!("library/prelude: {}", function.form);
        trials.push(trial(title, move || is_right(&function)));
    }
    for (name, text) in modules() {
        for item in items(&text) {
            let title = format!("library/{name}: {}", item.head);
            trials.push(trial(title, move || holds(&item)));
        }
    }
    trials
}

/// A declaration with the text above and below its first line.
struct Item {
    /// The documentation, without its marks.
    doc: String,
    /// From the first word up to the name.
    head: String,
    /// All lines of it.
    body: String,
}

/// Every file of the library with the name of its module.
fn modules() -> Vec<(String, String)> {
    let paths = fixture::files(&root().join("stdlib"));
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap();
            (name.into(), fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn items(text: &str) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut doc = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("///") {
            doc.push_str(rest.strip_prefix(' ').unwrap_or(rest));
            doc.push('\n');
        } else if ["extern ", "record ", "enum "]
            .iter()
            .any(|word| line.starts_with(word))
        {
            let head = line.split(['(', '{']).next().unwrap_or(line);
            items.push(Item {
                doc: std::mem::take(&mut doc),
                head: head.trim().into(),
                body: format!("{line}\n"),
            });
        } else if let Some(item) = items.last_mut()
            && !line.trim().is_empty()
        {
            item.body.push_str(line);
            item.body.push('\n');
        }
    }
    items
}

fn every_file_is_embedded() {
    let table = fs::read_to_string(root().join("src/library.rs")).unwrap();
    let page = fs::read_to_string(root().join("grammar/reference/extern.md")).unwrap();
    let (_, listed) = page.split_once("\n## The modules\n").unwrap();
    for (name, _) in modules() {
        let row = format!("    \"{name}\"\n");
        assert!(
            table.contains(&row),
            "stdlib/{name}.rbk has no row in src/library.rs"
        );
        let named = format!("`{name}`");
        let listed = listed
            .lines()
            .any(|line| line.starts_with("| `") && line.contains(&named));
        assert!(
            listed,
            "{name} has no row in the table of grammar/reference/extern.md"
        );
    }
}

/// Its head names all functions that have no declaration, each as its row says.
fn the_prelude_lists_them() {
    let text = fs::read_to_string(root().join("stdlib/prelude.rbk")).unwrap();
    let head = text.lines().map_while(|line| line.strip_prefix("//!"));
    let list = head.skip_while(|line| !line.starts_with(" - "));
    let list = list.take_while(|line| !line.is_empty());
    let listed: String = list.collect::<Vec<_>>().join("").replace("   ", " ");
    let expected = generic_functions().into_iter().map(|function| {
        let (first, rest) = function.doc.split_at(1);
        let doc = format!("{}{rest}", first.to_lowercase());
        format!(" - `{}`: {doc}", function.form)
    });
    assert_eq!(listed, expected.collect::<String>());
}

/// A sentence, and a call that the checker takes.
fn is_right(function: &Function) {
    let Function { form, doc, example } = function;
    assert!(doc.ends_with('.'), "{form}: {doc}");
    let name = form.split('(').next().unwrap();
    assert!(
        example.starts_with(&format!("{name}(")),
        "{form}: {example}"
    );
    let text = around(&format!("let value = {example}\nattach value\n"));
    let checked = facade::check(&[("example.rbk", text.as_bytes())]);
    let wrong = checked.findings.iter();
    let wrong = wrong.filter(|finding| is_about_lines(finding.code));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{form}: {wrong:?}\n{text}");
}

fn holds(item: &Item) {
    is_documented(item);
    says_its_clauses(item);
    has_no_dangerous_default(item);
}

/// A sentence on the first line, and an example that can be read.
fn is_documented(item: &Item) {
    let Item { doc, head, .. } = item;
    let first = doc.lines().next().unwrap_or_default();
    assert!(
        first.ends_with('.'),
        "{head}: the first line of its documentation is a sentence"
    );
    let blocks = markdown::blocks(doc);
    assert!(
        blocks.iter().any(|block| block.tag == "rbk"),
        "{head}: its documentation has no example"
    );
    for block in blocks {
        let text = around(&block.text);
        let checked = facade::check(&[("example.rbk", text.as_bytes())]);
        let wrong = checked
            .findings
            .iter()
            .find(|finding| is_about_lines(finding.code));
        assert!(wrong.is_none(), "{head}: its example: {wrong:?}\n{text}");
    }
}

/// Syntax, names, types and literals: what is right or wrong wherever the lines stand.
fn is_about_lines(code: &str) -> bool {
    ["E01", "E02", "E03", "E08"]
        .iter()
        .any(|block| code.starts_with(block))
}

/// What the examples take as known: a name, and the line that binds it.
const KNOWN: &[(&str, &str)] = &[
    ("web", "let web = k8s.deployment(\"shop\", service)"),
    ("worker", "let worker = k8s.pod(namespace, pod)"),
    (
        "claim",
        "let claim = k8s.volume_claim(\"shop\", \"scratch\")",
    ),
    ("deploy", "let deploy = events.last(Deploy, within: 30m)"),
    (
        "back",
        "let back = k8s.revision(k8s.deployment(\"shop\", service), 41)",
    ),
    (
        "current",
        "let current = k8s.revision(k8s.deployment(\"shop\", service), 42)",
    ),
    (
        "before",
        "let before = k8s.replicas(k8s.deployment(\"shop\", service))",
    ),
    ("machine", "let machine = host.named(instance)"),
    (
        "fs",
        "let fs = host.filesystem(host.named(instance), mount)",
    ),
    (
        "writer",
        "let writer = host.service(host.named(instance), \"web\")",
    ),
    (
        "held",
        "let held = host.deleted_but_open(host.filesystem(host.named(instance), mount))",
    ),
    (
        "top",
        "let top = host.usage(host.filesystem(host.named(instance), mount), depth: 3)",
    ),
    (
        "answer",
        "let answer = http.get(url\"https://example.com/\")",
    ),
    ("wanted", "let wanted = 100GiB"),
    (
        "plan",
        "let plan = host.preview_clean(host.filesystem(host.named(instance), mount), path: \"/x\", clean: host.Clean.keep_newest, keep: 2, age: 0s, max_files: 9, max_size: 1GiB)",
    ),
    ("cache", "let cache = Cache(path: \"/x\")"),
];

/// The items around a runbook in which an example stands.
const ITEMS: &str = "\
use std.{dns, events, exec, gitops, host, http, k8s, prom, tcp}
role builder = rota \"pagerduty:shop\"
secret status_token = vault \"kv/status\"
product shop {
  owner builder
}
record Deploy { service: String, previous: Int }
record Cache { path: String, clean: host.Clean = host.Clean.keep_newest, keep: Int = 2, age: Duration = 0s }
runbook example for shop {
  version 1.0.0
  on alert \"Example\" { with service, namespace, pod, instance, mount, region, reason }
  incident per service
  steps {
";

/// A file with the example in it, and before it those known names that it uses and does not bind.
fn around(example: &str) -> String {
    let words: Vec<&str> = example
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .collect();
    let known = KNOWN
        .iter()
        .filter(|(name, _)| words.contains(name) && !example.contains(&format!("let {name} =")));
    let lines: String = known.map(|(_, line)| format!("    {line}\n")).collect();
    format!("{ITEMS}{lines}{}  }}\n}}\n", indented(example))
}

/// As lines of a block.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn says_its_clauses(item: &Item) {
    let Item { head, body, .. } = item;
    let clauses: &[&str] = match head.split(' ').nth(1) {
        Some("target") => &["scope", "key", "lookup"],
        Some("probe") => &["deadline"],
        Some("action") => &["needs", "repeat", "settles", "deadline", "undo"],
        _ => &[],
    };
    for clause in clauses {
        let said = body
            .lines()
            .any(|line| line.starts_with(&format!("  {clause} ")));
        assert!(said, "{head}: does not say `{clause}`");
    }
    if head.starts_with("extern action") {
        let said = ["  changes ", "  touching"]
            .iter()
            .any(|clause| body.contains(clause));
        assert!(said, "{head}: does not say what it changes");
    }
}

/// Nothing that an action does happens because something was left out.
fn has_no_dangerous_default(item: &Item) {
    let Item { head, body, .. } = item;
    if head.starts_with("extern action") {
        let signature = body.split('{').next().unwrap_or(body);
        // What is sent is one of two, and an empty text if neither; a secret only lets in.
        let harmless = [
            "auth: Secret? = none",
            "body: String payload = \"\"",
            "json: Json? payload = none",
        ];
        let left_out = |text: String, default: &&str| text.replace(*default, "");
        let defaults = harmless.iter().fold(signature.to_owned(), left_out);
        assert!(
            !defaults.contains(" = "),
            "{head}: a parameter of an action has a default"
        );
    }
}

/// Cores hash the fields that targets had when cores were locked first, and no other.
fn later_fields() {
    let mut fields = String::new();
    for (module, text) in modules() {
        for item in items(&text) {
            let Some(target) = item.head.strip_prefix("extern target ") else {
                continue;
            };
            let target = format!("{module}.{target}");
            for line in item.body.lines() {
                let field = line
                    .strip_prefix("  ")
                    .and_then(|line| line.split_once(": "));
                let Some((field, _)) = field.filter(|(name, _)| !name.contains(' ')) else {
                    continue;
                };
                if !LATER_FIELDS.contains(&(target.as_str(), field)) {
                    fields.push_str(&format!("{target} {field}\n"));
                }
            }
        }
    }
    let kept = fs::read_to_string(root().join("tests/golden/target_fields.txt")).unwrap();
    assert_eq!(
        fields, kept,
        "the core of every program that works on such a target would move: a new field is a row of `LATER_FIELDS`"
    );
}
