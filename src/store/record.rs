//! Records as bytes: what a blob of the store looks like.
//!
//! In: plain data. Out: a byte that says the form, four bytes of a checksum, the data. SQLite does
//! not notice a flipped bit, and a name that reads well but is another would be acted upon.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Postcard, or bytes that somebody else encoded. The form before knew no dirt of an incident.
pub const FORM: u8 = 2;

/// The form and the checksum.
const HEAD: usize = 5;

/// Most records are shorter: their buffer does not grow.
const USUAL: usize = 512;

/// A record as a blob.
pub fn encode<T: Serialize>(record: &T) -> Vec<u8> {
    let mut blob = Vec::with_capacity(USUAL);
    blob.extend([FORM, 0, 0, 0, 0]);
    let mut blob =
        postcard::to_extend(record, blob).expect("plain data in memory always serialises");
    if let Some((head, data)) = blob.split_at_mut_checked(HEAD) {
        head[1..].copy_from_slice(&checksum(data));
    }
    blob
}

/// The record of a blob; nothing if it is damaged.
pub fn decode<T: DeserializeOwned>(blob: &[u8]) -> Option<T> {
    let (record, rest) = postcard::take_from_bytes(open(blob)?).ok()?;
    rest.is_empty().then_some(record)
}

/// Encoded data as a blob.
pub fn seal(data: &[u8]) -> Vec<u8> {
    let mut blob = Vec::with_capacity(HEAD + data.len());
    blob.push(FORM);
    blob.extend(checksum(data));
    blob.extend(data);
    blob
}

/// The encoded data of a blob; nothing if it is damaged.
pub fn open(blob: &[u8]) -> Option<&[u8]> {
    let (head, data) = blob.split_at_checked(HEAD)?;
    let sound = head.first() == Some(&FORM) && head.get(1..) == Some(&checksum(data)[..]);
    sound.then_some(data)
}

fn checksum(data: &[u8]) -> [u8; HEAD - 1] {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(data));
    [a, b, c, d]
}
