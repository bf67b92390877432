//! The dialect of RE2, which Go, and with it Prometheus and Alertmanager, read patterns in.
//!
//! In: a pattern. Out: the same in the dialect of the `regex` crate, which runs it here, or where it is wrong. Both look
//! alike and differ in silence: `\d` is ASCII, `[a&&b]` and `[[a]` are plain sets, `\<` is a character, `a**` is nothing.

mod character;
mod help;

use std::ops::Range;

use character::{perl, push};
use help::{CLOSE, LINEAR, OPEN, TOO_OFTEN};

/// The most that something is repeated, repetitions within repetitions multiplied.
const COUNT: u32 = 1_000;
/// How deep groups may nest.
const NESTING: usize = 50;

/// A pattern that is wrong: the range of its text and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where.
    pub range: Range<usize>,
    /// In the words of whoever wrote it.
    pub why: String,
    /// How to mend it.
    pub help: Option<&'static str>,
}

/// A pattern of RE2.
#[derive(Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The same for the `regex` crate. Its groups have no numbers and no names.
    pub text: String,
    /// Where `[…]` stand in what was read.
    pub sets: Vec<Range<usize>>,
}

/// Reads a pattern; if it is not right, says where it is wrong.
pub fn pattern(text: &str) -> Result<Pattern, Wrong> {
    let mut reader = Reader {
        text,
        at: 0,
        out: String::with_capacity(text.len() + 8),
        sets: Vec::new(),
        groups: vec![Group::at(0, 0)],
    };
    let mut repeated = None;
    while let Some(next) = reader.peek() {
        let start = reader.at;
        let repeats = reader.piece(next, repeated)?;
        repeated = repeats.then_some(start);
    }
    match reader.groups.as_slice() {
        [.., group] if reader.groups.len() > 1 => {
            let place = group.start..group.start + 1;
            Err(wrong(place, "the group is not closed").help(CLOSE))
        }
        _ => Ok(Pattern {
            text: reader.out,
            sets: reader.sets,
        }),
    }
}

/// What takes the texts that a pattern matches from the first character to the last; nothing where it is wrong.
pub fn whole(text: &str) -> Option<regex::Regex> {
    let pattern = pattern(text).ok()?;
    regex::Regex::new(&format!("^(?:{})$", pattern.text)).ok()
}

fn wrong(range: Range<usize>, why: impl Into<String>) -> Wrong {
    Wrong {
        range,
        why: why.into(),
        help: None,
    }
}

impl Wrong {
    fn help(mut self, help: &'static str) -> Wrong {
        self.help = Some(help);
        self
    }
}

/// A group that is open.
struct Group {
    /// Where it begins in the text, and in what is written.
    start: usize,
    out: usize,
    /// How often its parts are repeated at most.
    count: u32,
    /// What a repetition would repeat.
    last: Option<Atom>,
}

/// Something that can be repeated, by its place in what is written.
#[derive(Clone, Copy)]
struct Atom {
    range: (usize, usize),
    count: u32,
    is_repeated: bool,
}

impl Group {
    fn at(start: usize, out: usize) -> Group {
        Group {
            start,
            out,
            count: 1,
            last: None,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    out: String,
    sets: Vec<Range<usize>>,
    /// The open ones; the first is the whole pattern.
    groups: Vec<Group>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn takes(&mut self, text: &str) -> bool {
        let takes = self.rest().starts_with(text);
        self.at += if takes { text.len() } else { 0 };
        takes
    }

    /// The group that is read.
    fn group(&mut self) -> Option<&mut Group> {
        self.groups.last_mut()
    }

    /// One piece; whether it was a repetition.
    fn piece(&mut self, next: char, repeated: Option<usize>) -> Result<bool, Wrong> {
        let start = self.at;
        match next {
            '*' | '+' | '?' => {
                self.next();
                self.repeat(start, None, repeated)?;
                return Ok(true);
            }
            '{' => {
                if let Some(counts) = self.counts()? {
                    self.repeat(start, Some(counts), repeated)?;
                    return Ok(true);
                }
                self.next();
                self.literal('{');
            }
            '(' => self.open()?,
            ')' => self.close()?,
            '|' => {
                self.next();
                self.out.push('|');
                if let Some(group) = self.group() {
                    group.last = None;
                }
            }
            '^' | '$' | '.' => {
                self.next();
                self.atom(next.encode_utf8(&mut [0; 4]), 1);
            }
            '[' => {
                let set = self.set()?;
                self.sets.push(start..self.at);
                self.atom(&set, 1);
            }
            '\\' => self.escape()?,
            _ => {
                self.next();
                self.literal(next);
            }
        }
        Ok(false)
    }

    /// Writes something that can be repeated.
    fn atom(&mut self, text: &str, count: u32) {
        let start = self.out.len();
        self.out.push_str(text);
        self.ends_here(start, count);
    }

    /// What was written from there on can be repeated.
    fn ends_here(&mut self, start: usize, count: u32) {
        let range = (start, self.out.len());
        if let Some(group) = self.group() {
            group.count = group.count.max(count);
            group.last = Some(Atom {
                range,
                count,
                is_repeated: false,
            });
        }
    }

    fn literal(&mut self, character: char) {
        let mut text = String::new();
        push(&mut text, character);
        self.atom(&text, 1);
    }

    /// `{2}`, `{2,}`, `{2,5}`; nothing where the brace is a character like others.
    fn counts(&mut self) -> Result<Option<(u32, Option<u32>)>, Wrong> {
        let start = self.at;
        let Some((inside, _)) = self.rest()[1..].split_once('}') else {
            return Ok(None);
        };
        let (least, most) = match inside.split_once(',') {
            None => (inside, Some(inside)),
            Some((least, "")) => (least, None),
            Some((least, most)) => (least, Some(most)),
        };
        let is_count = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits && (text.len() == 1 || !text.starts_with('0'))
        };
        if !is_count(least) || !most.is_none_or(is_count) {
            return Ok(None);
        }
        self.at += inside.len() + 2;
        let number = |text: &str| text.parse().ok().filter(|number| *number <= COUNT);
        let counts = match most {
            None => number(least).map(|least| (least, None)),
            Some(most) => number(least)
                .zip(number(most))
                .map(|(least, most)| (least, Some(most))),
        };
        match counts {
            Some((least, Some(most))) if least > most => {
                Err(wrong(start..self.at, "the larger number stands first"))
            }
            None => Err(wrong(start..self.at, format!("{TOO_OFTEN} {COUNT}"))),
            Some(counts) => Ok(Some(counts)),
        }
    }

    /// A repetition that begins there and of which the part before `?` has been read.
    fn repeat(
        &mut self,
        start: usize,
        counts: Option<(u32, Option<u32>)>,
        repeated: Option<usize>,
    ) -> Result<(), Wrong> {
        self.takes("?");
        if let Some(before) = repeated {
            let found = wrong(before..self.at, "one repetition follows another");
            return Err(
                found.help("leave one out, or put a group around what is repeated: `(?:a+)*`")
            );
        }
        let nothing = wrong(
            start..self.at,
            "nothing stands before it that it could repeat",
        );
        let how = self.text.get(start..self.at).unwrap_or_default();
        let Some(mut atom) = self.group().and_then(|group| group.last) else {
            return Err(nothing.help("a backslash before it makes it a character: `\\*`"));
        };
        if let Some((least, most)) = counts {
            let most = most.unwrap_or(least);
            let count = atom.count.saturating_mul(most.max(1));
            if most >= 2 && count > COUNT {
                return Err(wrong(start..self.at, format!("{TOO_OFTEN} {COUNT}")));
            }
            atom.count = if most == 0 { 1 } else { count };
        }
        if atom.is_repeated {
            // Flags stand between both, so that they have not become one.
            self.out.insert(atom.range.1, ')');
            self.out.insert_str(atom.range.0, "(?:");
            atom.range.1 += 4;
        }
        self.out.insert_str(atom.range.1, how);
        atom.range.1 += how.len();
        atom.is_repeated = true;
        if let Some(group) = self.group() {
            group.count = group.count.max(atom.count);
            group.last = Some(atom);
        }
        Ok(())
    }

    /// `(`, `(?:`, `(?P<name>`, `(?i-s:`, and `(?i)`, which opens nothing.
    fn open(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        self.next();
        let mut flags = None;
        if self.takes("?") {
            if ["=", "!", "<=", "<!"].iter().any(|look| self.takes(look)) {
                return Err(wrong(start..self.at, "it looks around").help(LINEAR));
            }
            match self.takes("P<") || self.takes("<") {
                true => self.name(start)?,
                false => flags = Some(self.flags(start)?),
            }
        }
        match flags {
            Some((text, false)) => {
                self.out.push_str(&text);
                return Ok(());
            }
            Some((text, true)) => self.begin(start, &text),
            None => self.begin(start, "(?:"),
        }
        match self.groups.len() > NESTING + 1 {
            true => {
                let why = format!("its groups nest deeper than {NESTING} levels");
                Err(wrong(start..start + 1, why))
            }
            false => Ok(()),
        }
    }

    fn begin(&mut self, start: usize, text: &str) {
        self.groups.push(Group::at(start, self.out.len()));
        self.out.push_str(text);
    }

    /// The name of a group, which nobody asks for.
    fn name(&mut self, group: usize) -> Result<(), Wrong> {
        let start = self.at;
        while let Some(next) = self.next() {
            match next {
                '>' if self.at > start + 1 => return Ok(()),
                '_' | 'a'..='z' | 'A'..='Z' | '0'..='9' => {}
                _ => {
                    let place = self.at - next.len_utf8()..self.at;
                    return Err(wrong(
                        place,
                        "the name of a group has letters, digits and `_`",
                    ));
                }
            }
        }
        Err(wrong(group..self.at, "the name of the group is not closed"))
    }

    /// Behind `(?`: flags as they are written for the machine, and whether they open a group.
    fn flags(&mut self, start: usize) -> Result<(String, bool), Wrong> {
        // Each as it is said last.
        let mut said: [(char, Option<bool>); 4] = ['i', 'm', 's', 'U'].map(|flag| (flag, None));
        let (mut on, mut is_owed) = (true, false);
        loop {
            let Some(next) = self.next() else {
                return Err(wrong(start..start + 1, "the group is not closed").help(CLOSE));
            };
            let place = self.at - next.len_utf8()..self.at;
            match next {
                '-' if on => (on, is_owed) = (false, true),
                ':' | ')' if !is_owed => {
                    let of = |on: bool| {
                        let said = said.iter().filter(|(_, said)| *said == Some(on));
                        said.map(|(flag, _)| *flag).collect::<String>()
                    };
                    let (set, unset) = (of(true), of(false));
                    let minus = if unset.is_empty() { "" } else { "-" };
                    let flags = format!("{set}{minus}{unset}");
                    return Ok(match (next, flags.as_str()) {
                        (')', "") => (String::new(), false),
                        (')', _) => (format!("(?{flags})"), false),
                        _ => (format!("(?{flags}:"), true),
                    });
                }
                _ => match said.iter_mut().find(|(flag, _)| *flag == next) {
                    Some((_, said)) => (*said, is_owed) = (Some(on), false),
                    None => {
                        let found = wrong(place, format!("`{next}` is not a flag of a group"));
                        return Err(found.help(help::not_a_flag(next)));
                    }
                },
            }
        }
    }

    fn close(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        self.next();
        if self.groups.len() == 1 {
            return Err(wrong(start..self.at, "no group is open here").help(OPEN));
        }
        if let Some(group) = self.groups.pop() {
            self.out.push(')');
            self.ends_here(group.out, group.count);
        }
        Ok(())
    }

    /// What a backslash begins outside of a set.
    fn escape(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        match self.rest().chars().nth(1) {
            Some('A') => self.atom("\\A", 1),
            Some('z') => self.atom("\\z", 1),
            Some('b') => self.atom("(?-u:\\b)", 1),
            Some('B') => self.atom("(?-u:\\B)", 1),
            Some('Q') => {
                let Some((text, _)) = self.rest()[2..].split_once("\\E") else {
                    return Err(
                        wrong(start..start + 2, "`\\Q` is not closed").help("close it with `\\E`")
                    );
                };
                text.chars().for_each(|character| self.literal(character));
                self.at += text.len() + 4;
                return Ok(());
            }
            Some('p' | 'P') => {
                let class = self.property()?;
                self.atom(&class, 1);
                return Ok(());
            }
            Some(letter) => match perl(letter) {
                Some(class) => self.atom(&format!("[{class}]"), 1),
                None => {
                    let character = self.character()?;
                    self.literal(character);
                    return Ok(());
                }
            },
            None => return Err(wrong(start..start + 1, "a backslash stands at its end")),
        }
        self.at += 2;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(text: &str, given: &str) -> bool {
        whole(text).is_some_and(|pattern| pattern.is_match(given))
    }

    #[test]
    fn what_looks_like_another_dialect_is_this_one() {
        for (text, given, not) in [
            (r"\d", "7", "\u{663}"),
            (r"\w+", "a_1", "\u{e9}"),
            (r"\bé\B.?", "", "é"),
            (r"[a&&b]", "&", "&&"),
            (r"[[a]", "[", "]"),
            (r"[+--]", ",", "a"),
            (r"\<a\>", "<a>", "a"),
            (r"\Qa.*\E+", "a.**", "a.a"),
            (r"{,3}", "{,3}", ""),
            (r"x{2", "x{2", "xx"),
            (r"a(?i)*", "aaa", "A"),
            (r"a*(?s)?", "", "b"),
            (r"\123\x{53}\x53", "SSS", "S"),
            (r"[\d\-z]+", "1-z", "y"),
            (r"[^\D]", "5", "x"),
            (r"[[:alpha:]\P{^Lu}]", "Ä", "ä"),
            (r"(?P<n>a)|(?P<n>b)", "b", "c"),
            (r"(?ii-s)A", "a", "b"),
            (r"\pC?x", "x", "\u{378}x"),
            (r" #\ ", " # ", "#"),
        ] {
            assert!(not.is_empty() || !matches(text, not), "{text}: {not}");
            assert!(given.is_empty() || matches(text, given), "{text}: {given}");
        }
    }

    #[test]
    fn counts_multiply() {
        for (text, is_right) in [
            ("(a{100}){10}", true),
            ("(a{100}){11}", false),
            ("((a{2,}){500}){1}", true),
            ("((a{2,}){500}){2}", false),
            ("(a{0}){1000}", true),
            ("(a*){1000}", true),
            ("a{1001}", false),
        ] {
            assert_eq!(pattern(text).is_ok(), is_right, "{text}");
        }
    }
}
