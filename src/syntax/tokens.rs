//! Which character stands for which token: `grammar/tokens.pest` as the pre-pass uses it.
//!
//! In: the spelling of a word. Out: its token. Marks and literals are constants, since the pre-pass tells them apart
//! itself; a test holds them to the grammar.

use std::sync::LazyLock;

/// The tokens that are not words, as `grammar/tokens.pest` has them.
macro_rules! tokens {
    ($($name:ident $code:literal)*) => {
        $(pub(super) const $name: u8 = $code;)*
        #[cfg(test)]
        const TOKENS: &[(&str, u8)] = &[$((stringify!($name), $code)),*];
    };
}

tokens! {
    NL 0x01
    COMMA 0x02
    OPEN_BRACE 0x03
    CLOSE_PAREN 0x04
    CLOSE_BRACKET 0x05
    CLOSE_BRACE 0x06
    COLON 0x07
    FIELD 0x08
    GLUED_PAREN 0x09
    GLUED_BRACKET 0x0A
    OPEN_APART 0x1D
    BRACKET_APART 0x0B
    PLAIN_TEXT 0x0C
    TEXT 0x10
    BLOCK_TEXT 0x11
    NUMBER 0x0D
    CLOCK 0x0E
    TIME 0x0F
    TAGGED 0x12
    DOC 0x13
    MISSING 0x14
    TILDE 0x15
    PATTERN 0x16
    ARROW 0x17
    WRONG_ARROW 0x18
    DOT 0x19
    OTHER 0x1A
    QUESTION 0x1E
    QUESTION_APART 0x1F
    QUESTION_AGAIN 0x1B
    EQUAL_EQUAL 0x20
    NOT_EQUAL 0x21
    LESS_EQUAL 0x22
    GREATER_EQUAL 0x23
    LESS 0x24
    GREATER 0x25
    PLUS 0x26
    STAR 0x27
    SLASH 0x28
    DOTS_EQUAL 0x29
    DOTS 0x2A
    AND_AND 0x2B
    OR_OR 0x2C
    EQUALS 0x2D
    PERCENT 0x2E
    MINUS 0x2F
    BANG 0x30
    NAME 0x36
}

/// The words of the language by their spelling.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(Words::read);

/// The file that says which character stands for which token.
const GRAMMAR: &str = include_str!("../../grammar/tokens.pest");

/// A word of the language and its token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    spelling: &'static str,
    pub code: char,
    /// Its token if nothing stands between it and what is before it, if that makes a difference.
    pub glued: Option<char>,
}

impl Word {
    /// Whether it is one of the language.
    pub fn is_known(&self) -> bool {
        !self.spelling.is_empty()
    }
}

/// More than any other word of the language is: half of the slots stay free.
const SLOTS: usize = 512;

/// A table that is looked up by a hash of the spelling.
pub(super) struct Words {
    slots: Vec<Word>,
}

impl Words {
    fn read() -> Self {
        let mut words = Words {
            slots: vec![NO_WORD; SLOTS],
        };
        for (spelling, code) in spelled() {
            match spelling.strip_suffix(GLUED) {
                None => {
                    let slot = words.slot(spelling.as_bytes());
                    words.slots[slot] = Word {
                        spelling,
                        code,
                        glued: None,
                    };
                }
                Some(spelling) => {
                    let slot = words.slot(spelling.as_bytes());
                    words.slots[slot].glued = Some(code);
                }
            }
        }
        words
    }

    /// A word, or that of all names.
    pub fn of(&self, spelling: &[u8]) -> Word {
        self.slots[self.slot(spelling)]
    }

    /// All words.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> {
        let words = self.slots.iter().map(|word| word.spelling);
        words.filter(|spelling| !spelling.is_empty())
    }

    /// The slot of a word, or the free one where it would be.
    fn slot(&self, spelling: &[u8]) -> usize {
        let hash = spelling.iter().fold(0u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        let mut slot = (hash >> 12) as usize % SLOTS;
        while !self.slots[slot].spelling.is_empty()
            && self.slots[slot].spelling.as_bytes() != spelling
        {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }
}

const NO_WORD: Word = Word {
    spelling: "",
    code: NAME as char,
    glued: None,
};

/// What `tokens.pest` says behind the spelling of a word that has a second token.
const GLUED: &str = "` without a blank before it";

/// The spellings that stand behind the words, and their characters.
fn spelled() -> impl Iterator<Item = (&'static str, char)> {
    GRAMMAR.lines().filter_map(|line| {
        let (rule, spelling) = line.split_once(" } // `")?;
        let code = rule.split_once("\\u{")?.1.strip_suffix("}\"")?;
        let code = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        let is_word = spelling.starts_with(|first: char| first.is_ascii_lowercase());
        let spelling = spelling.strip_suffix('`').unwrap_or(spelling);
        (is_word && code >= ' ').then_some((spelling, code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_those_of_the_grammar() {
        for (name, code) in TOKENS {
            let line = format!("{name} = _{{ \"\\u{{{code:02X}}}\" }}");
            assert!(GRAMMAR.contains(&line), "{line}");
        }
        assert_eq!(WORDS.of(b"let").spelling, "let");
        assert_eq!(WORDS.of(b"lets").code, char::from(NAME));
        assert!(WORDS.of(b"as").glued.is_some());
        assert!(spelled().count() < SLOTS / 2);
    }
}
