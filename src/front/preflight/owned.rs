//! Machines of which the text does not say which they are: those that the product owns, those that an alert names.
//!
//! In: a need, what the product owns, settings. Out: what is missing if no host of the settings could ever be meant, or
//! if none of those is granted.

use std::collections::BTreeSet;

use super::{Missing, Offers};
use crate::program::manifest::{Authority, Need, Pattern};
use crate::settings::{Settings, Standing};

/// The type of a machine, as `owns` says it.
const MACHINE: &str = "host.Host=";
/// The same of a namespace.
const NAMESPACE: &str = "k8s.Namespace=";
/// How many hosts a line names that nothing narrows.
const MOST: usize = 5;

/// The patterns of machines that a product owns, or owns something of: `shop-*`.
pub fn machines(authority: &Authority) -> Vec<String> {
    let outermost = authority.owns.iter().filter_map(|steps| steps.first());
    let machines = outermost.filter_map(|step| step.strip_prefix(MACHINE));
    machines.map(str::to_owned).collect()
}

/// A need of what the product owns as needs of what lies outermost in that, by name: of these, and of what is in them.
/// Where the text does not say so it stays as it is.
pub fn by_name(need: &Need, authority: &Authority) -> Vec<Need> {
    let outermost = match need.can.split('.').next() {
        Some("k8s") => NAMESPACE,
        Some(_) | None => MACHINE,
    };
    let steps = authority.owns.iter().filter_map(|steps| steps.first());
    let names = steps.filter_map(|step| step.strip_prefix(outermost));
    let names: Vec<&str> = match need.of {
        Some(Pattern::Owned) => names.collect(),
        Some(Pattern::Is(_) | Pattern::Among(_) | Pattern::Begins(_) | Pattern::Any) | None => {
            Vec::new()
        }
    };
    let patterns = names
        .into_iter()
        .flat_map(|name| match name.strip_suffix('*') {
            Some(start) => vec![Pattern::Begins(start.to_owned())],
            None => vec![
                Pattern::Is(name.to_owned()),
                Pattern::Begins(format!("{name}/")),
            ],
        });
    let needs = patterns.map(|pattern| Need {
        can: need.can.clone(),
        of: Some(pattern),
    });
    let needs: Vec<Need> = needs.collect();
    match needs.is_empty() {
        true => vec![need.clone()],
        false => needs,
    }
}

/// Whether what a need is of are machines, or what lies in one.
pub fn is_of_machines(need: &Need, offers: &impl Offers) -> bool {
    offers.names_machines(need.can.split('.').next().unwrap_or_default())
}

/// What lacks for a need of machines that are not named.
pub fn lacking(need: &Need, owned: &[String], settings: &Settings, runs: bool) -> Option<Missing> {
    let is_owned = |name: &&str| owned.iter().any(|pattern| fits(pattern, name));
    let all: Vec<&str> = settings.hosts.keys().map(|name| name.as_str()).collect();
    let is_any_owned = all.iter().any(is_owned);
    let hosts: Vec<&str> = match &need.of {
        // Of what it owns something else than machines may be meant.
        Some(Pattern::Owned) if owned.is_empty() => return None,
        Some(Pattern::Owned) => all.into_iter().filter(is_owned).collect(),
        Some(Pattern::Any) => all,
        Some(Pattern::Is(_) | Pattern::Among(_) | Pattern::Begins(_)) | None => return None,
    };
    let none_owned = || {
        let patterns: BTreeSet<String> = owned.iter().cloned().collect();
        (!owned.is_empty()).then_some(Missing::Owned { patterns, runs })
    };
    if hosts.is_empty() {
        return none_owned();
    }
    // What is denied whole is said as that.
    if settings.grants.beside(need) != Standing::Narrowed {
        return None;
    }
    let is_granted = |name: &&str| {
        let need = Need {
            can: need.can.clone(),
            // Also what lies in it.
            of: Some(Pattern::Begins((**name).to_owned())),
        };
        settings.grants.beside(&need) != Standing::Denied
    };
    if hosts.iter().any(is_granted) {
        return None;
    }
    if !is_any_owned && let Some(missing) = none_owned() {
        return Some(missing);
    }
    let named: Vec<String>;
    let patterns = match is_any_owned {
        true => owned,
        false => {
            named = hosts
                .iter()
                .take(MOST)
                .map(|name| (*name).to_owned())
                .collect();
            &named
        }
    };
    Some(Missing::Ungranted {
        capability: need.can.clone(),
        line: settings.grants.line_with(&need.can, &[need], patterns)?,
    })
}

/// A name, or the beginning of one before a `*`.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}
