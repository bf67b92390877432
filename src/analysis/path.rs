//! P2, first half: on every path a `verify` follows the last change, or a human is told.
//!
//! There are no jumps, so one walk over the structure sees every path.

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::text::Span;
use crate::typed::{Block, For, HandlerAction, OtherwiseOf, Runbook, Stmt, StmtKind, VerifyElse};

use super::kind::BlockKind;
use super::level::Levels;

pub fn check_runbook(levels: &Levels, runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    for remedy in &runbook.remedies {
        let name = format!("remedy `{}`", remedy.name);
        check_acting(levels, &remedy.body.block, &name, remedy.name_span, out);
    }
    if let Some(steps) = &runbook.steps {
        let span = steps.block.span.at_start();
        check_acting(levels, &steps.block, "`steps`", span, out);
    }
    for clause in &runbook.otherwise {
        let told = tells(&clause.body.block);
        if !told {
            out.push(
                Diagnostic::new(
                    Code::OtherwiseTellsNobody,
                    "this `otherwise` tells nobody",
                    clause.span,
                    match clause.of {
                        OtherwiseOf::Both => "what is new would go unseen",
                        OtherwiseOf::Novel => "what is novel would go unseen",
                        OtherwiseOf::Inconclusive => "an inconclusive diagnosis would go unseen",
                        OtherwiseOf::Systemic => "a systemic incident would go unseen",
                    },
                )
                .help("end it with `page ROLE \"...\"` or `hand ROLE \"...\"`"),
            );
        }
    }
    check_again(runbook, out);
}

/// Whether every path through the block tells a human.
fn tells(block: &Block) -> bool {
    block.statements.iter().any(|stmt| match &stmt.kind {
        StmtKind::Page { .. } | StmtKind::Hand(_) => true,
        StmtKind::If {
            then,
            otherwise: Some(otherwise),
            ..
        } => tells(then) && tells(otherwise),
        StmtKind::Match { arms, .. } => !arms.is_empty() && arms.iter().all(|arm| tells(&arm.body)),
        // A broken line may have been the one.
        StmtKind::Error => true,
        _ => false,
    })
}

/// Where a path stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was changed, nothing was verified.
    Clean,
    Verified,
    /// Changed at this place, and not verified since.
    Dirty(Span),
    /// Told by the statement at this place: only evidence may follow.
    Told(Span),
    /// A part was broken: nothing is said about it.
    Broken,
}

impl State {
    /// Where paths meet, the worst counts.
    fn join(self, other: State) -> State {
        match (self, other) {
            (State::Broken, _) | (_, State::Broken) => State::Broken,
            (State::Dirty(span), _) | (_, State::Dirty(span)) => State::Dirty(span),
            (State::Clean, _) | (_, State::Clean) => State::Clean,
            (State::Verified, _) | (_, State::Verified) => State::Verified,
            (State::Told(span), State::Told(_)) => State::Told(span),
        }
    }
}

fn check_acting(levels: &Levels, block: &Block, name: &str, span: Span, out: &mut Vec<Diagnostic>) {
    let mut walk = Walk { levels, out };
    match walk.block(block, State::Clean) {
        Some(State::Dirty(change)) => walk.unverified(name, change, block.span),
        Some(State::Clean) => walk.out.push(
            Diagnostic::new(
                Code::NeitherVerifiedNorTold,
                format!("{name} may end without a `verify` and without telling anybody"),
                span,
                "may end with nothing done and nobody told",
            )
            .help("end each path with a `verify`, with `page` or `hand`, or with `cleared \"why\"` where nothing needs doing"),
        ),
        Some(State::Verified | State::Told(_) | State::Broken) | None => {}
    }
}

struct Walk<'a, 'b> {
    levels: &'a Levels<'a>,
    out: &'b mut Vec<Diagnostic>,
}

impl Walk<'_, '_> {
    /// The state behind the block, or None when no path falls through.
    fn block(&mut self, block: &Block, state: State) -> Option<State> {
        let mut state = state;
        for stmt in &block.statements {
            if let State::Told(told) = state
                && !matches!(
                    stmt.kind,
                    StmtKind::Attach(_)
                        | StmtKind::Tell { .. }
                        | StmtKind::Page { .. }
                        | StmtKind::Hand(_)
                )
            {
                self.out.push(
                    Diagnostic::new(
                        Code::Unreachable,
                        "nothing may follow once a human has the duty",
                        stmt.span,
                        "comes after the hand-over",
                    )
                    .and(told, "handed over here")
                    .help("put it before; only `attach` may follow"),
                );
                return Some(State::Broken);
            }
            state = self.stmt(stmt, state)?;
        }
        Some(state)
    }

    fn stmt(&mut self, stmt: &Stmt, state: State) -> Option<State> {
        Some(match &stmt.kind {
            StmtKind::Error => State::Broken,
            StmtKind::Do(step) => {
                self.handlers(&step.handlers, state);
                if self.levels.step(step) >= Level::Change {
                    State::Dirty(step.span)
                } else {
                    state
                }
            }
            StmtKind::WithDo { step, body, .. } => {
                return self.block(body, State::Dirty(step.span));
            }
            StmtKind::Verify(_) | StmtKind::WaiveVerify(_) => State::Verified,
            StmtKind::Page { .. } | StmtKind::Hand(_) => State::Told(stmt.span),
            StmtKind::Mitigated(_) => {
                self.mitigated(stmt, state);
                return None;
            }
            StmtKind::Cleared { condition, .. } => {
                self.cleared(stmt, state);
                condition.as_ref()?;
                state
            }
            StmtKind::If {
                then, otherwise, ..
            } => {
                let after = self.block(then, state);
                let other = match otherwise {
                    Some(block) => self.block(block, state),
                    None => Some(state),
                };
                return join(after, other);
            }
            StmtKind::Match { arms, .. } => {
                return arms
                    .iter()
                    .map(|arm| self.block(&arm.body, state))
                    .reduce(join)
                    .unwrap_or(Some(state));
            }
            StmtKind::For(for_loop) => self.for_loop(for_loop, state),
            StmtKind::Attempts(attempts) => {
                for attempt in attempts {
                    match self.block(&attempt.body, State::Clean) {
                        Some(State::Dirty(change)) => {
                            let name = format!("attempt \"{}\"", attempt.title);
                            self.unverified(&name, change, attempt.body.span);
                        }
                        Some(State::Clean) => self.attempt_unverified(&attempt.title, attempt.span),
                        Some(State::Verified | State::Told(_) | State::Broken) | None => {}
                    }
                }
                State::Verified
            }
            StmtKind::Let { handlers, .. } => {
                self.handlers(handlers, state);
                state
            }
            StmtKind::Found { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_) => return None,
            StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Tell { .. }
            | StmtKind::Attach(_) => state,
        })
    }

    /// A handler that ends the block ends it where the statement stands.
    fn handlers(&mut self, handlers: &[crate::typed::Handler], state: State) {
        for handler in handlers {
            if let HandlerAction::Diverge(stmt) = &handler.action {
                self.stmt(stmt, state);
            }
        }
    }

    fn for_loop(&mut self, for_loop: &For, state: State) -> State {
        match self.block(&for_loop.body, State::Clean) {
            Some(State::Dirty(change)) => {
                self.unverified("the body of this loop", change, for_loop.body.span);
                State::Broken
            }
            // An empty list is an end of its own, so behind the loop at least one was verified.
            Some(State::Verified) => match state {
                State::Dirty(_) => state,
                State::Clean | State::Verified | State::Told(_) | State::Broken => State::Verified,
            },
            Some(State::Clean) | None => state,
            Some(State::Told(span)) => {
                self.out.push(
                    Diagnostic::new(
                        Code::Unreachable,
                        "a loop cannot hand over once per element",
                        span,
                        "hands over inside the loop",
                    )
                    .help("hand over once, behind the loop"),
                );
                State::Broken
            }
            Some(State::Broken) => State::Broken,
        }
    }

    fn unverified(&mut self, name: &str, change: Span, block: Span) {
        self.out.push(
            Diagnostic::new(
                Code::ChangeNotVerified,
                format!("{name} may end after a change that nobody verified"),
                change,
                "the last change on this path",
            )
            .and(
                Span::new(block.source, block.end.saturating_sub(1) as usize, block.end as usize),
                "ends here, unverified",
            )
            .help("add `verify within 5m { ... }` behind the change, or end the path with `page` or `hand`"),
        );
    }

    fn attempt_unverified(&mut self, title: &str, span: Span) {
        self.out.push(
            Diagnostic::new(
                Code::NeitherVerifiedNorTold,
                format!("attempt \"{title}\" may end without a `verify`"),
                span,
                "cannot tell whether it helped",
            )
            .help("an attempt ends with the `verify` that decides whether the next one is needed"),
        );
    }

    fn mitigated(&mut self, stmt: &Stmt, state: State) {
        let problem = match state {
            State::Verified | State::Broken => return,
            State::Dirty(span) => Diagnostic::new(
                Code::MitigatedUnverified,
                "`mitigated` needs a `verify` before it",
                stmt.span,
                "not known to help",
            )
            .and(span, "the last change"),
            State::Clean | State::Told(_) => Diagnostic::new(
                Code::MitigatedUnverified,
                "`mitigated` needs a `verify` before it",
                stmt.span,
                "nothing was verified",
            ),
        };
        self.out
            .push(problem.help("a debt is left behind something that works: verify first"));
    }

    fn cleared(&mut self, stmt: &Stmt, state: State) {
        if let State::Dirty(change) = state {
            self.out.push(
                Diagnostic::new(
                    Code::ClearedAfterChange,
                    "`cleared` after a change",
                    stmt.span,
                    "says that nothing was done",
                )
                .and(change, "but this changed something")
                .help("verify the change, or say `cleared` before it"),
            );
        }
    }
}

fn join(one: Option<State>, other: Option<State>) -> Option<State> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.join(other)),
        (Some(state), None) | (None, Some(state)) => Some(state),
        (None, None) => None,
    }
}

/// `else again` and the clause `again` belong together.
fn check_again(runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    let mut used = false;
    for (kind, block) in super::blocks(runbook) {
        if kind != BlockKind::Remedy {
            continue;
        }
        block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Verify(verify) = &stmt.kind
                && verify.otherwise == VerifyElse::Again
            {
                used = true;
                if runbook.again.is_none() {
                    out.push(
                        Diagnostic::new(
                            Code::AgainWithoutBound,
                            "`else again` needs the clause `again at most N`",
                            verify.span,
                            "diagnoses anew, without a bound",
                        )
                        .help("add `again at most 2` to the runbook: every run ends"),
                    );
                }
            }
        });
    }
    if runbook.again.is_some() && !used {
        out.push(
            Diagnostic::new(
                Code::AgainUnused,
                format!("runbook `{}` never says `else again`", runbook.name),
                runbook.name_span,
                "its clause `again` has no effect",
            )
            .help("remove the clause, or end a `verify` with `else again`"),
        );
    }
}
