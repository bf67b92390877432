//! What lowers the limits of a `blast` by what is seen: the code that lists each population, what is asked of it, and the
//! failure domains that are counted.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::tables::Tables;
use crate::program::FunctionIndex;
use crate::program::lower::{Asks, DomainLine, DomainPer, Floor, PopulationLine};
use crate::typed::{Cap, CapKind, Least, Population, TargetId};

impl Tables<'_> {
    /// The lines that count a population, or failure domains.
    pub(super) fn lowers(&mut self) {
        let runbook = self.runbook;
        let mut lists = BTreeMap::new();
        for cap in &runbook.caps {
            if let Some(line) = self.domain_line(cap) {
                self.program.lowers.domains.push(line);
            }
            if let Some((asks, population)) = self.asks(cap) {
                let list = match lists.get(&population.words) {
                    Some(list) => *list,
                    None => self.population(population),
                };
                lists.insert(&population.words, list);
                let line = self.population_line(cap, asks, (population.target, list));
                self.program.lowers.populations.push(line);
            }
        }
    }

    fn asks<'c>(&self, cap: &'c Cap) -> Option<(Asks, &'c Population)> {
        match &cap.kind {
            CapKind::Share { share, population } => Some((Asks::Share(*share), population)),
            CapKind::Keep {
                least,
                field,
                population,
            } => {
                let target = self.package.targets.get(population.target.index())?;
                let field = target.fields.get(usize::from(*field))?;
                let least = match least {
                    Least::Count(count) => Floor::Count(*count),
                    Least::Share(share) => Floor::Share(*share),
                };
                let field = field.name.clone();
                Some((Asks::Floor { least, field }, population))
            }
            CapKind::PerDomain { .. }
            | CapKind::DomainsAtOnce { .. }
            | CapKind::Pause(_)
            | CapKind::Only(_) => None,
        }
    }

    fn domain_line(&self, cap: &Cap) -> Option<DomainLine> {
        let (most, of, domain, per) = match cap.kind {
            CapKind::PerDomain {
                count,
                target,
                domain,
                window,
            } => (count, target, domain, DomainPer::Window(window)),
            CapKind::DomainsAtOnce {
                count,
                domain,
                target,
            } => (count, target, domain, DomainPer::AtOnce),
            CapKind::Share { .. } | CapKind::Keep { .. } | CapKind::Pause(_) | CapKind::Only(_) => {
                return None;
            }
        };
        let name = |id: TargetId| {
            let target = self.package.targets.get(id.index());
            target.map(|target| SmolStr::from(target.name.to_string()))
        };
        Some(DomainLine {
            words: cap.words.clone(),
            of: name(of)?,
            domain: name(domain)?,
            most,
            per,
        })
    }

    /// The code that lists a population.
    fn population(&mut self, population: &Population) -> FunctionIndex {
        let call = &population.call;
        self.targets.insert(population.target);
        self.entry("population".to_owned(), call.span, |builder| {
            builder.return_value(call);
        })
    }

    fn population_line(
        &self,
        cap: &Cap,
        asks: Asks,
        (of, list): (TargetId, FunctionIndex),
    ) -> PopulationLine {
        let remedies = self.remedies_of(&asks, of);
        let of = self.package.targets.get(of.index());
        PopulationLine {
            words: cap.words.clone(),
            of: of
                .map(|target| target.name.to_string().into())
                .unwrap_or_default(),
            list,
            asks,
            remedies,
        }
    }

    /// The remedies that do something which such a line looks at.
    fn remedies_of(&self, asks: &Asks, of: TargetId) -> Vec<SmolStr> {
        let runbook = self.runbook;
        let own = self.package.runbooks.iter().zip(&self.facts.runbooks);
        let facts = own.filter(|(own, _)| std::ptr::eq(*own, runbook));
        let touches = facts.flat_map(|(_, facts)| &facts.remedy_touches);
        let names = runbook.remedies.iter().map(|remedy| remedy.name.clone());
        let names = names.chain(runbook.steps.iter().map(|_| SmolStr::new_static("steps")));
        let looked_at = names.zip(touches).filter(|(_, touched)| match asks {
            Asks::Share(_) => touched.contains(&of),
            Asks::Floor { .. } => !touched.is_empty(),
        });
        looked_at.map(|(name, _)| name).collect()
    }
}
