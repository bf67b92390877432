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
