//! Everything that a package needs of an agent and its settings lack, at once, each with what to add: said before the
//! first alert, not by it.
//!
//! In: compiled runbooks with their manifests, settings, and what connectors there are. Out: lacks. What is granted is
//! held against the needs elsewhere, in `grants`.

mod owned;
mod paste;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use smol_str::SmolStr;

use crate::diag::{Code, Diagnostic};
use crate::program::manifest::{Authority, Manifest, Need, Part, Pattern, argv};
use crate::program::{Capability, Program};
use crate::settings::{Form, Settings, toml_key, toml_text, variable};
use crate::text::Span;

pub use owned::{by_name as owned_by_name, is_of_machines, machines as owned_machines};
pub use paste::Paste;

/// What an agent can do.
pub trait Offers {
    /// Whether anything carries out a call of the library.
    fn call(&self, name: &str) -> Offer;

    /// Whether what a module of the library is granted by name are machines of the inventory.
    fn names_machines(&self, module: &str) -> bool;
}

/// Whether anything carries out a call of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    Here,
    /// Its server stands in no settings.
    Unset(Line),
    /// No connector does.
    Nowhere,
}

/// A line to add to settings: the table that it belongs into, and itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub table: &'static str,
    pub text: &'static str,
}

/// Something that is needed and not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    missing: Missing,
    for_whom: ForWhom,
    add: String,
}

/// Who needs something, and which calls of a module if it is those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ForWhom {
    runbooks: BTreeSet<SmolStr>,
    calls: BTreeSet<SmolStr>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    /// Calls of this module.
    Operations(String),
    Endpoint {
        module: String,
        add: Line,
    },
    Program(String),
    Host {
        name: String,
        /// Programs are started, and no machine is known to be the agent's own.
        runs: bool,
    },
    /// No host is one that the product owns, by these patterns.
    Owned {
        patterns: BTreeSet<String>,
        /// Programs are started.
        runs: bool,
    },
    /// Something is granted of a capability, and of no host that is known and could be meant.
    Ungranted {
        capability: String,
        /// The line that grants it.
        line: String,
    },
    /// Programs are started, and no machine is known to be the agent's own.
    Machine {
        /// One that is known.
        known: Option<SmolStr>,
        /// What it could be called.
        example: SmolStr,
    },
    /// The address of a role.
    Contact(String),
    Secret(String),
}

/// What is missing, and for whom.
type Found = BTreeMap<Missing, ForWhom>;

/// What these runbooks need and the settings lack.
pub fn lacks(
    programs: &[Program],
    manifests: &[Manifest],
    settings: &Settings,
    offers: &impl Offers,
) -> Vec<Lack> {
    let mut found: Found = BTreeMap::new();
    for program in programs {
        let mut own = manifests.iter();
        let own = own.find(|manifest| manifest.runbook == program.runbook);
        let authority = own.map(|manifest| &manifest.authority);
        for (missing, call) in of_calls(program, authority, offers) {
            let for_whom = found.entry(missing).or_default();
            for_whom.runbooks.insert(program.runbook.clone());
            for_whom.calls.insert(call);
        }
        for missing in of_program(program, settings) {
            let for_whom = found.entry(missing).or_default();
            for_whom.runbooks.insert(program.runbook.clone());
        }
    }
    for manifest in manifests {
        for missing in of_authority(&manifest.authority, settings, offers) {
            let for_whom = found.entry(missing).or_default();
            for_whom.runbooks.insert(manifest.runbook.clone());
        }
    }
    let mut found = told_once(found);
    // A host that is missing may be the agent's own.
    let is_host =
        |missing: &Missing| matches!(missing, Missing::Host { .. } | Missing::Owned { .. });
    if found.keys().any(is_host) {
        found.retain(|missing, _| !matches!(missing, Missing::Machine { .. }));
    }
    let found = found.into_iter();
    let mut lacks: Vec<Lack> = found
        .map(|(missing, for_whom)| Lack {
            missing,
            for_whom,
            add: String::new(),
        })
        .collect();
    // As they are shown: the first one begins the table that the others add to.
    lacks.sort_by_cached_key(|lack| (lack.place(manifests), lack.what()));
    let mut paste = Paste::new(settings);
    for lack in &mut lacks {
        lack.add = lack.missing.add(&mut paste);
    }
    lacks
}

/// The same of several runbooks as one: on a host that they share programs are started if any of them does, and there is
/// one machine that is the agent's own.
fn told_once(found: Found) -> Found {
    let runs: BTreeSet<SmolStr> = found.keys().filter_map(Missing::started_on).collect();
    let mut machine = None;
    let mut once = Found::new();
    for (mut missing, for_whom) in found {
        match &mut missing {
            Missing::Host { name, runs: on } => *on = runs.contains(name.as_str()),
            Missing::Owned { patterns, runs: on } => *on = runs.contains(&owned_example(patterns)),
            Missing::Machine { .. } => missing = machine.get_or_insert(missing).clone(),
            Missing::Operations(_)
            | Missing::Endpoint { .. }
            | Missing::Program(_)
            | Missing::Ungranted { .. }
            | Missing::Contact(_)
            | Missing::Secret(_) => {}
        }
        let known = once.entry(missing).or_default();
        known.runbooks.extend(for_whom.runbooks);
        known.calls.extend(for_whom.calls);
    }
    once
}

/// What the first host that one of these patterns owns could be called.
fn owned_example(patterns: &BTreeSet<String>) -> SmolStr {
    let name = patterns.first().map(|pattern| paste::example_of(pattern));
    name.unwrap_or_default()
}

/// Calls that nobody carries out. What only looks up again a target that is never got is left out: the code names it,
/// and no authority is needed for it.
fn of_calls(
    program: &Program,
    authority: Option<&Authority>,
    offers: &impl Offers,
) -> Vec<(Missing, SmolStr)> {
    let is_made = |needs: &[Capability]| {
        let held = |need: &Capability| {
            authority.is_none_or(|all| all.needs.iter().any(|one| need.name == one.can))
        };
        needs.is_empty() || needs.iter().any(held)
    };
    let observed = program.observables.iter();
    let observed = observed.filter(|found| found.function.is_none() && is_made(&found.needs));
    let names = observed.map(|found| &found.name);
    let names = names.chain(program.actions.iter().map(|action| &action.name));
    // What has no module, the run answers by itself.
    let names = names.filter_map(|name| Some((name, name.split_once('.')?.0.to_owned())));
    let calls = names.filter_map(|(name, module)| {
        let missing = match offers.call(name) {
            Offer::Here => return None,
            Offer::Unset(add) => Missing::Endpoint { module, add },
            Offer::Nowhere => Missing::Operations(module),
        };
        Some((missing, name.clone()))
    });
    calls.collect()
}

/// People whom nothing reaches, secrets that are not known.
fn of_program(program: &Program, settings: &Settings) -> Vec<Missing> {
    let contacts = program.roles.iter().map(|role| &role.address);
    let contacts = contacts.filter(|address| !settings.contacts.contains_key(*address));
    let secrets = program.secrets.iter();
    let secrets = secrets.filter(|secret| !settings.secrets.contains_key(*secret));
    contacts
        .map(|address| Missing::Contact(address.to_string()))
        .chain(secrets.map(|secret| Missing::Secret(secret.to_string())))
        .collect()
}

/// Programs and machines that the text names, the machine that programs are started on, and machines of which it is
/// known only later which they are: of those at least one has to be there, and granted.
fn of_authority(authority: &Authority, settings: &Settings, offers: &impl Offers) -> Vec<Missing> {
    let mut missing = Vec::new();
    let owned = owned::machines(authority);
    let has_argv = |need: &Need| Form::of(&need.can) == Some(Form::Argv);
    let starts = authority.needs.iter().any(has_argv);
    let runs = starts && !settings.hosts.values().any(|host| host.here);
    if runs {
        let known = settings.hosts.keys().next().cloned();
        let example = owned.first().map(|pattern| paste::example_of(pattern));
        let example = example.unwrap_or_else(|| "this-machine".into());
        missing.push(Missing::Machine { known, example });
    }
    for need in &authority.needs {
        match Form::of(&need.can) {
            Some(Form::Argv) => {
                let programs = started(need).into_iter();
                let programs = programs.filter(|name| {
                    !name.starts_with('/') && !settings.programs.contains_key(name.as_str())
                });
                missing.extend(programs.map(Missing::Program));
            }
            Some(Form::Name) if owned::is_of_machines(need, offers) => {
                let named = texts(need).into_iter();
                // What lies within a machine has its name in front of its own.
                let named = named.map(|text| text.split('/').next().unwrap_or_default());
                let named = named.filter(|name| !settings.hosts.contains_key(*name));
                missing.extend(named.map(|name| Missing::Host {
                    name: name.to_owned(),
                    runs,
                }));
                missing.extend(owned::lacking(need, &owned, settings, starts));
            }
            Some(Form::Name | Form::Whole | Form::Text | Form::Url) | None => {}
        }
    }
    missing
}

/// What a need is of, as far as the text says it whole.
fn texts(need: &Need) -> Vec<&String> {
    match &need.of {
        Some(Pattern::Is(text)) => vec![text],
        Some(Pattern::Among(texts)) => texts.iter().collect(),
        Some(Pattern::Begins(_) | Pattern::Owned | Pattern::Any) | None => Vec::new(),
    }
}

/// The programs that the commands of a need begin with.
fn started(need: &Need) -> Vec<String> {
    let begun = match &need.of {
        // Whatever follows, the first word is known: what no blank ends may be half a name.
        Some(Pattern::Begins(text)) => Some(text).filter(|text| text.contains(' ')),
        Some(Pattern::Is(_) | Pattern::Among(_) | Pattern::Owned | Pattern::Any) | None => None,
    };
    let commands = texts(need).into_iter().chain(begun);
    let commands = commands.filter_map(|command| argv::split(command));
    commands
        .filter_map(|argv| argv.into_iter().next())
        .collect()
}

/// The programs that these runbooks start, by what they are called or where they are.
pub fn programs(manifests: &[Manifest]) -> BTreeSet<String> {
    let needs = manifests.iter().flat_map(|one| &one.authority.needs);
    let needs = needs.filter(|need| Form::of(&need.can) == Some(Form::Argv));
    needs.flat_map(started).collect()
}

impl Lack {
    /// What is missing, and who needs it.
    pub fn what(&self) -> String {
        let ForWhom { runbooks, calls } = &self.for_whom;
        let by = listed(runbooks);
        match &self.missing {
            Missing::Operations(_) => {
                format!("no connector offers {}, needed by {by}", listed(calls))
            }
            Missing::Endpoint { module, .. } => {
                format!("nothing says where the server of `{module}` is, needed by {by}")
            }
            Missing::Program(name) => format!("the program `{name}` is not known, needed by {by}"),
            Missing::Host { name, .. } => {
                format!("the host `{name}` is not known, needed by {by}")
            }
            Missing::Machine { .. } => {
                format!(
                    "programs are run by {by}, and no host is said to be the agent's own machine"
                )
            }
            Missing::Owned { patterns, .. } => {
                let owned = listed(patterns);
                format!("no host is known of those that the product owns ({owned}), needed by {by}")
            }
            Missing::Ungranted { capability, .. } => {
                format!("`{capability}` is granted of no host that is known, needed by {by}")
            }
            Missing::Contact(address) => {
                format!("nothing says how `{address}` is reached, needed by {by}")
            }
            Missing::Secret(name) => format!("the secret `{name}` is not known, needed by {by}"),
        }
    }

    /// What to add, and where: words, and lines of the settings below them.
    pub fn add(&self) -> &str {
        &self.add
    }

    /// The first runbook that needs it.
    fn place(&self, manifests: &[Manifest]) -> Option<Span> {
        let mut manifests = manifests.iter();
        let first =
            manifests.find(|manifest| self.for_whom.runbooks.contains(&manifest.runbook))?;
        first.places.get(&Part::Name).copied()
    }

    /// At the first runbook that needs it, as a finding of the package.
    pub fn diagnostic(&self, manifests: &[Manifest]) -> Option<Diagnostic> {
        let at = self.place(manifests)?;
        let found = Diagnostic::new(Code::AgentLacks, self.what(), at, "cannot run there");
        Some(found.help(self.add()))
    }
}

impl Missing {
    /// The host to add on which programs are started.
    fn started_on(&self) -> Option<SmolStr> {
        match self {
            Missing::Host { name, runs: true } => Some(name.into()),
            Missing::Owned {
                patterns,
                runs: true,
            } => Some(owned_example(patterns)),
            Missing::Host { runs: false, .. }
            | Missing::Owned { runs: false, .. }
            | Missing::Operations(_)
            | Missing::Endpoint { .. }
            | Missing::Program(_)
            | Missing::Ungranted { .. }
            | Missing::Machine { .. }
            | Missing::Contact(_)
            | Missing::Secret(_) => None,
        }
    }

    /// What to add so that it is there.
    fn add(&self, paste: &mut Paste<'_>) -> String {
        const HERE: &str = "here = true  # if the agent runs on it";
        const OWN: [&str; 2] = ["address = \"127.0.0.1\"", HERE];
        match self {
            Missing::Operations(_) => {
                "an agent of this version cannot do it: take out what uses it".to_owned()
            }
            Missing::Endpoint { add, .. } => paste.table(add.table, &[add.text]),
            Missing::Program(name) => {
                let path = toml_text(&format!("/path/to/{name}"));
                paste.line("programs", &format!("{} = {path}", toml_key(name)))
            }
            Missing::Host { name, runs } => match runs {
                true => paste.named("hosts", &toml_text(name), &OWN),
                false => paste.named("hosts", &toml_text(name), &["address = \"192.0.2.1\""]),
            },
            Missing::Owned { patterns, runs } => {
                let name = owned_example(patterns);
                match runs {
                    true => paste.named("hosts", &toml_text(&name), &OWN),
                    false => paste.named("hosts", &toml_text(&name), &["address = \"192.0.2.1\""]),
                }
            }
            Missing::Ungranted { line, .. } => paste.instead("grants", line),
            Missing::Machine {
                known: Some(known), ..
            } => {
                let whose = "the host that the agent runs on";
                paste.line_of("hosts", known, whose, "here = true")
            }
            Missing::Machine {
                known: None,
                example,
            } => paste.named("hosts", &toml_text(example), &OWN),
            Missing::Contact(address) => {
                let line = "terminal = true  # or pagerduty, slack, webhook";
                paste.named("contacts", &toml_text(address), &[line])
            }
            Missing::Secret(name) => {
                let line = format!("env = {}", toml_text(&variable(name)));
                paste.named("secrets", &toml_key(name), &[&line])
            }
        }
    }
}

/// `a`, `b`
fn listed<T: fmt::Display>(names: &BTreeSet<T>) -> String {
    let names = names.iter().map(|name| format!("`{name}`"));
    names.collect::<Vec<_>>().join(", ")
}
