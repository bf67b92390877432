//! Reads the file as TOML and its tables as sections: known keys, forms of values, what is missing.
//!
//! In: a source. Out: values with their places to whoever knows what they mean, and diagnostics.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::key::{Table, key};
use super::{Layout, SecretRef, Settings, capability, parts, toml_text, value};
use crate::diag::near::nearest;
use crate::diag::toml::{Mistake, mistake};
use crate::diag::{Code, Diagnostic};
use crate::text::{Source, Span};

/// A secret by reference.
pub const SECRET: Table = Table {
    heading: "a secret",
    keys: &[
        key(
            "env",
            "",
            "the name of a variable of the agent's environment",
        ),
        key(
            "file",
            "",
            "a file; the end of its last line does not count",
        ),
    ],
};

/// The longest file, in bytes; a person wrote it.
const LONGEST: usize = 1024 * 1024;

/// What can be read of settings, whatever else is wrong in them.
pub fn read_what_can_be(source: &Source) -> Settings {
    read_all(source).0
}

/// Reads settings; none if anything in them is wrong.
pub fn read(source: &Source) -> (Option<Settings>, Vec<Diagnostic>) {
    let (settings, diagnostics) = read_all(source);
    (diagnostics.is_empty().then_some(settings), diagnostics)
}

fn read_all(source: &Source) -> (Settings, Vec<Diagnostic>) {
    let mut reader = Reader {
        source,
        diagnostics: Vec::new(),
        broken: false,
    };
    if source.text.len() > LONGEST {
        let at = LONGEST..LONGEST;
        let label = "more than a mebibyte";
        reader.report(
            Code::SettingsSyntax,
            "the settings are too large",
            at,
            label,
        );
        return (Settings::default(), reader.diagnostics);
    }
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        let at = error.span().unwrap_or_default();
        let Mistake { label, help } = mistake(error.message());
        reader.report(Code::SettingsSyntax, "the settings are not TOML", at, label);
        if let Some(last) = reader.diagnostics.last_mut() {
            last.help = help.map(str::to_owned);
        }
    }
    let broken_lines = reader.lines();
    reader.broken = !errors.is_empty();
    let count = reader.diagnostics.len();
    let layout = Layout::of(table.get_ref(), &source.text);
    let settings = parts::settings(&mut reader, table.get_ref(), layout);
    let mut diagnostics = reader.diagnostics;
    // What stands on a broken line was not understood: nothing more is said about it.
    let (mut nth, mut told) = (0, BTreeSet::new());
    diagnostics.retain(|found| {
        nth += 1;
        // Which line it is on takes a look at the text.
        if count == 0 {
            return true;
        }
        let line = source.position(found.primary.span.start).line;
        match nth <= count {
            // The second on a line follows from the first.
            true => told.insert(line),
            // What was made up in place of what cannot be read stands nowhere.
            false => !broken_lines.contains(&line) && !found.primary.span.range().is_empty(),
        }
    });
    diagnostics.sort_by_key(|found| found.primary.span.start);
    (settings, diagnostics)
}

/// The text with every secret that stands in it openly replaced by as many stars, so that what is
/// said about it may be shown.
pub fn mask(source: &Source, diagnostics: &[Diagnostic]) -> String {
    let mut bytes = source.text.as_bytes().to_vec();
    let secrets = diagnostics
        .iter()
        .filter(|found| found.code == Code::SettingsSecret);
    for at in secrets.flat_map(|found| found.primary.span.range()) {
        match bytes.get_mut(at) {
            Some(b'\n' | b'\r' | b'"' | b'\'') | None => {}
            Some(byte) => *byte = b'*',
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Where a key belongs that stands in a table which does not know it.
fn place_of(name: &str, value: Found<'_>, keys: &'static Table) -> Option<String> {
    let named = [parts::HOST.heading, parts::CONTACT.heading];
    if value.get_ref().is_table() && named.contains(&keys.heading) {
        let header = format!("[{}.{}]", keys.heading, toml_text(name));
        return Some(format!(
            "it is a table of its own: begin it with `{header}`"
        ));
    }
    if capability::known().contains_key(name) {
        return Some("a grant stands below the line `[grants]`".to_owned());
    }
    let is_within = keys.heading != parts::FILE.heading;
    is_within.then(|| of_the_file(name)).flatten()
}

/// Where a key of the file belongs.
fn of_the_file(name: &str) -> Option<String> {
    let is_known = parts::FILE.names().any(|key| key == name);
    is_known.then(|| format!("`{name}` stands above the first table of the file"))
}

/// What a number would be as a text that means something: `30` as `30s`, a port as an address.
fn in_quotes(found: Found<'_>, means: impl Fn(&str) -> bool) -> Option<String> {
    let number = found.get_ref().as_integer()?.to_string();
    let (time, address) = (format!("{number}s"), format!("127.0.0.1:{number}"));
    // Where any word would do, none is meant.
    let is_time = means(&time) && !means("1q");
    match (means(&number), is_time, means(&address)) {
        (true, _, _) => Some(number),
        (false, true, _) => Some(time),
        (false, false, true) => Some(address),
        (false, false, false) => None,
    }
}

/// A table with its place.
#[derive(Clone, Copy)]
pub struct Section<'t> {
    table: &'t DeTable<'t>,
    /// The key that opens it, or the header.
    at: Span,
    /// The keys that it may have.
    keys: &'static Table,
}

/// A value with its place.
pub type Found<'t> = &'t Spanned<DeValue<'t>>;

pub struct Reader<'a> {
    source: &'a Source,
    diagnostics: Vec<Diagnostic>,
    /// The file is not TOML, so that a key may be missing, or in a wrong table, for that reason.
    broken: bool,
}

impl<'t> Section<'t> {
    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<Found<'t>> {
        self.table.get(key)
    }

    /// The keys that are said.
    pub fn names(&self) -> BTreeSet<&str> {
        let names = self.table.keys();
        names.map(|name| name.get_ref().as_ref()).collect()
    }
}

impl Reader<'_> {
    /// The table as a section; says which keys are not known.
    pub fn section<'t>(
        &mut self,
        table: &'t DeTable<'t>,
        at: Span,
        keys: &'static Table,
    ) -> Section<'t> {
        for (key, value) in table {
            if !keys.names().any(|name| name == key.get_ref().as_ref()) {
                self.unknown(key, value, keys);
            }
        }
        Section { table, at, keys }
    }

    /// Says that a key is not known.
    fn unknown(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: Found<'_>,
        keys: &'static Table,
    ) {
        if self.broken {
            return;
        }
        let name = key.get_ref().as_ref();
        let span = self.span(key.span());
        let message = format!("there is no key `{}` here", value::shown(name));
        let found = Diagnostic::new(Code::SettingsKey, message, span, "not known here");
        if let Some(place) = place_of(name, value, keys) {
            self.diagnostics.push(found.help(place));
            return;
        }
        self.diagnostics.push(match nearest(name, keys.names()) {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                span,
                near,
            ),
            None => {
                let keys: Vec<&str> = keys.names().collect();
                found.help(format!("the keys here are {}", value::listed(&keys)))
            }
        });
    }

    /// Says that a key has no place beside another.
    pub fn misplaced(&mut self, section: &Section<'_>, key: &str, why: &str) {
        let found = section
            .table
            .iter()
            .find(|(known, _)| known.get_ref() == key);
        if let Some((key, _)) = found {
            let message = format!("there is no key `{}` here", key.get_ref());
            let span = self.span(key.span());
            let found = Diagnostic::new(Code::SettingsKey, message, span, why);
            self.push(found.help("leave it out"));
        }
    }

    /// The value as a table.
    pub fn table<'t>(&mut self, name: &str, found: Found<'t>) -> Option<&'t DeTable<'t>> {
        let table = found.get_ref().as_table();
        if table.is_none() {
            let label = "a table belongs here";
            self.wrong(name, found.span(), label, &format!("write `[{name}]`"));
        }
        table
    }

    /// Whether a name with dots stands without quotes, so that its parts are tables in each other: said here.
    pub fn is_dotted(
        &mut self,
        name: &str,
        at: Span,
        mut table: &DeTable<'_>,
        keys: &'static Table,
    ) -> bool {
        let mut whole = name.to_owned();
        while let (Some((key, found)), 1) = (table.iter().next(), table.len()) {
            let known = keys.names().any(|known| known == key.get_ref());
            let Some(inner) = found.get_ref().as_table().filter(|_| !known) else {
                break;
            };
            whole = format!("{whole}.{}", key.get_ref());
            table = inner;
        }
        if whole == name {
            return false;
        }
        let label = "each part is a table of its own";
        let found = Diagnostic::new(
            Code::SettingsKey,
            "a name with dots stands in quotes",
            at,
            label,
        );
        let header = format!("[{}.{}]", keys.heading, toml_text(&whole));
        self.push(found.help(format!("write `{header}`")));
        true
    }

    /// The entries of a table of named things, each with the place of its name; names that nothing
    /// can have are told.
    pub fn entries<'t>(
        &mut self,
        section: &Section<'t>,
        key: &str,
        problem: fn(&str) -> Option<&'static str>,
    ) -> Vec<(&'t str, Span, Found<'t>)> {
        let Some(table) = section.value(key).and_then(|found| self.table(key, found)) else {
            return Vec::new();
        };
        let mut entries = Vec::new();
        for (name, found) in table {
            let span = self.span(name.span());
            // What stands among secrets may be one, and is shown nowhere.
            if key != "secrets" && self.is_of_the_file(name.get_ref(), span, found) {
                continue;
            }
            match problem(name.get_ref()) {
                None => entries.push((name.get_ref().as_ref(), span, found)),
                Some(label) => {
                    let message = format!(
                        "nothing here can be called `{}`",
                        value::shown(name.get_ref())
                    );
                    self.push(Diagnostic::new(Code::SettingsValue, message, span, label));
                }
            }
        }
        entries
    }

    /// Whether what stands among named things is a key of the file, as one has that was added at its end: said here.
    fn is_of_the_file(&mut self, name: &str, at: Span, found: Found<'_>) -> bool {
        let path = found
            .get_ref()
            .as_str()
            .filter(|text| text.starts_with('/'));
        if found.get_ref().is_table() || path.is_some() {
            return false;
        }
        let Some(place) = of_the_file(name) else {
            return false;
        };
        let message = format!("there is no key `{name}` here");
        let found = Diagnostic::new(Code::SettingsKey, message, at, "not known here");
        self.push(found.help(place));
        true
    }

    /// The text under a key, as what it means.
    pub fn text<T>(
        &mut self,
        section: &Section<'_>,
        key: &str,
        meaning: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let found = section.value(key)?;
        self.text_of(key, found, meaning)
    }

    /// The text as what it means.
    pub fn text_of<T>(
        &mut self,
        name: &str,
        found: Found<'_>,
        meaning: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let label = match found.get_ref().as_str().map(&meaning) {
            Some(Ok(meant)) => return Some(meant),
            Some(Err(label)) => label,
            None => "a text in quotes belongs here".into(),
        };
        match in_quotes(found, |text| meaning(text).is_ok()) {
            Some(text) => self.wrong(name, found.span(), &label, &format!("write `\"{text}\"`")),
            None => self.wrong_at(name, self.span(found.span()), &label),
        }
        None
    }

    /// The address under a key.
    pub fn url(
        &mut self,
        section: &Section<'_>,
        key: &str,
        meaning: fn(&str) -> Result<Url, String>,
    ) -> Option<Url> {
        let found = section.value(key)?;
        match found.get_ref().as_str() {
            Some(text) if value::names_user(text) => {
                self.credentials(key, found);
                None
            }
            _ => self.text(section, key, meaning),
        }
    }

    /// Says that an address holds a name or a password.
    pub fn credentials(&mut self, name: &str, found: Found<'_>) {
        let span = self.span(found.span());
        let message = format!("an address of `{name}` holds credentials");
        let help = "leave out what stands before the `@`, and give the token as a secret";
        let label = "a secret in the open";
        self.push(Diagnostic::new(Code::SettingsSecret, message, span, label).help(help));
    }

    /// Whether a key says `true`.
    pub fn flag(&mut self, section: &Section<'_>, key: &str) -> Option<bool> {
        let found = section.value(key)?;
        let flag = found.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_at(
                key,
                self.span(found.span()),
                "`true` or `false` belongs here",
            );
        }
        flag
    }

    /// The reference under a key.
    pub fn secret(&mut self, section: &Section<'_>, key: &str) -> Option<SecretRef> {
        self.secret_of(key, section.value(key)?)
    }

    /// A secret by reference: `{ env = "NAME" }` or `{ file = "path" }`.
    pub fn secret_of(&mut self, name: &str, found: Found<'_>) -> Option<SecretRef> {
        let span = self.span(found.span());
        let Some(table) = found.get_ref().as_table() else {
            let name = value::shown(name);
            let message = format!("`{name}` is a secret and stands here openly");
            let example = value::variable(&name);
            let help = format!(
                "refer to it, by one of these lines:\n\
                 {name} = {{ env = \"{example}\" }}\n\
                 {name} = {{ file = \"/run/secrets/{name}\" }}"
            );
            let label = "a reference belongs here";
            self.push(Diagnostic::new(Code::SettingsSecret, message, span, label).help(help));
            return None;
        };
        let section = self.section(table, span, &SECRET);
        match (section.value("env"), section.value("file")) {
            (Some(_), Some(second)) => {
                let label = "say one of `env` and `file`";
                self.wrong_at(name, self.span(second.span()), label);
                None
            }
            (Some(_), None) => self.text(&section, "env", value::env).map(SecretRef::Env),
            (None, Some(_)) => {
                let path = self.text(&section, "file", value::path)?;
                Some(SecretRef::File(PathBuf::from(path)))
            }
            (None, None) => {
                let example = format!("\"{}\"", value::variable(name));
                self.missing(&section, "env", &example);
                None
            }
        }
    }

    /// Says that a section lacks a key.
    pub fn missing(&mut self, section: &Section<'_>, key: &str, example: &str) {
        // A key with a slip in it is told as that.
        let known: Vec<&str> = section.keys.names().collect();
        let mut names = section.table.keys().map(|name| name.get_ref().as_ref());
        let slipped = names.any(|name| !known.contains(&name) && nearest(name, [key]).is_some());
        if self.broken || slipped {
            return;
        }
        let message = format!("`{key}` is missing");
        let found = Diagnostic::new(Code::SettingsIncomplete, message, section.at, "in here");
        self.push(found.help(format!("add `{key} = {example}`")));
    }

    /// Says that a value cannot be, with help.
    pub fn wrong(&mut self, name: &str, at: Range<usize>, label: &str, help: &str) {
        let message = format!("`{}` has a value that cannot be", value::shown(name));
        let span = self.span(at);
        self.push(Diagnostic::new(Code::SettingsValue, message, span, label).help(help));
    }

    /// Says that a value cannot be.
    pub fn wrong_at(&mut self, name: &str, span: Span, label: &str) {
        let message = format!("`{}` has a value that cannot be", value::shown(name));
        self.push(Diagnostic::new(Code::SettingsValue, message, span, label));
    }

    pub fn push(&mut self, found: Diagnostic) {
        self.diagnostics.push(found);
    }

    pub fn span(&self, at: Range<usize>) -> Span {
        Span::new(self.source.id, at.start, at.end)
    }

    fn report(&mut self, code: Code, message: impl Into<String>, at: Range<usize>, label: &str) {
        let span = self.span(at);
        self.push(Diagnostic::new(code, message, span, label));
    }

    /// The lines of what was said so far.
    fn lines(&self) -> BTreeSet<u32> {
        let spans = self.diagnostics.iter().map(|found| found.primary.span);
        spans
            .map(|span| self.source.position(span.start).line)
            .collect()
    }
}
