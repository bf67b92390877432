//! P2: a verify can turn out otherwise, and nothing that holds for lack of anything proves health.

mod handed;
mod nothing;

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::rule::Rule;
use crate::text::Span;
use crate::typed::{Block, Body, Expr, ExprKind, LocalId, Runbook, StmtKind};

use super::eval::{Asks, Eval, Scope};
use super::number::Interval;
use super::observe;
use super::term::Id;
use crate::analysis::{is_broken, level::Levels, queries::Queries};
use handed::{Handed, Sites};

pub fn check(levels: &Levels, runbook: &Runbook, queries: &Queries, out: &mut Vec<Diagnostic>) {
    let remedies = runbook.remedies.iter();
    let remedies = remedies.map(|remedy| (&remedy.body, Some(remedy)));
    let others = runbook.diagnose.iter().chain(&runbook.steps);
    let bodies = others.map(|body| (body, None)).chain(remedies);
    let sites = runbook.diagnose.as_ref().map(|diagnose| {
        let eval = Eval::of_answers(levels.package, runbook, queries);
        Sites::of(diagnose, eval)
    });
    for (body, remedy) in bodies {
        let mut look = Look {
            levels,
            eval: Eval::new(levels.package, runbook, queries, Asks::Look),
            lines: Eval::new(levels.package, runbook, queries, Asks::Line),
            answered: Eval::of_answers(levels.package, runbook, queries),
            body,
            out,
        };
        look.eval.terms.observed = observed(levels, &body.block);
        if let (Some(remedy), Some(sites)) = (remedy, &sites) {
            for (local, range) in sites.ranges_of(remedy) {
                look.lies_within(local, range);
            }
            look.begun_before_found(sites.handed_over(remedy));
        }
        look.bound_before();
        look.block(&body.block);
    }
}

struct Look<'a, 'b> {
    levels: &'a Levels<'a>,
    eval: Eval<'a>,
    lines: Eval<'a>,
    /// The same, where each query answers.
    answered: Eval<'a>,
    body: &'a Body,
    out: &'b mut Vec<Diagnostic>,
}

impl Look<'_, '_> {
    fn block(&mut self, block: &Block) {
        block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::Verify(verify) => {
                let looks = verify
                    .conditions
                    .iter()
                    .any(|condition| self.levels.live_expr(condition) >= Level::Observe);
                // A verify that looks at nothing at all was reported.
                if looks {
                    self.conditions(&verify.conditions, "verify", verify.span);
                }
                if let Some(condition) = &verify.abort_if
                    && !self.line(condition, "abort if")
                {
                    self.aborts(&verify.conditions, condition);
                }
            }
            StmtKind::Guard(condition) => {
                self.line(condition, "guard");
            }
            StmtKind::Mitigated(mitigated) => {
                if let Some(first) = mitigated.until.first() {
                    self.conditions(&mitigated.until, "until", first.span);
                }
            }
            StmtKind::Cleared {
                condition: Some(condition),
                ..
            } => self.cleared(condition),
            _ => {}
        });
    }

    /// Takes down what the names of this body lie within, and which say when something had begun, or was
    /// changed last: what says so of the same target later is never earlier.
    fn bound_before(&mut self) {
        let body = self.body;
        body.block.for_each_stmt(&mut |stmt| {
            let StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } = &stmt.kind
            else {
                return;
            };
            if !handlers.is_empty() {
                return;
            }
            if let Some(range) = handed::range(&mut self.answered, body, value) {
                self.lies_within(*local, range);
            }
            if !matches!(value.kind, ExprKind::Field { .. }) {
                return;
            }
            for eval in [&mut self.eval, &mut self.lines, &mut self.answered] {
                let mut scope = Scope::new(body.locals.len());
                let begun = eval.expr(&mut scope, value);
                if eval.terms.facts(begun).past {
                    eval.terms.earlier.insert(local.0, begun);
                }
            }
        });
    }

    fn lies_within(&mut self, local: LocalId, range: Interval) {
        for eval in [&mut self.eval, &mut self.lines, &mut self.answered] {
            eval.ranges.insert(local.0, range);
        }
    }

    /// The same of what a finding hands over: a target, and when it had begun.
    fn begun_before_found(&mut self, handed: Vec<Handed>) {
        for Handed { of, begun, field } in handed {
            let ExprKind::Field { base, field: at } = &field.kind else {
                continue;
            };
            for eval in [&mut self.eval, &mut self.lines, &mut self.answered] {
                let target = eval.local(of, &base.ty);
                let now = observe::field(eval, target, base, *at, &field.ty);
                if eval.terms.facts(now).past {
                    eval.terms.earlier.insert(begun.0, now);
                }
            }
        }
    }

    fn term(&mut self, expr: &Expr) -> Id {
        let mut scope = Scope::new(self.body.locals.len());
        self.eval.expr(&mut scope, expr)
    }

    /// Whether the condition is always the same; said if it is.
    fn line(&mut self, condition: &Expr, word: &str) -> bool {
        if is_broken(condition) {
            return true;
        }
        let mut scope = Scope::new(self.body.locals.len());
        let id = self.lines.expr(&mut scope, condition);
        let can = self.lines.terms.can(id);
        if std::mem::take(&mut self.lines.terms.wide) {
            self.out.push(super::too_many(condition.span));
            return true;
        }
        if !can.is_constant() && self.lines.terms.table.has_inexact(id) {
            self.out.push(super::too_large(condition));
            return true;
        }
        if !can.is_constant() {
            return self.lines.narrower && self.never_answered(condition, word);
        }
        let always = if can.yes { "always" } else { "never" };
        self.out.push(
            Diagnostic::new(
                Code::VerifyProvesNothing,
                format!("this condition of `{word}` {always} holds"),
                condition.span,
                format!("{always} true, whatever is observed"),
            )
            .help("test something that can turn out either way: a `watch`, a probe or a field of a target against a value of your own"),
        );
        true
    }

    /// Whether the condition never holds where its queries answer, and so never holds; said if so.
    fn never_answered(&mut self, condition: &Expr, word: &str) -> bool {
        let mut scope = Scope::new(self.body.locals.len());
        let id = self.answered.expr(&mut scope, condition);
        let can = self.answered.terms.can(id);
        if std::mem::take(&mut self.answered.terms.wide) || can.yes || !can.no {
            return false;
        }
        self.out.push(
            Diagnostic::new(
                Code::VerifyProvesNothing,
                format!("this condition of `{word}` never holds"),
                condition.span,
                "never true: where nothing matches, the query answers nothing",
            )
            .help(help_for_answers(word)),
        );
        true
    }

    fn conditions(&mut self, conditions: &[Expr], word: &str, span: Span) {
        if self.exclude_each_other(conditions, word) {
            return;
        }
        let mut all = self.eval.terms.table.truth(true);
        let mut scope = Scope::new(self.body.locals.len());
        let mut said = false;
        for condition in conditions {
            let id = self.eval.expr(&mut scope, condition);
            // What a look may decide either way, runs may, too.
            if is_broken(condition)
                || self.eval.terms.can(id).is_constant()
                || self.eval.terms.wide
                || self.eval.terms.table.has_inexact(id)
            {
                said |= self.line(condition, word);
            } else if self.eval.narrower {
                said |= self.never_answered(condition, word);
            }
            all = self.eval.terms.and(all, id);
        }
        if said {
            self.eval.terms.wide = false;
            return;
        }
        let can = self.eval.terms.can(all);
        let span = match conditions {
            [one] => one.span,
            _ => span,
        };
        // What each line decides by itself may be too much to ask of all together: some line can fail.
        if std::mem::take(&mut self.eval.terms.wide) {
            if let [_] = conditions {
                return self.out.push(super::too_many(span));
            }
        } else if !can.no {
            self.out.push(match self.eval.terms.was_given_up(all) {
                true => super::given_up(span),
                false => proves_nothing(word, span),
            });
            return;
        }
        if Rule::AbsenceProvesNothing.holds() && self.eval.terms.holds_in_absence(all) {
            let first = conditions.first().map_or(span, |first| first.span);
            self.out.push(nothing::diagnostic(
                Code::VerifyProvesNothing,
                format!("this `{word}` holds where nothing is there"),
                first,
                conditions,
            ));
        }
    }

    /// Each line as a term of what may differ from run to run, with whether it can hold.
    fn lines_of(eval: &mut Eval, body: &Body, conditions: &[Expr]) -> Option<Vec<Id>> {
        let mut scope = Scope::new(body.locals.len());
        let mut lines = Vec::with_capacity(conditions.len());
        for condition in conditions {
            let line = eval.expr(&mut scope, condition);
            let can = !is_broken(condition) && can_hold(eval, line);
            if !can {
                return None;
            }
            lines.push(line);
        }
        Some(lines)
    }

    /// Whether no world lets all lines hold at one look; said with the two places, if so.
    fn exclude_each_other(&mut self, conditions: &[Expr], word: &str) -> bool {
        if conditions.len() < 2 {
            return false;
        }
        // A line whose query does not answer does not hold.
        let eval = match self.eval.narrower || self.lines.narrower {
            true => &mut self.answered,
            false => &mut self.lines,
        };
        let Some(lines) = Self::lines_of(eval, self.body, conditions) else {
            return false;
        };
        if all_hold(eval, &lines) {
            return false;
        }
        for (at, line) in lines.iter().enumerate().skip(1) {
            if all_hold(eval, &lines[..=at]) {
                continue;
            }
            let other = (0..at).find(|before| {
                let both = eval.terms.and(lines[*before], *line);
                !can_hold(eval, both)
            });
            let (with, text) = match other {
                Some(other) => (other, "this rules it out"),
                None => (at - 1, "this and the lines before it rule it out"),
            };
            self.out.push(
                Diagnostic::new(
                    Code::VerifyProvesNothing,
                    format!("the lines of this `{word}` exclude each other: it never passes"),
                    conditions[at].span,
                    "this never holds together with the lines before it",
                )
                .and(conditions[with].span, text)
                .help("each line has to hold at the same look: join what may hold by itself with `or`, or take out the line that is not meant"),
            );
            return true;
        }
        false
    }

    /// Whether what is waited for is what ends the waiting.
    fn aborts(&mut self, conditions: &[Expr], abort: &Expr) {
        let eval = &mut self.lines;
        let Some(lines) = Self::lines_of(eval, self.body, conditions) else {
            return;
        };
        let mut scope = Scope::new(self.body.locals.len());
        let abort_if = eval.expr(&mut scope, abort);
        let all = all_of(eval, &lines);
        let not = eval.terms.not(abort_if);
        let passes = eval.terms.and(all, not);
        if !can_hold(eval, all) || can_hold(eval, passes) {
            return;
        }
        let first = conditions.first().map_or(abort.span, |first| first.span);
        self.out.push(
            Diagnostic::new(
                Code::VerifyProvesNothing,
                "this `verify` is aborted wherever it would pass",
                abort.span,
                "this ends the waiting, as failed",
            )
            .and(first, "and holds whenever this does")
            .help("say in `abort if` what *worse* looks like, and in the conditions what is waited for"),
        );
    }

    fn cleared(&mut self, condition: &Expr) {
        if is_broken(condition) {
            return;
        }
        let id = self.term(condition);
        // Its own text is judged: a name in it is the author's word.
        let observed = std::mem::take(&mut self.eval.terms.observed);
        let holds = self.eval.terms.holds_in_absence(id);
        self.eval.terms.observed = observed;
        if holds && !is_constant(condition) {
            self.out.push(nothing::diagnostic(
                Code::ClearedByAbsence,
                "this `cleared if` holds where nothing is there".to_owned(),
                condition.span,
                std::slice::from_ref(condition),
            ));
        }
    }
}

/// Whether it can hold; of what is too wide to say it is taken to.
fn can_hold(eval: &mut Eval, id: Id) -> bool {
    let can = eval.terms.can(id);
    std::mem::take(&mut eval.terms.wide) || can.yes
}

/// Whether some world lets all of these hold at one look.
fn all_hold(eval: &mut Eval, lines: &[Id]) -> bool {
    let all = all_of(eval, lines);
    can_hold(eval, all)
}

fn all_of(eval: &mut Eval, lines: &[Id]) -> Id {
    let all = eval.terms.table.truth(true);
    let terms = &mut eval.terms;
    lines.iter().fold(all, |all, line| terms.and(all, *line))
}

/// The names that stand for something observed: where nothing is there, nothing was there before, either.
fn observed(levels: &Levels, block: &Block) -> BTreeSet<u32> {
    let mut observed = BTreeSet::new();
    block.for_each_stmt(&mut |stmt| {
        if let StmtKind::Let { local, value, .. } = &stmt.kind {
            let mut seen = levels.live_expr(value) >= Level::Observe;
            value.for_each(&mut |part| {
                seen |= matches!(part.kind, ExprKind::Local(of) if observed.contains(&of.0));
            });
            if seen {
                observed.insert(local.0);
            }
        }
    });
    observed
}

/// A condition that reads nothing is judged elsewhere.
fn is_constant(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Value(_))
}

fn proves_nothing(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::VerifyProvesNothing,
        format!("this `{word}` proves nothing"),
        span,
        "nothing that is observed now can make it fail",
    )
    .help("names that were bound before, keys, the clock, and queries of the past or of no series stay as they are, and behind `or` they can make it hold by themselves: test a `watch`, a probe or a field of a target")
}

/// What may be meant by a number that a query never answers.
fn help_for_answers(word: &str) -> String {
    let beside = match word {
        "verify" | "until" => ", beside a line about something that has to be there",
        _ => "",
    };
    format!(
        "`count(..)` is 1 at least, a filter answers only what it lets through, and `absent(..)` is 1: write `.. or vector(0)` where nothing counts as 0{beside}, or test the number that is filtered"
    )
}
