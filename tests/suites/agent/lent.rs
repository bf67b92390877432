//! A package that depends on another one: what the agent loads, loads anew, and refuses.

use std::fs;

use super::Case;
use super::stage::{Prom, Stage, number};

pub const CASES: &[Case] = &[
    ("a dependency that changes is loaded anew", changes),
    ("a copy that was changed is refused", copy_was_changed),
];

const MANIFEST: &str = "name = \"common\"\nversion = \"1.0.0\"\nedition = \"2026\"\n";
const COMMON: &str = "const down = 0\n";

/// The package of the stage, with the number that stands for *down* in another package.
fn stage() -> Stage {
    let stage = Stage::new();
    fs::create_dir_all(stage.path("common")).unwrap();
    fs::write(stage.path("common/rbk.toml"), MANIFEST).unwrap();
    fs::write(stage.path("common/common.rbk"), COMMON).unwrap();
    stage.change(
        "package/rbk.toml",
        "edition = \"2026\"\n",
        "edition = \"2026\"\n\n[dependencies]\ncommon = { path = \"../common\" }\n",
    );
    let uses = "use common.{down}\nuse std.{";
    stage.change("package/service.rbk", "use std.{", uses);
    stage.change("package/service.rbk", "up() == 0", "up() == down");
    stage
}

fn changes() {
    let mut stage = stage();
    stage.say(Prom::Says("application/json", number("7")));
    stage.start();
    // It does something else under the same version.
    fs::write(stage.path("common/common.rbk"), "const down = 7\n").unwrap();
    stage.wait_for_log("does something else than");
    fs::write(stage.path("common/common.rbk"), "const down = \n").unwrap();
    stage.wait_for_log("in the dependency `common`");
    fs::write(stage.path("common/common.rbk"), COMMON).unwrap();
    stage.wait_for_log("reloaded");
    let id = stage.incident("a");
    stage.wait_for_told("the package is at work", |_, body| body["incident"] == id);
}

fn copy_was_changed() {
    let mut stage = stage();
    let vendor = std::process::Command::new(env!("CARGO_BIN_EXE_rbk"))
        .arg("vendor")
        .arg(stage.path("package"))
        .output()
        .unwrap();
    assert!(vendor.status.success(), "{vendor:?}");
    fs::rename(stage.path("common"), stage.path("gone")).unwrap();
    stage.start();
    let copy = stage.path("package/vendor/common/common.rbk");
    fs::write(&copy, "const down = 7\n").unwrap();
    stage.wait_for_log("E0013");
    fs::write(&copy, COMMON).unwrap();
    stage.wait_for_log("reloaded");
}
