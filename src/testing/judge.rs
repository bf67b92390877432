//! What a test expects against what happened.

use super::case::Case;
use super::record::{Effect, Fate, Record};
use super::unmet::Unmet;
use super::{pattern, source};
use crate::diag::Diagnostic;
use crate::effect::{Call, End, Reason};
use crate::program::MessageKind;
use crate::run::{Event, IntentKind, Notice, words};
use crate::typed::{ActionPattern, Expect, ExpectKind, ExpectedEnd, RoleId};
use crate::value::Duration;

/// One diagnostic for each expectation that was not met.
pub fn judge(case: &Case<'_>, record: &Record) -> Vec<Diagnostic> {
    let judge = Judge { case, record };
    let expects = case.test.expects.iter();
    expects.filter_map(|expect| judge.expect(expect)).collect()
}

struct Judge<'c, 'p> {
    case: &'c Case<'p>,
    record: &'c Record,
}

impl Judge<'_, '_> {
    fn expect(&self, expect: &Expect) -> Option<Diagnostic> {
        let unmet = match &expect.kind {
            ExpectKind::Found(finding) => {
                let name = self.case.runbook.findings.get(finding.index());
                self.found(name.map_or("", |finding| finding.name.as_str()))
            }
            ExpectKind::Novel => self.ended_for("novel", Reason::Novel),
            ExpectKind::Inconclusive => self.ended_for("inconclusive", Reason::Inconclusive),
            ExpectKind::Did { steps, times } => match times {
                Some(times) => self.did_times(steps, *times),
                None => self.did(steps),
            },
            ExpectKind::No(action) => self.not_done(action),
            ExpectKind::NoChange => self.no_change(),
            ExpectKind::Undone(action) => self.undone(action),
            ExpectKind::End { end, within } => self.ended(end, *within),
            ExpectKind::NobodyPaged => self.nobody_paged(),
            ExpectKind::Paged { roles, because } => self.paged(roles, *because),
            ExpectKind::Told { roles } => self.told(roles),
        };
        Some(unmet?.diagnostic(self.record, expect.span))
    }

    fn found(&self, name: &str) -> Option<Unmet> {
        let mut found = self.record.events().filter_map(|event| match event {
            Event::Found { finding, .. } => Some(finding.as_str()),
            _ => None,
        });
        if found.clone().any(|found| found == name) {
            return None;
        }
        let got = match found.next() {
            Some(other) => format!("it found `{other}`"),
            None => self.end_words(),
        };
        Some(Unmet::of(format!("the finding `{name}`"), got))
    }

    fn ended_for(&self, word: &str, reason: Reason) -> Option<Unmet> {
        let end = self.record.end().map(|(_, end)| end);
        match end {
            Some(End::Handed { reason: got, .. }) if *got == reason => None,
            _ => Some(Unmet::of(format!("`{word}`"), self.end_words())),
        }
    }

    fn did(&self, steps: &[ActionPattern]) -> Option<Unmet> {
        let mut effects = self.applied();
        for (index, step) in steps.iter().enumerate() {
            if effects.any(|effect| self.is(step, &effect.call)) {
                continue;
            }
            let before = index.checked_sub(1).and_then(|before| steps.get(before));
            let wanted = match before {
                Some(before) => {
                    format!("{} after {}", self.action(step), self.action(before))
                }
                None => self.action(step),
            };
            return Some(Unmet::stopped(wanted, self.done_words()));
        }
        None
    }

    fn did_times(&self, steps: &[ActionPattern], times: u32) -> Option<Unmet> {
        steps.iter().find_map(|step| {
            let count = self
                .applied()
                .filter(|effect| self.is(step, &effect.call))
                .count();
            let wanted = format!("{} {}", self.action(step), in_times(times));
            (count != times as usize).then(|| match count {
                0 => Unmet::stopped(wanted, self.done_words()),
                _ => Unmet::of(wanted, format!("it was done {}", in_times(count as u32))),
            })
        })
    }

    fn not_done(&self, action: &ActionPattern) -> Option<Unmet> {
        let mut changed = self
            .possible()
            .filter(|effect| self.is(action, &effect.call));
        let effect = changed.next()?;
        let wanted = format!("no {}", self.action(action));
        Some(Unmet::of(wanted, self.effect_words(effect)))
    }

    fn no_change(&self) -> Option<Unmet> {
        let effect = self.possible().next()?;
        Some(Unmet::of(
            "`no change`".to_owned(),
            self.effect_words(effect),
        ))
    }

    fn undone(&self, action: &ActionPattern) -> Option<Unmet> {
        let mut undone = self.record.events().filter_map(|event| match event {
            Event::Undone { call } => Some(call),
            _ => None,
        });
        if undone.any(|call| self.is(action, call)) || self.is_released(action) {
            return None;
        }
        let wanted = format!("{} to be undone", self.action(action));
        let was_done = self.applied().any(|effect| self.is(action, &effect.call));
        Some(Unmet::of(
            wanted,
            match was_done {
                true => "it stands".to_owned(),
                false => format!("it was never done; {}", self.done_words()),
            },
        ))
    }

    /// Whether a `with do` did it, and its end has given it back.
    fn is_released(&self, action: &ActionPattern) -> bool {
        let of = |kind| self.applied().filter(move |effect| effect.kind == kind);
        of(IntentKind::Release).any(|release| {
            // What is given back stands in the line that took it, and names the same place.
            let place = |held: &Effect| {
                let mut args = held.call.args.iter();
                args.any(|arg| {
                    release
                        .call
                        .args
                        .iter()
                        .any(|other| other.value == arg.value)
                })
            };
            let mut held = of(IntentKind::Do).filter(|held| held.line == release.line);
            held.any(|held| place(held) && self.is(action, &held.call))
        })
    }

    fn ended(&self, wanted: &ExpectedEnd, within: Option<Duration>) -> Option<Unmet> {
        let words = self.wanted_end(wanted);
        let Some((passed, got)) = self.record.end() else {
            return Some(Unmet::of(words, "the run did not end".to_owned()));
        };
        if !self.is_end(wanted, got) {
            return Some(Unmet::stopped(words, self.end_words()));
        }
        let within = within.filter(|within| passed > *within)?;
        let wanted = format!("{words} within {within}");
        Some(Unmet::of(wanted, format!("it took {passed}")))
    }

    fn is_end(&self, wanted: &ExpectedEnd, got: &End) -> bool {
        match (wanted, got) {
            (ExpectedEnd::Resolved, End::Resolved)
            | (ExpectedEnd::Cleared, End::Cleared { .. })
            | (ExpectedEnd::SelfResolved, End::SelfResolved)
            | (ExpectedEnd::Cancelled, End::Cancelled) => true,
            (ExpectedEnd::Mitigated { owed_by }, End::Mitigated { owed_by: got }) => {
                owed_by.is_none_or(|role| self.role(role) == *got)
            }
            (ExpectedEnd::Handed { to, because }, End::Handed { reason, .. }) => {
                because.is_none_or(|because| because == *reason)
                    && to.is_none_or(|role| self.handed_to(role))
            }
            (
                ExpectedEnd::Resolved
                | ExpectedEnd::Cleared
                | ExpectedEnd::SelfResolved
                | ExpectedEnd::Cancelled
                | ExpectedEnd::Mitigated { .. }
                | ExpectedEnd::Handed { .. },
                _,
            ) => false,
        }
    }

    fn wanted_end(&self, wanted: &ExpectedEnd) -> String {
        match wanted {
            ExpectedEnd::Resolved => "`resolved`".to_owned(),
            ExpectedEnd::Cleared => "`cleared`".to_owned(),
            ExpectedEnd::SelfResolved => "`self_resolved`".to_owned(),
            ExpectedEnd::Cancelled => "`cancelled`".to_owned(),
            ExpectedEnd::Mitigated { owed_by: None } => "`mitigated`".to_owned(),
            ExpectedEnd::Mitigated {
                owed_by: Some(role),
            } => {
                format!("`mitigated owed by {}`", self.role(*role))
            }
            ExpectedEnd::Handed { to, because } => {
                let to = to
                    .map(|role| format!(" {}", self.role(role)))
                    .unwrap_or_default();
                let because = because.map(|reason| format!(" because {}", reason.word()));
                format!("`handed{to}{}`", because.unwrap_or_default())
            }
        }
    }

    fn handed_to(&self, role: RoleId) -> bool {
        let mut duties = self.record.notices().filter(|notice| has_duty(notice));
        duties.any(|notice| self.names(notice, &[role]))
    }

    fn nobody_paged(&self) -> Option<Unmet> {
        let mut pages = self
            .record
            .notices()
            .filter(|notice| notice.kind == MessageKind::Page);
        let page = pages.next()?;
        Some(Unmet::stopped(
            "`nobody paged`".to_owned(),
            notice_words(page),
        ))
    }

    fn paged(&self, roles: &[RoleId], because: Option<Reason>) -> Option<Unmet> {
        let pages = self
            .record
            .notices()
            .filter(|notice| notice.kind == MessageKind::Page);
        let fits = |notice: &&Notice| {
            self.names(notice, roles) && because.is_none_or(|reason| notice.because == Some(reason))
        };
        if pages.clone().any(|page| fits(&page)) {
            return None;
        }
        let names = self.role_list(roles);
        let because = because.map(|reason| format!(" because {}", reason.word()));
        let wanted = format!("`paged {names}{}`", because.unwrap_or_default());
        let got = pages.clone().next().map(notice_words);
        Some(Unmet::stopped(
            wanted,
            got.unwrap_or_else(|| format!("nobody was; {}", self.end_words())),
        ))
    }

    fn told(&self, roles: &[RoleId]) -> Option<Unmet> {
        let mut told = self
            .record
            .notices()
            .filter(|notice| notice.kind == MessageKind::Tell);
        if told.any(|notice| self.names(notice, roles)) {
            return None;
        }
        let wanted = format!("`told {}`", self.role_list(roles));
        Some(Unmet::of(
            wanted,
            format!("nobody was; {}", self.end_words()),
        ))
    }

    fn names(&self, notice: &Notice, roles: &[RoleId]) -> bool {
        roles
            .iter()
            .all(|role| notice.roles.iter().any(|name| *name == self.role(*role)))
    }

    fn role(&self, role: RoleId) -> String {
        let role = self.case.package.roles.get(role.index());
        role.map(|role| role.name.to_string()).unwrap_or_default()
    }

    fn role_list(&self, roles: &[RoleId]) -> String {
        let names: Vec<String> = roles.iter().map(|role| self.role(*role)).collect();
        names.join(", ")
    }

    fn is(&self, wanted: &ActionPattern, call: &Call) -> bool {
        let (name, args) = self.case.action(wanted.action, &wanted.args);
        *call.name == *name && pattern::arguments_match(&args, call)
    }

    /// The changes that took effect.
    fn applied(&self) -> impl Iterator<Item = &Effect> {
        let applied = |effect: &&Effect| effect.fate == Fate::Applied;
        self.record.effects.iter().filter(applied)
    }

    /// The changes that took effect, or may have.
    fn possible(&self) -> impl Iterator<Item = &Effect> {
        let possible = |effect: &&Effect| effect.fate != Fate::NotApplied;
        self.record.effects.iter().filter(possible)
    }

    /// `k8s.scale(to: 4)`, as the test has it.
    fn action(&self, action: &ActionPattern) -> String {
        let (name, args) = self.case.action(action.action, &action.args);
        match args.is_empty() {
            true => format!("`{name}`"),
            false => format!("`{}`", source::action(self.case, &name, &args)),
        }
    }

    fn effect_words(&self, effect: &Effect) -> String {
        format!(
            "`{}` was done",
            source::call(self.case, &effect.call, effect.at)
        )
    }

    fn done_words(&self) -> String {
        let done = self
            .applied()
            .map(|effect| format!("`{}`", source::call(self.case, &effect.call, effect.at)));
        let done: Vec<String> = done.collect();
        match done.is_empty() {
            true => format!("nothing was done; {}", self.end_words()),
            false => format!("it did {}", done.join(", then ")),
        }
    }

    /// What could not be read, where the run says it.
    fn cause(&self, reason: Reason) -> Option<String> {
        if reason != Reason::Inconclusive {
            return None;
        }
        let causes = self.record.events().filter_map(|event| match event {
            Event::Failed { fault, .. } => Some(words::fault(fault)),
            _ => None,
        });
        causes.last()
    }

    fn end_words(&self) -> String {
        let explained = match self.record.end() {
            Some((_, End::Handed { reason, .. })) => {
                format!(
                    ": {}",
                    self.cause(*reason).as_deref().unwrap_or(reason.explained())
                )
            }
            Some(_) | None => String::new(),
        };
        format!("the run ended `{}`{explained}", self.record.end_in_words())
    }
}

fn has_duty(notice: &Notice) -> bool {
    match notice.kind {
        MessageKind::Page | MessageKind::HandWithin(_) | MessageKind::HandWorkdays(_) => true,
        MessageKind::Tell => false,
    }
}

fn notice_words(notice: &Notice) -> String {
    let because = notice
        .because
        .map(|reason| format!(" because {}", reason.word()));
    format!(
        "{} was paged{}: {}",
        notice.roles.join(", "),
        because.unwrap_or_default(),
        notice.text
    )
}

fn in_times(times: u32) -> String {
    match times {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}
