//! The machine.
mod request;
pub use request::{Message, Observation, ObservedValue, Piece, Reply, Request};
