//! Diagnostics as text for people, drawn by miette.
//!
//! In: diagnostics, their sources, and how it shall look. Out: text. Never asks the terminal
//! anything: width and colours are said by the caller, so that the same input gives the same text.

mod excerpt;

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, ThemeStyles};

use crate::diag::plain;
use crate::diag::{Diagnostic, Kind, Label};
use crate::text::Sources;

use excerpt::Excerpts;

/// How it shall look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal.
    pub width: usize,
    pub colour: bool,
}

/// The diagnostics as text, one after the other with an empty line between.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, look: Look) -> String {
    let excerpts = Excerpts::new(sources);
    let mut text = String::new();
    for diagnostic in diagnostics {
        if !text.is_empty() {
            text.push('\n');
        }
        let code = diagnostic.code;
        let head = match code.is_lint() {
            true => format!(
                "{}[{} {}]:",
                diagnostic.kind().as_str(),
                code.as_str(),
                code.kebab()
            ),
            false => format!("{}[{}]:", diagnostic.kind().as_str(), code.as_str()),
        };
        draw(&Report::new(diagnostic, &excerpts), head, look, &mut text);
        let place = diagnostic.primary.span.source;
        let elsewhere = diagnostic.others.iter();
        for label in elsewhere.filter(|label| label.span.source != place) {
            draw(
                &Report::elsewhere(label, &excerpts),
                "note:".into(),
                look,
                &mut text,
            );
        }
    }
    without_trailing_blanks(&text)
}

/// Draws one report; its head stands where miette puts a symbol.
fn draw(report: &Report<'_>, head: String, look: Look, text: &mut String) {
    let mut characters = GraphicalTheme::unicode().characters;
    characters.error = head.clone();
    characters.warning = head.clone();
    characters.advice = head;
    let styles = match look.colour {
        true => ThemeStyles::ansi(),
        false => ThemeStyles::none(),
    };
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(look.width)
        .with_links(false);
    if handler.render_report(text, report).is_err() {
        // A string takes every write, and an excerpt is always found.
        text.push_str(&report.message);
    }
    for line in &report.lines {
        text.push_str(&format!("        {line}\n"));
    }
}

/// One diagnostic, or one of its places in another file, as miette wants to see it.
#[derive(Debug)]
struct Report<'a> {
    kind: Kind,
    message: String,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    /// What stands below the help, to be copied: no line of it is broken.
    lines: Vec<String>,
    excerpt: excerpt::Excerpt<'a>,
}

impl<'a> Report<'a> {
    fn new(diagnostic: &Diagnostic, excerpts: &'a Excerpts<'a>) -> Self {
        let Diagnostic {
            code: _,
            level: _,
            message,
            primary,
            others,
            help,
            fixes,
        } = diagnostic;
        let here = others.iter();
        let here = here.filter(|label| label.span.source == primary.span.source);
        let mut labels = match excerpts.is_empty(primary.span.source) {
            true => Vec::new(),
            false => vec![labeled(primary, excerpts, true)],
        };
        labels.extend(here.map(|label| labeled(label, excerpts, false)));
        let fix = fixes.first().map(|fix| format!("fix: {}", fix.title));
        let help = match (help.clone(), fix) {
            (Some(help), _) => Some(help),
            (None, fix) => fix,
        };
        let help = help.map(|help| plain::named(&help).into_owned());
        let mut help = help.iter().flat_map(|help| help.lines()).map(str::to_owned);
        Report {
            kind: diagnostic.kind(),
            message: message_with_place(message, &labels, excerpts.name(primary.span.source)),
            labels,
            help: help.next(),
            lines: help.collect(),
            excerpt: excerpts.excerpt(primary.span.source),
        }
    }

    fn elsewhere(label: &Label, excerpts: &'a Excerpts<'a>) -> Self {
        let span = excerpts.shown(label.span);
        Report {
            kind: Kind::Note,
            message: plain::named(&label.text).into_owned(),
            labels: vec![LabeledSpan::new(None, span.start, span.len())],
            help: None,
            lines: Vec::new(),
            excerpt: excerpts.excerpt(label.span.source),
        }
    }
}

/// The message; where there is no line to show, it says the file's name.
fn message_with_place(message: &str, labels: &[LabeledSpan], name: &str) -> String {
    let message = match labels.is_empty() && !message.contains(name) {
        true => format!("{message}, in `{}`", plain::in_a_line(name)),
        false => message.into(),
    };
    plain::named(&message).into_owned()
}

fn labeled(label: &Label, excerpts: &Excerpts<'_>, primary: bool) -> LabeledSpan {
    let span = excerpts.shown(label.span);
    let text = (!label.text.is_empty()).then(|| plain::named(&label.text).into_owned());
    match primary {
        true => LabeledSpan::new_primary_with_span(text, span),
        false => LabeledSpan::new_with_span(text, span),
    }
}

/// miette pads some lines.
fn without_trailing_blanks(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for line in text.lines() {
        clean.push_str(line.trim_end());
        clean.push('\n');
    }
    clean
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(match self.kind {
            Kind::Error | Kind::Fault => Severity::Error,
            Kind::Warning => Severity::Warning,
            Kind::Note => Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        match self.labels.is_empty() {
            true => None,
            false => Some(Box::new(self.labels.iter().cloned())),
        }
    }
}
