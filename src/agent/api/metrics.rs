//! `GET /metrics`: how the agent is, as Prometheus reads it.
//!
//! Names, units and types are as Prometheus' conventions want them; the reference lists them all. Asks
//! nobody who works: what the thread has published is read.

use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::asked::{Asked, Nothing};
use super::refused::Refused;
use crate::host::{COMMITS, Tally};
use crate::journal::Scope;

/// `GET /metrics`
pub async fn metrics(
    State(shared): State<Arc<Shared>>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    let mut page = Page::default();
    let status = shared.handle.status();
    agent(&mut page, &shared);
    status.tally(|tally| {
        events(&mut page, tally);
        work(&mut page, tally);
        people(&mut page, tally);
        store(&mut page, tally);
    });
    let mut response = page.0.into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn agent(page: &mut Page, shared: &Shared) {
    let status = shared.handle.status();
    page.kind("rbk_build_info", Kind::Gauge, "The version of the agent.");
    page.one(
        "rbk_build_info",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1,
    );
    let started = shared.started.duration_since(UNIX_EPOCH);
    let started = started.unwrap_or_default().as_secs_f64();
    page.gauge(
        "process_start_time_seconds",
        "When the agent was started, in seconds since 1970.",
        started,
    );
    page.gauge(
        "rbk_runbooks",
        "Runbooks that are at work.",
        status.runbooks(),
    );
    page.gauge(
        "rbk_turn_age_seconds",
        "How long the turn lasts that the agent is in; 0 while it waits.",
        status.busy().as_secs_f64(),
    );
    page.gauge(
        "rbk_queue_events",
        "Events that wait to be taken.",
        shared.handle.waiting(),
    );
    page.counter(
        "rbk_log_lines_lost_total",
        "Lines of the agent's own log that nobody took in time.",
        shared.lost.count(),
    );
    page.kind(
        "rbk_calls_refused_total",
        Kind::Counter,
        "Calls of the API that got no further.",
    );
    for reason in Refused::ALL {
        let of = shared.refused.of(*reason);
        page.one("rbk_calls_refused_total", &[("reason", reason.word())], of);
    }
}

fn events(page: &mut Page, tally: &Tally) {
    let name = "rbk_events_accepted_total";
    page.kind(
        name,
        Kind::Counter,
        "Events that were accepted, by what became of them.",
    );
    for ((source, became), count) in &tally.accepted {
        page.one(name, &[("source", source), ("became", became)], count);
    }
    let name = "rbk_dead_letters_total";
    page.kind(name, Kind::Counter, "What could not be dealt with.");
    for (code, count) in &tally.dead {
        page.one(name, &[("code", code)], count);
    }
    page.gauge(
        "rbk_alerts_standing",
        "Alerts that have to stand for a while first.",
        tally.standing(),
    );
}

fn work(page: &mut Page, tally: &Tally) {
    page.counter(
        "rbk_incidents_opened_total",
        "Incidents that were opened.",
        tally.opened,
    );
    let name = "rbk_incidents_closed_total";
    page.kind(name, Kind::Counter, "Incidents that were resolved, by how.");
    for (how, count) in &tally.closed {
        page.one(name, &[("how", how)], count);
    }
    let name = "rbk_incidents";
    page.kind(
        name,
        Kind::Gauge,
        "Incidents that are not over, or whose runs are not, by state.",
    );
    for (state, count) in tally.incidents() {
        page.one(name, &[("state", state)], count);
    }
    let name = "rbk_runs";
    page.kind(
        name,
        Kind::Gauge,
        "Runs that are not over, by what they do.",
    );
    for (state, count) in tally.runs() {
        page.one(name, &[("state", state)], count);
    }
    let name = "rbk_runs_ended_total";
    page.kind(name, Kind::Counter, "Runs that ended, by how and why.");
    for ((end, reason), count) in &tally.ends {
        page.one(name, &[("end", end), ("reason", reason)], count);
    }
    page.gauge(
        "rbk_changes_unsettled",
        "Changes of which nobody knows whether they took effect.",
        tally.unsettled(),
    );
    page.gauge("rbk_debts", "Debts that are not paid.", tally.debts());
    page.gauge(
        "rbk_frozen",
        "Whether all changes are stopped.",
        u8::from(tally.frozen.contains_key(&Scope::All)),
    );
    page.gauge(
        "rbk_freezes",
        "Where changes are stopped: everything, products, runbooks.",
        tally.frozen.len(),
    );
    page.gauge("rbk_storms", "Storms that last.", tally.storms.len());
    page.counter("rbk_storms_total", "Storms that began.", tally.storms_begun);
    let since = tally
        .frozen
        .get(&Scope::All)
        .map_or(0, |since| since.millis().div_euclid(1_000));
    page.gauge(
        "rbk_frozen_since_timestamp_seconds",
        "Since when all changes are stopped; 0 while they are not.",
        since,
    );
}

fn people(page: &mut Page, tally: &Tally) {
    page.gauge(
        "rbk_outbox_messages",
        "Messages that are not delivered yet.",
        tally.outbox(),
    );
    let name = "rbk_messages_total";
    page.kind(name, Kind::Counter, "Messages, by what became of them.");
    page.one(name, &[("became", "delivered")], tally.delivered);
    page.one(name, &[("became", "given_up")], tally.given_up);
}

fn store(page: &mut Page, tally: &Tally) {
    let name = "rbk_store_commit_duration_seconds";
    let commits = &tally.commits;
    page.kind(
        name,
        Kind::Histogram,
        "How long the store took to make a batch durable.",
    );
    let bucket = format!("{name}_bucket");
    for (bound, count) in COMMITS.iter().zip(commits.within) {
        page.one(&bucket, &[("le", &bound.to_string())], count);
    }
    page.one(&bucket, &[("le", "+Inf")], commits.count);
    page.one(&format!("{name}_sum"), &[], commits.seconds);
    page.one(&format!("{name}_count"), &[], commits.count);
    let name = "rbk_retired_total";
    page.kind(
        name,
        Kind::Counter,
        "Records that were older than is kept and are gone.",
    );
    for (kind, count) in &tally.retired {
        page.one(name, &[("kind", kind.word())], count);
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// The text that is answered.
#[derive(Default)]
struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.kind(name, Kind::Gauge, help);
        self.one(name, &[], value);
    }

    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.kind(name, Kind::Counter, help);
        self.one(name, &[], value);
    }

    /// What stands above the samples of a metric.
    fn kind(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn one(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
            .collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
