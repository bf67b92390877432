//! How large a value may become. Whoever makes one checks; passing a limit is a failure.

/// The most elements of a list.
pub const LIST_LENGTH: usize = 10_000;

/// The most entries of a map.
pub const MAP_ENTRIES: usize = 10_000;

/// The longest text, in bytes.
pub const TEXT_BYTES: usize = 1024 * 1024;

/// The longest text from outside that is shown to people, in characters; the rest is cut.
pub const SHOWN_CHARACTERS: usize = 2_000;
