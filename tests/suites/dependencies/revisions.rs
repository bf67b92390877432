//! Versions of a package with a dependency beside it in the same repository: each as that revision had it.

use super::*;

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "dependencies/revisions: a path is of its revision",
            of_its_revision,
        ),
        trial(
            "dependencies/revisions: what is not reached changes nothing",
            not_reached,
        ),
        trial(
            "dependencies/revisions: what lies outside of the repository is held to the lock",
            outside_of_it,
        ),
        trial(
            "dependencies/revisions: the same words with another meaning",
            same_words,
        ),
        trial(
            "dependencies/revisions: what a revision needs is fetched for it",
            fetched_for_it,
        ),
    ]
}

/// One repository with both packages.
fn place() -> Place {
    let place = Place::new();
    place.manifest("all/lib/common", "");
    place.write("all/lib/common/common.rbk", COMMON);
    place.manifest("all/ops/shop", "common = { path = \"../../lib/common\" }");
    place.write("all/ops/shop/shop.rbk", SHOP);
    place.says("all/ops/shop", &["lock"], 0, &[]);
    place.tag("all", "v1.0.0");
    place.git("all", &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    place
}

fn of_its_revision() {
    let place = place();
    let shop = "all/ops/shop";
    place.says(shop, &["check", "--locked"], 0, &[]);
    place.says(shop, &["diff"], 0, &["no difference"]);
    // The dependency changes what the runbook does: it needs a version, and the lock is behind.
    place.write("all/lib/common/common.rbk", &COMMON.replace("= 2", "= 3"));
    place.says(
        shop,
        &["diff"],
        1,
        &[
            "stuck_worker 1.0.0: needs 1.0.1",
            "dependency common: sha256:",
        ],
    );
    place.says(
        shop,
        &["diff", "HEAD:ops/shop", "."],
        1,
        &["dependency common"],
    );
    place.says(
        shop,
        &["diff", "--format", "json"],
        1,
        &["\"name\": \"common\""],
    );
    place.says(shop, &["diff", "--format", "markdown"], 1, &["common"]);
    place.says(shop, &["check", "--against", "origin/main"], 1, &["E0018"]);
    place.says(shop, &["check"], 1, &["E0018"]);
    place.says(shop, &["check", "--locked"], 1, &["E0018"]);
    place.tag("all", "v1.1.0");
    place.says(shop, &["diff"], 0, &["no difference"]);
    place.says(
        shop,
        &["diff", "v1.0.0", "v1.1.0"],
        1,
        &["dependency common"],
    );
}

fn not_reached() {
    let place = place();
    let shop = "all/ops/shop";
    place.write("all/lib/common/common.rbk", &COMMON.replace("= 7", "= 8"));
    place.says(shop, &["check"], 0, &["N0017", "the dependency `common`"]);
    place.says(shop, &["diff"], 0, &["dependency common: sha256:"]);
    place.says(shop, &["check", "--against", "origin/main"], 0, &[]);
    place.says(shop, &["check", "--locked"], 1, &["E0016"]);
    place.says(shop, &["lock"], 0, &[]);
    place.says(shop, &["check", "--locked"], 0, &[]);
}

/// The dependency has no revision: what it was is known as far as a lock, or a copy, says so.
fn outside_of_it() {
    let place = Place::new();
    place.manifest("common", "");
    place.write("common/common.rbk", COMMON);
    place.manifest("shop", "common = { path = \"../common\" }");
    place.write("shop/shop.rbk", SHOP);
    place.tag("shop", "v0.1.0");
    place.says("shop", &["lock"], 0, &[]);
    place.tag("shop", "v1.0.0");
    place.says("shop", &["diff"], 0, &["no difference"]);
    let unknown = ["E0012", "what `common` was then cannot be known"];
    place.says("shop", &["diff", "v0.1.0"], 2, &unknown);
    // A widening there is no "no difference".
    place.write("common/common.rbk", &COMMON.replace("= 2", "= 3"));
    let said = place.says("shop", &["diff"], 2, &unknown);
    assert!(!said.contains("no difference"), "{said}");
    let against = ["check", "--against", "v1.0.0"];
    place.says("shop", &against, 2, &unknown);
    // The lock itself, and a copy that is committed with it, say what it was.
    place.says("shop", &["diff", "rbk.lock", "."], 1, &["needs 1.0.1"]);
    place.write("common/common.rbk", COMMON);
    place.says("shop", &["vendor"], 0, &[]);
    place.tag("shop", "v1.1.0");
    place.write("common/common.rbk", &COMMON.replace("= 2", "= 3"));
    place.says("shop", &["diff"], 1, &["needs 1.0.1"]);
    place.says("shop", &["check", "--against", "v1.1.0"], 1, &["E0018"]);
}

fn fetched_for_it() {
    let place = Place::shop();
    place.says("shop", &["fetch"], 0, &[]);
    place.says("shop", &["lock"], 0, &[]);
    place.tag("shop", "v1.0.0");
    place.write("common/common.rbk", &COMMON.replace("= 2", "= 3"));
    place.tag("common", "v1.1.0");
    place.manifest("shop", &place.on("common", "v1.1.0"));
    // Another machine, that has only seen the new one.
    open_up(&place.path("cache")).unwrap();
    fs::remove_dir_all(place.path("cache")).unwrap();
    place.says("shop", &["fetch"], 0, &["1 revision fetched"]);
    let command = "run `rbk fetch --against v1.0.0`";
    place.says("shop", &["diff", "v1.0.0"], 2, &["E0012", command]);
    let against = ["check", "--against", "v1.0.0"];
    place.says("shop", &against, 2, &["E0012", command]);
    let fetch = ["fetch", "--against", "v1.0.0"];
    place.says("shop", &fetch, 0, &["v1.0.0", "1 revision fetched"]);
    place.write("shop/deep/more.rbk", "");
    place.says("shop/deep", &fetch, 0, &["nothing to fetch"]);
    fs::remove_dir_all(place.path("shop/deep")).unwrap();
    place.says("shop", &["diff", "v1.0.0"], 1, &["needs 1.0.1"]);
    place.says("shop", &against, 1, &["E0018"]);
    let unknown = ["fetch", "--against", "v9.0.0"];
    place.says("shop", &unknown, 2, &["nor a revision of this repository"]);
}

/// What a condition asks lies in the dependency: its words here are what they were.
fn same_words() {
    let place = Place::shop();
    let common = format!(
        "use std.k8s\n\n{COMMON}\naction again(worker: k8s.Pod) changes worker {{\n  \
         do k8s.restart(worker)\n}}\n"
    );
    let shop = SHOP.replace("builder, is_idle", "again, builder, is_idle");
    let shop = shop.replace(
        "    do k8s.restart(worker)\n",
        "    guard is_idle(worker.restarts)\n    do again(worker)\n",
    );
    let shop = shop.replace("pod).ready }", "pod).ready and is_idle(worker.restarts) }");
    place.write("common/common.rbk", &common);
    place.tag("common", "v1.1.0");
    place.manifest("shop", &place.on("common", "v1.1.0"));
    place.write("shop/shop.rbk", &shop);
    place.says("shop", &["fetch"], 0, &[]);
    place.tag("shop", "v1.0.0");
    let more = common.replace("= 2", "= 3").replace(
        "  do k8s.restart(worker)\n",
        "  do k8s.restart(worker)\n  do k8s.restart(worker)\n",
    );
    place.write("common/common.rbk", &more);
    place.tag("common", "v1.2.0");
    place.manifest("shop", &place.on("common", "v1.2.0"));
    place.says("shop", &["fetch"], 0, &[]);
    let words = [
        "waits for something else by the same words, `is_idle(worker.restarts)`",
        "stuck, asks: `is_idle(worker.restarts)` -> the same words, which ask for something else",
        // Not where the cache has it.
        " common/common.rbk:12\n",
    ];
    let said = place.says("shop", &["diff", "v1.0.0"], 1, &words);
    assert!(!said.contains("cache"), "{said}");
}
