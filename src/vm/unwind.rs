//! What a fault does: the nearest handler that takes it, from the newest call to the oldest.

use super::Vm;
use crate::effect::{Fault, Limit};
use crate::program::{Address, Filter, Function, Program};
use crate::value::Failure;

impl Vm {
    /// Goes to the handler of the fault. Gives the fault back when nobody takes it.
    pub(super) fn unwind(&mut self, program: &Program, fault: Fault) -> Option<Fault> {
        while let Some(frame) = self.frames.last_mut() {
            let function = program.functions.get(frame.function.index());
            let handler = function.and_then(|function| handler(function, frame.at, &fault));
            if let Some(target) = handler {
                frame.at = target;
                if fault == Fault::Limit(Limit::Fuel) {
                    self.meter.use_reserve();
                }
                self.caught = Some(fault);
                return None;
            }
            self.registers.truncate(frame.base as usize);
            self.frames.pop();
        }
        Some(fault)
    }
}

fn handler(function: &Function, at: Address, fault: &Fault) -> Option<Address> {
    let mut handlers = function.handlers.iter();
    let handler = handlers
        .find(|handler| handler.from <= at && at < handler.to && takes(handler.filter, fault))?;
    Some(handler.target)
}

fn takes(filter: Filter, fault: &Fault) -> bool {
    match (filter, fault) {
        (Filter::NoData, Fault::Value(failure)) => matches!(failure, Failure::NoData(_)),
        // What is not owned is refused, not missing: no other value stands for it.
        (Filter::Failed, Fault::Value(failure)) => {
            !matches!(failure, Failure::NoData(_) | Failure::NotOwned(_))
        }
        (Filter::Any, Fault::Value(failure)) => !matches!(failure, Failure::NotOwned(_)),
        (Filter::NotApplied, Fault::NotApplied(_)) => true,
        (Filter::Piece, fault) => fault.is_local(),
        (Filter::Every, _) => true,
        (Filter::NoData | Filter::Failed | Filter::Any | Filter::NotApplied, _) => false,
    }
}
