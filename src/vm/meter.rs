//! What a run may use: fuel, live memory, observations; and what is set aside for undoing.
//!
//! A unit of fuel is one instruction; a call costs its frame, sixteen bytes that are allocated or gone through cost one.
//! Costs belong to the instruction set: a run ends at the same instruction wherever it runs.

use serde::{Deserialize, Serialize};

use crate::effect::{Fault, Limit};
use crate::value::{Value, weight};

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

    /// Pays for a value with everything in it, of which some may be in others, too.
    pub(super) fn takes(&mut self, value: &Value) -> Result<(), Box<Fault>> {
        self.allocate(weight(value, Meter::LIVE_BYTES + 1))
    }

    /// Pays for a value that becomes a part of another one: what has parts itself counts with all of them.
    pub(super) fn takes_in(&mut self, value: &Value) -> Result<(), Box<Fault>> {
        match matches!(value, Value::List(_) | Value::Map(_) | Value::Record(_)) {
            true => self.takes(value),
            false => self.allocate(16),
        }
    }

    /// Pays for going through a value.
    pub(super) fn goes_through(&mut self, value: &Value) -> Result<(), Box<Fault>> {
        self.spend(weight(value, Meter::LIVE_BYTES) / 16)
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
        let enough = Meter::LIVE_BYTES + 1;
        let weigh = |sum: u64, value| sum + weight(value, enough.saturating_sub(sum));
        self.bytes = live.fold(0, weigh);
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
