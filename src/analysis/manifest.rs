//! The manifest: what a runbook may do, built once out of the typed tree and its proofs.
//!
//! In: a package without errors, its facts, its sources. Out: a [`Manifest`] for each runbook, in
//! the order of the package.

mod amount;
mod clauses;
mod does;
mod flow;
mod given;
mod labels;
mod looks;
mod needs;
mod origin;
mod paths;
mod people;
mod step;
mod steps;
mod takes;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use super::core::{Asks, Cores, Meanings, Place};
use crate::program::manifest::{
    Authority, Called, Claims, Condition, ConditionHash, CoreHash, Effect, Handed, Manifest, Need,
    Part, Said, Time,
};
use crate::text::{Sources, Span, one_line};
use crate::typed::{Expr, Facts, Package, Runbook, RunbookFacts};
use needs::Needs;

/// What each runbook of the package may do.
pub fn manifests(package: &Package, facts: &Facts, sources: &Sources) -> Vec<Manifest> {
    // Nobody calls it off.
    manifests_while(package, facts, sources, &|| true).unwrap_or_default()
}

/// The same as long as it is wanted, which is asked before each runbook.
pub fn manifests_while(
    package: &Package,
    facts: &Facts,
    sources: &Sources,
    is_wanted: &dyn Fn() -> bool,
) -> Option<Vec<Manifest>> {
    let cores = Cores::new(package);
    let needs = Needs::new(package, facts);
    let runbooks = package.runbooks.iter().zip(&facts.runbooks);
    let made = runbooks.map(|(runbook, facts)| {
        is_wanted().then(|| {
            let mut made = Made::new(package, sources, runbook);
            let (core, declared) = cores.runbook(runbook);
            let uses = needs.of_runbook(runbook);
            let calls = uses.calls;
            let used = (uses.needs, uses.secrets);
            let authority = authority(&cores, used, runbook, facts, &declared, &mut made);
            manifest(core, runbook, facts, (authority, calls), made)
        })
    });
    made.collect()
}

/// What comes up while a manifest is made.
struct Made<'a> {
    package: &'a Package,
    sources: &'a Sources,
    places: BTreeMap<Part, Span>,
    texts: BTreeMap<ConditionHash, String>,
    /// Of what was read earlier: what would be the same, read where it is looked at.
    fresh: BTreeMap<ConditionHash, ConditionHash>,
}

impl<'a> Made<'a> {
    fn new(package: &'a Package, sources: &'a Sources, runbook: &Runbook) -> Made<'a> {
        let mut places = BTreeMap::from([(Part::Name, runbook.name_span)]);
        let diagnosis = runbook.diagnose.as_ref().map(|body| body.block.span);
        places.extend(diagnosis.map(|span| (Part::Diagnosis, span.at_start())));
        places.extend(runbook.version_span.map(|span| (Part::Version, span)));
        Made {
            package,
            sources,
            places,
            texts: BTreeMap::new(),
            fresh: BTreeMap::new(),
        }
    }

    /// A condition with the words that it has in the source, on one line.
    fn condition(&mut self, hash: ConditionHash, before: &str, span: Span) -> ConditionHash {
        self.places.entry(Part::Condition(hash)).or_insert(span);
        let sources = self.sources;
        let text = || format!("{before}{}", one_line(sources.slice(span)));
        self.texts.entry(hash).or_insert_with(text);
        hash
    }

    /// The same where it rests on something that was read earlier.
    fn older(
        &mut self,
        (cores, runbook): (&Cores<'a>, &'a Runbook),
        fresh: ConditionHash,
        ages: Vec<u64>,
    ) -> ConditionHash {
        let hash = cores.older(runbook, fresh, ages);
        if self.fresh.insert(hash, fresh).is_none() {
            let text = self.texts.get(&fresh).cloned().unwrap_or_default();
            self.texts.insert(hash, format!("{text}, as read earlier"));
            let place = self.places.get(&Part::Condition(fresh)).copied();
            self.places
                .extend(place.map(|place| (Part::Condition(hash), place)));
        }
        hash
    }

    /// What has to be so where a condition holds, or does not, part by part.
    fn asked(
        &mut self,
        (cores, runbook): (&Cores<'a>, &'a Runbook),
        meanings: &Meanings,
        condition: &Expr,
        holds: bool,
        place: Place,
    ) -> Vec<Asks> {
        let observes = condition.observes(self.package);
        let asked = cores.asked(condition, holds);
        let each = asked.iter().map(|asked| {
            let asks = cores.asks(runbook, meanings, asked, place, observes);
            let before = if asked.is_said { "" } else { "not " };
            self.condition(asks.hash, before, asked.span);
            asks
        });
        each.collect()
    }

    /// What has to be so for a step and is no condition, in our words.
    fn around(&mut self, hash: ConditionHash, text: String, span: Span) -> ConditionHash {
        self.places.entry(Part::Condition(hash)).or_insert(span);
        self.texts.entry(hash).or_insert(text);
        hash
    }

    /// The conditions among these, by their hash.
    fn conditions(&self, of: &BTreeSet<ConditionHash>) -> Vec<Condition> {
        let known = of.iter().map(|hash| Condition {
            hash: *hash,
            text: self.texts.get(hash).cloned().unwrap_or_default(),
            fresh: self.fresh.get(hash).copied(),
        });
        known.collect()
    }
}

fn authority<'a>(
    cores: &Cores<'a>,
    (needs, secrets): (Vec<Need>, Vec<Handed>),
    runbook: &'a Runbook,
    facts: &RunbookFacts,
    declared: &BTreeMap<String, ConditionHash>,
    made: &mut Made<'a>,
) -> Authority {
    let package = made.package;
    let steps = steps::of_runbook(cores, runbook, made);
    let triggers = clauses::triggers(cores, runbook, made);
    let caps = clauses::caps(cores, runbook, made);
    let limits = clauses::limits(runbook, made);
    let guards: BTreeSet<_> = steps.steps.iter().flat_map(|step| &step.guards).collect();
    let guards: BTreeSet<ConditionHash> = guards.into_iter().copied().collect();
    let verified = steps.verifies.iter();
    let verified = verified.flat_map(|verify| {
        let asked = verify.conditions.iter().chain(&verify.abort);
        asked.chain(&verify.only_if).chain(&verify.held)
    });
    let asked = triggers.iter().flat_map(|trigger| &trigger.conditions);
    let conditions: BTreeSet<ConditionHash> = verified.chain(asked).copied().collect();
    Authority {
        effect: Effect {
            level: facts.level,
            scope: facts.scope,
        },
        triggers,
        key: clauses::key(package, runbook),
        touches: clauses::touches(package, facts),
        limits,
        caps,
        needs,
        secrets,
        owns: clauses::owns(package, runbook),
        guards: made.conditions(&guards),
        conditions: made.conditions(&conditions),
        claims: Claims {
            waives: sorted(steps.waives),
            endorses: sorted(facts.endorsements.iter().map(|one| one.what.clone())),
            takes_back: sorted(
                facts
                    .undo_claims
                    .iter()
                    .map(|claim| format!("`{}` takes `{}` back", claim.by, claim.of)),
            ),
            allows: Vec::new(),
        },
        steps: steps.steps,
        verifies: steps.verifies,
        asked: steps.asked.into_all(),
        found: steps.causes,
        reads: steps.reads,
        looks: looks::of_runbook(cores, runbook, steps.words, declared),
        people: people::of_runbook(package, runbook),
        duties: people::duties(package, runbook, steps.duties),
        clauses: clauses::times(runbook),
        time: Time {
            machine: facts.machine_time,
            human: facts.human_time,
        },
        diagnosis: runbook
            .diagnose
            .as_ref()
            .map(|body| cores.diagnosis(runbook, body)),
    }
}

fn manifest<'a>(
    core: CoreHash,
    runbook: &'a Runbook,
    facts: &RunbookFacts,
    (authority, calls): (Authority, Vec<Called>),
    made: Made<'a>,
) -> Manifest {
    let package = made.package;
    let product = runbook.product.map(|id| &package.products[id.index()].name);
    let units = facts.units.iter();
    let units = units.map(|unit| (unit.of.clone(), unit.time));
    Manifest {
        runbook: runbook.name.clone(),
        version: runbook.version,
        product: product.cloned(),
        core,
        authority,
        calls,
        findings: does::findings(package, runbook),
        ends_within: runbook.ends_within.map(|(ends, _)| ends),
        raw: facts.raw.clone(),
        queries: facts.queries.clone(),
        waivers: said(facts.waivers.iter().map(|one| (one.of, one.why.as_str()))),
        endorsements: said(facts.endorsements.iter().map(|one| (&*one.what, &*one.by))),
        no_data: said(facts.made_up.iter().map(|one| (&*one.of, &*one.value))),
        units: units.collect(),
        longest_window: package.window_lines(runbook).longest(),
        places: made.places,
    }
}

fn said<'s>(all: impl Iterator<Item = (&'s str, &'s str)>) -> Vec<Said> {
    all.map(|(of, what)| Said {
        of: of.to_owned(),
        what: what.to_owned(),
    })
    .collect()
}

fn sorted(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.into_iter().collect();
    texts.sort();
    texts
}
