//! What an editor asks, of a package in memory, as text that a person can review.

use std::cell::Cell;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use super::{File, in_memory};
use crate::diag::Diagnostic;
use crate::ide::{self, Desk, Entry, Why};
use crate::project;
use crate::text::{Sources, Span};

/// A package on a desk.
#[derive(Debug)]
pub struct Opened {
    desk: Desk,
}

impl Opened {
    /// A package of these files, if it can be loaded.
    pub fn new(files: &[File<'_>]) -> Option<Opened> {
        let mut sources = Sources::default();
        let files = in_memory(files);
        let fetched = project::Nothing::default();
        let (package, said) = project::load_whole(&files, &fetched, Path::new("."), &mut sources);
        let desk = Desk::new(sources, package?, said);
        Some(Opened { desk })
    }

    /// The number of a file.
    pub fn file(&self, name: &str) -> Option<usize> {
        self.desk.file(Path::new(name))
    }

    /// Puts a text in the place of some bytes of a file; false if there is no such place.
    pub fn edit(&mut self, file: usize, range: Range<usize>, with: &str) -> bool {
        self.desk.edit(file, range, with).is_ok()
    }

    /// Answers a question about a place: `complete`, `signature`, `actions`, `lenses`, `outline`, `folds`, `paint`,
    /// `select`, `hover`, `definition`, `references`, `rename`, `inlay`.
    pub fn ask(&mut self, question: &str, file: usize, at: usize) -> String {
        match question {
            "complete" => self.complete(file, at),
            "signature" => self.signature(file, at),
            "actions" => self.actions(file, at..at),
            "lenses" => self.lenses(file),
            "outline" => self.outline(file),
            "folds" => self.ranges(file, |text| {
                let folds = ide::folds(text).into_iter();
                folds
                    .map(|fold| (format!("{:?}", fold.kind), fold.range))
                    .collect()
            }),
            "paint" => self.ranges(file, |text| {
                let all = ide::paint(text).into_iter();
                all.map(|one| (one.colour.name().to_owned(), one.range))
                    .collect()
            }),
            "select" => self.ranges(file, |text| {
                let all = ide::selections(text, at).into_iter();
                all.map(|range| (String::new(), range)).collect()
            }),
            "hover" => self.hover(file, at),
            "definition" => self.definition(file, at),
            "references" => self.references(file, at),
            "rename" => self.rename(file, at),
            "inlay" => self.inlay(file),
            other => format!("no such question: {other}\n"),
        }
    }

    fn text(&self, file: usize) -> &str {
        self.desk.source(file).map_or("", |source| &source.text)
    }

    fn complete(&self, file: usize, at: usize) -> String {
        let (range, found) = ide::complete(&self.desk, file, at);
        let mut shown = format!(
            "in place of `{}`\n",
            self.text(file).get(range).unwrap_or_default()
        );
        for one in found {
            let doc = one.doc.lines().next().unwrap_or_default().to_owned();
            let parts = [format!("{:?} {}", one.kind, one.name), one.detail, doc];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let _ = writeln!(shown, "{}", parts.join(" | "));
        }
        shown
    }

    fn signature(&self, file: usize, at: usize) -> String {
        let Some(found) = ide::signature(&self.desk, file, at) else {
            return String::from("none\n");
        };
        let active = found.active.and_then(|index| found.params.get(index));
        let active = active
            .and_then(|param| found.label.get(param.range.clone()))
            .unwrap_or("-");
        format!("{}\n{active}\n{}\n", found.label, found.doc)
    }

    /// Asks the lints, and calls them off when this was asked so often whether they are still wanted; whether all was
    /// done then.
    pub fn settle_for(&mut self, questions: usize) -> bool {
        let asked = Cell::new(0);
        self.desk.settle(&|| {
            asked.set(asked.get() + 1);
            asked.get() <= questions
        });
        self.desk.is_settled()
    }

    /// How many findings there are now.
    pub fn findings(&self) -> usize {
        self.desk.diagnostics().len()
    }

    /// What can be done about a selection, each with what it makes of the lines.
    ///
    /// # Panics
    /// If one makes an error of what is sound.
    pub fn actions(&mut self, file: usize, selected: Range<usize>) -> String {
        self.desk.settle(&|| true);
        let mut shown = String::new();
        for action in ide::actions(&self.desk, file, &selected) {
            let (errors, _) = self.desk.with(&action.changes);
            let is_new = |found: &&Diagnostic| {
                let known = self.desk.diagnostics();
                !known.iter().any(|known| known.code == found.code)
            };
            let new = errors.iter().find(is_new);
            assert!(new.is_none(), "{}: {new:#?}", action.title);
            let why = match action.why {
                Why::Safe => "safe",
                Why::Unsafe => "unsafe",
                Why::Missing => "missing",
                Why::Extract => "extract",
            };
            let about = action.about.as_ref();
            let about = about.map_or("nothing found", |about| about.code.as_str());
            let _ = writeln!(shown, "== {} ({why}, {about})", action.title);
            let mut changes = action.changes;
            changes.sort_by_key(|change| change.range.start);
            for change in changes.iter().rev() {
                let source = self.desk.sources().source(change.source);
                let mut text = source.text.to_string();
                text.replace_range(change.range.clone(), &change.text);
                let line = source.position(change.range.start as u32).line;
                let last = line as usize + change.text.matches('\n').count();
                let lines = text
                    .lines()
                    .skip(line as usize - 1)
                    .take(last + 1 - line as usize);
                for line in lines {
                    let _ = writeln!(shown, "  {}: {line}", source.name);
                }
            }
        }
        shown
    }

    fn hover(&self, file: usize, at: usize) -> String {
        match ide::hover(&self.desk, file, at) {
            Some(found) => {
                let word = self.text(file).get(found.range);
                format!("{}\n{}", word.unwrap_or("not on characters"), found.text)
            }
            None => String::from("none\n"),
        }
    }

    fn definition(&self, file: usize, at: usize) -> String {
        match ide::name(&self.desk, file, at) {
            Some(found) => self.place(found.named.at),
            None => String::from("none\n"),
        }
    }

    fn references(&self, file: usize, at: usize) -> String {
        let Some(found) = ide::name(&self.desk, file, at) else {
            return String::from("none\n");
        };
        let places = ide::mentions(&self.desk, found.named, true).into_iter();
        places.map(|place| self.place(place)).collect()
    }

    /// The file, and the line with the place in brackets. The library's lines change for its own reasons, and are not
    /// numbered.
    fn place(&self, span: Span) -> String {
        let source = self.desk.sources().source(span.source);
        let line = source.position(span.start).line;
        let start = source.line_range(line).start;
        let text = source.text.get(source.line_range(line)).unwrap_or_default();
        let text = text.trim_end();
        let cut = (
            text.get(..span.range().start - start),
            source.text.get(span.range()),
            text.get(span.range().end - start..),
        );
        let (Some(before), Some(name), Some(behind)) = cut else {
            return format!("{}: not on characters\n", source.name);
        };
        let number = match span.source.is_fixed() {
            true => String::new(),
            false => format!("{line}:"),
        };
        format!("{}:{number} {before}[{name}]{behind}\n", source.name)
    }

    /// Under the name that the first line of the file says: `// becomes NAME`.
    fn rename(&self, file: usize, at: usize) -> String {
        let first = self.text(file).lines().next().unwrap_or_default();
        let to = first.strip_prefix("// becomes ").unwrap_or("renamed");
        match ide::renamed(&self.desk, file, at, to) {
            Err(ide::Refusal(why)) => format!("{why}\n"),
            Ok(changes) => {
                let places = changes.iter().map(|change| {
                    let range = change.range.clone();
                    let place = Span::new(change.source, range.start, range.end);
                    format!("{} {}", change.text, self.place(place))
                });
                places.collect()
            }
        }
    }

    fn inlay(&self, file: usize) -> String {
        let text = self.text(file);
        let mut shown = String::new();
        for hint in ide::hints(&self.desk, file, &(0..text.len())) {
            let line = text.get(..hint.at).map(|before| before.lines().next_back());
            let line = line.unwrap_or(Some("not on characters"));
            let _ = writeln!(
                shown,
                "{:?} {}<{}>",
                hint.kind,
                line.unwrap_or_default(),
                hint.text
            );
        }
        shown
    }

    fn lenses(&mut self, file: usize) -> String {
        self.desk.settle(&|| true);
        let mut shown = String::new();
        for lens in ide::lenses(&self.desk, file) {
            let line = self.text(file)[..lens.range.start].matches('\n').count() + 1;
            let _ = writeln!(shown, "{line}: {} {:?}", lens.title, lens.kind);
        }
        shown
    }

    fn outline(&self, file: usize) -> String {
        let mut shown = String::new();
        for entry in ide::outline(&self.desk, file) {
            show(&entry, 0, &mut shown);
        }
        shown
    }

    fn ranges(&self, file: usize, of: impl Fn(&str) -> Vec<(String, Range<usize>)>) -> String {
        let text = self.text(file);
        let mut shown = String::new();
        for (what, range) in of(text) {
            let _ = writeln!(
                shown,
                "{what} {:?}",
                text.get(range).unwrap_or("not on characters")
            );
        }
        shown
    }
}

fn show(entry: &Entry, depth: usize, shown: &mut String) {
    let detail = entry.detail.as_deref().map(|detail| format!(" ({detail})"));
    let _ = writeln!(
        shown,
        "{}{} {}{}",
        "  ".repeat(depth),
        entry.kind.word(),
        entry.name,
        detail.unwrap_or_default()
    );
    for inner in &entry.inside {
        show(inner, depth + 1, shown);
    }
}
