//! An item that the grammar refused: each of its lines is read alone, and what is wrong is told line by line.
//!
//! In: the text of an item with balanced brackets. Out: the item of the tree with `Missing` in the place of
//! the lines that could not be read, and one diagnostic for each of them. A line is read once with the blocks
//! inside it left out, so the work is linear; the blocks' own lines are read the same way.

mod fit;
mod joints;
mod kept;

use std::collections::BTreeSet;
use std::ops::Range;

use self::kept::Whole;
use super::code::Coded;
use super::kinds::Kind;
use super::lines::Tokens;
use super::lower::Lowering;
use super::patch::{Place, Splice};
use super::repair;
use super::rules::{self, Rule};
use super::skim::PieceKind;
use super::teach::{self, Line, Scene};
use super::tree::Item;
use super::words;
use crate::diag::{Code, Diagnostic};

/// Stands for what could not be read; the grammar takes it wherever a line or a value may stand.
pub(super) const MISSING: &str = "\u{1A}";

/// Reads an item that may contain errors.
pub(super) fn item(lowering: &mut Lowering, text: &str, place: Place, told: Vec<usize>) -> Item {
    if place.is_mended()
        && let Ok(tree) = rules::read(Rule::item_entry, &Coded::of(text))
    {
        return lowering.entry(tree.root(), place);
    }
    lowering.place_at(&place);
    let tokens = Tokens::of(text);
    let scene = Scene {
        tokens: &tokens,
        lowering,
    };
    let mut recovery = Recovery {
        scene,
        told: told.into_iter().collect(),
        joints: BTreeSet::new(),
        splices: Vec::new(),
        said: Vec::new(),
        headless: false,
    };
    recovery.item();
    let Recovery {
        said,
        mut splices,
        told,
        headless,
        ..
    } = recovery;
    let silent = said.is_empty() && told.is_empty();
    if headless {
        // What closes the block that was never opened.
        let range = place.start(0)..place.end(text.len());
        lowering.diagnostics.retain(|found| {
            found.code != Code::UnbalancedBracket
                || !range.contains(&(found.primary.span.start as usize))
        });
    }
    lowering.diagnostics.extend(said);
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let (mended, mended_place) = place.mend(text, &splices);
    match rules::read(Rule::item_entry, &Coded::of(&mended)) {
        Ok(tree) => lowering.entry(tree.root(), mended_place),
        Err(failure) => {
            if silent {
                lowering.place_at(&mended_place);
                let said = teach::generic(lowering.range(failure.at, failure.at), "", &failure);
                lowering.say(said);
            }
            lowering.broken_item(place.start(0)..place.end(text.trim_end().len()))
        }
    }
}

struct Recovery<'a> {
    scene: Scene<'a>,
    /// Places in the source of which something was said already.
    told: BTreeSet<usize>,
    /// Tokens that begin a line but belong to the line above.
    joints: BTreeSet<usize>,
    splices: Vec<Splice>,
    said: Vec<Diagnostic>,
    /// The item's own block is missing: lines behind its head may well belong to it.
    headless: bool,
}

/// A block or a list inside of a line: its opener, and what its lines are.
#[derive(Clone, Copy)]
struct Body {
    open: usize,
    kind: Kind,
}

impl<'a> Recovery<'a> {
    fn tokens(&self) -> &'a Tokens<'a> {
        self.scene.tokens
    }

    fn item(&mut self) {
        let tokens = self.tokens();
        let found = tokens.lines(0..tokens.len(), Kind::Item.separation());
        for joint in found.joints {
            self.joint(joint);
        }
        for (index, line) in found.lines.iter().enumerate() {
            if index == 0 {
                self.line(line.clone(), Kind::Item);
            } else {
                self.stray(line.clone());
            }
        }
        if found.lines.is_empty() {
            let text = tokens.text.trim_end().len();
            let span = self.scene.span(0..text);
            self.said.push(teach::stray_doc(span));
        }
    }

    /// A line behind the end of an item.
    fn stray(&mut self, line: Range<usize>) {
        let bytes = self.tokens().bytes(&line);
        let mut said = self.said.iter();
        let head = said.any(|found| found.code == Code::MissingBlock);
        if !head && !self.headless && !self.is_told(bytes.clone()) {
            self.headless = true;
            let word = self.tokens().word(line.start);
            let first = self.tokens().bytes(&(line.start..line.start + 1));
            let diagnostic = Diagnostic::new(
                Code::StrayAtColumnZero,
                format!("`{word}` belongs to no item"),
                self.scene.span(first),
                "the item above has ended",
            )
            .help(match matches!(word, "given" | "expect" | "case") {
                true => "the head of a test is missing above: `test RUNBOOK \"what it shows\" {`",
                false => "an item begins at the start of a line; what belongs to the one above stands before its last `}`",
            });
            self.said.push(diagnostic);
        }
        // One is enough: what follows is of the same kind.
        self.told.insert(self.scene.place_of(bytes.start));
        self.splices.push(Splice {
            range: bytes,
            text: String::new(),
        });
    }

    /// The lines between two brackets.
    fn body(&mut self, inside: Range<usize>, kind: Kind) {
        let tokens = self.tokens();
        let close = inside.end;
        let found = tokens.lines(inside, kind.separation());
        for joint in found.joints {
            self.joint(joint);
        }
        let mut lost = false;
        let mut by_colon = None;
        for (index, line) in found.lines.into_iter().enumerate() {
            if matches!(kind, Kind::Param | Kind::Element)
                && index > 0
                && tokens.word(line.start - 1) != ","
            {
                self.missing_comma(line.start);
            }
            let outside = kind == Kind::Clause && words::is_statement(tokens.word(line.start));
            if outside && lost {
                // The head of their block is missing: one line tells it.
                let start = tokens.bytes(&line).start;
                self.told.insert(self.scene.place_of(start));
            }
            lost = outside;
            let column = self.column(&line);
            let goes_on = matches!(
                tokens.word(line.start),
                "except" | "finally" | "elif" | "else"
            );
            if by_colon.is_some_and(|head| column > head || column == head && goes_on) {
                // The lines of a block by indentation: its head tells it.
                let start = tokens.bytes(&line).start;
                self.told.insert(self.scene.place_of(start));
            } else {
                by_colon = teach::colon_at_end(&self.scene, &line).map(|_| column);
            }
            if kind == Kind::Clause && tokens.word(line.start) == "alert" {
                self.tell_rule(line.end);
            }
            self.line(line, kind);
        }
        self.check_docs(close, false);
    }

    /// The further lines of a rule of Prometheus are told with its first one.
    fn tell_rule(&mut self, from: usize) {
        let rule = teach::rule_lines(&self.scene, from);
        let Some(end) = rule.map(|(_, value)| value.end).last() else {
            return;
        };
        let tokens = self.tokens();
        let begins = (from..end).filter_map(|index| tokens.at(index));
        let begins = begins.filter(|token| token.newline_before);
        let places: Vec<usize> = begins
            .map(|token| self.scene.place_of(token.start))
            .collect();
        self.told.extend(places);
    }

    /// How far a line is indented.
    fn column(&self, line: &Range<usize>) -> usize {
        let start = self.tokens().bytes(line).start;
        let above = self.tokens().text.get(..start).unwrap_or_default();
        start - above.rfind('\n').map_or(0, |end| end + 1)
    }

    /// Reads one line, the lines inside of it first.
    fn line(&mut self, line: Range<usize>, kind: Kind) {
        self.check_docs(line.start, kind.has_docs());
        let mark = self.splices.len();
        let joined = self.joined(&line);
        self.splices.extend(joined);
        if let Some(diagnostic) = self.scene.hopeless(&line, kind) {
            self.fail(&line, kind, mark, diagnostic);
            return;
        }
        let bodies = self.bodies(&line, kind);
        let before = self.said.len();
        for body in &bodies {
            self.body(body.open + 1..self.tokens().partner(body.open), body.kind);
        }
        let (text, place) = self.alone(&line, &bodies, &[]);
        let Err(failure) = rules::read(kind.entry(), &Coded::of(&text)) else {
            return;
        };
        let at = place.start(failure.at);
        let refused = self.refused(&line, kind, &bodies, at);
        let (lesson, without) = self.lesson(&refused, &bodies, mark);
        let (diagnostic, read) = match lesson {
            Some(lesson) => (lesson, None),
            None => match (self.fit(&refused, &bodies, &failure), without) {
                (Some(fit), _) => (fit.diagnostic, Some(fit.read)),
                (None, Some(lesson)) => (lesson, None),
                (None, None) => (self.scene.expected(&refused, &failure), None),
            },
        };
        if diagnostic.code == Code::UnknownFirstWord && diagnostic.fixes.is_empty() {
            // Nobody knows what the lines inside of it should be.
            self.said.truncate(before);
        }
        let by_colon = || teach::colon_at_end(&self.scene, &line).is_some();
        self.headless |= kind == Kind::Item
            && (diagnostic.code == Code::MissingBlock || by_colon())
            || kind == Kind::Clause && words::is_statement(self.tokens().word(line.start));
        let fix = diagnostic.fixes.first().cloned();
        self.say(&line, &bodies, diagnostic);
        let mended = match read {
            Some(read) => self.mend_with(read, &line, kind, &bodies, mark),
            None => fix.is_some_and(|fix| self.mend_by(&fix, &line, kind, &bodies, mark)),
        };
        if !mended {
            self.mend(&line, kind, &bodies, mark, at);
        }
    }

    /// Puts splices in the place of those behind `mark` that they overlap.
    fn replace(&mut self, mark: usize, splices: Vec<Splice>) {
        let inner = self.splices.split_off(mark);
        let outside = |other: &Splice| {
            splices.iter().all(|splice| {
                other.range.end <= splice.range.start || other.range.start >= splice.range.end
            })
        };
        self.splices.extend(inner.into_iter().filter(outside));
        self.splices.extend(splices);
    }

    /// The offset in the item's text of a place in the source; nothing for what was put in.
    fn offset_of(&self, place: usize) -> Option<usize> {
        let (mut low, mut high) = (0, self.tokens().text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.scene.place_of(middle) < place {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let exact = self.scene.place_of(low) == place && self.tokens().text.is_char_boundary(low);
        exact.then_some(low)
    }

    /// A line that the grammar refused at an offset.
    fn refused(&self, range: &Range<usize>, kind: Kind, bodies: &[Body], at: usize) -> Line {
        let mut own = Vec::new();
        let mut index = range.start;
        while index < range.end {
            own.push(index);
            let is_body = bodies.iter().any(|body| body.open == index);
            index = if is_body {
                self.tokens().partner(index)
            } else {
                index + 1
            };
        }
        Line {
            range: range.clone(),
            own,
            kind,
            at,
        }
    }

    /// Splices that put the parts of a line on one line.
    fn joined(&self, line: &Range<usize>) -> Vec<Splice> {
        let tokens = self.tokens();
        let joints = tokens
            .flat(line.clone())
            .filter(|index| *index > line.start && self.joints.contains(index));
        joints
            .filter_map(|index| Some(tokens.at(index - 1)?.end..tokens.at(index)?.start))
            .map(|range| Splice {
                range,
                text: " ".into(),
            })
            .collect()
    }

    /// What of a line has lines of its own.
    fn bodies(&self, line: &Range<usize>, kind: Kind) -> Vec<Body> {
        let tokens = self.tokens();
        let openers = tokens
            .flat(line.clone())
            .filter(|index| tokens.partner(*index) > *index);
        openers
            .filter_map(|open| {
                let kind = match tokens.word(open) {
                    "{" => self.scene.block_kind(line, kind, open)?,
                    _ => self.scene.list_kind(line, kind, open)?,
                };
                Some(Body { open, kind })
            })
            .collect()
    }

    /// A line with the insides of its bodies left out.
    fn alone(&self, line: &Range<usize>, bodies: &[Body], more: &[Splice]) -> (String, Place) {
        let tokens = self.tokens();
        let bytes = tokens.bytes(line);
        let mut splices = self.joined(line);
        for body in bodies {
            let close = tokens.partner(body.open);
            if let (Some(open), Some(close), true) = (
                tokens.at(body.open),
                tokens.at(close),
                close > body.open + 1,
            ) {
                splices.push(Splice {
                    range: open.end..close.start,
                    text: MISSING.into(),
                });
            }
        }
        for splice in more {
            splices.retain(|other| {
                other.range.end <= splice.range.start || other.range.start >= splice.range.end
            });
            splices.push(splice.clone());
        }
        splices.sort_by_key(|splice| splice.range.start);
        Place::at(0).mend_part(tokens.text, bytes, &splices)
    }

    /// Says something about a line, unless something was said of it already.
    fn say(&mut self, line: &Range<usize>, bodies: &[Body], diagnostic: Diagnostic) {
        let tokens = self.tokens();
        let mut from = tokens.bytes(line).start;
        let mut told = false;
        for body in bodies {
            let open = tokens.at(body.open).map_or(from, |token| token.end);
            told |= self.is_told(from..open);
            from = tokens
                .at(tokens.partner(body.open))
                .map_or(open, |token| token.start);
        }
        told |= self.is_told(from..tokens.bytes(line).end);
        if !told {
            self.said.push(diagnostic);
        }
    }

    fn is_told(&self, bytes: Range<usize>) -> bool {
        let places = self.scene.place_of(bytes.start)
            ..=self
                .scene
                .place_of(bytes.end)
                .max(self.scene.place_of(bytes.start));
        self.told.range(places).next().is_some()
    }

    /// Gives up a line with all that is in it.
    fn fail(&mut self, line: &Range<usize>, kind: Kind, mark: usize, diagnostic: Diagnostic) {
        let whole = Whole {
            line,
            kind,
            bodies: &[],
            mark,
        };
        let diagnostic = self.kept(diagnostic, whole);
        let fix = diagnostic.fixes.first().cloned();
        self.say(line, &[], diagnostic);
        if !fix.is_some_and(|fix| self.mend_by(&fix, line, kind, &[], mark)) {
            self.mend(line, kind, &[], mark, usize::MAX);
        }
    }

    /// Puts something readable in the place of a bad line: as much of it as still makes sense.
    fn mend(&mut self, line: &Range<usize>, kind: Kind, bodies: &[Body], mark: usize, at: usize) {
        for splice in repair::candidates(self.tokens(), line, kind, at) {
            let kept: Vec<Body> = bodies
                .iter()
                .filter(|body| {
                    self.tokens()
                        .at(body.open)
                        .is_some_and(|open| !splice.range.contains(&open.start))
                })
                .copied()
                .collect();
            let (text, _) = self.alone(line, &kept, std::slice::from_ref(&splice));
            if rules::read(kind.entry(), &Coded::of(&text)).is_ok() {
                self.replace(mark, vec![splice]);
                return;
            }
        }
        self.splices.truncate(mark);
        self.splices.push(Splice {
            range: self.tokens().bytes(line),
            text: MISSING.into(),
        });
    }

    /// Documentation above something that cannot have any.
    fn check_docs(&mut self, index: usize, allowed: bool) {
        let Some(token) = self.tokens().at(index) else {
            return;
        };
        let Some(doc) = token.doc_before.filter(|_| !allowed) else {
            return;
        };
        let rest = self.tokens().text.get(doc..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        self.said.push(teach::stray_doc(
            self.scene.span(doc..doc + line.trim_end().len()),
        ));
        let above = index
            .checked_sub(1)
            .and_then(|above| self.tokens().at(above));
        self.splices.push(Splice {
            range: above.map_or(0, |above| above.end)..token.start,
            text: if token.newline_before || token.kind == PieceKind::Close {
                "\n".into()
            } else {
                " ".into()
            },
        });
    }
}
