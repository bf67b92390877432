//! A stage: servers, an agent with the example, and people behind a webhook.

use std::time::Duration;

use serde_json::Value;

use super::agent::Agent;
use super::package::{self, Restart};
use super::recorder::{Posted, Recorder};
use super::servers::World;
use crate::harness::wait;

/// The agent ends before the servers that it speaks to.
pub struct Stage {
    pub agent: Agent,
    pub people: Recorder,
    pub world: World,
}

impl Stage {
    pub fn set(restart: Restart) -> Stage {
        let world = World::start();
        let people = Recorder::start();
        let package = package::lay_out(world.folder.path(), world.redis.port, restart);
        let settings = package::settings(&world, people.port, restart);
        let agent = Agent::start(world.agent, world.folder.path(), &package, &settings);
        Stage {
            agent,
            people,
            world,
        }
    }

    /// Waits until the one incident is in this state; gives its number.
    pub fn wait_for(&self, state: &str) -> String {
        let find = || {
            let incidents = self.agent.incidents();
            assert!(incidents.len() < 2, "more than one: {incidents:#?}");
            let incident = incidents.first()?;
            (word(incident, "state") == state).then(|| word(incident, "id"))
        };
        wait::until(&format!("the incident is {state}"), find, || self.said())
    }

    /// Waits for a page.
    pub fn wait_for_page(&self) -> Posted {
        let find = || self.pages().into_iter().next();
        wait::until("somebody is paged", find, || self.said())
    }

    /// All pages so far.
    pub fn pages(&self) -> Vec<Posted> {
        let posted = self.people.posted().into_iter();
        posted
            .filter(|posted| posted.body["kind"] == "page")
            .collect()
    }

    /// Nothing more is done and nobody else is paged for so long.
    pub fn stays_quiet(&self, time: Duration, restarts: usize, pages: usize) {
        wait::stays("nothing is done, nobody is paged", time, || {
            self.world.redis.restarts() == restarts && self.pages().len() == pages
        });
    }

    /// An incident was resolved without waking anybody, and it can be read why.
    pub fn was_resolved_unnoticed(&self, id: &str, finding: &str) {
        assert!(self.world.redis.answers(), "Redis answers");
        let incident = self.agent.show(id);
        assert_eq!(word(&incident, "how"), "verified", "{incident:#}");
        assert_eq!(word(&incident, "runbook"), "cache_silent", "{incident:#}");
        let told = incident.to_string();
        for seen in [finding, "tcp.open", "redis_up", "exec.apply"] {
            assert!(told.contains(seen), "nothing of `{seen}` in {incident:#}");
        }
        let pages = self.pages();
        assert!(pages.is_empty(), "somebody was paged: {pages:#?}");
    }

    /// Everything that helps to see why a trial failed.
    fn said(&self) -> String {
        format!(
            "incidents: {:#?}\nposted: {:#?}\nrestarts: {}\n{}\n{}",
            self.agent.incidents(),
            self.people.posted(),
            self.world.redis.restarts(),
            self.agent.said(),
            self.world.said(),
        )
    }
}

/// A field as text: a number may be written as one or as a string. It may stand in the incident itself
/// or in what `show` puts around it.
pub fn word(found: &Value, name: &str) -> String {
    let inner = found.get("incident").filter(|inner| inner.is_object());
    match &inner.unwrap_or(found)[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
