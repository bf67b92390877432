//! Repositories of strangers: nothing of them runs, leads outside or fills the disk.

use super::*;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("dependencies/hostile: links", links),
        trial("dependencies/hostile: a large file", large),
        trial("dependencies/hostile: many files", many),
        trial("dependencies/hostile: a submodule, and hooks", submodule),
        trial("dependencies/hostile: names that lead outside", outside),
        trial("dependencies/hostile: the name of a tag", tag_object),
        trial("dependencies/hostile: names that differ in case", case),
        trial("dependencies/hostile: other files stay out", others),
    ]
}

fn links() {
    let place = Place::shop();
    place.write("secret.rbk", "const stolen = 1\n");
    std::os::unix::fs::symlink(place.path("secret.rbk"), place.path("common/link.rbk")).unwrap();
    std::os::unix::fs::symlink(place.path(""), place.path("common/all")).unwrap();
    place.tag("common", "v1.0.0");
    place.says("shop", &["fetch"], 0, &[]);
    assert!(place.cached("link.rbk").is_empty());
    place.says("shop", &["check"], 0, &[]);
    // A manifest that is a link is none.
    fs::rename(place.path("common/rbk.toml"), place.path("elsewhere.toml")).unwrap();
    std::os::unix::fs::symlink(place.path("elsewhere.toml"), place.path("common/rbk.toml"))
        .unwrap();
    place.tag("common", "v1.1.0");
    place.manifest("shop", &place.on("common", "v1.1.0"));
    place.says("shop", &["fetch"], 1, &["it has no `rbk.toml`"]);
    assert!(place.cached("elsewhere.toml").is_empty());
}

fn large() {
    let place = Place::shop();
    let text = "// a\n".repeat(4 * 1024 * 1024);
    place.write("common/large.rbk", &text);
    place.tag("common", "v1.0.0");
    place.says("shop", &["fetch"], 1, &["more than 16 MiB"]);
    assert!(
        place.cached("large.rbk").is_empty(),
        "nothing is left of it"
    );
    place.says("shop", &["check"], 1, &["E0012"]);
}

fn many() {
    let place = Place::shop();
    for index in 0..3_000 {
        place.write(&format!("common/f{index}.rbk"), "");
    }
    place.tag("common", "v1.0.0");
    place.says("shop", &["fetch"], 1, &["more than 2000 files"]);
    assert!(place.cached(".rbk").is_empty(), "nothing is left of it");
}

fn submodule() {
    let place = Place::shop();
    let mark = place.path("ran");
    let commit = place.git("common", &["rev-parse", "HEAD"]);
    let modules = format!(
        "[submodule \"inner\"]\n\tpath = inner\n\turl = \"ext::sh -c touch% {}\"\n",
        mark.display()
    );
    place.write("common/.gitmodules", &modules);
    let entry = format!("160000,{commit},inner");
    place.git("common", &["add", ".gitmodules"]);
    place.git("common", &["update-index", "--add", "--cacheinfo", &entry]);
    place.git("common", &["commit", "-q", "-m", "a submodule"]);
    place.git("common", &["tag", "-f", "v1.0.0"]);
    // Hooks of the user, which every repository of this machine would run.
    for hook in ["reference-transaction", "post-checkout", "post-merge"] {
        let path = format!("hooks/{hook}");
        place.write(&path, &format!("#!/bin/sh\ntouch {}\n", mark.display()));
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(place.path(&path), mode).unwrap();
    }
    let hooks = place.path("hooks");
    place.write(
        "config",
        &format!("[core]\n\thooksPath = {}\n", hooks.display()),
    );
    let output = Command::new(env!("CARGO_BIN_EXE_rbk"))
        .current_dir(place.path("shop"))
        .env("RBK_CACHE", place.path("cache"))
        .env("GIT_CONFIG_GLOBAL", place.path("config"))
        .arg("fetch")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!mark.exists(), "something of it ran");
    place.says("shop", &["check"], 0, &[]);
}

fn outside() {
    let place = Place::shop();
    let text = place.path("text");
    fs::write(&text, "const stolen = 1\n").unwrap();
    let blob = place.git("common", &["hash-object", "-w", text.to_str().unwrap()]);
    let toml = place.git("common", &["hash-object", "-w", "rbk.toml"]);
    for (tag, name) in [("v3.0.0", ".."), ("v3.1.0", "...\\..\\x")] {
        let inner = place.tree(&format!("100644 blob {blob}\tx.rbk\n"));
        let tree = place.tree(&format!(
            "040000 tree {inner}\t{name}\n100644 blob {toml}\trbk.toml\n"
        ));
        let commit = place.git("common", &["commit-tree", "-m", "hostile", &tree]);
        place.git("common", &["tag", tag, &commit]);
        place.manifest("shop", &place.on("common", tag));
        place.says("shop", &["fetch"], 1, &["a name that leads elsewhere"]);
        assert!(place.cached("x.rbk").is_empty());
    }
}

impl Place {
    fn tree(&self, lines: &str) -> String {
        use std::io::Write as _;
        use std::process::Stdio;
        let mut child = git(&self.path("common"))
            .arg("mktree")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(lines.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

fn others() {
    let place = Place::shop();
    for path in [
        "run.sh",
        ".hidden/x.rbk",
        "agent.toml",
        "rbk.lock",
        "deep/er/y.rbk",
    ] {
        place.write(&format!("common/{path}"), "");
    }
    place.tag("common", "v1.0.0");
    place.says("shop", &["fetch"], 0, &[]);
    let kept = |end: &str| place.cached(end).len();
    assert_eq!(
        [
            kept("run.sh"),
            kept("x.rbk"),
            kept("agent.toml"),
            kept("rbk.lock")
        ],
        [0; 4]
    );
    assert_eq!(kept("deep/er/y.rbk"), 1);
    place.says("shop", &["check"], 0, &[]);
}

/// A tag with a text has a name of 40 digits too, and can be another one tomorrow under the same tag.
fn tag_object() {
    let place = Place::shop();
    place.git("common", &["tag", "-a", "-m", "the first", "v1.0.1"]);
    let commit = place.git("common", &["rev-parse", "HEAD"]);
    let tag = place.git("common", &["rev-parse", "v1.0.1"]);
    assert_ne!(commit, tag);
    place.manifest("shop", &place.on("common", &tag));
    let word = format!("name {commit}");
    place.says("shop", &["fetch"], 1, &["is a tag", &word]);
    assert!(place.cached(".rbk").is_empty(), "nothing is left of it");
    place.manifest("shop", &place.on("common", "v1.0.1"));
    place.says("shop", &["fetch"], 0, &[&commit[..12]]);
    place.says("shop", &["check"], 0, &[]);
}

fn case() {
    let place = Place::shop();
    place.write("common/Common.rbk", "const other = 2\n");
    place.tag("common", "v1.1.0");
    place.manifest("shop", &place.on("common", "v1.1.0"));
    let words = ["`Common.rbk` and `common.rbk`", "one file on many disks"];
    place.says("shop", &["fetch"], 1, &words);
    fs::remove_file(place.path("common/Common.rbk")).unwrap();
    place.write("common/deep/a.rbk", "const a = 2\n");
    place.write("common/Deep/b.rbk", "const b = 2\n");
    place.tag("common", "v1.2.0");
    place.manifest("shop", &place.on("common", "v1.2.0"));
    place.says("shop", &["fetch"], 1, &["`Deep` and `deep`"]);
    fs::remove_dir_all(place.path("common/Deep")).unwrap();
    place.tag("common", "v1.3.0");
    place.manifest("shop", &place.on("common", "v1.3.0"));
    place.says("shop", &["fetch"], 0, &[]);
}
