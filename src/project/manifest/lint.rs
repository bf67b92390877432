//! The table `[lint]` of a manifest: what a package makes of findings of experience, and their settings.
//!
//! In: the table as it was read. Out: the levels, and what is wrong with them, all at once. Which lints there are
//! is said by the registry of codes.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Reader;
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic, Kind};
use crate::value::Duration;

/// What is under the table beside the lints.
const SETTINGS: &str = "settings";
const KEYS: [&str; 2] = ["level", "why"];
const LEVELS: &str = "a level is `off`, `note`, `warn` or `error`";

/// What a package makes of the lints, and how they are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    said: BTreeMap<Code, Level>,
    pub settings: Settings,
}

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Off,
    Said(Kind),
}

/// Numbers that lints go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `deep-nesting.most`: how many blocks may stand in each other.
    pub nesting: u32,
    /// `silent-for-long.most`: how long a grave run may go on and nobody hears of it.
    pub silence: Duration,
    /// `short-rate.scrape`: how often the server looks at what it scrapes.
    pub scrape: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            nesting: 4,
            silence: Duration::from_millis(15 * 60_000),
            scrape: Duration::from_millis(15_000),
        }
    }
}

impl Levels {
    /// The level of a lint: as the package says, else as the registry does.
    pub fn of(&self, lint: Code) -> Level {
        let said = self.said.get(&lint).copied();
        said.unwrap_or(Level::Said(lint.kind()))
    }
}

impl Reader<'_> {
    /// What the package makes of the lints.
    pub(super) fn lints(&mut self, table: &DeTable<'_>) -> Levels {
        let mut levels = Levels::default();
        let Some(value) = table.get("lint") else {
            return levels;
        };
        let Some(table) = value.get_ref().as_table() else {
            let message = "`lint` has a value that cannot be";
            let label = "a table belongs here: `[lint]`, a lint a line below it";
            self.report(Code::ManifestValue, message, value.span(), label);
            return levels;
        };
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            if name == SETTINGS {
                levels.settings = self.lint_settings(value);
                continue;
            }
            let Some(lint) = Code::lint(name) else {
                self.say_unknown_lint(name, key.span());
                continue;
            };
            if let Some(level) = self.level(name, value) {
                levels.said.insert(lint, level);
            }
        }
        levels
    }

    /// `"error"`, `{ level = "off", why = "..." }`
    fn level(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Level> {
        let (level, why) = match value.get_ref() {
            DeValue::String(_) => (Some(value), false),
            DeValue::Table(table) => {
                self.unknown_keys(table, &KEYS, &format!("the lint `{name}`"));
                self.text(table, "why", |why| {
                    let words = why.split_whitespace().count();
                    (words < 2).then(|| "a reason has two words or more".into())
                });
                (table.get("level"), table.contains_key("why"))
            }
            _ => (None, false),
        };
        let word = level.and_then(|level| level.get_ref().as_str());
        let level = match word {
            Some("off") => Level::Off,
            Some("note") => Level::Said(Kind::Note),
            Some("warn") => Level::Said(Kind::Warning),
            Some("error") => Level::Said(Kind::Error),
            Some(_) | None => {
                let message = format!("`{name}` has a value that cannot be");
                let at = level.unwrap_or(value).span();
                self.report(Code::ManifestValue, message, at, LEVELS);
                return None;
            }
        };
        if level == Level::Off && !why {
            let message = format!("`{name}` is off, and nobody says why");
            let label = "a reason belongs here";
            let span = self.span(value.span());
            let found = Diagnostic::new(Code::ManifestValue, message, span, label);
            let found = found.help(format!(
                "write `{name} = {{ level = \"off\", why = \"...\" }}`"
            ));
            self.diagnostics.push(found);
            return None;
        }
        Some(level)
    }

    fn say_unknown_lint(&mut self, name: &str, at: std::ops::Range<usize>) {
        let names: Vec<String> = Code::lints().map(Code::kebab).collect();
        let message = format!("there is no lint `{name}`");
        let span = self.span(at);
        let found = Diagnostic::new(Code::ManifestKey, message, span, "not known here");
        let near = nearest(name, names.iter().map(String::as_str));
        self.diagnostics.push(match near {
            Some(near) => {
                let found = found.help(format!("did you mean `{near}`?"));
                found.fix(format!("write `{near}`"), span, near)
            }
            None => found.help("`rbk lint --list` names them all"),
        });
    }

    /// `deep-nesting.most = 4`
    fn lint_settings(&mut self, value: &Spanned<DeValue<'_>>) -> Settings {
        let mut settings = Settings::default();
        let Some(table) = value.get_ref().as_table() else {
            let message = "`settings` has a value that cannot be";
            let label = "a table belongs here: `[lint.settings]`, its keys below it";
            self.report(Code::ManifestValue, message, value.span(), label);
            return settings;
        };
        let of = "`[lint.settings]`";
        self.unknown_keys(
            table,
            &["deep-nesting", "silent-for-long", "short-rate"],
            of,
        );
        if let Some(most) = self.setting(table, "deep-nesting", "most") {
            match whole(&most) {
                Some(number) => settings.nesting = number,
                None => self.report(
                    Code::ManifestValue,
                    "`deep-nesting.most` has a value that cannot be",
                    most.span(),
                    "a number from 1 to 100 belongs here",
                ),
            }
        }
        let lengths = [
            ("silent-for-long", "most", &mut settings.silence),
            ("short-rate", "scrape", &mut settings.scrape),
        ];
        for (lint, key, slot) in lengths {
            let Some(value) = self.setting(table, lint, key) else {
                continue;
            };
            let length = value.get_ref().as_str().and_then(Duration::parse);
            match length.filter(|length| length.millis() > 0) {
                Some(length) => *slot = length,
                None => {
                    let message = format!("`{lint}.{key}` has a value that cannot be");
                    let label = "a length of time in quotes belongs here: `\"15s\"`";
                    self.report(Code::ManifestValue, message, value.span(), label);
                }
            }
        }
        settings
    }

    /// The value of a setting of a lint.
    fn setting<'t>(
        &mut self,
        table: &'t DeTable<'t>,
        lint: &str,
        key: &'static str,
    ) -> Option<Spanned<DeValue<'t>>> {
        let value = table.get(lint)?;
        let Some(inside) = value.get_ref().as_table() else {
            let message = format!("`{lint}` has a value that cannot be");
            let label = format!("write `{lint}.{key} = ...`");
            self.report(Code::ManifestValue, message, value.span(), &label);
            return None;
        };
        self.unknown_keys(inside, &[key], &format!("the lint `{lint}`"));
        inside.get(key).cloned()
    }
}

fn whole(value: &Spanned<DeValue<'_>>) -> Option<u32> {
    let DeValue::Integer(number) = value.get_ref() else {
        return None;
    };
    let number = number.as_str().parse().ok();
    number.filter(|number| (1..=100).contains(number))
}
