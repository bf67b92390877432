//! The parts of the file, one function each. A part that is wrong is left out; its mistake is told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use smol_str::SmolStr;
use toml::de::DeTable;

use super::key::{Table, key};
use super::reader::{Found, Reader, Section};
use super::{
    Caller, CallerKind, Contact, Host, Layout, LogForm, SecretRef, Settings, bounds, grants,
    retention, servers, value,
};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

/// The keys of the file itself.
pub const FILE: Table = Table {
    heading: "The file",
    keys: &[
        key(
            "listen",
            "`\"127.0.0.1:7117\"`",
            "the address and port where the API is offered. An address that others can reach needs `[[callers]]`",
        ),
        key(
            "names",
            "none",
            "DNS names by which the agent is called, besides its address and `localhost`: a call by another name is refused",
        ),
        key(
            "store",
            "`\"agent.db\"`",
            "the SQLite file that remembers everything, on a local disk; one agent works on it at a time, whatever name the file is called by",
        ),
        key(
            "log",
            "`\"text\"`",
            "the form of the agent's own log: `\"text\"` for people, `\"json\"` for an object a line. It tells when an incident is opened, comes back, is handed over or resolved, at most 20 lines in 10 seconds and then how many more there were. Whoever reads it and stalls or goes away holds nothing up: up to 4 MiB wait, more is lost, which [`/metrics`](api.md#metrics) counts and the log says when it is taken again",
        ),
        key(
            "platform",
            "none",
            "the contact that hears of what concerns no product; without one all owners do",
        ),
        key(
            "prometheus",
            "none",
            "[where metrics are asked for](#prometheus)",
        ),
        key("kubernetes", "none", "[the cluster](#kubernetes)"),
        key("hosts", "none", "[the machines](#hosts)"),
        key(
            "programs",
            "none",
            "[the programs that may be started](#programs)",
        ),
        key("contacts", "none", "[how people are reached](#contacts)"),
        key("secrets", "none", "[where secrets are found](#secrets)"),
        key("callers", "none", "[who may call the API](#callers)"),
        key(
            "storm",
            "",
            "[when so much happens at once that nothing is healed by itself](#storm)",
        ),
        key(
            "limits",
            "",
            "[how often one target is changed at most](#limits)",
        ),
        key("pages", "", "[how people are told](#pages)"),
        key("grants", "none", "[what the agent may do](#grants)"),
        key(
            "retention",
            "",
            "[how long what is over is kept](#retention)",
        ),
    ],
};
/// `[hosts."name"]`
pub const HOST: Table = Table {
    heading: "hosts",
    keys: &[
        key(
            "address",
            "needed",
            "an IP address or a DNS name, without a port",
        ),
        key(
            "role",
            "`\"\"`",
            "what it is there for: `machine.role` in a runbook",
        ),
        key(
            "here",
            "`false`",
            "whether programs that run on the agent's own machine stand for this one",
        ),
    ],
};
/// `[contacts."address"]`
pub const CONTACT: Table = Table {
    heading: "contacts",
    keys: &[
        key(
            "pagerduty",
            "",
            "[a secret](#a-secret): the routing key of Events API v2",
        ),
        key(
            "url",
            "PagerDuty's own",
            "beside `pagerduty`: where it is posted to instead",
        ),
        key(
            "webhook",
            "",
            "an address that each message is posted to, as JSON",
        ),
        key(
            "token",
            "none",
            "beside `webhook`: [a secret](#a-secret), sent as a bearer token",
        ),
        key(
            "slack",
            "",
            "[a secret](#a-secret): the whole address of an incoming webhook",
        ),
        key("terminal", "", "`true`: where the agent was started"),
    ],
};
/// `[[callers]]`
pub const CALLER: Table = Table {
    heading: "callers",
    keys: &[
        key("name", "needed", "who it is, as timelines say it"),
        key(
            "token",
            "needed",
            "[a secret](#a-secret): the bearer token that it sends",
        ),
        key(
            "roles",
            "needed to operate",
            "the roles of the package that it may act as",
        ),
        key(
            "kinds",
            "all",
            "what it may do: of `\"send\"`, `\"view\"` and `\"operate\"`",
        ),
    ],
};

/// The whole file.
pub fn settings(reader: &mut Reader<'_>, table: &DeTable<'_>, layout: Layout) -> Settings {
    let start = reader.span(0..0);
    let file = reader.section(table, start, &FILE);
    let defaults = Settings::default();
    let listen = reader.text(&file, "listen", value::listen);
    if let Some(found) = file.value("listen")
        && listen.is_some_and(|listen| !listen.ip().is_loopback())
        && file.value("callers").is_none()
    {
        let span = reader.span(found.span());
        let message = "others can reach the agent, and nobody is named who may call it";
        let label = "not this machine alone";
        let help = "listen on `127.0.0.1`, or say who may call in `[[callers]]`";
        reader.push(Diagnostic::new(Code::ListenWithoutCallers, message, span, label).help(help));
    }
    let contacts = contacts(reader, &file);
    let (programs, places) = programs(reader, &file);
    let platform = reader.text(&file, "platform", value::any);
    if let Some(name) = &platform
        && !contacts.contains_key(name)
    {
        let label = format!("there is no `[contacts.\"{}\"]`", value::shown(name));
        at_value(reader, &file, "platform", &label);
    }
    Settings {
        platform,
        listen: listen.unwrap_or(defaults.listen),
        names: each(
            reader,
            &file,
            "names",
            "a list of DNS names belongs here",
            value::dns_name,
        )
        .unwrap_or_default(),
        store: match reader.text(&file, "store", value::path) {
            Some(path) => path.into(),
            None => defaults.store,
        },
        log: reader
            .text(&file, "log", value::log_form)
            .unwrap_or(LogForm::Text),
        prometheus: servers::prometheus(reader, &file),
        kubernetes: servers::kubernetes(reader, &file),
        hosts: hosts(reader, &file),
        programs,
        places,
        contacts,
        secrets: secrets(reader, &file),
        callers: callers(reader, &file),
        bounds: bounds::read(reader, &file),
        grants: grants::read(reader, &file),
        retention: retention::read(reader, &file),
        layout,
    }
}

fn hosts(reader: &mut Reader<'_>, file: &Section<'_>) -> BTreeMap<SmolStr, Host> {
    let mut hosts = BTreeMap::new();
    for (name, at, found) in reader.entries(file, "hosts", value::host_problem) {
        if let Some(host) = host(reader, name, at, found) {
            hosts.insert(name.into(), host);
        }
    }
    hosts
}

fn host(reader: &mut Reader<'_>, name: &str, at: Span, found: Found<'_>) -> Option<Host> {
    let table = reader.table(&format!("hosts.\"{}\"", value::shown(name)), found)?;
    if reader.is_dotted(name, at, table, &HOST) {
        return None;
    }
    let section = reader.section(table, at, &HOST);
    let role = reader.text(&section, "role", value::any);
    let here = reader.flag(&section, "here");
    if section.value("address").is_none() {
        reader.missing(&section, "address", "\"127.0.0.1\"");
    }
    Some(Host {
        address: reader.text(&section, "address", value::address)?,
        role: role.unwrap_or_default(),
        here: here.unwrap_or_default(),
    })
}

/// Each program with its path, and where it is said.
fn programs(
    reader: &mut Reader<'_>,
    file: &Section<'_>,
) -> (BTreeMap<SmolStr, PathBuf>, BTreeMap<SmolStr, Span>) {
    let (mut programs, mut places) = (BTreeMap::new(), BTreeMap::new());
    for (name, at, found) in reader.entries(file, "programs", value::program_problem) {
        if let Some(path) = reader.text_of(name, found, value::program) {
            programs.insert(name.into(), path);
            places.insert(name.into(), at);
        }
    }
    (programs, places)
}

fn contacts(reader: &mut Reader<'_>, file: &Section<'_>) -> BTreeMap<SmolStr, Contact> {
    let mut contacts = BTreeMap::new();
    for (name, at, found) in reader.entries(file, "contacts", value::name_problem) {
        if let Some(contact) = contact(reader, name, at, found) {
            contacts.insert(name.into(), contact);
        }
    }
    contacts
}

fn contact(reader: &mut Reader<'_>, name: &str, at: Span, found: Found<'_>) -> Option<Contact> {
    /// Each way, and the keys that go with it.
    const WAYS: [(&str, &[&str]); 4] = [
        ("pagerduty", &["url"]),
        ("webhook", &["token"]),
        ("slack", &[]),
        ("terminal", &[]),
    ];
    let shown = value::shown(name);
    let table = reader.table(&format!("contacts.\"{shown}\""), found)?;
    if reader.is_dotted(name, at, table, &CONTACT) {
        return None;
    }
    let name = shown;
    let section = reader.section(table, at, &CONTACT);
    let said = WAYS.iter().filter(|(way, _)| section.value(way).is_some());
    let said = said.collect::<Vec<_>>();
    let (way, extras) = match said.as_slice() {
        [way] => **way,
        // What is not known there has been said.
        [] if section
            .names()
            .into_iter()
            .any(|name| !CONTACT.names().any(|known| known == name)) =>
        {
            return None;
        }
        [] => {
            let message = format!("nothing says how `{name}` is reached");
            let help = "say one of `pagerduty`, `webhook`, `slack` and `terminal = true`";
            let found = Diagnostic::new(Code::ContactWays, message, at, "in here");
            reader.push(found.help(help));
            return None;
        }
        [(first, _), others @ ..] => {
            for (other, _) in others {
                let Some(second) = section.value(other) else {
                    continue;
                };
                let span = reader.span(second.span());
                let message = format!("`{name}` is reached in more than one way");
                let label = format!("`{first}` is said too");
                let found = Diagnostic::new(Code::ContactWays, message, span, label);
                reader.push(found.help("give each way a contact of its own"));
            }
            return None;
        }
    };
    for extra in ["url", "token"] {
        if !extras.contains(&extra) {
            reader.misplaced(&section, extra, &format!("means nothing beside `{way}`"));
        }
    }
    match way {
        "pagerduty" => {
            let url = reader.url(&section, "url", value::url);
            let key = reader.secret(&section, way)?;
            Some(Contact::PagerDuty { key, url })
        }
        "webhook" => {
            let token = reader.secret(&section, "token");
            let url = reader.url(&section, way, value::url)?;
            Some(Contact::Webhook { url, token })
        }
        "slack" => {
            let webhook = reader.secret(&section, way)?;
            Some(Contact::Slack { webhook })
        }
        _ => {
            if !reader.flag(&section, way)? {
                at_value(reader, &section, way, "it is `true`, or it is not said");
            }
            Some(Contact::Terminal)
        }
    }
}

fn secrets(reader: &mut Reader<'_>, file: &Section<'_>) -> BTreeMap<SmolStr, SecretRef> {
    let entries = reader.entries(file, "secrets", value::identifier_problem);
    let secrets = entries.into_iter().filter_map(|(name, _, found)| {
        let secret = reader.secret_of(name, found)?;
        Some((name.into(), secret))
    });
    secrets.collect()
}

fn callers(reader: &mut Reader<'_>, file: &Section<'_>) -> Vec<Caller> {
    let Some(found) = file.value("callers") else {
        return Vec::new();
    };
    let items = found.get_ref().as_array().filter(|items| !items.is_empty());
    let Some(items) = items else {
        let label = "a list of callers belongs here";
        reader.wrong(
            "callers",
            found.span(),
            label,
            "write `[[callers]]` for each",
        );
        return Vec::new();
    };
    let (mut names, mut tokens) = (BTreeSet::new(), BTreeSet::new());
    let mut callers = Vec::new();
    for item in items {
        let Some(table) = item.get_ref().as_table() else {
            let help = "write `[[callers]]` for each";
            reader.wrong("callers", item.span(), "a caller belongs here", help);
            continue;
        };
        let at = reader.span(item.span());
        let section = reader.section(table, at, &CALLER);
        let Some(caller) = caller(reader, &section) else {
            continue;
        };
        if !names.insert(caller.name.clone()) {
            at_value(reader, &section, "name", "another caller is called this");
        }
        if !tokens.insert(caller.token.clone()) {
            let label = "another caller has this token, and nobody could tell them apart";
            at_value(reader, &section, "token", label);
        }
        callers.push(caller);
    }
    callers
}

/// Says why the value of a key cannot be.
pub fn at_value(reader: &mut Reader<'_>, section: &Section<'_>, key: &str, label: &str) {
    if let Some(found) = section.value(key) {
        let span = reader.span(found.span());
        reader.wrong_at(key, span, label);
    }
}

fn caller(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Caller> {
    let kinds = match section.value("kinds") {
        None => Some(CallerKind::ALL.to_vec()),
        Some(_) => {
            let label = "a list of `send`, `view` and `operate` belongs here";
            each(reader, section, "kinds", label, value::caller_kind)
        }
    };
    // Whoever only sends or looks needs no role.
    let operates = kinds
        .as_ref()
        .is_none_or(|kinds| kinds.contains(&CallerKind::Operate));
    for (key, example, needed) in [
        ("name", "\"ada\"", true),
        ("token", "{ env = \"ADA_TOKEN\" }", true),
        ("roles", "[\"platform\"]", operates),
    ] {
        if needed && section.value(key).is_none() {
            reader.missing(section, key, example);
        }
    }
    let name = reader.text(section, "name", |text| match value::name_problem(text) {
        None => Ok(SmolStr::from(text)),
        Some(problem) => Err(problem.into()),
    });
    let token = reader.secret(section, "token");
    let roles = match section.value("roles") {
        None if !operates => Some(Vec::new()),
        None => None,
        Some(_) => {
            let label = "a list of roles of the package belongs here";
            each(reader, section, "roles", label, value::identifier)
        }
    };
    Some(Caller {
        name: name?,
        token: token?,
        roles: roles?,
        kinds: kinds?,
    })
}

/// The texts of a list under a key, each once and with its meaning; none if it is no list, or empty.
pub fn each<T: Ord + Clone>(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    key: &str,
    label: &str,
    meaning: fn(&str) -> Result<T, String>,
) -> Option<Vec<T>> {
    let found = section.value(key)?;
    let items = found.get_ref().as_array().filter(|items| !items.is_empty());
    let Some(items) = items else {
        let span = reader.span(found.span());
        reader.wrong_at(key, span, label);
        return None;
    };
    let (mut known, mut said) = (Vec::new(), BTreeSet::new());
    for item in items {
        let Some(one) = reader.text_of(key, item, meaning) else {
            continue;
        };
        match said.insert(one.clone()) {
            true => known.push(one),
            false => reader.wrong_at(key, reader.span(item.span()), "said already"),
        }
    }
    Some(known)
}
