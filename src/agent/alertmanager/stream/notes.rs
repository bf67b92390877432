//! The annotations of alerts, which people read: what is too long of them is cut, so that it costs no alert.
//!
//! In: bytes, with how many brackets are open. Out: which of them are left out. Only values are cut; a key
//! that is cut could be that of another.

/// So many bytes of all values together are held.
pub const NOTES: usize = 2 * 1024 * 1024;
/// Stands where something was cut.
pub const CUT: &str = "\u{2026}";
/// Where in a text in quotes the last byte was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Text {
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

/// What is known of the annotations while an alert goes by.
#[derive(Debug)]
pub struct Notes {
    /// Their key as it is written up to its last quote, and how many brackets are open around it.
    key: &'static [u8],
    own: usize,
    /// The last text there was their key, and a value may follow.
    is_named: bool,
    /// They are gone through.
    is_within: bool,
    is_value: bool,
    /// How many bytes of values were held.
    held: usize,
    /// How many more bytes belong to an escape.
    escape: u8,
    is_cut: bool,
}

/// What becomes of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Becomes {
    Held,
    LeftOut,
    /// It is the first one that is left out.
    Cut,
}

impl Notes {
    /// Those of an alert.
    pub fn of_alert() -> Notes {
        Notes::new(b"\"annotations", 3)
    }

    /// Those that all alerts of a notification have, told once more.
    pub fn in_common() -> Notes {
        Notes::new(b"\"commonAnnotations", 1)
    }

    fn new(key: &'static [u8], own: usize) -> Notes {
        Notes {
            key,
            own,
            is_named: false,
            is_within: false,
            is_value: false,
            held: 0,
            escape: 0,
            is_cut: false,
        }
    }

    /// What becomes of the next byte, which leads from one place of a text to another; with how many brackets are open
    /// before it, and what is held so far.
    pub fn becomes(
        &mut self,
        byte: u8,
        (before, after): (Text, Text),
        depth: usize,
        held: &[u8],
    ) -> Becomes {
        match (before, after) {
            (Text::Outside, Text::Outside) => self.outside(byte, depth),
            (Text::Outside, Text::Inside | Text::Escaped) => {}
            (Text::Inside | Text::Escaped, Text::Outside) => self.text_ends(held, depth),
            (Text::Inside | Text::Escaped, Text::Inside | Text::Escaped) => {
                return self.inside(byte, before == Text::Escaped);
            }
        }
        Becomes::Held
    }

    /// A byte outside of texts, with so many brackets open before it.
    fn outside(&mut self, byte: u8, depth: usize) {
        match byte {
            b'{' if depth == self.own && self.is_named => {
                self.is_within = true;
                self.is_value = false;
            }
            b'}' if self.is_within && depth == self.own + 1 => self.is_within = false,
            b':' => self.is_value = true,
            b',' => self.is_value = false,
            _ => {}
        }
        let is_blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.is_named &= byte == b':' || is_blank;
    }

    /// The text that ends here, with what is held before its last quote.
    fn text_ends(&mut self, held: &[u8], depth: usize) {
        self.is_named = depth == self.own && held.ends_with(self.key);
        self.is_cut = false;
        self.escape = 0;
    }

    /// A byte in a text that does not end it; whether it stands behind a backslash.
    fn inside(&mut self, byte: u8, is_escaped: bool) -> Becomes {
        if !self.is_within || !self.is_value {
            return Becomes::Held;
        }
        if self.is_cut {
            return Becomes::LeftOut;
        }
        let goes_on = byte & 0b1100_0000 == 0b1000_0000;
        let is_whole = !is_escaped && self.escape == 0 && !goes_on;
        if is_whole && self.held >= NOTES {
            self.is_cut = true;
            return Becomes::Cut;
        }
        self.escape = match (is_escaped, byte) {
            (true, b'u') => 4,
            _ => self.escape.saturating_sub(1),
        };
        self.held += 1;
        Becomes::Held
    }
}
