//! What a run may use: fuel, live memory, observations; and what is set aside for undoing.
//!
//! A unit of fuel is one instruction; a call costs its frame, sixteen allocated bytes cost one.
//! Costs belong to the instruction set: a run ends at the same instruction wherever it runs.

use serde::{Deserialize, Serialize};

use crate::effect::{Fault, Limit};
use crate::value::{Record, Value};

/// What is left to a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    fuel: u64,
    /// For the code that undoes and releases.
    reserve: u64,
    observations: u32,
    /// Live when it was last measured, and everything allocated since.
    bytes: u64,
}

impl Meter {
    const FUEL: u64 = 50_000_000;
    const RESERVE: u64 = 5_000_000;
    const OBSERVATIONS: u32 = 20_000;
    const LIVE_BYTES: u64 = 64 * 1024 * 1024;

    /// The meter for code that undoes: it uses the reserve, and only that.
    #[must_use]
    pub fn for_undo(&self) -> Meter {
        Meter {
            fuel: self.reserve,
            reserve: 0,
            ..self.clone()
        }
    }

    /// The fuel that is left.
    #[cfg(test)]
    pub fn fuel(&self) -> u64 {
        self.fuel
    }

    /// The level at which a slice is used up.
    pub(super) fn after_slice(&self, slice: u64) -> u64 {
        self.fuel.saturating_sub(slice)
    }

    /// Takes out all fuel above `stop`, for the dispatch loop to count down.
    #[inline]
    pub(super) fn take_above(&mut self, stop: u64) -> u64 {
        let taken = self.fuel.saturating_sub(stop);
        self.fuel -= taken;
        taken
    }

    /// Puts back what of it was not used.
    #[inline]
    pub(super) fn give_back(&mut self, left: u64) {
        self.fuel += left;
    }

    /// Pays for something larger than an instruction.
    #[inline]
    pub(super) fn spend(&mut self, fuel: u64) -> Result<(), Box<Fault>> {
        match self.fuel.checked_sub(fuel) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => {
                self.fuel = 0;
                Err(Box::new(Fault::Limit(Limit::Fuel)))
            }
        }
    }

    /// Pays for bytes about to be allocated.
    #[inline]
    pub(super) fn allocate(&mut self, bytes: u64) -> Result<(), Box<Fault>> {
        self.spend(bytes / 16)?;
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }

    /// Whether so much was allocated that somebody should look at what is still live.
    #[inline]
    pub(super) fn should_measure(&self) -> bool {
        self.bytes > Meter::LIVE_BYTES
    }

    /// Takes note of what is live.
    pub(super) fn measure<'a>(
        &mut self,
        live: impl Iterator<Item = &'a Value>,
    ) -> Result<(), Box<Fault>> {
        self.bytes = live.map(footprint).fold(0, u64::saturating_add);
        if self.should_measure() {
            return Err(Box::new(Fault::Limit(Limit::Memory)));
        }
        Ok(())
    }

    pub(super) fn observe(&mut self, count: u32) -> Result<(), Box<Fault>> {
        let left = self.observations.checked_sub(count);
        self.observations = left.ok_or_else(|| Box::new(Fault::Limit(Limit::Observations)))?;
        Ok(())
    }

    /// What must still be released is released from the reserve.
    pub(super) fn use_reserve(&mut self) {
        self.fuel = self.fuel.saturating_add(std::mem::take(&mut self.reserve));
    }
}

impl Default for Meter {
    fn default() -> Self {
        Meter {
            fuel: Meter::FUEL,
            reserve: Meter::RESERVE,
            observations: Meter::OBSERVATIONS,
            bytes: 0,
        }
    }
}

/// About how many bytes a value takes, shared parts counted each time.
pub(super) fn footprint(value: &Value) -> u64 {
    let parts = match value {
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Percent(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Time(_)
        | Value::Handle(_) => 0,
        Value::Text(text) | Value::Secret(text) | Value::Role(text) => text.len() as u64,
        Value::Enum(_) => 16,
        Value::List(items) => items.iter().map(footprint).fold(0, u64::saturating_add),
        Value::Map(map) => {
            let entries = map.entries().iter();
            entries
                .map(|(key, value)| footprint(key).saturating_add(footprint(value)))
                .fold(0, u64::saturating_add)
        }
        Value::Record(record) => record_footprint(record),
        Value::Target(target) => 64 + record_footprint(&target.snapshot),
        Value::Query(query) => query.text.len() as u64,
        Value::Range(range) => footprint(&range.start).saturating_add(footprint(&range.end)),
    };
    parts.saturating_add(16)
}

fn record_footprint(record: &Record) -> u64 {
    let fields = record.fields.iter().flatten();
    fields.map(footprint).fold(16, u64::saturating_add)
}
