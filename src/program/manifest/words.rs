//! How times and the words of effects stand in a lock: as they are written in the language.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

use crate::effect::{Level, Scope};
use crate::value::Duration;

pub fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(time)
}

pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    Duration::parse(&text).ok_or_else(|| D::Error::custom("expected a duration such as `1h30m`"))
}

/// The same for a time that may not be there; a field of it says `default` as well.
pub mod maybe {
    use super::{Deserializer, Duration, Serializer};

    pub fn serialize<S: Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::serialize(time, to),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        super::deserialize(from).map(Some)
    }
}

/// The effect level by its word.
pub mod level {
    use super::{Deserialize, Deserializer, Error, Level, Serializer};

    pub fn serialize<S: Serializer>(level: &Level, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(level.word())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Level, D::Error> {
        let word = String::deserialize(from)?;
        Level::from_word(&word).ok_or_else(|| D::Error::custom("expected an effect level"))
    }
}

/// A scope by its word; a field of it says `default` as well.
pub mod scope {
    use super::{Deserialize, Deserializer, Error, Scope, Serializer};

    pub fn serialize<S: Serializer>(scope: &Option<Scope>, to: S) -> Result<S::Ok, S::Error> {
        match scope {
            Some(scope) => to.serialize_str(scope.word()),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Scope>, D::Error> {
        let word = String::deserialize(from)?;
        let known = Scope::from_word(&word);
        known
            .map(Some)
            .ok_or_else(|| D::Error::custom("expected a scope"))
    }
}
