//! The life of an agent: loaded anew, stopped, and started again in the middle of something.

use std::fs;
use std::time::{Duration, Instant};

use super::Case;
use super::stage::{Prom, Stage, inner, number};

pub const CASES: &[Case] = &[
    ("a broken package leaves the last good one at work", reload),
    ("a wait goes on after a stop", wait_goes_on),
];

fn reload() {
    let mut stage = Stage::new();
    stage.say(Prom::Says("application/json", number("7")));
    stage.start();
    stage.change("package/service.rbk", "up() == 0", "upp() == 0");
    stage.wait_for_log("A1211");
    let first = stage.incident("a");
    stage.wait_for_told("the last good package pages", |_, body| {
        body["incident"] == first && body["text"] == "nobody can tell how a is"
    });
    let path = stage.path("package/service.rbk");
    let text = fs::read_to_string(&path).unwrap().replace("upp()", "up()");
    let text = text.replace("nobody can tell", "nobody knows");
    // In one step, so that no half of it is seen.
    fs::write(stage.path("mended"), text).unwrap();
    fs::rename(stage.path("mended"), path).unwrap();
    stage.wait_for_log("loaded anew");
    let second = stage.incident("b");
    stage.wait_for_told("the mended package pages", |_, body| {
        body["incident"] == second && body["text"] == "nobody knows how b is"
    });
}

fn wait_goes_on() {
    let mut stage = Stage::new();
    let before = "    cleared if";
    stage.change("package/service.rbk", before, "    wait 4s\n    cleared if");
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_asked("GET /health");
    let shown = stage.show(id);
    assert_eq!(inner(&shown)["state"], "open", "{shown:#}");
    let start = Instant::now();
    assert_eq!(stage.terminate(), Some(0), "{}", stage.log());
    assert!(start.elapsed() < Duration::from_secs(8), "it stops slowly");
    stage.start();
    let shown = stage.wait_for(id, "resolved");
    assert_eq!(inner(&shown)["how"], "verified", "{shown:#}");
    let looked = stage.world.asked();
    let looked = looked.iter().filter(|text| text.starts_with("GET /health"));
    assert_eq!(looked.count(), 1, "it began from the start");
}
