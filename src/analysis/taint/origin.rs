//! Where a value comes from, as far as the text tells.

use std::sync::Arc;

use crate::effect::Integrity;

/// Where a value comes from: a level of its own, the parameters that it depends on, and, of a record
/// that the author wrote, the same of each field. A list or a map is worth as much as its elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taint {
    pub level: Integrity,
    /// The parameters of the function that is being summarised.
    pub params: Params,
    /// Those that it depends on through a `clamp` with own bounds alone.
    pub clamped: Params,
    fields: Option<Arc<Vec<Taint>>>,
}

impl Taint {
    pub fn of(level: Integrity) -> Taint {
        Taint {
            level,
            ..Taint::default()
        }
    }

    /// What a parameter brings.
    pub fn parameter(index: usize) -> Taint {
        Taint {
            params: Params::one(index),
            ..Taint::default()
        }
    }

    /// A record, field by field; as a whole it is as bad as its worst field.
    pub fn record(fields: Vec<Taint>) -> Taint {
        let whole = fields.iter().cloned().map(Taint::whole);
        let whole = whole.fold(Taint::default(), Taint::join);
        Taint {
            fields: Some(Arc::new(fields)),
            ..whole
        }
    }

    /// What a field of it is worth, where that is known.
    pub fn field(&self, index: usize) -> Option<Taint> {
        self.fields.as_ref()?.get(index).cloned()
    }

    /// Without what is known of its fields.
    pub fn whole(self) -> Taint {
        Taint {
            fields: None,
            ..self
        }
    }

    /// What may be either.
    pub fn join(self, other: Taint) -> Taint {
        let fields = match (&self.fields, &other.fields) {
            (Some(one), Some(other)) if one.len() == other.len() => {
                let pairs = one.iter().cloned().zip(other.iter().cloned());
                Some(Arc::new(
                    pairs.map(|(one, other)| one.join(other)).collect(),
                ))
            }
            _ => None,
        };
        Taint {
            level: self.level.max(other.level),
            params: self.params.join(other.params),
            clamped: self.clamped.join(other.clamped),
            fields,
        }
    }

    /// Between two bounds of the author's: good for an amount, and for nothing else.
    pub fn bounded(self) -> Taint {
        Taint {
            level: self.level.min(Integrity::Bounded),
            params: Params::default(),
            clamped: self.clamped.join(self.params),
            fields: None,
        }
    }

    /// Whether words may be in it.
    pub fn may_be_told(&self) -> bool {
        self.level >= Integrity::Bounded || !self.params.is_empty() || !self.clamped.is_empty()
    }
}

/// A set of parameters of any size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Option<Arc<Vec<u64>>>);

impl Params {
    fn one(index: usize) -> Params {
        let mut words = vec![0; index / 64 + 1];
        words[index / 64] = 1 << (index % 64);
        Params(Some(Arc::new(words)))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub fn contains(&self, index: usize) -> bool {
        let words = self.0.as_ref();
        let word = words.and_then(|words| words.get(index / 64));
        word.is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    /// The members, from the smallest.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().flat_map(|words| words.iter().copied());
        words.enumerate().flat_map(|(place, word)| {
            let bits = (0..64).filter(move |bit| word & (1 << bit) != 0);
            bits.map(move |bit| place * 64 + bit)
        })
    }

    fn join(self, other: Params) -> Params {
        match (self.0, other.0) {
            (None, one) | (one, None) => Params(one),
            (Some(one), Some(other)) if Arc::ptr_eq(&one, &other) => Params(Some(one)),
            (Some(one), Some(other)) => {
                let (mut long, short) = match one.len() < other.len() {
                    true => (other, one),
                    false => (one, other),
                };
                if short
                    .iter()
                    .zip(long.iter())
                    .any(|(short, long)| short & !long != 0)
                {
                    let words = Arc::make_mut(&mut long);
                    for (word, more) in words.iter_mut().zip(short.iter()) {
                        *word |= more;
                    }
                }
                Params(Some(long))
            }
        }
    }
}
