//! A repository that a package depends on: fetched once, then offline, pinned and held to its hash.

use super::*;

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "dependencies/git: fetched once, offline from then on",
            offline,
        ),
        trial("dependencies/git: a lock pins what a tag was", pinned),
        trial(
            "dependencies/git: places in what was fetched, by its name",
            places,
        ),
        trial("dependencies/git: changed in the cache", changed),
        trial("dependencies/git: copied, and changed in the copy", copied),
        trial("dependencies/git: what a dependency depends on", further),
        trial(
            "dependencies/git: packages of one repository",
            one_repository,
        ),
        trial("dependencies/git: one package under two names", two_names),
        trial("dependencies/git: two commits of one name", two_commits),
        trial("dependencies/git: a branch is no revision", branch),
    ]
}

fn offline() {
    let place = Place::shop();
    let said = place.says("shop", &["check"], 1, &["E0012", "run `rbk fetch`"]);
    // What is not here is told once, not again wherever it is used.
    assert!(!said.contains("E0201"), "{said}");
    assert!(!place.path("cache").exists(), "a check fetches nothing");
    place.says("shop", &["fetch"], 0, &["v1.0.0", "1 revision fetched"]);
    let kept = place.cached("common.rbk");
    assert_eq!(kept.len(), 1);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o222;
    assert_eq!(mode(&kept[0]), 0, "a file of the cache is read-only");
    assert_eq!(mode(kept[0].parent().unwrap()), 0, "and so is its folder");
    assert!(
        place.cached("/config").is_empty(),
        "nothing of the repository itself is kept"
    );

    fs::rename(place.path("common"), place.path("gone")).unwrap();
    place.says("shop", &["fetch"], 0, &["nothing to fetch"]);
    place.says("shop", &["check"], 0, &["no lock"]);
    place.says("shop", &["test"], 0, &[]);
    place.says("shop", &["fmt", "--check"], 0, &["1 unchanged"]);
    place.says(
        "shop",
        &["check", "--report"],
        0,
        &["people        builder"],
    );
    place.says("shop", &["lock"], 0, &[]);
    let lock = fs::read_to_string(place.path("shop/rbk.lock")).unwrap();
    let commit = place.git("gone", &["rev-parse", "HEAD"]);
    let url = place.url("common");
    for line in [
        format!("source = \"git+{url}\""),
        "rev = \"v1.0.0\"".to_owned(),
        format!("commit = \"{commit}\""),
        "files = \"sha256:".to_owned(),
    ] {
        assert!(lock.contains(&line), "no {line} in {lock}");
    }
    place.says("shop", &["check", "--locked"], 0, &[]);
}

fn pinned() {
    let place = Place::shop();
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["lock"], 0, &[]);
    // The tag moves, and another machine fetches.
    place.write("common/common.rbk", &COMMON.replace("= 2", "= 3"));
    let moved = place.tag("common", "v1.0.0");
    open_up(&place.path("cache")).unwrap();
    fs::remove_dir_all(place.path("cache")).unwrap();
    let said = place.says("shop", &["fetch"], 0, &[]);
    assert!(!said.contains(&moved[..12]), "{said}");
    place.says("shop", &["check", "--locked"], 0, &[]);
    // Another revision in the manifest is another commit, and the lock is behind.
    place.manifest("shop", &place.on("common", &moved));
    place.says("shop", &["check"], 1, &["E0012", &moved]);
    place.says("shop", &["fetch"], 0, &[&moved[..12]]);
    place.says("shop", &["check"], 1, &["E0018"]);
    place.says(
        "shop",
        &["diff", "rbk.lock", "./"],
        1,
        &["dependency common: "],
    );
    place.says("shop", &["check", "--locked"], 1, &["E0018"]);
}

fn places() {
    let place = Place::shop();
    let again = |more: &str| {
        format!(
            "use std.k8s\n{COMMON}action again(of: k8s.Pod) changes of {{\n  do k8s.restart(of)\n{more}}}\n"
        )
    };
    place.write("common/common.rbk", &again(""));
    place.tag("common", "v1.0.0");
    let shop = SHOP.replace("is_idle}", "is_idle, again}");
    place.write("shop/shop.rbk", &shop.replace("do k8s.restart", "do again"));
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["lock"], 0, &[]);
    place.write("common/common.rbk", &again("  do k8s.restart(of)\n"));
    let moved = place.tag("common", "v1.0.0");
    place.manifest("shop", &place.on("common", &moved));
    place.says("shop", &["fetch"], 0, &[]);
    let said = place.says("shop", &["check"], 1, &["E0018", "common/common.rbk:"]);
    assert!(!said.contains("cache"), "{said}");
    let told = ["check", "--format", "github"];
    let said = place.says("shop", &told, 1, &["E0018"]);
    assert!(!said.contains("cache"), "{said}");
}

fn changed() {
    let place = Place::shop();
    place.says("shop", &["fetch"], 0, &[]);
    let kept = place.cached("common.rbk").remove(0);
    open_up(&place.path("cache")).unwrap();
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&kept, COMMON.replace("= 2", "= 9")).unwrap();
    place.says(
        "shop",
        &["check"],
        1,
        &["E0013", "not those that were fetched"],
    );
    place.says("shop", &["fetch"], 0, &["1 revision fetched"]);
    place.says("shop", &["check"], 0, &[]);
    // Both the files and what was written down of them: the lock knows better.
    place.says("shop", &["lock"], 0, &[]);
    let lock = place.path("shop/rbk.lock");
    let text = fs::read_to_string(&lock).unwrap();
    let (head, _) = text.split_once("files = ").unwrap();
    let other = format!("{head}files = \"sha256:{}\"\n", "0".repeat(64));
    fs::write(&lock, other).unwrap();
    place.says(
        "shop",
        &["check"],
        1,
        &[
            "E0013",
            "not those that the lock names",
            "they are those that were fetched",
            "or delete it, then",
        ],
    );
    // The way out that is told: without the entry, what is fetched is locked anew.
    let (without, _) = text.split_once("\n[[dependency]]").unwrap();
    fs::write(&lock, without).unwrap();
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["lock"], 0, &[]);
    place.says("shop", &["check", "--locked"], 0, &[]);
}

fn copied() {
    let place = Place::shop();
    place.says("shop", &["vendor"], 1, &["E0012"]);
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["vendor"], 0, &["1 package"]);
    place.says("shop", &["lock"], 0, &[]);
    // A merge left its marks in the lock of the copies.
    let lock = place.path("shop/vendor/rbk.lock");
    let text = fs::read_to_string(&lock).unwrap();
    open_up(&place.path("shop/vendor")).unwrap();
    fs::write(&lock, format!("<<<<<<< HEAD\n{text}")).unwrap();
    place.says("shop", &["check"], 1, &["E0017", "again: `rbk vendor`"]);
    place.says("shop", &["vendor"], 0, &[]);
    assert_eq!(fs::read_to_string(&lock).unwrap(), text);
    open_up(&place.path("cache")).unwrap();
    fs::remove_dir_all(place.path("cache")).unwrap();
    place.says("shop", &["check", "--locked"], 0, &[]);
    place.write("shop/agent.toml", AGENT);
    place.write("shop/alert.json", ALERT);
    let run = ["run", ".", "--alert", "alert.json", "--dry-run"];
    let (_, said) = place.rbk("shop", &run);
    // It needs what no agent has yet, and nothing is wrong with its copies.
    assert!(
        said.contains("error[E0023]") && !said.contains("error[E001"),
        "{said}"
    );

    place.write(
        "shop/vendor/common/common.rbk",
        &COMMON.replace("= 2", "= 9"),
    );
    place.says("shop", &["check"], 1, &["E0013", "`vendor`"]);
    place.says("shop", &["test"], 1, &["E0013"]);
    // Whoever runs it takes nothing that was changed.
    let (code, said) = place.rbk("shop", &run);
    assert!(code != 0 && said.contains("E0013"), "{said}");
    place.says("shop", &["fetch"], 1, &["E0013"]);
}

const AGENT: &str = "\
[contacts.\"pagerduty:builders\"]
terminal = true
";

const ALERT: &str = r#"{"version": "4", "groupKey": "a", "status": "firing", "receiver": "rbk", "groupLabels": {},
"commonLabels": {}, "commonAnnotations": {}, "externalURL": "", "truncatedAlerts": 0, "alerts": [{"status": "firing",
"labels": {"alertname": "WorkerStuck", "pod": "w-1"}, "annotations": {}, "startsAt": "2026-11-02T10:00:00Z",
"endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "c0ffee"}]}"#;

fn further() {
    let place = Place::shop();
    place.manifest("base", "");
    place.write("base/base.rbk", "const least = 2\n");
    place.tag("base", "v0.1.0");
    place.manifest("common", &place.on("base", "v0.1.0"));
    let common = format!("use base.{{least}}\n\n{COMMON}").replace("= 2", "= least");
    place.write("common/common.rbk", &common);
    place.tag("common", "v1.1.0");
    place.manifest("shop", &place.on("common", "v1.1.0"));
    place.says("shop", &["fetch"], 0, &["2 revisions fetched"]);
    place.says("shop", &["check"], 0, &[]);
    // Only what its own manifest names may be used.
    place.write("shop/more.rbk", "use base.{least}\n\nconst more = least\n");
    place.says(
        "shop",
        &["check"],
        1,
        &["E0204", "there is no package `base` to use"],
    );
}

fn one_repository() {
    let place = Place::shop();
    place.manifest("common/base", "");
    place.write("common/base/base.rbk", "const least = 2\n");
    place.manifest("common", "base = { path = \"base\" }");
    let common = format!("use base.{{least}}\n\n{COMMON}").replace("= 2", "= least");
    place.write("common/common.rbk", &common);
    place.tag("common", "v1.1.0");
    place.manifest("shop", &place.on("common", "v1.1.0"));
    place.says("shop", &["fetch"], 0, &["1 revision fetched"]);
    place.says("shop", &["lock"], 0, &[]);
    let lock = fs::read_to_string(place.path("shop/rbk.lock")).unwrap();
    let source = format!("git+{}#base", place.url("common"));
    assert!(lock.contains(&source), "{lock}");
    place.says("shop", &["vendor"], 0, &["2 packages"]);
    place.says("shop", &["check", "--locked"], 0, &[]);

    place.manifest("common", "base = { path = \"../shop\" }");
    place.tag("common", "v1.2.0");
    place.manifest("shop", &place.on("common", "v1.2.0"));
    place.says("shop", &["fetch"], 1, &["lies outside of its repository"]);
}

fn two_commits() {
    let place = Place::shop();
    let first = place.git("common", &["rev-parse", "HEAD"]);
    place.write("common/common.rbk", &COMMON.replace("= 2", "= 3"));
    place.tag("common", "v2.0.0");
    place.manifest("left", &place.on("common", "v2.0.0"));
    place.write(
        "left/left.rbk",
        "use common.{enough}\n\nconst left = enough\n",
    );
    let both = |rev: &str| {
        let on = place.on("common", rev);
        place.manifest("shop", &format!(
                "{on}\nleft = {{ path = \"../left\" }}\n\n[lint]\nunused-dependency = {{ level = \"off\", why = \"where they come from is shown\" }}"
            ));
    };
    both("v1.0.0");
    place.says("shop", &["fetch"], 1, &["E0014"]);
    let said = place.says("shop", &["check"], 1, &["E0014", "shop -> left -> common"]);
    assert!(
        said.contains(&first[..12]) && said.contains("shop -> common"),
        "{said}"
    );
    // The same commit by a tag and by its name is one.
    let second = place.git("common", &["rev-parse", "HEAD"]);
    both(&second);
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["check"], 0, &[]);
}

/// A repository by a folder and by git, or twice by git, is one package by whatever names.
fn two_names() {
    let place = Place::shop();
    let on = |name: &str, rev: &str| place.on("common", rev).replacen("common", name, 1);
    let both = |first: &str, second: &str| place.manifest("shop", &format!("{first}\n{second}"));
    both(&place.on("common", "v1.0.0"), &on("other", "v1.0.0"));
    place.says(
        "shop",
        &["fetch"],
        1,
        &["E0014", "two names: `common` and `other`"],
    );
    // By another spelling of the URL, and by its path.
    let spelt = on("other", "v1.0.0").replace("common\"", "common/.git\"");
    both(&place.on("common", "v1.0.0"), &spelt);
    place.says("shop", &["fetch"], 1, &["E0014", "two names"]);
    both(
        &place.on("common", "v1.0.0"),
        "other = { path = \"../common\" }",
    );
    let words = ["E0014", "shop -> common", "shop -> other"];
    place.says("shop", &["check"], 1, &words);
    // Two that are not the same are two.
    place.write("common/common.rbk", &COMMON.replace("= 2", "= 3"));
    let said = place.says("shop", &["check"], 1, &["unused-dependency", "1 warning"]);
    assert!(!said.contains("E0014"), "{said}");
}

fn branch() {
    let place = Place::shop();
    place.manifest("shop", &place.on("common", "main"));
    place.says(
        "shop",
        &["fetch"],
        1,
        &["it has no tag `main`; a branch moves"],
    );
    place.manifest("shop", &place.on("nowhere", "v1.0.0"));
    place.says("shop", &["fetch"], 1, &["cannot be fetched"]);
}
