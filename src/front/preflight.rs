//! Everything that a package needs of an agent and its settings lack, at once, each with what to add: said before the
//! first alert, not by it.
//!
//! In: compiled runbooks with their manifests, settings, and what connectors there are. Out: lacks. What is granted is
//! held against the needs elsewhere, in `grants`.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::diag::{Code, Diagnostic};
use crate::program::Program;
use crate::program::manifest::{Authority, Manifest, Part, Pattern, argv};
use crate::settings::Settings;

/// Whether anything carries out a call of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    Here,
    /// Its server stands in no settings: these are the lines to add.
    Unset(&'static str),
    /// No connector does.
    Nowhere,
}

/// Something that is needed and not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    missing: Missing,
    /// The runbooks that need it.
    runbooks: BTreeSet<SmolStr>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    Operation(String),
    Endpoint {
        module: String,
        add: &'static str,
    },
    Program(String),
    Host(String),
    /// The address of a role.
    Contact(String),
    Secret(String),
}

/// What these runbooks need and the settings lack.
pub fn lacks(
    programs: &[Program],
    manifests: &[Manifest],
    settings: &Settings,
    offer: impl Fn(&str) -> Offer,
) -> Vec<Lack> {
    let mut found: BTreeMap<Missing, BTreeSet<SmolStr>> = BTreeMap::new();
    let mut lacks = |missing: Missing, runbook: &str| {
        found.entry(missing).or_default().insert(runbook.into());
    };
    for program in programs {
        for missing in of_program(program, settings, &offer) {
            lacks(missing, &program.runbook);
        }
    }
    for manifest in manifests {
        for missing in of_authority(&manifest.authority, settings) {
            lacks(missing, &manifest.runbook);
        }
    }
    let found = found.into_iter();
    found
        .map(|(missing, runbooks)| Lack { missing, runbooks })
        .collect()
}

/// Calls that nobody carries out, people whom nothing reaches, secrets that are not known.
fn of_program(
    program: &Program,
    settings: &Settings,
    offer: impl Fn(&str) -> Offer,
) -> Vec<Missing> {
    let observed = program.observables.iter();
    let observed = observed.filter(|found| found.function.is_none());
    let names = observed.map(|found| &found.name);
    let names = names.chain(program.actions.iter().map(|action| &action.name));
    // What has no module, the run answers by itself.
    let names = names.filter_map(|name| Some((name, name.split_once('.')?.0)));
    let calls = names.filter_map(|(name, module)| match offer(name) {
        Offer::Here => None,
        Offer::Unset(add) => Some(Missing::Endpoint {
            module: module.to_owned(),
            add,
        }),
        Offer::Nowhere => Some(Missing::Operation(name.to_string())),
    });
    let contacts = program.roles.iter().map(|role| &role.address);
    let contacts = contacts.filter(|address| !settings.contacts.contains_key(*address));
    let secrets = program.secrets.iter();
    let secrets = secrets.filter(|secret| !settings.secrets.contains_key(*secret));
    calls
        .chain(contacts.map(|address| Missing::Contact(address.to_string())))
        .chain(secrets.map(|secret| Missing::Secret(secret.to_string())))
        .collect()
}

/// Programs and hosts that the text names.
fn of_authority(authority: &Authority, settings: &Settings) -> Vec<Missing> {
    let mut missing = Vec::new();
    for need in &authority.needs {
        let texts: Vec<&String> = match &need.of {
            Some(Pattern::Is(text)) => vec![text],
            Some(Pattern::Among(texts)) => texts.iter().collect(),
            Some(Pattern::Begins(_) | Pattern::Owned | Pattern::Any) | None => Vec::new(),
        };
        for text in texts {
            match need.can.as_str() {
                "exec.observe" | "exec.run" | "exec.apply" => {
                    let program = argv::split(text).and_then(|argv| argv.into_iter().next());
                    let program = program.filter(|name| {
                        !name.starts_with('/') && !settings.programs.contains_key(name.as_str())
                    });
                    missing.extend(program.map(Missing::Program));
                }
                "host.read" | "tcp.connect" => {
                    // What lies within a host has its name in front of its own.
                    let host = text.split('/').next().unwrap_or_default();
                    if !settings.hosts.contains_key(host) {
                        missing.push(Missing::Host(host.to_owned()));
                    }
                }
                _ => {}
            }
        }
    }
    missing
}

impl Lack {
    /// What is missing, and who needs it.
    pub fn what(&self) -> String {
        let named: Vec<String> = self
            .runbooks
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let by = named.join(", ");
        match &self.missing {
            Missing::Operation(name) => format!("no connector offers `{name}`, which {by} needs"),
            Missing::Endpoint { module, .. } => {
                format!("nothing says where `{module}` is asked, which {by} needs")
            }
            Missing::Program(name) => {
                format!("the program `{name}`, which {by} runs, is not known")
            }
            Missing::Host(name) => format!("the host `{name}`, which {by} names, is not known"),
            Missing::Contact(address) => format!("nobody can be told at `{address}`, for {by}"),
            Missing::Secret(name) => format!("the secret `{name}`, which {by} uses, is not known"),
        }
    }

    /// What to add, and where.
    pub fn add(&self) -> String {
        match &self.missing {
            Missing::Operation(_) => {
                "an agent of this version cannot do it: take out what uses it".to_owned()
            }
            Missing::Endpoint { add, .. } => format!("add to agent.toml: {add}"),
            Missing::Program(name) => {
                format!("add to [programs] of agent.toml: {name} = \"/path/to/{name}\"")
            }
            Missing::Host(name) => format!(
                "add to agent.toml: [hosts.\"{name}\"] with its `address`, and `here = true` where it is this machine"
            ),
            Missing::Contact(address) => format!(
                "add to agent.toml: [contacts.\"{address}\"] with one of `pagerduty`, `webhook`, `slack`, `terminal = true`"
            ),
            Missing::Secret(name) => format!(
                "add to [secrets] of agent.toml: {name} = {{ env = \"…\" }} or {{ file = \"…\" }}"
            ),
        }
    }

    /// The code by which an agent says it.
    pub fn code(&self) -> Code {
        match self.missing {
            Missing::Operation(_) => Code::NoConnector,
            Missing::Endpoint { .. } | Missing::Program(_) | Missing::Host(_) => Code::AgentLacks,
            Missing::Contact(_) => Code::NotDelivered,
            Missing::Secret(_) => Code::SecretMissing,
        }
    }

    /// At the first runbook that needs it, as a finding of the package.
    pub fn diagnostic(&self, manifests: &[Manifest]) -> Option<Diagnostic> {
        let mut manifests = manifests.iter();
        let first = manifests.find(|manifest| self.runbooks.contains(&manifest.runbook))?;
        let at = *first.places.get(&Part::Name)?;
        let found = Diagnostic::new(Code::AgentLacks, self.what(), at, "cannot run there");
        Some(found.help(self.add()))
    }
}
