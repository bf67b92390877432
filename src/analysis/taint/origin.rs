//! Where a value comes from, as far as the text tells.

use std::sync::Arc;

use crate::effect::Integrity;

/// What a value was made of, as a set: joining forgets nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matter(u8);

impl Matter {
    pub const MEASURED: Matter = Matter(1);
    /// A measured number between two bounds of the author's.
    pub const LIMITED: Matter = Matter(1 << 1);
    /// A number from outside between two bounds of the author's.
    pub const BOUNDED: Matter = Matter(1 << 2);
    /// What `free_text` gives: it fits a value of `json:` and nothing else.
    pub const FREE: Matter = Matter(1 << 3);
    /// Of what is bounded or limited, some became a text, a key or a Bool.
    pub const SPELLED: Matter = Matter(1 << 4);
    pub const TOLD: Matter = Matter(1 << 5);
    /// A target of somebody else's: its own name was asked for, what its fields yield was not.
    pub const FOREIGN: Matter = Matter(1 << 6);

    pub fn of(level: Integrity) -> Matter {
        match level {
            Integrity::Own => Matter::default(),
            Integrity::Measured => Matter::MEASURED,
            Integrity::Bounded => Matter::BOUNDED,
            Integrity::Told => Matter::TOLD,
        }
    }

    pub const fn join(self, other: Matter) -> Matter {
        Matter(self.0 | other.0)
    }

    /// Whether any of these is in it.
    pub const fn has(self, any: Matter) -> bool {
        self.0 & any.0 != 0
    }

    /// What of it is one of these.
    pub const fn only(self, these: Matter) -> Matter {
        Matter(self.0 & these.0)
    }

    /// The level of the worst in it.
    pub fn level(self) -> Integrity {
        if self.has(Matter::TOLD.join(Matter::FREE)) {
            Integrity::Told
        } else if self.has(Matter::BOUNDED) {
            Integrity::Bounded
        } else if self.has(Matter::MEASURED.join(Matter::LIMITED)) {
            Integrity::Measured
        } else {
            Integrity::Own
        }
    }

    fn without(self, part: Matter) -> Matter {
        Matter(self.0 & !part.0)
    }
}

/// Where a value comes from: what it was made of, the parameters that it depends on, and, of a record
/// that the author wrote, the same of each field. A list or a map is worth as much as its elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taint {
    pub matter: Matter,
    /// The parameters of the function that is being summarised.
    pub params: Params,
    /// Those that it depends on through a `clamp` with own bounds alone.
    pub clamped: Params,
    /// Those of both that became a text, a key or a Bool.
    pub spelled: Params,
    /// Those, targets, of which a field yielded it: it is own where they are owned.
    pub yielded_by: Params,
    fields: Option<Arc<Vec<Taint>>>,
    /// Of a list, what it is worth how many there are, where that is not said by the elements.
    many: Option<Arc<Taint>>,
    /// Of that, what supplies how many there are, and does not only choose among the author's own.
    length: Option<Arc<Taint>>,
}

impl Taint {
    pub fn of(level: Integrity) -> Taint {
        Taint::made_of(Matter::of(level))
    }

    pub fn made_of(matter: Matter) -> Taint {
        Taint {
            matter,
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

    pub fn level(&self) -> Integrity {
        self.matter.level()
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

    /// A list of these elements, of which there are so many, and so many that were not chosen.
    pub fn times(self, many: Taint, length: Taint) -> Taint {
        let many = Taint {
            many: Some(Arc::new(many.with_number())),
            length: Some(Arc::new(length.with_number())),
            ..Taint::default()
        };
        self.whole().join(many)
    }

    /// What supplies how many there are, beyond what the elements say.
    pub fn length(&self) -> Option<&Taint> {
        self.length.as_deref()
    }

    /// As it is written out, element by element.
    pub fn with_length(mut self) -> Taint {
        self.many = None;
        match self.length.take() {
            Some(length) => self.join((*length).clone()),
            None => self,
        }
    }

    /// What a field yields that is a target: whoever made this one says which.
    pub fn yielded(&self) -> Taint {
        if self.is_of_others() {
            return Taint::made_of(Matter::TOLD.join(Matter::FOREIGN));
        }
        Taint {
            yielded_by: self.depends(),
            ..Taint::default()
        }
    }

    /// Whether it is a target of a place that may be somebody else's.
    pub fn is_of_others(&self) -> bool {
        self.matter.has(Matter::FOREIGN.join(Matter::TOLD))
    }

    /// How many there are, beyond what the elements say.
    pub fn number(&self) -> Option<&Taint> {
        self.many.as_deref()
    }

    /// What depends on how many there are as well.
    pub fn with_number(mut self) -> Taint {
        self.fields = None;
        self.length = None;
        match self.many.take() {
            Some(many) => self.join((*many).clone()),
            None => self,
        }
    }

    /// One element: it does not tell how many there are.
    pub fn without_number(self) -> Taint {
        Taint {
            many: None,
            length: None,
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
            many: both(self.many, other.many),
            length: both(self.length, other.length),
            yielded_by: self.yielded_by.join(other.yielded_by),
            matter: self.matter.join(other.matter),
            params: self.params.join(other.params),
            clamped: self.clamped.join(other.clamped),
            spelled: self.spelled.join(other.spelled),
            fields,
        }
    }

    /// Between two bounds of the author's: good for an amount and in `json:`, and for nothing else.
    pub fn bounded(self) -> Taint {
        let mut matter = Matter::default();
        if self.matter.has(Matter::MEASURED.join(Matter::LIMITED)) {
            matter = matter.join(Matter::LIMITED);
        }
        if self.level() >= Integrity::Bounded {
            matter = matter.join(Matter::BOUNDED);
        }
        Taint {
            matter,
            params: Params::default(),
            clamped: self.clamped.join(self.params).join(self.yielded_by),
            spelled: Params::default(),
            yielded_by: Params::default(),
            fields: None,
            many: None,
            length: None,
        }
    }

    /// As a text, a key or a Bool: no bounded number any more.
    pub fn into_words(self) -> Taint {
        let numbers = Matter::LIMITED.join(Matter::BOUNDED);
        let matter = match self.matter.has(numbers) {
            true => self.matter.join(Matter::SPELLED),
            false => self.matter,
        };
        Taint {
            matter,
            spelled: self.depends(),
            fields: None,
            ..self
        }
    }

    /// What was said to be misplaced is not said again.
    pub fn without_free(self) -> Taint {
        Taint {
            matter: self.matter.without(Matter::FREE),
            fields: None,
            ..self
        }
    }

    /// The names of targets are not how many there are.
    pub fn without_told(self) -> Taint {
        Taint {
            matter: self.matter.without(Matter::TOLD),
            ..self
        }
    }

    /// Every parameter that it depends on, in whatever way.
    pub fn depends(&self) -> Params {
        let direct = self.params.clone().join(self.clamped.clone());
        direct.join(self.yielded_by.clone())
    }

    /// Whether words may be in it.
    pub fn may_be_told(&self) -> bool {
        self.level() >= Integrity::Bounded || !self.depends().is_empty()
    }
}

fn both(one: Option<Arc<Taint>>, other: Option<Arc<Taint>>) -> Option<Arc<Taint>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(Arc::new((*one).clone().join((*other).clone()))),
        (one, other) => one.or(other),
    }
}

/// A set of parameters of any size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Option<Arc<Vec<u64>>>);

impl Params {
    pub fn one(index: usize) -> Params {
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

    pub fn join(self, other: Params) -> Params {
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
