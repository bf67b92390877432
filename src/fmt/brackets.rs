//! The kinds of brackets: which marks they have, flat and broken.
//!
//! In: nothing. Out: constants. Prints nothing.

/// How a bracketed list is written.
pub(super) struct Brackets {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// Inside the brackets, when all of it is on one line.
    pub(super) pad: &'static str,
    /// Between two elements on one line.
    pub(super) flat: &'static str,
    /// Behind each element, when each has its line.
    pub(super) broken: &'static str,
    /// Whether a last element may be broken alone: `f(a, [`.
    pub(super) hugs: bool,
    /// Whether the elements are statements: each of several has its line, always.
    pub(super) statements: bool,
    /// Whether `..` follows the last element.
    pub(super) rest: bool,
}

/// `(a, b)`
pub(super) const PARENTHESES: Brackets = Brackets {
    open: "(",
    close: ")",
    pad: "",
    flat: ",",
    broken: ",",
    hugs: true,
    statements: false,
    rest: false,
};

/// `(a, ..)`
pub(super) const OPEN_PARENTHESES: Brackets = Brackets {
    rest: true,
    ..PARENTHESES
};

/// `[a, b]`
pub(super) const SQUARE: Brackets = Brackets {
    open: "[",
    close: "]",
    ..PARENTHESES
};

/// `[index]`
pub(super) const INDEX: Brackets = Brackets {
    broken: "",
    ..SQUARE
};

/// `(inner)`
pub(super) const GROUPED: Brackets = Brackets {
    broken: "",
    ..PARENTHESES
};

/// `{a, b}` of a `use`.
pub(super) const GLUED_BRACES: Brackets = Brackets {
    open: "{",
    close: "}",
    ..PARENTHESES
};

/// `{ a, b }` of a record or an enum; no commas when each has its line.
pub(super) const MEMBERS: Brackets = Brackets {
    open: "{",
    close: "}",
    pad: " ",
    flat: ",",
    broken: "",
    hugs: false,
    ..PARENTHESES
};

/// `{ a }`, else one element a line.
pub(super) const BLOCK: Brackets = Brackets {
    flat: "",
    statements: true,
    ..MEMBERS
};
