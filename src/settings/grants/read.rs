//! Reads `[grants]`: known capabilities, each granted in the form that it takes.

use toml::Spanned;
use toml::de::DeValue;

use super::pattern::{Glob, Place, UrlPattern};
use super::{Grant, Grants, Pattern, toml_text};
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::settings::capability::{self, Form};
use crate::settings::reader::{Found, Reader, Section};
use crate::settings::value;
use crate::text::Span;

/// The section of the file; nothing is granted if there is none.
pub(in crate::settings) fn read(reader: &mut Reader<'_>, file: &Section<'_>) -> Grants {
    let mut grants = Grants::default();
    for (name, at, found) in reader.entries(file, "grants", |_| None) {
        match capability::known().get(name) {
            None => unknown(reader, name, at, found),
            Some(form) => {
                let capability = Capability { name, form: *form };
                if let Some(grant) = capability.grant(reader, found) {
                    grants.by_capability.insert(name.into(), grant);
                    grants.places.insert(name.into(), at);
                }
            }
        }
    }
    grants
}

fn unknown(reader: &mut Reader<'_>, name: &str, at: Span, found: Found<'_>) {
    let message = format!("nothing in the library needs `{}`", value::shown(name));
    let diagnostic = Diagnostic::new(Code::GrantUnknown, message, at, "not known");
    // Without its quotes a name such as `host.read` is read as `read` in a table `host`.
    let inner = found.get_ref().as_table().and_then(|table| {
        let mut keys = table.keys().map(|key| format!("{name}.{}", key.get_ref()));
        keys.find(|name| capability::known().contains_key(name.as_str()))
    });
    let names = || capability::known().keys().map(|name| name.as_str());
    reader.push(match (inner, nearest(name, names())) {
        (Some(inner), _) => diagnostic.help(format!("write it in quotes: `\"{inner}\"`")),
        (None, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            at,
            toml_text(near),
        ),
        (None, None) => {
            let names = names().collect::<Vec<_>>();
            diagnostic.help(format!("the library needs {}", value::listed(&names)))
        }
    });
}

fn is_text(found: &Spanned<DeValue<'_>>) -> bool {
    found.get_ref().is_str()
}

/// A capability whose grant is read.
struct Capability<'n> {
    name: &'n str,
    form: Form,
}

impl Capability<'_> {
    fn grant(&self, reader: &mut Reader<'_>, found: Found<'_>) -> Option<Grant> {
        if self.form == Form::Whole {
            if found.get_ref().as_bool() == Some(true) {
                return Some(Grant::Whole);
            }
            self.formless(
                reader,
                found,
                "it is granted whole, by `true`, or not at all",
            );
            return None;
        }
        match found.get_ref() {
            DeValue::Array(items) if items.is_empty() => {
                self.formless(reader, found, "an empty list grants nothing");
                None
            }
            DeValue::Array(items) if self.form == Form::Argv && items.iter().all(is_text) => {
                self.formless(reader, found, "a list of lists of arguments belongs here");
                None
            }
            DeValue::Array(items) => {
                let patterns = items.iter().map(|item| self.pattern(reader, item));
                // Each is read, so that all mistakes are told.
                let patterns = patterns.collect::<Vec<_>>();
                patterns
                    .into_iter()
                    .collect::<Option<Vec<_>>>()
                    .map(Grant::Of)
            }
            DeValue::Boolean(true) => {
                self.formless(reader, found, "it is never granted whole");
                None
            }
            _ => {
                self.formless(reader, found, "a list belongs here");
                None
            }
        }
    }

    /// Says that the grant has another form.
    fn formless(&self, reader: &mut Reader<'_>, found: Found<'_>, label: &str) {
        let message = format!("`{}` is granted in another form", self.name);
        let span = reader.span(found.span());
        let help = format!(
            "write `{} = {}`, or leave the line out to deny it",
            toml_text(self.name),
            self.form.example()
        );
        reader.push(Diagnostic::new(Code::GrantForm, message, span, label).help(help));
    }

    fn pattern(&self, reader: &mut Reader<'_>, item: &Spanned<DeValue<'_>>) -> Option<Pattern> {
        let read = match (self.form, item.get_ref()) {
            (Form::Argv, DeValue::Array(places)) => return self.argv(reader, item, places),
            (Form::Argv | Form::Whole, _) => None,
            (Form::Url, DeValue::String(text)) if value::names_user(text) => {
                reader.credentials(self.name, item);
                return None;
            }
            (_, DeValue::String(text)) => Some(self.text(text)),
            (_, _) => None,
        };
        match read {
            Some(Ok(pattern)) => Some(pattern),
            Some(Err(label)) => {
                self.refuse(reader, reader.span(item.span()), &label);
                None
            }
            None => {
                let label = match self.form {
                    Form::Argv => "a list of arguments belongs here, with the program first",
                    _ => "a text in quotes belongs here",
                };
                self.formless(reader, item, label);
                None
            }
        }
    }

    fn text(&self, written: &str) -> Result<Pattern, String> {
        if self.form == Form::Url {
            return UrlPattern::parse(written).map(Pattern::Url);
        }
        let glob = Glob::parse(written);
        if glob.is_empty() {
            return Err("an empty text names nothing".into());
        }
        if glob.is_star() && self.form == Form::Text {
            return Err("a lone `*` would grant every text; say how it begins".into());
        }
        Ok(Pattern::Text(glob))
    }

    fn argv(
        &self,
        reader: &mut Reader<'_>,
        item: &Spanned<DeValue<'_>>,
        places: &[Spanned<DeValue<'_>>],
    ) -> Option<Pattern> {
        let mut read = Vec::new();
        for place in places {
            let Some(written) = place.get_ref().as_str() else {
                self.formless(reader, place, "a text in quotes belongs here");
                continue;
            };
            let glob = Glob::parse(written);
            let is_first = read.is_empty();
            if is_first && (glob.is_empty() || glob.is_open()) {
                let label = "the program is named whole";
                self.refuse(reader, reader.span(place.span()), label);
            } else if glob.is_open() && !glob.is_star() {
                let label = "a `*` stands alone, for one argument; `\\\\*` is the star itself";
                self.refuse(reader, reader.span(place.span()), label);
            }
            read.push(match glob.is_star() {
                true => Place::Any,
                false => Place::This(glob.into_text()),
            });
        }
        if places.is_empty() {
            let label = "a list of arguments begins with a program";
            self.refuse(reader, reader.span(item.span()), label);
        }
        Some(Pattern::Argv(read))
    }

    fn refuse(&self, reader: &mut Reader<'_>, span: Span, label: &str) {
        let message = format!("a pattern of `{}` that cannot be granted", self.name);
        let found = Diagnostic::new(Code::GrantPattern, message, span, label);
        let help = format!(
            "such as `{} = {}`",
            toml_text(self.name),
            self.form.example()
        );
        reader.push(found.help(help));
    }
}
