//! The two hashes of behaviour: of a whole runbook, and of one condition.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The version of the canonical encoding; it rises with every change of what the bytes say.
pub const ENCODING: u32 = 1;

/// What a runbook does, whatever compiler reads it: `1:` and 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CoreHash(pub [u8; 32]);

/// What one part of a runbook says, a condition say, whatever its names: 16 hex digits.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct ConditionHash(pub [u8; 8]);

/// A text that is no hash of this form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoHash {
    what: &'static str,
}

impl fmt::Display for NoHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "expected {}", self.what)
    }
}

impl fmt::Display for CoreHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{ENCODING}:")?;
        hex(&self.0, out)
    }
}

impl fmt::Display for ConditionHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, out)
    }
}

impl FromStr for CoreHash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<CoreHash, NoHash> {
        let digits = text.strip_prefix("1:").and_then(unhex);
        digits.map(CoreHash).ok_or(NoHash {
            what: "`1:` and 64 hex digits; another number before the colon is of a later version of `rbk`",
        })
    }
}

impl FromStr for ConditionHash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<ConditionHash, NoHash> {
        unhex(text).map(ConditionHash).ok_or(NoHash {
            what: "16 hex digits",
        })
    }
}

macro_rules! as_text {
    ($($hash:ident)*) => {
        $(
            impl From<$hash> for String {
                fn from(hash: $hash) -> String {
                    hash.to_string()
                }
            }

            impl TryFrom<String> for $hash {
                type Error = NoHash;

                fn try_from(text: String) -> Result<$hash, NoHash> {
                    text.parse()
                }
            }
        )*
    };
}

as_text!(CoreHash ConditionHash);

pub(super) fn hex(bytes: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
}

/// The bytes of exactly so many small hex digits.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}
