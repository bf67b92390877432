//! A disk that is full while the agent runs.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use super::Case;
use super::stage::Stage;
use super::start::Mount;

pub const CASES: &[Case] = &[("a full disk loses nothing that was acknowledged", full)];

/// Writes until there is no room for another byte.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for size in [65_536, 4_096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

fn full() {
    let mut stage = Stage::new();
    let mount = Mount::at(&stage.path("store"), &["-o", "size=2m"]);
    // Nobody hears of the service while it is looked at for long.
    stage.change(
        "package/service.rbk",
        "    cleared if",
        "    wait 30s\n    cleared if",
    );
    stage.start();
    let mut acknowledged = vec![stage.incident("s0")];
    fill(&stage.path("store/filler"));
    // What fits into room that the store has already may still be taken; not for long.
    let refused = (1..500).find_map(|number| match stage.alert(&format!("s{number}")) {
        Some((200, answer)) => {
            acknowledged.push(answer["incidents"][0].as_u64().unwrap());
            None
        }
        Some((status, answer)) => Some(format!("{status} {answer}")),
        None => Some("closed".to_owned()),
    });
    let refused = refused.expect("a full disk takes everything");
    assert!(
        refused.starts_with("503") || refused == "closed",
        "{refused}"
    );
    let (_, page) = stage.wait_for_told("that the agent stops", |_, body| {
        body["incident"].is_null() && body["kind"] == "page"
    });
    assert!(
        page["title"].as_str().unwrap().contains("stopped"),
        "{page:#}"
    );
    assert_eq!(stage.wait_for_end(), Some(1), "{}", stage.log());
    let log = stage.log();
    assert!(log.contains("A1203") || log.contains("A1214"), "{log}");
    fs::remove_file(stage.path("store/filler")).unwrap();
    stage.start();
    for id in acknowledged {
        let shown = stage.show(id);
        assert_eq!(super::stage::inner(&shown)["id"], id, "{shown:#}");
    }
    stage.incident("later");
    drop(stage);
    drop(mount);
}
