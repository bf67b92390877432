//! Facts as bytes: two strings for a batch, so that one can go and the other stays.
//!
//! The open string holds, for each fact, its kind (2 bytes), its version (1), a length (4), then
//! what is plain of it. The personal string holds, in the same order, a length (4) and what names a
//! person or was written by one. Numbers have their highest byte first; fields are postcard, one
//! after the other. A fact whose kind or version is not known is read as [`Read::Newer`]; one whose
//! personal half is gone is read with nothing in those fields.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::lift::lift;
use super::{Fact, facts};

/// The length that says that the personal half of a fact is gone.
const GONE: u32 = u32::MAX;

/// The facts of a batch as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    pub open: Vec<u8>,
    pub personal: Vec<u8>,
}

/// A fact as it is read back.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    Fact(Box<Fact>),
    /// A later version of the tool wrote it.
    Newer {
        kind: u16,
        version: u8,
    },
}

/// Takes the fields of one fact.
#[derive(Debug, Default)]
pub struct Fields {
    open: Vec<u8>,
    personal: Vec<u8>,
}

impl Fields {
    pub fn plain<T: Serialize>(&mut self, field: &T) {
        add(&mut self.open, field);
    }

    pub fn person<T: Serialize>(&mut self, field: &T) {
        add(&mut self.personal, field);
    }

    pub fn text<T: Serialize>(&mut self, field: &T) {
        add(&mut self.personal, field);
    }

    /// It is kept in a row, and by nobody with the fact.
    #[expect(
        clippy::unused_self,
        reason = "every class of a field has a method of the same shape"
    )]
    pub fn carried<T>(&mut self, _: &T) {}
}

fn add<T: Serialize>(half: &mut Vec<u8>, field: &T) {
    let more = postcard::to_stdvec(field).expect("plain data in memory always serialises");
    half.extend(more);
}

/// Gives the fields of one fact back, in their order.
#[derive(Debug)]
pub struct Halves<'a> {
    open: &'a [u8],
    /// None once it is gone.
    personal: Option<&'a [u8]>,
}

impl<'a> Halves<'a> {
    pub fn plain<T: DeserializeOwned>(&mut self) -> Option<T> {
        let (field, rest) = postcard::take_from_bytes(self.open).ok()?;
        self.open = rest;
        Some(field)
    }

    pub fn person<T: DeserializeOwned + Default>(&mut self) -> Option<T> {
        let Some(personal) = self.personal else {
            return Some(T::default());
        };
        let (field, rest) = postcard::take_from_bytes(personal).ok()?;
        self.personal = Some(rest);
        Some(field)
    }

    pub fn text<T: DeserializeOwned + Default>(&mut self) -> Option<T> {
        self.person()
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "every class of a field has a method of the same shape"
    )]
    pub fn carried<T: Default>(&mut self) -> Option<T> {
        Some(T::default())
    }

    /// Whether nothing is left over.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.personal.is_none_or(<[u8]>::is_empty)
    }
}

/// The facts of a batch as bytes.
pub fn encode(facts: &[Fact]) -> Encoded {
    let mut encoded = Encoded::default();
    for fact in facts {
        let mut fields = Fields::default();
        fact.write(&mut fields);
        let kind = fact.kind();
        encoded.open.extend(kind.number.to_be_bytes());
        encoded.open.push(kind.version);
        with_length(&mut encoded.open, &fields.open);
        with_length(&mut encoded.personal, &fields.personal);
    }
    encoded
}

fn with_length(half: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a fact is cut long before it has four GiB");
    half.extend(length.to_be_bytes());
    half.extend(bytes);
}

/// The facts of a batch; nothing if their bytes are damaged.
pub fn decode(mut open: &[u8], mut personal: Option<&[u8]>) -> Option<Vec<Read>> {
    let mut facts = Vec::new();
    while !open.is_empty() {
        let (head, rest) = open.split_at_checked(3)?;
        let [high, low, version] = *head.as_array()?;
        let kind = u16::from_be_bytes([high, low]);
        let (own, rest) = of_length(rest)?;
        open = rest;
        let halves = Halves {
            open: own?,
            personal: match personal {
                None => None,
                Some(bytes) => {
                    let (own, rest) = of_length(bytes)?;
                    personal = Some(rest);
                    own
                }
            },
        };
        facts.push(one(kind, version, halves)?);
    }
    personal.is_none_or(<[u8]>::is_empty).then_some(facts)
}

/// The bytes under the length that comes next, unless they are gone; and what follows them.
fn of_length(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (length, rest) = bytes.split_at_checked(4)?;
    let length = u32::from_be_bytes(*length.as_array()?);
    if length == GONE {
        return Some((None, rest));
    }
    let (own, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((Some(own), rest))
}

fn one(kind: u16, version: u8, mut halves: Halves<'_>) -> Option<Read> {
    let known = facts().iter().find(|known| known.number == kind);
    let fact = match known {
        Some(known) if version == known.version => Fact::read(kind, &mut halves)?,
        Some(known) if version < known.version => lift(kind, version, &mut halves)?,
        Some(_) | None => return Some(Read::Newer { kind, version }),
    };
    halves.is_empty().then(|| Read::Fact(Box::new(fact)))
}

#[cfg(test)]
mod tests {
    use super::{GONE, Read, decode, encode};
    use crate::journal::{Fact, facts, samples};

    fn sampled() -> Vec<Fact> {
        samples().into_iter().map(|(_, fact)| fact).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let facts = sampled();
        let encoded = encode(&facts);
        let read = decode(&encoded.open, Some(&encoded.personal)).unwrap();
        let expected = facts.into_iter().map(|fact| Read::Fact(Box::new(fact)));
        assert_eq!(read, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_fact_outlives_its_personal_half() {
        let facts = sampled();
        let encoded = encode(&facts);
        let read = decode(&encoded.open, None).unwrap();
        assert_eq!(read.len(), facts.len());
        for (fact, read) in facts.iter().zip(read) {
            let Read::Fact(read) = read else {
                panic!("{fact:?} is not known any more");
            };
            assert_eq!(read.kind().number, fact.kind().number);
        }
        // Of one fact alone.
        for fact in &facts {
            let encoded = encode(std::slice::from_ref(fact));
            assert!(decode(&encoded.open, Some(&GONE.to_be_bytes())).is_some());
        }
    }

    #[test]
    fn what_is_not_known_is_newer() {
        let mut open = 999_u16.to_be_bytes().to_vec();
        open.extend([1, 0, 0, 0, 2, 7, 7]);
        let newer = Read::Newer {
            kind: 999,
            version: 1,
        };
        assert_eq!(decode(&open, Some(&[0, 0, 0, 0])), Some(vec![newer]));
        for kind in facts() {
            let mut open = kind.number.to_be_bytes().to_vec();
            open.extend([kind.version + 1, 0, 0, 0, 0]);
            let newer = Read::Newer {
                kind: kind.number,
                version: kind.version + 1,
            };
            assert_eq!(decode(&open, Some(&[0, 0, 0, 0])), Some(vec![newer]));
        }
    }

    #[test]
    fn what_is_cut_off_is_damaged() {
        let encoded = encode(&sampled());
        for end in [1, 5, encoded.open.len() / 2, encoded.open.len() - 1] {
            assert_eq!(decode(&encoded.open[..end], Some(&encoded.personal)), None);
        }
        let end = encoded.personal.len() - 1;
        assert_eq!(decode(&encoded.open, Some(&encoded.personal[..end])), None);
    }
}
