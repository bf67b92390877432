//! What lies in a package and is none of its files: pipes, and what nobody copied into `vendor`.

use super::*;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("dependencies/odd: pipes are not waited for", pipes),
        trial(
            "dependencies/odd: what the lock of vendor does not name",
            strays,
        ),
        trial("dependencies/odd: a copy without its manifest", no_manifest),
        trial(
            "dependencies/odd: an ordinary folder called vendor",
            ordinary,
        ),
        trial("dependencies/odd: a vendor in a dependency", of_dependency),
        trial("dependencies/odd: links in what was copied", links),
        trial("dependencies/odd: a whole vendor without a cache", whole),
    ]
}

impl Place {
    fn pipe(&self, path: &str) -> PathBuf {
        let path = self.path(path);
        let status = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(status.success());
        path
    }
}

/// A program that waits for a pipe waits for ever: it is ended after a time that no check takes.
fn check(place: &Place, words: &[&str]) {
    let output = Command::new("timeout")
        .args(["120", env!("CARGO_BIN_EXE_rbk"), "check", "--locked"])
        .current_dir(place.path("shop"))
        .env("RBK_CACHE", place.path("cache"))
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let flat = unwrapped(&said);
    for word in words {
        assert!(flat.contains(word), "no {word:?} in\n{said}");
    }
}

fn pipes() {
    let place = Place::shop();
    place.manifest("near", "");
    place.write("near/near.rbk", COMMON);
    place.manifest("shop", "common = { path = \"../near\" }");
    place.says("shop", &["vendor"], 0, &[]);
    place.says("shop", &["lock"], 0, &[]);
    place.says("shop", &["check", "--locked"], 0, &[]);
    for path in ["shop/x.rbk", "near/x.rbk", "shop/rbk.lock", "near/rbk.toml"] {
        let kept = fs::read(place.path(path)).ok();
        let _ = fs::remove_file(place.path(path));
        let pipe = place.pipe(path);
        let name = path.rsplit('/').next().unwrap();
        check(
            &place,
            &[
                &format!("{name}` cannot be read: it is neither a file nor a folder"),
                "only a regular file",
            ],
        );
        fs::remove_file(&pipe).unwrap();
        if let Some(kept) = kept {
            fs::write(&pipe, kept).unwrap();
        }
    }
    // By a link as well, and in a copy.
    let pipe = place.pipe("pipe");
    std::os::unix::fs::symlink(&pipe, place.path("shop/x.rbk")).unwrap();
    check(&place, &["x.rbk` cannot be read: it is neither"]);
    fs::remove_file(place.path("shop/x.rbk")).unwrap();
    fs::remove_dir_all(place.path("near")).unwrap();
    place.says("shop", &["check", "--locked"], 0, &[]);
    place.pipe("shop/vendor/common/x.rbk");
    check(&place, &["x.rbk` cannot be read: it is neither"]);
}

fn strays() {
    let place = Place::shop();
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["vendor"], 0, &[]);
    place.says("shop", &["lock"], 0, &[]);
    let stray = "const stray = enough\n";
    for path in [
        "vendor/zz.rbk",
        "vendor/lodash/zz.rbk",
        "vendor/lodash/deep/zz.rbk",
        "vendor/more/rbk.toml",
    ] {
        place.write(&format!("shop/{path}"), stray);
        let said = place.says("shop", &["check"], 1, &["E0013", "the lock there does not"]);
        // It is not taken for the package's own, whose mistakes it would have.
        assert!(
            !said.contains("E0201") && said.contains("1 error in 1 file"),
            "{said}"
        );
        place.says("shop", &["fetch"], 1, &["E0013"]);
        // What was copied is written anew, without the rest.
        place.says("shop", &["vendor"], 0, &["1 package"]);
        assert!(!place.path("shop").join(path).exists());
        place.says("shop", &["check", "--locked"], 0, &[]);
    }
    // Other files are nobody's matter.
    place.write("shop/vendor/README.md", "");
    place.says("shop", &["check", "--locked"], 0, &[]);
    // Nor is the lock of it needed for that, nor a dependency.
    fs::remove_file(place.path("shop/vendor/rbk.lock")).unwrap();
    place.write("shop/vendor/zz.rbk", stray);
    place.says("shop", &["check"], 1, &["E0013", "vendor/zz.rbk"]);
    place.manifest("shop", "");
    place.write("shop/shop.rbk", "const own = 1\n");
    place.write("shop/vendor/rbk.lock", "format = 1\n");
    place.says(
        "shop",
        &["check"],
        1,
        &["E0013", "the lock there does not", "1 file"],
    );
}

fn no_manifest() {
    let place = Place::shop();
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["vendor"], 0, &[]);
    fs::remove_file(place.path("shop/vendor/common/rbk.toml")).unwrap();
    let said = place.says("shop", &["check"], 1, &["E0013", "`vendor`"]);
    assert!(said.contains("1 error in 1 file"), "{said}");
    // What is lost with it makes nothing of the package idle.
    assert!(!said.contains("warning"), "{said}");
}

fn ordinary() {
    let place = Place::new();
    place.manifest("shop", "");
    place.write(
        "shop/shop.rbk",
        "const limit = inner\nconst other = limit\n",
    );
    place.write("shop/vendor/inner.rbk", "const inner = 1\n");
    place.says("shop", &["check"], 0, &["2 files"]);
    place.manifest("shop/vendor/near", "");
    place.write("shop/vendor/near/near.rbk", "const inner = 1\n");
    fs::remove_file(place.path("shop/vendor/inner.rbk")).unwrap();
    place.manifest("shop", "near = { path = \"vendor/near\" }");
    place.write("shop/shop.rbk", "use near.{inner}\n\nconst limit = inner\n");
    place.says("shop", &["check"], 0, &["1 file"]);
}

/// What is fetched, read and copied of a dependency is the same, whatever lies in its own `vendor`.
fn of_dependency() {
    let place = Place::shop();
    place.manifest("base", "");
    place.write("base/base.rbk", "const least = 2\n");
    place.tag("base", "v0.1.0");
    place.manifest("common", &place.on("base", "v0.1.0"));
    place.write("common/vendor/zz.rbk", "const stray = nothing\n");
    place.tag("common", "v1.1.0");
    place.manifest("shop", &place.on("common", "v1.1.0"));
    place.says("shop", &["fetch"], 0, &["2 revisions fetched"]);
    place.says("shop", &["vendor"], 0, &["2 packages"]);
    assert!(!place.path("shop/vendor/common/vendor").exists());
    place.says("shop", &["check"], 0, &[]);
}

fn whole() {
    let place = Place::shop();
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["vendor"], 0, &[]);
    place.says("shop", &["lock"], 0, &[]);
    open_up(&place.path("cache")).unwrap();
    fs::remove_dir_all(place.path("cache")).unwrap();
    place.says("shop", &["vendor"], 0, &["1 package, all there already"]);
    // A copy that was changed is not all there.
    place.write("shop/vendor/common/common.rbk", "const enough = 9\n");
    place.says("shop", &["vendor"], 1, &["E0012"]);
}

/// A copy has no links: what one leads to is of nobody's making, though it may be the same today.
fn links() {
    let place = Place::shop();
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["lock"], 0, &[]);
    let cached = place.cached("common.rbk").remove(0);
    open_up(&place.path("cache")).unwrap();
    let by_link = |path: &Path| {
        let elsewhere = place.path("elsewhere");
        fs::rename(path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, path).unwrap();
    };
    let drop_elsewhere = || {
        let elsewhere = place.path("elsewhere");
        let _ = fs::remove_file(&elsewhere).or_else(|_| fs::remove_dir_all(&elsewhere));
    };
    let folder = cached.parent().unwrap();
    for path in [cached.as_path(), &folder.join("rbk.toml"), folder] {
        by_link(path);
        place.says("shop", &["check"], 1, &["E0013", "link"]);
        place.says("shop", &["fetch"], 0, &["1 revision fetched"]);
        place.says("shop", &["check", "--locked"], 0, &[]);
        open_up(&place.path("cache")).unwrap();
        drop_elsewhere();
    }
    place.says("shop", &["vendor"], 0, &[]);
    for (path, word) in [
        ("common.rbk", "`common.rbk` in it is a link"),
        ("rbk.toml", "`rbk.toml` in it is a link"),
        ("", "its folder is a link"),
    ] {
        by_link(
            &place
                .path("shop/vendor/common")
                .join(path)
                .components()
                .collect::<PathBuf>(),
        );
        place.says("shop", &["check"], 1, &["E0013", word]);
        place.says("shop", &["vendor"], 0, &["1 package"]);
        place.says("shop", &["check", "--locked"], 0, &[]);
        drop_elsewhere();
    }
}
