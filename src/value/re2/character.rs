//! Characters of a pattern: escapes, properties and sets.
//!
//! In: a reader that stands before one. Out: the character, or the class as the machine reads it.

use super::help::{LINEAR, SHUT};
use super::{Reader, Wrong, wrong};

/// What stands behind `\p`: the general categories.
const CATEGORIES: &str = "Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps \
    S Sc Sk Sm So Z Zl Zp Zs";

/// And the scripts.
const SCRIPTS: &str = "\
    Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak \
    Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian \
    Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot \
    Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs \
    Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi \
    Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic \
    Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana \
    Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha \
    Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean \
    Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive \
    Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari \
    Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki \
    Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian \
    Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene \
    Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra \
    Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese \
    Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut \
    Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho \
    Warang_Citi Yezidi Yi Zanabazar_Square";

/// The sets that have names: `[[:alpha:]]`.
const NAMED: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

impl Reader<'_> {
    /// The character that an escape stands for.
    pub(super) fn character(&mut self) -> Result<char, Wrong> {
        let start = self.at;
        self.next();
        let next = self.next();
        let unknown = |reader: &Self| {
            let text = reader.text.get(start..reader.at).unwrap_or_default();
            wrong(start..reader.at, format!("`{text}` is not an escape"))
        };
        let of = |reader: &Self, code: Option<u32>| {
            code.and_then(char::from_u32).ok_or_else(|| unknown(reader))
        };
        match next {
            Some('a') => Ok('\u{07}'),
            Some('f') => Ok('\u{0c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('v') => Ok('\u{0b}'),
            Some(first @ '0'..='7') => {
                let is_octal = |next: Option<char>| next.is_some_and(|next| next.is_digit(8));
                if first != '0' && !is_octal(self.peek()) {
                    return Err(unknown(self).help(LINEAR));
                }
                for _ in 0..2 {
                    if is_octal(self.peek()) {
                        self.next();
                    }
                }
                let digits = self.text.get(start + 1..self.at).unwrap_or_default();
                of(self, u32::from_str_radix(digits, 8).ok())
            }
            Some('8' | '9') => Err(unknown(self).help(LINEAR)),
            Some('x') => {
                let digits = match self
                    .rest()
                    .strip_prefix('{')
                    .and_then(|rest| rest.split_once('}'))
                {
                    Some((digits, _)) => {
                        self.at += digits.len() + 2;
                        digits
                    }
                    None => {
                        let digits = self.rest().get(..2).unwrap_or_default();
                        self.at += digits.len();
                        if digits.len() < 2 {
                            return Err(unknown(self));
                        }
                        digits
                    }
                };
                let is_hexadecimal =
                    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                let digits = digits.trim_start_matches('0');
                let digits = if digits.is_empty() { "0" } else { digits };
                of(
                    self,
                    u32::from_str_radix(digits, 16)
                        .ok()
                        .filter(|_| is_hexadecimal),
                )
            }
            Some(mark) if mark.is_ascii() && !mark.is_ascii_alphanumeric() => Ok(mark),
            Some('C') => {
                Err(unknown(self)
                    .help("it would be a byte, and a text has characters: write `(?s:.)`"))
            }
            Some(_) => Err(unknown(self)),
            None => Err(wrong(start..self.at, "a backslash stands at its end")),
        }
    }

    /// `\pL`, `\p{Greek}`, `\P{^Lu}`
    pub(super) fn property(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        self.next();
        let mut negated = self.next() == Some('P');
        let name = match self.rest().strip_prefix('{') {
            Some(rest) => {
                let name = rest.split_once('}').map(|(name, _)| name);
                let Some(name) = name else {
                    return Err(wrong(
                        start..self.at,
                        "the name of the property is not closed",
                    ));
                };
                self.at += name.len() + 2;
                let bare = name.strip_prefix('^');
                negated ^= bare.is_some();
                bare.unwrap_or(name)
            }
            None => {
                let at = self.at;
                self.next();
                self.text.get(at..self.at).unwrap_or_default()
            }
        };
        let is_known = |names: &str| names.split(' ').any(|known| known == name);
        if name.is_empty() || !is_known(CATEGORIES) && !is_known(SCRIPTS) {
            let found = wrong(
                start..self.at,
                format!("there is no property `{name}` of characters"),
            );
            return Err(found.help(
                "a property is a general category or a script: `\\pL`, `\\p{Lu}`, `\\p{Greek}`",
            ));
        }
        let sign = if negated { "^" } else { "" };
        Ok(match name {
            // No text has one.
            "Cs" if negated => "[\\x{0}-\\x{10FFFF}]".to_owned(),
            "Cs" => "[^\\x{0}-\\x{10FFFF}]".to_owned(),
            // Without what no character is.
            "C" => format!("[{sign}\\p{{Cc}}\\p{{Cf}}\\p{{Co}}]"),
            _ => format!("[{sign}\\p{{{name}}}]"),
        })
    }

    /// `[a-z\d[:alpha:]]` as it is written for the machine.
    pub(super) fn set(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        self.next();
        let mut set = String::from(if self.takes("^") { "[^" } else { "[" });
        let mut is_first = true;
        loop {
            let Some(next) = self.peek() else {
                return Err(wrong(start..start + 1, "the set is not closed").help(SHUT));
            };
            if next == ']' && !is_first {
                self.next();
                set.push(']');
                return Ok(set);
            }
            is_first = false;
            let class = match (next, self.rest().chars().nth(1)) {
                ('[', Some(':')) => self.named()?,
                ('\\', Some('p' | 'P')) => Some(self.property()?),
                ('\\', Some(letter)) => perl(letter).map(|class| {
                    self.at += 2;
                    format!("[{class}]")
                }),
                _ => None,
            };
            match class {
                Some(class) => set.push_str(&class),
                None => self.span(start, &mut set)?,
            }
        }
    }

    /// `[:alpha:]` within a set; nothing where the bracket is a character like others.
    fn named(&mut self) -> Result<Option<String>, Wrong> {
        let start = self.at;
        let Some((name, _)) = self.rest()[2..].split_once(":]") else {
            return Ok(None);
        };
        self.at += name.len() + 4;
        let bare = name.strip_prefix('^').unwrap_or(name);
        match NAMED.contains(&bare) {
            true => Ok(Some(format!("[:{name}:]"))),
            false => Err(wrong(
                start..self.at,
                format!("there is no set `[:{name}:]`"),
            )),
        }
    }

    /// A character of a set, or a range of some.
    fn span(&mut self, set: usize, out: &mut String) -> Result<(), Wrong> {
        let start = self.at;
        let low = self.member(set)?;
        push(out, low);
        let mut behind = self.rest().chars();
        if (behind.next(), behind.next()) == (Some('-'), Some(']')) || !self.takes("-") {
            return Ok(());
        }
        let high = self.member(set)?;
        if high < low {
            return Err(wrong(start..self.at, "the range ends before it begins"));
        }
        out.push('-');
        push(out, high);
        Ok(())
    }

    fn member(&mut self, set: usize) -> Result<char, Wrong> {
        match self.peek() {
            Some('\\') => self.character(),
            Some(_) | None => {
                let unclosed = || wrong(set..set + 1, "the set is not closed").help(SHUT);
                self.next().ok_or_else(unclosed)
            }
        }
    }
}

/// The classes of a single letter, which are those of ASCII.
pub(super) fn perl(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' => "0-9",
        'D' => "^0-9",
        'w' => "0-9A-Za-z_",
        'W' => "^0-9A-Za-z_",
        's' => r"\t\n\f\r\x20",
        'S' => r"^\t\n\f\r\x20",
        _ => return None,
    })
}

/// A character as itself, within a set and outside.
pub(super) fn push(out: &mut String, character: char) {
    if r"\.+*?()|[]{}^$#&-~".contains(character) {
        out.push('\\');
    }
    out.push(character);
}
