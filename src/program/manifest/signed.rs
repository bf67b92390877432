//! What people sign of a runbook: the hash of its rights.
//!
//! Over the JSON of the authority vector without texts, with numbers for the names of steps, and without what a right
//! is used for, behind the version of that form.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Authority, Cap, ConditionHash};

/// What people sign: `1:` and 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorityHash([u8; 32]);

impl fmt::Display for AuthorityHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{FORM}:")?;
        super::core_hash::hex(&self.0, out)
    }
}

/// The version of what the hash is made over.
const FORM: u32 = 1;

impl Authority {
    /// The hash of the rights alone.
    pub fn hash(&self) -> AuthorityHash {
        let bare = serde_json::to_vec(&self.bare())
            .expect("its keys are texts and its numbers are whole, which JSON can write");
        let mut hash = Sha256::new();
        hash.update(format!("authority {FORM}\n"));
        hash.update(bare);
        AuthorityHash(hash.finalize().into())
    }

    /// The same with numbers for names and without what is for people.
    fn bare(&self) -> Authority {
        let mut bare = self.clone();
        for condition in bare.guards.iter_mut().chain(&mut bare.conditions) {
            condition.text.clear();
        }
        for cap in &mut bare.caps {
            *cap = Cap {
                hash: cap.hash,
                text: String::new(),
                of: None,
                most: None,
                least: None,
                one_is_enough: false,
            };
        }
        let verify = |id: &str| {
            let at = self.verifies.iter().position(|verify| verify.id == id);
            at.map_or_else(String::new, |at| at.to_string())
        };
        for step in &mut bare.steps {
            step.verify = step.verify.as_deref().map(verify);
            step.id.clear();
            step.on = ConditionHash::default();
            step.given.clear();
        }
        for handed in &mut bare.secrets {
            handed.kept.clear();
        }
        bare.diagnosis = None;
        bare.found.clear();
        bare.asked.clear();
        bare.looks.clear();
        for read in &mut bare.reads {
            read.at.clear();
            read.text.clear();
        }
        for proof in &mut bare.verifies {
            proof.id.clear();
        }
        bare
    }
}
