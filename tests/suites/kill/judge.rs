//! What has to be so in the end, whatever was done to the agent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use super::load::Accepted;
use super::world::World;
use crate::harness::{net, wait};
use crate::suites::agent::stage::{Stage, inner};

/// Each incident that has taken something, once it is over.
pub fn ends(stage: &Stage, accepted: &Accepted) -> BTreeMap<u64, Value> {
    // Many may wait for their turn: that goes on as long as some end.
    let open = || {
        stage.get("/v1/incidents?open=true&limit=1")["total"]
            .as_u64()
            .unwrap()
    };
    let mut left = open();
    while left > 0 {
        let fewer = || Some(open()).filter(|now| *now < left);
        left = wait::until("fewer are open", fewer, || stage.log());
    }
    let incidents = accepted.incidents.keys();
    incidents.map(|id| (*id, end(stage, *id))).collect()
}

fn end(stage: &Stage, incident: u64) -> Value {
    let ended = || {
        let shown = net::get(stage.port, &format!("/v1/incidents/{incident}"))?;
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let ended = inner(&shown)["state"] == "resolved" && inner(&shown)["at_work"] == false;
        ended.then_some(shown)
    };
    wait::until(&format!("incident {incident} ends"), ended, || {
        format!("{:#}\n{}", stage.show(incident), stage.log())
    })
}

pub fn all_is_well(stage: &Stage, world: &World, accepted: &Accepted, ends: &BTreeMap<u64, Value>) {
    nothing_is_lost(stage, world, accepted, ends);
    letters_are_told(stage, world, accepted);
    each_change_stands_in_the_record(world, accepted, ends);
    nothing_is_left(stage);
    let how = |word: &str| {
        let ended = ends.values().filter(|shown| inner(shown)["how"] == word);
        ended.count()
    };
    let (verified, human) = (how("verified"), how("human"));
    let letters: usize = accepted.letters.values().sum();
    let all = ends.len();
    assert!(verified > 0, "all is left to humans\n{}", stage.log());
    assert!(letters > 0, "no letter was sent");
    eprintln!("kill: {all} incidents, {verified} mended, {human} with humans; {letters} letters");
}

/// Every event is with its incident, and every incident was mended, cleared, or somebody was told.
fn nothing_is_lost(stage: &Stage, world: &World, accepted: &Accepted, ends: &BTreeMap<u64, Value>) {
    let told = world.told.lock().unwrap();
    let mut record = world.record.lock().unwrap();
    for (id, known) in &accepted.incidents {
        let shown = &ends[id];
        let events = inner(shown)["events"].as_u64().unwrap() as usize;
        assert!(
            events >= known.events,
            "{} events were accepted\n{shown:#}",
            known.events
        );
        match inner(shown)["how"].as_str().unwrap() {
            "verified" => {
                assert!(record.is_done(&known.machine), "not done\n{shown:#}");
            }
            "self" | "cleared" => assert!(known.is_clear, "nobody cleared it\n{shown:#}"),
            _ => assert!(
                told.incidents.contains(id),
                "nobody was told\n{shown:#}\n{}",
                stage.log()
            ),
        }
    }
}

/// Every letter is kept, and of each kind somebody has heard.
fn letters_are_told(stage: &Stage, world: &World, accepted: &Accepted) {
    let sent: usize = accepted.letters.values().sum();
    let kept = stage.get("/v1/dead-letters?limit=1")["total"].as_u64();
    assert!(kept >= Some(sent as u64), "{kept:?} of {sent} letters");
    for name in accepted.letters.keys() {
        let heard = || {
            let told = world.told.lock().unwrap();
            let mut titles = told.titles.iter();
            titles.any(|title| title.ends_with(name)).then_some(())
        };
        wait::until(&format!("{name} is told"), heard, || stage.log());
    }
}

/// Each beginning belongs to an intent on record, under one key, and only a program that may be
/// repeated is begun again under it.
fn each_change_stands_in_the_record(
    world: &World,
    accepted: &Accepted,
    ends: &BTreeMap<u64, Value>,
) {
    let mut record = world.record.lock().unwrap();
    record.read_on();
    let mut intents: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, known) in &accepted.incidents {
        *intents.entry(&known.machine).or_default() += granted(&ends[id]);
    }
    for (machine, begun) in &record.begun {
        let Some(intents) = intents.get(machine.as_str()) else {
            // Its alert was taken, and whoever sent it heard no answer before the end.
            continue;
        };
        let keys: BTreeSet<_> = begun.iter().collect();
        assert!(
            keys.len() <= *intents,
            "{machine}: {begun:?} of {intents} intents"
        );
        let number: usize = machine["box-".len()..].parse().unwrap();
        let may_repeat = number % 3 == 1;
        assert!(
            may_repeat || keys.len() == begun.len(),
            "{machine} was changed twice: {begun:?}"
        );
    }
}

/// The changes that an incident's timeline says were granted: repetitions are none of their own.
fn granted(shown: &Value) -> usize {
    let lines = shown["timeline"].as_array().unwrap().iter();
    let texts = lines.filter_map(|line| line["text"].as_str());
    let changes = texts.filter(|text| text.starts_with("do ") && text.ends_with(')'));
    changes.count()
}

/// No run, no message and no event is left over.
fn nothing_is_left(stage: &Stage) {
    let left = || {
        let metrics = net::get(stage.port, "/metrics")?;
        let names = ["rbk_runs{", "rbk_outbox_messages ", "rbk_queue_events "];
        let mut lines = metrics.lines();
        let is_left =
            |line: &str| names.iter().any(|name| line.starts_with(name)) && !line.ends_with(" 0");
        (!lines.any(is_left)).then_some(())
    };
    let metrics = || net::get(stage.port, "/metrics").unwrap_or_default();
    wait::until("nothing is left to do", left, metrics);
}

/// The file of the store is as SQLite wants it.
pub fn is_whole(store: &Path) {
    let connection = Connection::open(store).unwrap();
    let said: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(said, "ok");
}
