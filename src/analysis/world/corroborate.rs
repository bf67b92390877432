//! P12: words select, they do not suffice. The world can always lead a diagnosis to an end without
//! a change.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::rule::Rule;
use crate::text::Span;
use crate::typed::{Block, Body, FindingId, HandlerAction, Runbook, Stmt, StmtKind};

use super::eval::{Asks, Eval, Scope, takes_no_data};
use super::term::Id;
use crate::analysis::level::Levels;

/// How many findings are told of one diagnosis.
const TOLD: usize = 20;

pub fn check<'a>(
    levels: &Levels<'a>,
    runbook: &'a Runbook,
    eval: &mut Eval<'a>,
    out: &mut Vec<Diagnostic>,
) {
    let Some(body) = &runbook.diagnose else {
        return;
    };
    let changing = changing(levels, runbook);
    if changing.is_empty() {
        return;
    }
    let told = judge(runbook, body, &changing, eval, out);
    if told || !eval.terms.told_fallback {
        return;
    }
    let mut absent = Eval::new(levels.package, runbook, eval.queries, Asks::Incident);
    absent.terms.nothing_told = Rule::AbsenceIsNoEvidence.holds();
    judge(runbook, body, &changing, &mut absent, out);
}

/// Judges the diagnosis once; whether anything was told.
fn judge(
    runbook: &Runbook,
    body: &Body,
    changing: &BTreeSet<FindingId>,
    eval: &mut Eval,
    out: &mut Vec<Diagnostic>,
) -> bool {
    let nothing_told = eval.terms.nothing_told;
    let mut course = Course {
        eval,
        changing,
        excused: BTreeSet::new(),
        wide: None,
        given_up: None,
    };
    let mut scope = Scope::new(body.locals.len());
    let ways = course.ways(&mut scope, &body.block);
    let mut told = 0;
    // What was not looked at is no ground to say that words suffice.
    if !course.is_sound(&ways, true)
        && let Some(span) = course.given_up
    {
        out.push(super::given_up(span));
        return true;
    }
    while told < TOLD && !course.is_sound(&ways, true) {
        let Some((found, because)) = course.blame(&ways, true, None) else {
            break;
        };
        out.push(report(runbook, found, because, nothing_told));
        course.excused.insert(found.span);
        told += 1;
    }
    if let Some(span) = course.wide {
        out.push(super::too_many(span));
    }
    told > 0 || course.wide.is_some()
}

/// The findings whose remedies change something.
fn changing(levels: &Levels, runbook: &Runbook) -> BTreeSet<FindingId> {
    runbook
        .remedies
        .iter()
        .filter(|remedy| levels.block(&remedy.body.block) >= Level::Change)
        .filter_map(|remedy| remedy.finding)
        .collect()
}

/// A `found` in a diagnosis.
#[derive(Clone, Copy, Debug)]
struct Found {
    finding: FindingId,
    span: Span,
}

/// What a statement means for where the diagnosis may end.
enum Way {
    Found(Found),
    /// An end without a change.
    End,
    /// `cleared if`
    Cleared(Asked),
    /// One condition after the other, then what holds where none does.
    Branches(Vec<(Asked, Vec<Way>)>, Last),
    Loop(Asked, Vec<Way>),
    /// What follows a `let` without data, where words select what it observes.
    NoData(Vec<Way>),
}

/// What holds where no condition does.
struct Last {
    ways: Vec<Way>,
    /// Some run gets there: the conditions do not cover all that can be.
    reached: bool,
}

/// A condition, or a list, and where it stands.
#[derive(Clone, Copy)]
struct Asked {
    id: Id,
    span: Span,
}

struct Course<'a, 'b> {
    eval: &'b mut Eval<'a>,
    changing: &'b BTreeSet<FindingId>,
    /// Those that were told already.
    excused: BTreeSet<Span>,
    wide: Option<Span>,
    /// A condition that nobody could judge.
    given_up: Option<Span>,
}

impl Course<'_, '_> {
    fn ways(&mut self, scope: &mut Scope, block: &Block) -> Vec<Way> {
        let statements = block.statements.iter();
        statements
            .filter_map(|stmt| self.way(scope, stmt))
            .collect()
    }

    fn way(&mut self, scope: &mut Scope, stmt: &Stmt) -> Option<Way> {
        let asked = self.eval.enter(scope, stmt);
        match &stmt.kind {
            StmtKind::Found { finding, .. } => Some(Way::Found(Found {
                finding: *finding,
                span: stmt.span,
            })),
            StmtKind::Cleared {
                condition: Some(condition),
                ..
            } => Some(Way::Cleared(Asked {
                id: asked?,
                span: condition.span,
            })),
            StmtKind::If { .. } => {
                let mut branches = Vec::new();
                let last = self.chain(scope, stmt, asked?, &mut branches);
                Some(self.branches(branches, last))
            }
            StmtKind::Match { subject, arms } => {
                let value = asked?;
                let mut branches = Vec::with_capacity(arms.len());
                let mut last = Vec::new();
                for (at, arm) in arms.iter().enumerate() {
                    let id = self.eval.fits(scope, value, &subject.ty, &arm.pattern);
                    let body = self.ways(scope, &arm.body);
                    // The last arm takes what is left.
                    if at + 1 == arms.len() {
                        last = body;
                    } else {
                        let span = subject.span;
                        branches.push((Asked { id, span }, body));
                    }
                }
                Some(self.branches(branches, last))
            }
            StmtKind::For(for_loop) => {
                let span = for_loop.source.span;
                let body = self.ways(scope, &for_loop.body);
                self.eval.leave_element();
                Some(Way::Loop(Asked { id: asked?, span }, body))
            }
            StmtKind::Let { handlers, .. } => {
                let taken = self.eval.terms.nothing_told && self.eval.terms.facts(asked?).selected;
                let diverted = handlers
                    .iter()
                    .filter(|handler| takes_no_data(handler.on))
                    .find_map(|handler| match &handler.action {
                        HandlerAction::Diverge(stmt) => Some(stmt),
                        HandlerAction::Value(_) => None,
                    })?;
                self.eval.terms.told_fallback |= matches!(diverted.kind, StmtKind::Found { .. });
                let way = self.way(scope, diverted);
                taken.then(|| Way::NoData(way.into_iter().collect()))
            }
            StmtKind::Cleared {
                condition: None, ..
            }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Error => Some(Way::End),
            StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Do(_)
            | StmtKind::WithDo { .. }
            | StmtKind::Verify(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Attempts(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => None,
        }
    }

    /// The conditions of an `if` and of each `else if` behind it; what stands behind the last `else`.
    fn chain(
        &mut self,
        scope: &mut Scope,
        stmt: &Stmt,
        id: Id,
        branches: &mut Vec<(Asked, Vec<Way>)>,
    ) -> Vec<Way> {
        let (mut stmt, mut id) = (stmt, id);
        while let StmtKind::If {
            condition,
            then,
            otherwise,
        } = &stmt.kind
        {
            let span = condition.span;
            branches.push((Asked { id, span }, self.ways(scope, then)));
            let Some(otherwise) = otherwise else {
                return Vec::new();
            };
            let [next] = otherwise.statements.as_slice() else {
                return self.ways(scope, otherwise);
            };
            if !matches!(next.kind, StmtKind::If { .. }) {
                return self.ways(scope, otherwise);
            }
            match self.eval.enter(scope, next) {
                Some(asked) => (stmt, id) = (next, asked),
                None => return Vec::new(),
            }
        }
        Vec::new()
    }

    /// Conditions one behind the other. Those of one value may cover all that it can be.
    fn branches(&mut self, branches: Vec<(Asked, Vec<Way>)>, last: Vec<Way>) -> Way {
        let terms = &mut self.eval.terms;
        let none = terms.table.truth(false);
        let conditions = branches.iter().map(|(asked, _)| asked.id);
        let any = conditions.fold(none, |any, id| terms.or(any, id));
        // One condition is asked by itself.
        let reached = branches.len() < 2 || terms.may_fail(any);
        let ways = last;
        Way::Branches(branches, Last { ways, reached })
    }

    fn can(&mut self, asked: Asked) -> super::decide::Can {
        let can = self.eval.terms.can(asked.id);
        if std::mem::take(&mut self.eval.terms.wide) {
            self.wide.get_or_insert(asked.span);
        }
        if self.given_up.is_none() && self.eval.terms.was_given_up(asked.id) {
            self.given_up = Some(asked.span);
        }
        can
    }

    /// Whether the world can lead from here to an end without a change; `rest` says so of what
    /// follows.
    fn is_sound(&mut self, ways: &[Way], rest: bool) -> bool {
        let mut rest = rest;
        for way in ways.iter().rev() {
            rest = self.is_sound_way(way, rest);
        }
        rest
    }

    fn is_sound_way(&mut self, way: &Way, rest: bool) -> bool {
        match way {
            Way::Found(found) => {
                !self.changing.contains(&found.finding) || self.excused.contains(&found.span)
            }
            Way::End => true,
            Way::Cleared(asked) => self.can(*asked).yes || rest,
            Way::Branches(branches, last) => {
                let mut sound = self.is_sound_last(last, rest);
                for (asked, body) in branches.iter().rev() {
                    sound = self.joins(*asked, body, rest, sound);
                }
                sound
            }
            Way::Loop(list, body) => {
                rest && (self.is_sound(body, true) || self.eval.terms.can_empty(list.id))
            }
            Way::NoData(ways) => self.is_sound(ways, rest),
        }
    }

    fn is_sound_last(&mut self, last: &Last, rest: bool) -> bool {
        last.reached && self.is_sound(&last.ways, rest)
    }

    /// A condition with a side that holds where it does, and whether the other side is sound.
    fn joins(&mut self, asked: Asked, body: &[Way], rest: bool, otherwise: bool) -> bool {
        let then = self.is_sound(body, rest);
        let can = self.can(asked);
        can.yes && then || can.no && otherwise || then && otherwise
    }

    /// The finding that words alone reach, with the condition that lets them; `ways` is not sound.
    fn blame(
        &mut self,
        ways: &[Way],
        rest: bool,
        because: Option<Span>,
    ) -> Option<(Found, Option<Span>)> {
        let mut because = because;
        let mut behind = vec![rest];
        for way in ways.iter().rev() {
            let next = behind.last().copied().unwrap_or(rest);
            behind.push(self.is_sound_way(way, next));
        }
        behind.reverse();
        for (way, rest) in ways.iter().zip(behind.iter().skip(1)) {
            let sound = self.is_sound_way(way, *rest);
            if sound {
                return None;
            }
            match way {
                Way::Found(found) => return Some((*found, because)),
                Way::End => return None,
                Way::Cleared(asked) => because = because.or(Some(asked.span)),
                Way::Branches(branches, last) => {
                    match self.blame_branches(branches, last, *rest, because) {
                        Ok(blamed) => return Some(blamed),
                        Err(span) => because = span,
                    }
                }
                Way::Loop(list, body) => {
                    if *rest {
                        return self.blame(body, true, because.or(Some(list.span)));
                    }
                }
                Way::NoData(ways) => return self.blame(ways, *rest, because),
            }
        }
        None
    }

    /// The finding below, or the condition that lets words go on to what follows.
    fn blame_branches(
        &mut self,
        branches: &[(Asked, Vec<Way>)],
        last: &Last,
        rest: bool,
        because: Option<Span>,
    ) -> Result<(Found, Option<Span>), Option<Span>> {
        let mut because = because;
        let mut sound = vec![self.is_sound_last(last, rest)];
        for (asked, body) in branches.iter().rev() {
            let next = sound.last().copied().unwrap_or(true);
            sound.push(self.joins(*asked, body, rest, next));
        }
        sound.reverse();
        for ((asked, body), next) in branches.iter().zip(sound.iter().skip(1)) {
            if self.is_sound(body, rest) {
                because = Some(asked.span);
                continue;
            }
            let below = if *next { Some(asked.span) } else { because };
            if let Some(blamed) = self.blame(body, rest, below) {
                return Ok(blamed);
            }
            if *next {
                return Err(below);
            }
        }
        match self.is_sound(&last.ways, rest) {
            true => Err(because),
            false => self.blame(&last.ways, rest, because).ok_or(because),
        }
    }
}

fn report(
    runbook: &Runbook,
    found: Found,
    because: Option<Span>,
    nothing_told: bool,
) -> Diagnostic {
    let finding = runbook.findings.get(found.finding.index());
    let name = finding.map_or("", |finding| finding.name.as_str());
    let message = match (because, nothing_told) {
        (_, true) => format!("without data, words alone reach `found {name}`"),
        (Some(_), false) => format!("words alone can lead to `found {name}`"),
        (None, false) => format!("`found {name}` rests on nothing that was measured"),
    };
    let mut told = Diagnostic::new(
        Code::Uncorroborated,
        message,
        found.span,
        "its remedy changes something",
    );
    if let Some(because) = because {
        told = told.and(because, "no measurement can turn this the other way");
    }
    told.help(match nothing_told {
        true => "words pick what is observed, and there may be nothing of that name: let `else no_data` end with `novel` or `inconclusive`, or give a value that finds nothing",
        false => "an alert is only words, and words can be forged: whatever they say, a measurement must be able to lead to another end, as in `if errors() > 5% { found ... }`",
    })
}
