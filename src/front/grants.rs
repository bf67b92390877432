//! What runbooks need beside what an agent is granted.
//!
//! In: manifests and grants. Out: a row for each need, and diagnostics: what nothing grants, at the runbook; what
//! is granted in vain, or too widely, at its line of the settings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::diag::{Code, Diagnostic};
use crate::program::manifest::{Manifest, Need, Part, Pattern};
use crate::report;
use crate::settings::{Grants, Loose, Settings, Standing};
use crate::value::escape_text;

use super::preflight::{self, Offers, Paste};

/// How much of a text is shown, in characters.
const SHOWN: usize = 120;

/// One need of a runbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NeedBeside {
    pub runbook: String,
    pub capability: String,
    /// What narrows it, as reports say it; none where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    pub standing: Standing,
}

impl NeedBeside {
    /// For people: `k8s.patch owned`.
    pub fn words(&self) -> String {
        match &self.of {
            Some(of) => format!("{} {of}", self.capability),
            None => self.capability.clone(),
        }
    }
}

/// How each need of these runbooks stands, and an error for each capability of which something is denied.
pub fn needs(
    manifests: &[Manifest],
    settings: &Settings,
    offers: &impl Offers,
) -> (Vec<NeedBeside>, Vec<Diagnostic>) {
    let grants = &settings.grants;
    let mut rows = Vec::new();
    let mut denied: BTreeMap<&str, Denied<'_>> = BTreeMap::new();
    for manifest in manifests {
        for need in &manifest.authority.needs {
            let standing = grants.beside(need);
            if standing == Standing::Denied {
                let denied = denied.entry(&need.can).or_default();
                denied.add(manifest, need, offers);
            }
            rows.push(NeedBeside {
                runbook: manifest.runbook.to_string(),
                capability: need.can.clone(),
                of: need.of.as_ref().map(report::narrowed),
                standing,
            });
        }
    }
    let found = denied.iter();
    let found = found.filter_map(|(can, denied)| Some((denied.finding(can)?, can, denied)));
    let mut found: Vec<_> = found.collect();
    // As they are shown: the first one begins the table that the others add to.
    found.sort_by(|(a, ..), (b, ..)| {
        (a.primary.span, &a.message).cmp(&(b.primary.span, &b.message))
    });
    let mut paste = Paste::new(settings);
    let found = found.into_iter();
    let found = found.map(|(found, can, denied)| found.help(denied.help(can, grants, &mut paste)));
    (rows, found.collect())
}

/// What nothing grants of one capability.
#[derive(Default)]
struct Denied<'m> {
    /// Those who need it, in their order.
    by: Vec<&'m Manifest>,
    needs: Vec<&'m Need>,
    /// The machines that may be meant where the text names none.
    owned: BTreeSet<String>,
}

impl<'m> Denied<'m> {
    fn add(&mut self, manifest: &'m Manifest, need: &'m Need, offers: &impl Offers) {
        if self
            .by
            .last()
            .is_none_or(|last| last.runbook != manifest.runbook)
        {
            self.by.push(manifest);
        }
        if !self.needs.contains(&need) {
            self.needs.push(need);
        }
        if preflight::is_of_machines(need, offers) {
            self.owned
                .extend(preflight::owned_machines(&manifest.authority));
        }
    }

    fn finding(&self, capability: &str) -> Option<Diagnostic> {
        let at = *self.by.first()?.places.get(&Part::Name)?;
        let of = self.needs.iter().filter_map(|need| need.of.as_ref());
        let of: Vec<String> = of.map(of_what).collect();
        let of = match of.is_empty() {
            true => String::new(),
            false => format!(" of {}", of.join(", ")),
        };
        let by = self.by.iter().map(|one| format!("`{}`", one.runbook));
        let by = by.collect::<Vec<_>>().join(", ");
        let needs = if self.by.len() == 1 { "needs" } else { "need" };
        let message = format!("{by} {needs} `{capability}`{of}, and the agent is not granted it");
        let label = "its runs hand over there";
        Some(Diagnostic::new(Code::NeedDenied, message, at, label))
    }

    /// What to add so that it is granted.
    fn help(&self, capability: &str, grants: &Grants, paste: &mut Paste<'_>) -> String {
        let owned: Vec<String> = self.owned.iter().cloned().collect();
        match (
            grants.line_with(capability, &self.needs, &owned),
            grants.names(capability),
        ) {
            (Some(line), true) => paste.instead("grants", &line),
            (Some(line), false) => paste.line("grants", &line),
            (None, true) => format!("widen the line of `{capability}` in [grants] of agent.toml"),
            (None, false) => {
                let line = Grants::line_such_as(capability).unwrap_or_default();
                let help = paste.line("grants", &line);
                help.replacen("agent.toml:", "agent.toml a line such as:", 1)
            }
        }
    }
}

/// What a need is of, in words.
fn of_what(of: &Pattern) -> String {
    match of {
        Pattern::Owned => "what the product owns".to_owned(),
        Pattern::Any => "whatever it comes to".to_owned(),
        Pattern::Is(text) => format!("`{}`", escape_text(text, SHOWN)),
        Pattern::Begins(start) => format!("what begins with `{}`", escape_text(start, SHOWN)),
        Pattern::Among(texts) => {
            let texts = texts
                .iter()
                .map(|text| format!("`{}`", escape_text(text, SHOWN)));
            texts.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A warning for each program that these runbooks start and that cannot be started where `problem` looks.
pub fn programs(
    manifests: &[Manifest],
    settings: &Settings,
    problem: impl Fn(&Path) -> Option<&'static str>,
) -> Vec<Diagnostic> {
    let started = preflight::programs(manifests);
    let programs = settings.programs.iter();
    let found = programs.filter_map(|(name, path)| {
        let why = started.contains(name.as_str()).then(|| problem(path))??;
        let at = *settings.places.get(name)?;
        let message = format!("the program `{name}` cannot be started on this machine");
        let found = Diagnostic::new(Code::MissingProgram, message, at, why);
        Some(found.help("the path has to be that of the program where the agent runs"))
    });
    found.collect()
}

/// What runbooks need, what they own by its name.
pub fn needed(manifests: &[Manifest]) -> Vec<Need> {
    let each = manifests.iter().map(|manifest| &manifest.authority);
    let needs = each.flat_map(|authority| {
        let needs = authority.needs.iter();
        needs.flat_map(|need| preflight::owned_by_name(need, authority))
    });
    needs.collect()
}

/// A warning for each grant that none of these needs is of, or that is wider than all of them.
pub fn loose(needs: &[Need], grants: &Grants) -> Vec<Diagnostic> {
    let loose = grants.loose(needs).into_iter();
    loose.filter_map(|loose| finding(&loose)).collect()
}

fn finding(loose: &Loose) -> Option<Diagnostic> {
    let at = loose.at?;
    if loose.needed.is_empty() {
        let message = format!("no runbook needs {loose}");
        let found = Diagnostic::new(Code::UnusedGrant, message, at, "granted without need");
        return Some(found.help("take it out: what is not granted cannot be misused"));
    }
    let needed = loose.needed.join("`, `");
    let message = format!("{loose} is more than any runbook needs");
    let label = format!("all that is needed of it is `{needed}`");
    let found = Diagnostic::new(Code::WideGrant, message, at, label);
    Some(found.help("grant that alone"))
}
