//! No change is granted that a share or a failure domain of its runbook leaves no room for, counted from the facts alone.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::engine::Model;
use crate::journal::{Fact, IntentGranted, RunId};
use crate::program::lower::{Asks, DomainPer, Lowers};
use crate::program::{CodeHash, Program};
use crate::run::IntentKind;
use crate::run::domain::domains;
use crate::value::Identity;

/// What each run has written down, and by which lines it is held.
#[derive(Debug, Default)]
pub struct Limits {
    lines: BTreeMap<CodeHash, Lowers>,
    codes: BTreeMap<RunId, CodeHash>,
    frozen: BTreeMap<(RunId, SmolStr), BTreeSet<Identity>>,
}

impl Limits {
    pub fn loads(&mut self, programs: &[Program]) {
        let lines = programs.iter();
        let lines = lines.map(|program| (program.code_hash(), program.lowers.clone()));
        self.lines.extend(lines);
    }

    /// What is wrong with what has happened; the model has heard of it.
    pub fn hears(&mut self, fact: &Fact, model: &Model) -> Vec<String> {
        match fact {
            Fact::RunStarted(fact) => {
                self.codes.insert(fact.run, fact.code);
            }
            Fact::PopulationFrozen(fact) => {
                let place = (fact.run, fact.line.clone());
                let members = fact.members.iter().cloned().collect();
                self.frozen.insert(place, members);
            }
            Fact::IntentGranted(fact) if fact.change.kind == IntentKind::Do => {
                return self.granted(fact, model);
            }
            _ => {}
        }
        Vec::new()
    }

    fn granted(&self, fact: &IntentGranted, model: &Model) -> Vec<String> {
        let code = self.codes.get(&fact.run);
        let Some(lines) = code.and_then(|code| self.lines.get(code)) else {
            return Vec::new();
        };
        let mut wrong = Vec::new();
        let targets = &fact.change.targets;
        let touches = |of: &str| targets.iter().any(|target| target.kind() == of);
        for line in lines.populations.iter().filter(|line| touches(&line.of)) {
            let frozen = self.frozen.get(&(fact.run, line.words.clone()));
            let Some(frozen) = frozen else {
                wrong.push(format!("`{}` was never counted", line.words));
                continue;
            };
            let mut own = targets.iter().filter(|target| target.kind() == line.of);
            if own.any(|target| !frozen.contains(target)) {
                wrong.push(format!("`{}` does not count what is changed", line.words));
            }
            let disturbed = frozen.iter();
            let disturbed = disturbed.filter(|one| model.disturbed().owner(one).is_some());
            let (most, disturbed) = (line.number(frozen.len()), disturbed.count());
            if matches!(line.asks, Asks::Share(_)) && disturbed > most {
                wrong.push(format!("`{}` is {most}, and {disturbed} are", line.words));
            }
        }
        let at_once = lines
            .domains
            .iter()
            .filter(|line| line.per == DomainPer::AtOnce);
        for line in at_once.filter(|line| touches(&line.of)) {
            let disturbed = model.disturbed().of_kind(&line.of);
            let held = disturbed.flat_map(|one| domains(one, model.lies_in(one), &line.domain));
            let held: BTreeSet<Identity> = held.collect();
            if held.len() > line.most as usize {
                wrong.push(format!("`{}`, and {} are held", line.words, held.len()));
            }
        }
        wrong
    }
}
