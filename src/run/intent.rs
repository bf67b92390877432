//! Intents: what is written down before anything is changed, and the key that makes a repetition
//! harmless.
//!
//! The key says which change of which incident this is, whoever carries it out and however often it
//! is tried; it holds neither time nor chance nor the agent's name.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use crate::effect::Call;
use crate::program::StepIndex;
use crate::value::{Identity, Value};
use crate::vm::Piece;

/// The version of the record; older ones load for ever.
pub const VERSION: u16 = 1;

/// A change that is about to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub version: u16,
    pub incident: SmolStr,
    pub ordinal: u32,
    /// The finding whose remedy it is; `steps` for routine work.
    pub remedy: SmolStr,
    pub path: StepPath,
    pub kind: IntentKind,
    /// The key of the change that it takes back.
    pub undoes: Option<SmolStr>,
    /// 0, and one more for each retry after *not applied*.
    pub attempt: u32,
    pub call: Call,
    /// What it changes.
    pub targets: Vec<Identity>,
    pub key: SmolStr,
}

/// `exec.run of host.Host web-1`
impl fmt::Display for Intent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.call.name)?;
        for (place, target) in self.targets.iter().enumerate() {
            let before = if place == 0 { " of" } else { "," };
            write!(out, "{before} {} {}", target.kind(), target.key())?;
        }
        Ok(())
    }
}

/// Why something is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IntentKind {
    Do,
    /// Takes an earlier change back.
    Undo,
    /// Releases what `with do` holds.
    Release,
}

/// Which change of a remedy it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPath {
    /// From outside.
    pub within: Vec<PathPart>,
    pub step: StepIndex,
    /// Tells the same line apart when it is reached more than once on the same path.
    pub occurrence: u32,
}

impl StepPath {
    /// What of the way to it tells apart the part that begins only where all of it fits: up to the innermost element,
    /// else up to the innermost attempt, else nothing.
    pub fn unit(&self) -> &[PathPart] {
        let innermost = |is: fn(&PathPart) -> bool| {
            let at = self.within.iter().rposition(is)?;
            self.within.get(..=at)
        };
        innermost(|part| matches!(part, PathPart::Element(_)))
            .or_else(|| innermost(|part| matches!(part, PathPart::Attempt(_))))
            .unwrap_or_default()
    }
}

/// A piece on the way to a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PathPart {
    Attempt(u16),
    /// An element by its identity if it is a target, else by its printed value: an element keeps
    /// its key when the list is read again in another order.
    Element(SmolStr),
    With,
}

impl PathPart {
    /// The part that a piece contributes.
    pub fn of(piece: &Piece) -> PathPart {
        match piece {
            Piece::Attempt { index, .. } => PathPart::Attempt(*index),
            Piece::Element { value, .. } => PathPart::Element(element(value)),
            Piece::With => PathPart::With,
        }
    }
}

fn element(value: &Value) -> SmolStr {
    value.to_string().into()
}

/// What a key is made of.
#[derive(Serialize)]
pub struct KeyParts<'a> {
    pub incident: &'a str,
    pub ordinal: u32,
    pub remedy: &'a str,
    pub path: &'a StepPath,
    pub kind: IntentKind,
    pub undoes: Option<&'a str>,
}

impl KeyParts<'_> {
    /// The key: the same parts give the same key, on every machine and in every version.
    pub fn key(&self) -> SmolStr {
        let bytes = postcard::to_stdvec(self).expect("plain data in memory always serialises");
        hex(&Sha256::digest(bytes))
    }
}

/// The first 16 bytes in hexadecimal: enough to be unique, short enough for every target.
fn hex(bytes: &[u8]) -> SmolStr {
    let digits = bytes.iter().take(16);
    digits
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        .into()
}
