//! Everything that a package needs of an agent and its settings lack, at once, each with what to add: said before the
//! first alert, not by it.
//!
//! In: compiled runbooks with their manifests, settings, and what connectors there are. Out: lacks. What is granted is
//! held against the needs elsewhere, in `grants`.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::diag::{Code, Diagnostic};
use crate::program::manifest::{Authority, Manifest, Need, Part, Pattern, argv};
use crate::program::{Capability, Program};
use crate::settings::{Form, Settings, toml_key, variable};

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
    /// Programs are started, and no machine is known to be the agent's own.
    Machine,
    /// The address of a role.
    Contact(String),
    Secret(String),
}

/// What these runbooks need and the settings lack.
pub fn lacks(
    programs: &[Program],
    manifests: &[Manifest],
    settings: &Settings,
    offers: &impl Offers,
) -> Vec<Lack> {
    let mut found: BTreeMap<Missing, ForWhom> = BTreeMap::new();
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
    // A host that is missing may be the agent's own.
    if found
        .keys()
        .any(|missing| matches!(missing, Missing::Host { .. }))
    {
        found.remove(&Missing::Machine);
    }
    let found = found.into_iter();
    found
        .map(|(missing, for_whom)| Lack { missing, for_whom })
        .collect()
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

/// Programs and machines that the text names, and the machine that programs are started on.
fn of_authority(authority: &Authority, settings: &Settings, offers: &impl Offers) -> Vec<Missing> {
    let mut missing = Vec::new();
    let form = |need: &Need| Form::of(&need.can);
    let runs = authority.needs.iter();
    let runs = runs.map(form).any(|form| form == Some(Form::Argv))
        && !settings.hosts.values().any(|host| host.here);
    if runs {
        missing.push(Missing::Machine);
    }
    for need in &authority.needs {
        let texts: Vec<&String> = match &need.of {
            Some(Pattern::Is(text)) => vec![text],
            Some(Pattern::Among(texts)) => texts.iter().collect(),
            Some(Pattern::Begins(_) | Pattern::Owned | Pattern::Any) | None => Vec::new(),
        };
        let module = need.can.split('.').next().unwrap_or_default();
        for text in texts {
            match form(need) {
                Some(Form::Argv) => {
                    let program = argv::split(text).and_then(|argv| argv.into_iter().next());
                    let program = program.filter(|name| {
                        !name.starts_with('/') && !settings.programs.contains_key(name.as_str())
                    });
                    missing.extend(program.map(Missing::Program));
                }
                Some(Form::Name) if offers.names_machines(module) => {
                    // What lies within a machine has its name in front of its own.
                    let name = text.split('/').next().unwrap_or_default();
                    if !settings.hosts.contains_key(name) {
                        let name = name.to_owned();
                        missing.push(Missing::Host { name, runs });
                    }
                }
                Some(Form::Name | Form::Whole | Form::Text | Form::Url) | None => {}
            }
        }
    }
    missing
}

impl Lack {
    /// What is missing, and who needs it.
    pub fn what(&self) -> String {
        let listed = |names: &BTreeSet<SmolStr>| {
            let names = names.iter().map(|name| format!("`{name}`"));
            names.collect::<Vec<_>>().join(", ")
        };
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
            Missing::Machine => {
                format!(
                    "programs are run by {by}, and no host is said to be the agent's own machine"
                )
            }
            Missing::Contact(address) => {
                format!("nothing says how `{address}` is reached, needed by {by}")
            }
            Missing::Secret(name) => format!("the secret `{name}` is not known, needed by {by}"),
        }
    }

    /// What to add, and where.
    pub fn add(&self) -> String {
        let line = |table: &str, name: &str, value: &str| {
            format!(
                "add to [{table}] of agent.toml: {} = {value}",
                toml_key(name)
            )
        };
        match &self.missing {
            Missing::Operations(_) => {
                "an agent of this version cannot do it: take out what uses it".to_owned()
            }
            Missing::Endpoint { add, .. } => {
                format!("add to [{}] of agent.toml: {}", add.table, add.text)
            }
            Missing::Program(name) => line("programs", name, &format!("\"/path/to/{name}\"")),
            Missing::Host { name, runs: false } => {
                line("hosts", name, "{ address = \"192.0.2.1\" }")
            }
            Missing::Host { name, runs: true } => {
                let line = line("hosts", name, "{ address = \"127.0.0.1\", here = true }");
                format!("{line}  # `here` where the agent runs on it")
            }
            Missing::Machine => {
                "add `here = true` to its table in [hosts] of agent.toml".to_owned()
            }
            Missing::Contact(address) => {
                let line = line("contacts", address, "{ terminal = true }");
                format!("{line}  # or `pagerduty`, `slack`, `webhook`")
            }
            Missing::Secret(name) => {
                let variable = variable(name);
                line("secrets", name, &format!("{{ env = \"{variable}\" }}"))
            }
        }
    }

    /// The code by which an agent says it.
    pub fn code(&self) -> Code {
        match self.missing {
            Missing::Operations(_) => Code::NoConnector,
            Missing::Endpoint { .. } | Missing::Program(_) | Missing::Host { .. } => {
                Code::AgentLacks
            }
            Missing::Machine => Code::NotHere,
            Missing::Contact(_) => Code::NotDelivered,
            Missing::Secret(_) => Code::SecretMissing,
        }
    }

    /// At the first runbook that needs it, as a finding of the package.
    pub fn diagnostic(&self, manifests: &[Manifest]) -> Option<Diagnostic> {
        let mut manifests = manifests.iter();
        let first =
            manifests.find(|manifest| self.for_whom.runbooks.contains(&manifest.runbook))?;
        let at = *first.places.get(&Part::Name)?;
        let found = Diagnostic::new(Code::AgentLacks, self.what(), at, "cannot run there");
        Some(found.help(self.add()))
    }
}
