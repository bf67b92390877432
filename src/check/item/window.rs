//! Windows: times at which something may, or may not, be done.
//!
//! In: their items. Out: their rows, with moments and times of day; and who mentions which.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::super::declare::Declared;
use super::super::names::FileId;
use super::super::state::Checker;
use super::super::types::symbol_kind;
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::literal;
use crate::program::window::Edge;
use crate::syntax::tree::{self, Ident, ItemKind, WindowItem};
use crate::syntax::{DAYS, day_of};
use crate::text::Span;
use crate::typed::{Symbol, WindowId, WindowTimes};
use crate::value::{Duration, Time};

impl<'a> Checker<'a> {
    /// `window night = weekly Tue 01:00 .. 05:00 in "Europe/Helsinki" except black_friday`
    pub fn resolve_window(&mut self, file: FileId, item: &WindowItem, id: WindowId) {
        if matches!(item.times, tree::WindowTimes::Missing) {
            return;
        }
        let zone = self.zone(&item.zone);
        let times = match &item.times {
            tree::WindowTimes::Missing => None,
            tree::WindowTimes::Once { from, to } => {
                zone.and_then(|zone| self.once(&zone, *from, *to))
            }
            tree::WindowTimes::Weekly { days, from, to } => self.weekly(zone, days, *from, *to),
        };
        let except = match &item.except {
            Some(other) => self.window(file, other),
            None => None,
        };
        let row = &mut self.package.windows[id.index()];
        row.times = times;
        row.except = except;
    }

    fn once(&mut self, zone: &SmolStr, from: Span, to: Span) -> Option<WindowTimes> {
        let (start, end) = (self.local_moment(zone, from), self.local_moment(zone, to));
        let edge = |span: Span, first: Time| Edge {
            first,
            last: Time::parse_later(self.text(span), zone).unwrap_or(first),
        };
        let (start, end) = (edge(from, start?), edge(to, end?));
        if start.first < end.last {
            return Some(WindowTimes::Once {
                from: start,
                to: end,
            });
        }
        self.say_empty(from, to, "the first moment comes before the second");
        None
    }

    /// A moment by the clocks of the zone that the window names.
    fn local_moment(&mut self, zone: &SmolStr, span: Span) -> Option<Time> {
        let text = self.text(span);
        if text.ends_with('Z') {
            let message = format!("`{text}` is in UTC, and the window is in `{zone}`");
            let mark = span.inside(text.len() - 1, text.len());
            let found = Diagnostic::new(Code::TimeInvalid, message, mark, "a second zone");
            self.say(found.fix("drop the `Z`", mark, ""));
            return None;
        }
        match literal::time(text, Some(zone.as_str()), span) {
            Ok(moment) => Some(moment),
            Err(problem) => {
                self.say(problem);
                None
            }
        }
    }

    fn weekly(
        &mut self,
        zone: Option<SmolStr>,
        names: &[Ident],
        from: Span,
        to: Span,
    ) -> Option<WindowTimes> {
        let days = self.days(names);
        let (start, end) = (self.time_of_day(from), self.time_of_day(to));
        let (start, end) = (start?, end?);
        if start >= end {
            self.say_empty(
                from,
                to,
                "over midnight it is two windows: one up to `24:00`, and one from `00:00` on the day after",
            );
            return None;
        }
        Some(WindowTimes::Weekly {
            days: days?,
            from: start,
            to: end,
            zone: zone?,
        })
    }

    /// `tue, thu`, `Tuesday`: days that are written another way, all of them at once.
    fn say_other_days(&mut self, names: &[Ident]) -> bool {
        let right = |name: &Ident| {
            let known = day_of(&name.text).and_then(|day| DAYS.get(day).copied());
            known.filter(|day| *day != name.text)
        };
        let known = |name: &&Ident| DAYS.contains(&name.as_str()) || right(name).is_some();
        let mut others = names.iter().filter(|name| right(name).is_some());
        let Some(first) = others
            .next()
            .filter(|_| names.iter().all(|name| known(&name)))
        else {
            return false;
        };
        let better = right(first).unwrap_or_default();
        let message = format!("there is no day of the week `{}`", first.text);
        let found = Diagnostic::new(Code::UnknownWord, message, first.span, "unknown word");
        let help = format!("did you mean `{better}`? there are: {}", DAYS.join(", "));
        let title = format!("write `{better}`");
        let mut found = found.help(help).fix(title.as_str(), first.span, better);
        for other in others {
            let better = right(other).unwrap_or_default();
            found = found
                .and(other.span, "here, too")
                .fix(title.as_str(), other.span, better);
        }
        self.say(found);
        true
    }

    /// The days by their numbers; Monday is 1.
    fn days(&mut self, names: &[Ident]) -> Option<Vec<u8>> {
        let mut days = Vec::with_capacity(names.len());
        let mut all_known = true;
        if self.say_other_days(names) {
            return None;
        }
        for name in names {
            let number = (1..).zip(DAYS).find(|(_, day)| *day == name.text);
            match number {
                Some((number, _)) if days.contains(&number) => {
                    let message = format!("`{}` is given twice", name.text);
                    let found = Diagnostic::new(Code::SaidTwice, message, name.span, "said again");
                    self.say(found.help("each day of a window is named once"));
                }
                Some((number, _)) => days.push(number),
                None => {
                    all_known = false;
                    self.say_unknown_word("day of the week", name, &DAYS);
                }
            }
        }
        all_known.then_some(days)
    }

    /// `05:00`, as the time since midnight; `24:00` is the end of the day.
    fn time_of_day(&mut self, span: Span) -> Option<Duration> {
        let text = self.text(span);
        let parts = text.split_once(':');
        let parts = parts.and_then(|(hours, minutes)| {
            Some((hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?))
        });
        match parts {
            Some((hours @ 0..=23, minutes @ 0..=59)) => {
                Some(Duration::from_seconds(hours * 3_600 + minutes * 60))
            }
            Some((24, 0)) => Some(Duration::from_seconds(24 * 3_600)),
            _ => {
                let message = format!("`{text}` is not a time of day");
                let found = Diagnostic::new(Code::TimeInvalid, message, span, "no such time");
                self.say(found.help("a day goes from `00:00` to `24:00`"));
                None
            }
        }
    }

    fn say_empty(&mut self, from: Span, to: Span, help: &str) {
        let message = "this window has no time in it";
        let found = Diagnostic::new(
            Code::EmptyWindow,
            message,
            from.to(to),
            "ends at or before its beginning",
        );
        self.say(found.help(help));
    }

    /// The window of that name.
    pub fn window(&mut self, file: FileId, name: &Ident) -> Option<WindowId> {
        if name.text.is_empty() {
            return None;
        }
        match self.unqualified(file, name.as_str()) {
            Some(member) => match member.symbol {
                Symbol::Window(id) => {
                    self.refer_member(name.span, member);
                    Some(id)
                }
                other => {
                    let what = symbol_kind(other);
                    let message = format!("`{}` is {what}, not a window", name.text);
                    let found =
                        Diagnostic::new(Code::WrongKindOfName, message, name.span, "no times");
                    self.say(found.and(member.span, "declared here"));
                    None
                }
            },
            None => {
                let message = format!("there is no window `{}`", name.text);
                let found =
                    Diagnostic::new(Code::UnknownName, message, name.span, "unknown window");
                let windows = self.package.windows.iter();
                let names = windows.map(|window| window.name.as_str());
                let near = nearest(name.as_str(), names).map(str::to_owned);
                self.say(match near {
                    Some(near) => found.fix(format!("write `{near}`"), name.span, near),
                    None => found.help(format!(
                        "declare it: `window {} = weekly Sat, Sun 00:00 .. 24:00 in \"UTC\"`",
                        name.text
                    )),
                });
                None
            }
        }
    }

    /// Says which windows are cut out of themselves, each ring once: its first one speaks for it.
    pub fn refuse_circular_windows(&mut self, declared: &[Declared<'a>]) {
        let speakers = self.first_of_each_ring();
        for found in declared {
            let (ItemKind::Window(item), Some(Symbol::Window(id))) =
                (&found.item.kind, found.symbol)
            else {
                continue;
            };
            if let (true, Some(except)) = (speakers.contains(&id), &item.except) {
                let message = format!("the window `{}` is cut out of itself", item.name.text);
                let found = Diagnostic::new(Code::Circular, message, except.span, "needs itself");
                self.say(found.and(item.name.span, "declared here"));
            }
        }
    }

    /// Each window names at most one other: it is followed until there is none, or one that was
    /// met before; if that was on the same way, both lie on a ring.
    fn first_of_each_ring(&self) -> BTreeSet<WindowId> {
        let windows = &self.package.windows;
        let mut met: Vec<Option<usize>> = vec![None; windows.len()];
        let mut first = BTreeSet::new();
        for start in 0..windows.len() {
            let mut way = Vec::new();
            let mut next = Some(WindowId(start as u32));
            while let Some(id) = next
                && met[id.index()].is_none()
            {
                crate::steps::count(1);
                met[id.index()] = Some(start);
                way.push(id);
                next = windows[id.index()].except;
            }
            if let Some(id) = next
                && met[id.index()] == Some(start)
            {
                let ring = way.iter().skip_while(|other| **other != id);
                first.extend(ring.min());
            }
        }
        first
    }
}
