//! Fixes applied until none is left: rounds of edits, each looked at before it counts.
//!
//! In: what was found in a package, and a way to look at other texts of it. Out: the texts as they should be. Never
//! reads or writes a file: whoever calls brings the look and does with the texts what was asked for.

mod stuck;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{errors, format};
use crate::diag::{Applicability, Code, Diagnostic, Edit, Fix, Kind, Stage};
use crate::lint;
use crate::syntax;
use crate::text::{Source, SourceId, Sources};
use stuck::Lines;

/// Rounds after which fixes that lead to fixes are no progress any more.
const MOST_ROUNDS: usize = 10;

/// So many further fixes of a line may be needed until it is read.
const MOST_FURTHER: usize = 4;

/// Texts by the names of their files.
pub type Texts = BTreeMap<Arc<str>, String>;

/// A package as it was looked at.
#[derive(Clone, Debug)]
pub struct Seen {
    pub sources: Sources,
    /// Those whose text may be changed.
    pub own: Vec<SourceId>,
    pub diagnostics: Vec<Diagnostic>,
}

/// One fix, as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub file: Arc<str>,
    pub line: u32,
    pub code: Code,
    pub title: String,
}

/// What came of the fixes.
#[derive(Clone, Debug)]
pub struct Mended {
    /// Of the files that changed alone.
    pub texts: Texts,
    pub done: Vec<Told>,
    /// Those that would have added an error, lost a comment, or left a line that cannot be read as another such line.
    pub dropped: Vec<Told>,
    /// Whether fixes were left after the last round: some of them undo each other.
    pub is_endless: bool,
    pub seen: Seen,
}

/// Applies what is at least this applicable. `look` says what is found with these texts in place of the files'.
///
/// # Errors
/// What `look` could not do.
pub fn mend<E>(
    seen: Seen,
    least: Applicability,
    look: &mut dyn FnMut(&Texts) -> Result<Seen, E>,
) -> Result<Mended, E> {
    let mut mending = Mending {
        least,
        refused: BTreeSet::new(),
        mended: Mended {
            texts: Texts::new(),
            done: Vec::new(),
            dropped: Vec::new(),
            is_endless: false,
            seen,
        },
    };
    for _ in 0..MOST_ROUNDS {
        let chosen = mending.chosen(usize::MAX);
        if chosen.is_empty() {
            return Ok(mending.mended);
        }
        if !mending.round(&chosen, look)? {
            for _ in 0..chosen.len() {
                mending.one(look)?;
            }
        }
    }
    mending.mended.is_endless = !mending.chosen(1).is_empty();
    Ok(mending.mended)
}

/// A fix that was chosen for a round.
#[derive(Clone, Debug)]
struct Chosen {
    told: Told,
    key: Key,
    fix: Fix,
}

/// What stays of a finding when lines move.
type Key = (Code, Arc<str>, String, String);

struct Mending {
    least: Applicability,
    refused: BTreeSet<Key>,
    mended: Mended,
}

impl Mending {
    /// At most so many fixes that do not meet, in the order of their places; those of errors alone while there are any:
    /// what a warning says may come of an error.
    fn chosen(&self, most: usize) -> Vec<Chosen> {
        let is_error = |found: &Diagnostic| found.kind() == Kind::Error;
        let of_errors = self.chosen_of(most, &is_error);
        match of_errors.is_empty() {
            true => self.chosen_of(most, &|found| !is_error(found)),
            false => of_errors,
        }
    }

    fn chosen_of(&self, most: usize, counts: &dyn Fn(&Diagnostic) -> bool) -> Vec<Chosen> {
        let seen = &self.mended.seen;
        let mut taken: Vec<&Edit> = Vec::new();
        let mut chosen = Vec::new();
        for found in seen.diagnostics.iter().filter(|found| counts(found)) {
            let usable = |fix: &&Fix| fix.applicability >= self.least && is_own(seen, fix);
            let Some(fix) = found.fixes.iter().find(usable) else {
                continue;
            };
            let place = seen.sources.source(found.primary.span.source);
            let told = Told {
                file: Arc::clone(&place.name),
                line: place.position(found.primary.span.start).line,
                code: found.code,
                title: fix.title.clone(),
            };
            let key = (
                found.code,
                Arc::clone(&place.name),
                found.message.clone(),
                fix.title.clone(),
            );
            let meets = |edit: &Edit| taken.iter().any(|other| meet(edit, other));
            if self.refused.contains(&key) || fix.edits.iter().any(meets) {
                continue;
            }
            taken.extend(&fix.edits);
            let fix = fix.clone();
            chosen.push(Chosen { told, key, fix });
            if chosen.len() == most {
                break;
            }
        }
        chosen
    }

    /// Applies them at once; whether that did no harm, and each of them helped. Else nothing has changed.
    fn round<E>(
        &mut self,
        chosen: &[Chosen],
        look: &mut dyn FnMut(&Texts) -> Result<Seen, E>,
    ) -> Result<bool, E> {
        let Some(next) = self.tried(chosen, look)? else {
            return Ok(false);
        };
        let edits = edits(chosen);
        let before = &self.mended.seen;
        let is_stuck = |chosen: &Chosen| {
            let lines = Lines::of(before, chosen);
            lines.is_some_and(|lines| {
                lines.moved(before, &edits).wrong(&next.seen) >= lines.wrong(before)
            })
        };
        let is_sound = !chosen.iter().any(is_stuck);
        if is_sound {
            self.take(chosen, next);
        }
        Ok(is_sound)
    }

    /// What would come of them, if they do no harm.
    fn tried<E>(
        &self,
        chosen: &[Chosen],
        look: &mut dyn FnMut(&Texts) -> Result<Seen, E>,
    ) -> Result<Option<Next>, E> {
        let mut texts = self.mended.texts.clone();
        texts.extend(applied(&self.mended.seen, chosen));
        if !keeps_comments(&self.mended.seen, &texts) {
            return Ok(None);
        }
        let seen = look(&texts)?;
        let is_harmless = !is_worse(&self.mended.seen, &seen);
        Ok(is_harmless.then_some(Next { texts, seen }))
    }

    fn take(&mut self, chosen: &[Chosen], next: Next) {
        let done = chosen.iter().map(|chosen| chosen.told.clone());
        self.mended.done.extend(done);
        self.mended.texts = next.texts;
        self.mended.seen = next.seen;
    }

    /// The first one alone; one that does harm, or does not help, is never tried again.
    fn one<E>(&mut self, look: &mut dyn FnMut(&Texts) -> Result<Seen, E>) -> Result<(), E> {
        let chosen = self.chosen(1);
        let Some(first) = chosen.first() else {
            return Ok(());
        };
        let helped = match self.tried(&chosen, look)? {
            None => false,
            Some(next) => self.helps(first, next, look)?,
        };
        if !helped {
            self.refused.insert(first.key.clone());
            self.mended.dropped.push(first.told.clone());
        }
        Ok(())
    }

    /// Takes a fix that leaves fewer errors, if need be with further ones of the same lines. Whether it did; else
    /// nothing has changed.
    fn helps<E>(
        &mut self,
        first: &Chosen,
        next: Next,
        look: &mut dyn FnMut(&Texts) -> Result<Seen, E>,
    ) -> Result<bool, E> {
        let Some(mut lines) = Lines::of(&self.mended.seen, first) else {
            self.take(std::slice::from_ref(first), next);
            return Ok(true);
        };
        let (wrong, all) = (
            lines.wrong(&self.mended.seen),
            stuck::all(&self.mended.seen),
        );
        let before = (
            self.mended.texts.clone(),
            self.mended.seen.clone(),
            self.mended.done.len(),
        );
        let mut following = Some((first.clone(), next));
        for _ in 0..=MOST_FURTHER {
            let Some((fix, next)) = following.take() else {
                break;
            };
            let fix = [fix];
            lines = lines.moved(&self.mended.seen, &edits(&fix));
            self.take(&fix, next);
            let seen = &self.mended.seen;
            if lines.wrong(seen) < wrong || stuck::all(seen) < all {
                return Ok(true);
            }
            let further = self.chosen(usize::MAX).into_iter().find(|further| {
                Lines::of(seen, further).is_some_and(|further| further.meets(&lines))
            });
            if let Some(further) = further {
                let next = self.tried(std::slice::from_ref(&further), look)?;
                following = next.map(|next| (further, next));
            }
        }
        let done;
        (self.mended.texts, self.mended.seen, done) = before;
        self.mended.done.truncate(done);
        Ok(false)
    }
}

/// What a package would be with fixes in it.
struct Next {
    texts: Texts,
    seen: Seen,
}

fn edits(chosen: &[Chosen]) -> Vec<&Edit> {
    chosen.iter().flat_map(|chosen| &chosen.fix.edits).collect()
}

/// Whether all that it changes may be changed.
fn is_own(seen: &Seen, fix: &Fix) -> bool {
    let mut edits = fix.edits.iter();
    edits.all(|edit| seen.own.contains(&edit.span.source))
}

/// Whether the order of two edits would matter: they overlap, or one inserts where the other begins or ends.
fn meet(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.span, other.span);
    a.source == b.source && a.start <= b.end && b.start <= a.end
}

/// The new texts of the files that change. One that was in the one layout stays in it.
fn applied(seen: &Seen, chosen: &[Chosen]) -> Texts {
    let mut edits: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    for edit in chosen.iter().flat_map(|chosen| &chosen.fix.edits) {
        edits.entry(edit.span.source).or_default().push(edit);
    }
    let texts = edits.into_iter().map(|(id, mut edits)| {
        let source = seen.sources.source(id);
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let mut text = source.text.to_string();
        let is_crlf = text.contains("\r\n");
        for edit in edits.into_iter().rev() {
            match is_crlf {
                true => text.replace_range(edit.span.range(), &edit.text.replace('\n', "\r\n")),
                false => text.replace_range(edit.span.range(), &edit.text),
            }
        }
        let is_laid_out = || format(source).is_ok_and(|same| *same == *source.text);
        let text = match source.name.ends_with(".rbk") && is_laid_out() {
            true => laid_out(text),
            false => text,
        };
        (Arc::clone(&source.name), text)
    });
    texts.collect()
}

/// The text in the one layout, if it can be read.
fn laid_out(text: String) -> String {
    let mut sources = Sources::default();
    let source = sources.add("", &text);
    format(sources.source(source)).unwrap_or(text)
}

/// Whether each comment of the files that change is in their new texts, too.
fn keeps_comments(seen: &Seen, texts: &Texts) -> bool {
    seen.own.iter().all(|id| {
        let before = seen.sources.source(*id);
        let Some(text) = texts.get(&before.name) else {
            return true;
        };
        if !before.name.ends_with(".rbk") || *text == *before.text {
            return true;
        }
        let mut after = Sources::default();
        let after_id = after.add("", text);
        let mut left = comments(after.source(after_id));
        comments(before).into_iter().all(|(comment, times)| {
            let kept = left.remove(comment).unwrap_or_default();
            times <= kept
        })
    })
}

/// The comments of a text that people wrote for people, and how often each stands there.
fn comments(source: &Source) -> BTreeMap<&str, usize> {
    let mut comments = BTreeMap::new();
    for comment in syntax::parse(source).file.comments {
        let text = source.slice(comment.span).trim_end();
        if lint::is_allow(text) {
            continue;
        }
        *comments.entry(text).or_default() += 1;
    }
    comments
}

/// Whether errors came. What could not be looked at before an error was mended is not new: a text that is not read
/// hides all else, a name that is not known hides what is wrong with its uses.
fn is_worse(before: &Seen, after: &Seen) -> bool {
    let stages = |seen: &Seen| {
        errors(&seen.diagnostics)
            .map(|found| found.code.stage())
            .collect()
    };
    let (before, after): (Vec<Stage>, Vec<Stage>) = (stages(before), stages(after));
    let last = before.iter().min().copied().unwrap_or(Stage::Meaning);
    let seen = |stages: &[Stage]| stages.iter().filter(|stage| **stage <= last).count();
    seen(&after) > seen(&before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::literal::Server;
    use crate::text::Span;

    fn seen(text: &str, found: &dyn Fn(&str, SourceId) -> Vec<Diagnostic>) -> Seen {
        let mut sources = Sources::default();
        let id = sources.add("a.rbk", text);
        Seen {
            diagnostics: found(text, id),
            sources,
            own: vec![id],
        }
    }

    fn run(text: &str, found: &dyn Fn(&str, SourceId) -> Vec<Diagnostic>) -> Mended {
        let mut look = |texts: &Texts| Ok::<_, ()>(seen(&texts["a.rbk"], found));
        mend(seen(text, found), Applicability::Safe, &mut look).unwrap()
    }

    fn warning(title: &str, place: Span, text: &str) -> Diagnostic {
        let found = Diagnostic::new(Code::UnusedLet, "unused", place, "");
        found.fix(title, place, text).safe()
    }

    #[test]
    fn edits_that_meet_wait_for_the_next_round() {
        let found = |text: &str, id| {
            let places = text.match_indices("ab");
            let places = places.map(|(at, _)| warning("drop it", Span::new(id, at, at + 2), ""));
            places.collect()
        };
        let mended = run("xababx", &found);
        assert_eq!(mended.texts["a.rbk"], "xx");
        assert_eq!(mended.done.len(), 2);
        assert!(!mended.is_endless);
    }

    #[test]
    fn a_warning_waits_until_no_error_is_left() {
        let found = |text: &str, id| {
            let Some(at) = text.find('e') else {
                return Vec::new();
            };
            let place = Span::new(id, at, at + 1);
            let error = Diagnostic::new(Code::UnknownName, "bad", place, "");
            let error = error.fix("put it right", place, "-").safe();
            vec![error, warning("drop it", Span::new(id, at + 2, at + 3), "")]
        };
        let mended = run("e w", &found);
        assert_eq!(mended.texts["a.rbk"], "- w");
    }

    #[test]
    fn fixes_that_undo_each_other_end() {
        let found = |text: &str, id| {
            let other = if text == "a" { "b" } else { "a" };
            vec![warning("swap", Span::new(id, 0, 1), other)]
        };
        let mended = run("a", &found);
        assert!(mended.is_endless);
        assert_eq!(mended.done.len(), MOST_ROUNDS);
    }

    #[test]
    fn the_one_that_adds_an_error_is_dropped_and_the_others_stay() {
        let found = |text: &str, id| {
            let places = text.char_indices().filter_map(|(at, letter)| {
                let place = Span::new(id, at, at + 1);
                match letter {
                    'g' => Some(warning("good", place, "-")),
                    'b' => Some(warning("bad", place, "!")),
                    '!' => Some(Diagnostic::new(Code::UnknownName, "bad", place, "")),
                    _ => None,
                }
            });
            places.collect()
        };
        let mended = run("g b g", &found);
        assert_eq!(mended.texts["a.rbk"], "- b -");
        let titles: Vec<&str> = mended.dropped.iter().map(|told| &*told.title).collect();
        assert_eq!(titles, ["bad"]);
    }

    #[test]
    fn a_text_in_the_one_layout_stays_in_it() {
        let look = |text: &str| {
            let mut sources = Sources::default();
            let id = sources.add("a.rbk", text);
            let named = ("a", "1.0.0");
            let analysis = super::super::analyse(&mut sources, &[id], named, &Server::default());
            Seen {
                diagnostics: analysis.diagnostics,
                sources,
                own: vec![id],
            }
        };
        let text = "use std.k8s\n\nuse std.prom\n\nconst a = 1\n";
        // Which fixes of lints are safe is settled later.
        let mended = mend(look(text), Applicability::Unsafe, &mut |texts| {
            Ok::<_, ()>(look(&texts["a.rbk"]))
        });
        let mended = mended.unwrap();
        assert_eq!(mended.done.len(), 2, "{:?}", mended.seen.diagnostics);
        assert_eq!(mended.texts["a.rbk"], "const a = 1\n");
    }
}
