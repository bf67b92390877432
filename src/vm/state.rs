//! The machine as bytes, and back.

use std::fmt;

use super::{Meter, Vm};
use crate::program::Program;

/// Bytes that are no state of a machine for this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupt;

impl fmt::Display for Corrupt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the stored state does not belong to this program, or was damaged")
    }
}

impl std::error::Error for Corrupt {}

impl Vm {
    /// The whole state.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self)
            .expect("the state holds nothing that postcard cannot encode, and memory grows")
    }

    /// Counts from the start what it may use.
    pub fn fill_meter(&mut self) {
        self.meter = Meter::default();
    }

    /// The machine with this state.
    pub fn decode(program: &Program, bytes: &[u8]) -> Result<Vm, Corrupt> {
        let vm: Vm = postcard::from_bytes(bytes).map_err(|_| Corrupt)?;
        if vm.fits(program) {
            Ok(vm)
        } else {
            Err(Corrupt)
        }
    }

    /// Whether the frames are frames of the program, one directly behind the other.
    fn fits(&self, program: &Program) -> bool {
        let mut end = 0;
        for frame in &self.frames {
            let Some(function) = program.functions.get(frame.function.index()) else {
                return false;
            };
            if frame.base as usize != end || frame.at.index() >= function.code.len() {
                return false;
            }
            end += usize::from(function.registers);
        }
        end == self.registers.len()
    }
}
