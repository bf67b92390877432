//! What is no right and no proof, and what people look at all the same: how severe it is, what they read, the types that
//! are named. A hash for each kind of words and for each type, so that a change of it is told whatever else changes.

use std::collections::BTreeMap;

use crate::analysis::core::{Cores, Meanings};
use crate::program::manifest::{ConditionHash, Look, Seen};
use crate::typed::{Notice, Runbook};

/// Of the whole runbook: `words` are those of its bodies, `declared` the hashes of the names beside it.
pub fn of_runbook<'a>(
    cores: &Cores<'a>,
    runbook: &'a Runbook,
    words: Vec<(Seen, ConditionHash)>,
    declared: &BTreeMap<String, ConditionHash>,
) -> Vec<Look> {
    let mut found: BTreeMap<Seen, Vec<ConditionHash>> = BTreeMap::new();
    let none = Meanings::default();
    let mut add = |of: Seen, hash: ConditionHash| found.entry(of).or_default().push(hash);
    words.into_iter().for_each(|(of, hash)| add(of, hash));
    add(Seen::Severity, cores.severity(runbook));
    add(Seen::Clauses, cores.clauses(runbook));
    add(Seen::Zone, cores.zone(runbook));
    let recurs = runbook.recurs.as_ref().map(|recurs| match &recurs.then {
        Notice::Page { text, .. } => text,
        Notice::Hand(hand) => &hand.text,
    });
    if let Some(Some(text)) = recurs {
        add(Seen::Recurs, cores.words(runbook, &none, &[text]));
    }
    for tell in &runbook.tells {
        if let Some(text) = &tell.text {
            add(Seen::Tell, cores.words(runbook, &none, &[text]));
        }
    }
    let looks = found.into_iter().map(|(of, mut hashes)| {
        // In which order they stand says nothing.
        hashes.sort_unstable();
        let hash = cores.joined(runbook, "looks", &hashes);
        let name = String::new();
        Look { of, name, hash }
    });
    // A role, a window, a secret and an operation have rows of their own.
    let types = declared.iter().filter_map(|(name, hash)| {
        let (word, name) = name.split_once(' ')?;
        let of = match word {
            "enum" => Seen::Enum,
            "record" => Seen::Record,
            _ => return None,
        };
        let name = name.to_owned();
        Some(Look {
            of,
            name,
            hash: *hash,
        })
    });
    looks.chain(types).collect()
}
