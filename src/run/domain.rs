//! Failure domains: what a target lies in, and what a field of it names, as it was seen for the plan.
//!
//! In: an intent, and what is disturbed or was done. Out: whether a line that counts domains leaves room for it: the same
//! for an agent and for a test.

use std::collections::BTreeSet;

use smol_str::{SmolStr, format_smolstr};

use super::Intent;
use super::room::{Holder, Room};
use crate::program::lower::DomainLine;
use crate::value::{Identity, Value};

/// A target that is disturbed, and what is known that it lies in by its fields.
#[derive(Clone, Copy, Debug)]
pub struct Disturbed<'d> {
    pub target: &'d Identity,
    pub named: &'d [Identity],
    pub holder: Holder,
}

impl Intent {
    /// What fields of a target name that it changes, as they were when it was planned.
    pub fn named_by(&self, target: &Identity) -> Vec<Identity> {
        let mut named = Vec::new();
        for argument in &self.call.args {
            let Value::Target(seen) = &argument.value else {
                continue;
            };
            if seen.identity != *target {
                continue;
            }
            for field in seen.snapshot.fields.iter().flatten() {
                if let Value::Target(domain) = field {
                    named.push(domain.identity.clone());
                }
            }
        }
        named
    }

    /// What its attempts count for: the type of each target, the domains of it, and their types.
    pub fn counts_for(&self) -> Vec<SmolStr> {
        let mut counted = Vec::new();
        for target in &self.targets {
            let all = around(target).chain(self.named_by(target));
            let all: BTreeSet<Identity> = all.collect();
            let kinds: BTreeSet<&str> = all.iter().map(Identity::kind).collect();
            let of = target.kind();
            counted.push(of.into());
            counted.extend(all.iter().map(|domain| in_place(of, domain)));
            counted.extend(kinds.into_iter().map(|kind| in_any(of, kind)));
        }
        counted
    }
}

/// `k8s.Pod in k8s.Namespace shop`
pub fn in_place(of: &str, domain: &Identity) -> SmolStr {
    let keys: Vec<&str> = domain.0.iter().map(|step| step.key.as_str()).collect();
    format_smolstr!("{of} in {} {}", domain.kind(), keys.join("/"))
}

/// `k8s.Pod in k8s.Namespace`: where it is known in which.
pub fn in_any(of: &str, domain: &str) -> SmolStr {
    format_smolstr!("{of} in {domain}")
}

/// What a target lies in, outermost first.
fn around(target: &Identity) -> impl Iterator<Item = Identity> {
    let steps = &target.0;
    let lengths = 1..steps.len();
    lengths.map(|length| Identity(steps.iter().take(length).cloned().collect()))
}

/// The domains of one type that a target lies in.
pub fn domains(target: &Identity, named: &[Identity], kind: &str) -> BTreeSet<Identity> {
    let all = around(target).chain(named.iter().cloned());
    all.filter(|domain| domain.kind() == kind).collect()
}

/// The targets that a line counts, each with its domains; the name of one where they are not known.
pub fn asked(line: &DomainLine, intent: &Intent) -> Result<Vec<BTreeSet<Identity>>, String> {
    let targets = intent.targets.iter();
    let counted = targets.filter(|target| target.kind() == line.of);
    let each = counted.map(|target| {
        let own = domains(target, &intent.named_by(target), &line.domain);
        match own.is_empty() {
            true => Err(format!(
                "`{}`: nobody knows in which {} {} is",
                line.words,
                line.domain,
                super::call::printed(target)
            )),
            false => Ok(own),
        }
    });
    each.collect()
}

/// Whether so many domains may hold something disturbed at once, with this change.
pub fn at_once<'d>(
    line: &DomainLine,
    intent: &Intent,
    disturbed: impl Iterator<Item = Disturbed<'d>>,
    claimed: bool,
) -> Room {
    let asked = match asked(line, intent) {
        Ok(asked) if asked.is_empty() => return Room::Go,
        Ok(asked) => asked,
        Err(why) => return Room::Never(why),
    };
    let mut own: BTreeSet<Identity> = asked.into_iter().flatten().collect();
    let (mut others, mut unknown) = (BTreeSet::new(), (0, 0));
    for one in disturbed.filter(|one| one.target.kind() == line.of) {
        if intent.targets.contains(one.target) {
            continue;
        }
        let lies_in = domains(one.target, one.named, &line.domain);
        match (one.holder, lies_in.is_empty()) {
            (Holder::Own, true) => unknown.0 += 1,
            (Holder::Other, true) => unknown.1 += 1,
            (Holder::Own, false) => own.extend(lies_in),
            (Holder::Other, false) => others.extend(lies_in),
        }
    }
    let most = line.most as usize;
    let alone = own.len() + unknown.0;
    let further = others.difference(&own).count() + unknown.1 + usize::from(claimed);
    let why = || {
        let (words, domain) = (&line.words, &line.domain);
        format!("`{words}`: with this change {alone} {domain} here, and others disturb {further}")
    };
    match (alone > most, alone + further > most) {
        (true, _) => Room::Never(why()),
        (false, true) => Room::Wait(why()),
        (false, false) => Room::Go,
    }
}

/// Why no more may be done in one of the domains of a change; `done` says how often something was lately, by what it counts for.
pub fn too_often(
    line: &DomainLine,
    intent: &Intent,
    done: impl Fn(&str) -> u32,
) -> Result<(), String> {
    // Of what is on record without its domain nobody knows in which it was: it counts for each.
    let placed = done(&in_any(&line.of, &line.domain));
    let unknown = done(&line.of).saturating_sub(placed);
    let asked = asked(line, intent)?;
    for domain in asked.iter().flatten() {
        let wanted = asked.iter().filter(|own| own.contains(domain)).count();
        let before = done(&in_place(&line.of, domain)).saturating_add(unknown);
        if before as usize + wanted > line.most as usize {
            let (words, place) = (&line.words, super::call::printed(domain));
            return Err(format!("`{words}`, and there were {before} in {place}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
