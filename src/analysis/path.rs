//! P2, first half: on every path a `verify` follows the last change, or a human is told; `cleared`
//! is only said where nothing was changed, `mitigated` where something was verified.
//!
//! There are no jumps, so one walk over the structure sees every path.

mod state;

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::text::Span;
use crate::typed::{
    Attempt, Block, For, HandlerAction, OtherwiseOf, Runbook, Step, Stmt, StmtKind,
};

use super::change::{Changes, first_change, last_waiver};
use super::kind::tells;
use super::level::Levels;
use state::{Path, State, join};

pub fn check_runbook(
    levels: &Levels,
    changes: &Changes,
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    for remedy in &runbook.remedies {
        let name = format!("remedy `{}`", remedy.name);
        let walk = Walk::new(levels, changes, out);
        check_acting(walk, &remedy.body.block, &name, remedy.name_span);
    }
    if let Some(steps) = &runbook.steps {
        let span = steps.block.span.at_start();
        let walk = Walk::new(levels, changes, out);
        check_acting(walk, &steps.block, "`steps`", span);
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
    super::again::check_runbook(runbook, out);
}

fn check_acting(mut walk: Walk<'_, '_>, block: &Block, name: &str, span: Span) {
    match walk.block(block, Path::BEGIN).map(|path| path.state) {
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
        None if is_idle(block) => walk.out.push(
            Diagnostic::new(
                Code::NeitherVerifiedNorTold,
                format!("{name} does nothing, verifies nothing and tells nobody"),
                span,
                "says `cleared` of what was found",
            )
            .help("say `cleared if ...` in the diagnosis, before it is found; or do something here, or end it with `page` or `hand`"),
        ),
        Some(State::Waived | State::Verified | State::Told(_) | State::Broken) | None => {}
    }
}

/// Whether nothing in the block could change anything, show that it is well, or reach a human.
fn is_idle(block: &Block) -> bool {
    let mut idle = true;
    let mut one = |stmt: &Stmt| {
        idle &= !matches!(
            stmt.kind,
            StmtKind::Do(_)
                | StmtKind::WithDo { .. }
                | StmtKind::Verify(_)
                | StmtKind::Guard(_)
                | StmtKind::Mitigated(_)
                | StmtKind::Page { .. }
                | StmtKind::Hand(_)
                // These do not belong here, which was said.
                | StmtKind::Found { .. }
                | StmtKind::Novel(_)
                | StmtKind::Inconclusive(_)
                | StmtKind::Return(_)
                | StmtKind::Error
        );
    };
    block.for_each_stmt(&mut |stmt| {
        one(stmt);
        if let StmtKind::Let { handlers, .. } = &stmt.kind {
            for handler in handlers {
                if let HandlerAction::Diverge(stmt) = &handler.action {
                    one(stmt);
                }
            }
        }
    });
    idle
}

/// What a statement stands in.
#[derive(Clone, Copy, Default)]
struct Inside {
    /// The list of the loop around it.
    a_loop: Option<Span>,
    /// The step of the `with do` around it.
    with_do: Option<Span>,
}

struct Walk<'a, 'b> {
    levels: &'a Levels<'a>,
    changes: &'a Changes,
    inside: Inside,
    out: &'b mut Vec<Diagnostic>,
}

impl<'a, 'b> Walk<'a, 'b> {
    fn new(levels: &'a Levels<'a>, changes: &'a Changes, out: &'b mut Vec<Diagnostic>) -> Self {
        Walk {
            levels,
            changes,
            inside: Inside::default(),
            out,
        }
    }

    /// The path behind the block, or None when none falls through.
    fn block(&mut self, block: &Block, path: Path) -> Option<Path> {
        let mut path = path;
        for stmt in &block.statements {
            if let State::Told(told) = path.state
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
                return Some(path.with(State::Broken));
            }
            path = self.stmt(stmt, path)?;
        }
        Some(path)
    }

    fn stmt(&mut self, stmt: &Stmt, path: Path) -> Option<Path> {
        crate::steps::count(1);
        Some(match &stmt.kind {
            StmtKind::Error => path.with(State::Broken),
            StmtKind::Do(step) => self.step(step, path),
            StmtKind::WithDo { step, body, .. } => return self.with_do(step, body, path),
            StmtKind::Verify(_) => Path {
                state: State::Verified,
                kept: None,
                idle: false,
                ..path
            },
            // Where nothing was changed there is nothing to waive: the path still does nothing, also
            // where others that meet it here have changed something.
            StmtKind::WaiveVerify(_) if path.is_idle() => path.with(State::Clean),
            StmtKind::WaiveVerify(_) => Path {
                state: State::Waived,
                idle: false,
                ..path
            },
            StmtKind::Page { .. } | StmtKind::Hand(_) => Path {
                state: State::Told(stmt.span),
                idle: false,
                ..path
            },
            StmtKind::Mitigated(_) => {
                if self.is_misplaced(stmt) {
                    return Some(path);
                }
                self.mitigated(stmt, path.state);
                return None;
            }
            StmtKind::Cleared { condition, .. } => {
                self.cleared(stmt, path);
                condition.as_ref()?;
                path
            }
            StmtKind::If {
                then, otherwise, ..
            } => {
                let after = self.block(then, path);
                let other = match otherwise {
                    Some(block) => self.block(block, path),
                    None => Some(path),
                };
                return join(after, other);
            }
            StmtKind::Match { arms, .. } => {
                return arms
                    .iter()
                    .map(|arm| self.block(&arm.body, path))
                    .reduce(join)
                    .unwrap_or(Some(path));
            }
            StmtKind::For(for_loop) => self.for_loop(for_loop, path),
            StmtKind::Attempts(attempts) => self.attempts(attempts, path),
            StmtKind::Let { handlers, .. } => {
                self.handlers(handlers, path);
                path
            }
            StmtKind::Found { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_) => return None,
            StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Tell { .. }
            | StmtKind::Attach(_) => path,
        })
    }

    fn step(&mut self, step: &Step, path: Path) -> Path {
        let changes = self.levels.step(step) >= Level::Change;
        // Its handlers see a step that was certainly not applied; of an action that takes several
        // the earlier ones were.
        match changes && self.changes.is_many(step) {
            true => self.handlers(&step.handlers, path.after(step.span)),
            false => self.handlers(&step.handlers, path),
        }
        match changes {
            true => path.after(step.span),
            false => path,
        }
    }

    fn with_do(&mut self, step: &Step, body: &Block, path: Path) -> Option<Path> {
        self.handlers(&step.handlers, path);
        let around = self.inside.with_do;
        self.inside.with_do = around.or(Some(step.span));
        let after = self.block(body, path.after(step.span));
        self.inside.with_do = around;
        after
    }

    /// A handler that ends the block ends it where the statement stands.
    fn handlers(&mut self, handlers: &[crate::typed::Handler], path: Path) {
        for handler in handlers {
            if let HandlerAction::Diverge(stmt) = &handler.action {
                self.stmt(stmt, path);
            }
        }
    }

    fn attempts(&mut self, attempts: &[Attempt], path: Path) -> Path {
        let mut begin = Path {
            state: State::Clean,
            kept: match path.state {
                State::Dirty(change) => Some(change),
                State::Clean | State::Waived | State::Verified | State::Told(_) | State::Broken => {
                    path.kept
                }
            },
            idle: true,
            ..path
        };
        let mut end = State::Verified;
        for attempt in attempts {
            let after = self.block(&attempt.body, begin);
            match after.map(|path| (path.state, path.kept)) {
                Some((State::Dirty(change), _)) => {
                    let name = format!("attempt \"{}\"", attempt.title);
                    self.unverified(&name, change, attempt.body.span);
                }
                Some((State::Clean, _)) => self.attempt_unverified(&attempt.title, attempt.span),
                Some((State::Waived, kept)) => {
                    end = State::Waived;
                    if let Some(kept) = kept {
                        self.waived_too_much(attempt, kept);
                    }
                }
                Some((State::Verified | State::Told(_) | State::Broken, _)) | None => {}
            }
            begin.changed = begin.changed.or(first_change(self.levels, &attempt.body));
            begin.kept = begin
                .kept
                .or(self.changes.kept_by(self.levels, &attempt.body));
        }
        Path {
            state: end,
            changed: begin.changed,
            kept: None,
            idle: false,
        }
    }

    fn for_loop(&mut self, for_loop: &For, path: Path) -> Path {
        // An element before this one may have changed something.
        let changed = path
            .changed
            .or_else(|| first_change(self.levels, &for_loop.body));
        let begin = Path {
            state: State::Clean,
            changed,
            kept: path.kept,
            idle: true,
        };
        let around = self.inside.a_loop;
        self.inside.a_loop = around.or(Some(for_loop.source.span));
        let after = self.block(&for_loop.body, begin);
        self.inside.a_loop = around;
        let state = match after.map(|path| path.state) {
            Some(State::Dirty(change)) => {
                self.unverified("the body of this loop", change, for_loop.body.span);
                State::Broken
            }
            // An empty list is an end of its own, so behind the loop at least one was verified.
            Some(seen @ (State::Verified | State::Waived)) => match path.state {
                State::Dirty(_) => path.state,
                State::Clean | State::Waived | State::Verified | State::Told(_) | State::Broken => {
                    seen
                }
            },
            Some(State::Clean) | None => path.state,
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
        };
        let idle = match after.map(|path| path.state) {
            Some(State::Verified | State::Waived | State::Told(_) | State::Broken) => false,
            Some(State::Dirty(_) | State::Clean) | None => path.idle,
        };
        Path {
            state,
            changed,
            idle,
            kept: after.map_or(path.kept, |path| path.kept),
        }
    }

    fn waived_too_much(&mut self, attempt: &Attempt, kept: Span) {
        self.out.push(
            Diagnostic::new(
                Code::WaiverOfEarlierChange,
                format!(
                    "attempt \"{}\" waives what an earlier change still waits for",
                    attempt.title
                ),
                last_waiver(&attempt.body).unwrap_or(attempt.span),
                "covers the changes of this attempt alone",
            )
            .and(kept, "this may stand unverified")
            .help(
                "verify it: `verify within 5m { ... }`; or end the attempt with `page` or `hand`",
            ),
        );
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

    /// Whether a `mitigated` stands where it cannot; says so.
    fn is_misplaced(&mut self, stmt: &Stmt) -> bool {
        if let Some(list) = self.inside.a_loop {
            self.out.push(
                Diagnostic::new(
                    Code::MitigatedInLoop,
                    "`mitigated` ends the run, and this is a loop",
                    stmt.span,
                    "would end it at the first element",
                )
                .and(list, "the others would be dropped")
                .help("put it behind the loop: one debt for all of them"),
            );
            return true;
        }
        if let Some(held) = self.inside.with_do {
            self.out.push(
                Diagnostic::new(
                    Code::MitigatedInWithDo,
                    "`mitigated` stands in a `with do`",
                    stmt.span,
                    "owes what is given back at this very moment",
                )
                .and(held, "given back on every way out")
                .help("put it behind the block; or hold on beyond the end with `do` instead of `with do`"),
            );
            return true;
        }
        false
    }

    fn mitigated(&mut self, stmt: &Stmt, state: State) {
        const NEEDS: &str = "`mitigated` needs a `verify` before it";
        let problem =
            |label: &str| Diagnostic::new(Code::MitigatedUnverified, NEEDS, stmt.span, label);
        let problem = match state {
            State::Verified | State::Broken => return,
            State::Dirty(span) => problem("not known to help").and(span, "the last change"),
            State::Waived => problem("its verify was waived"),
            State::Clean | State::Told(_) => problem("nothing was verified"),
        };
        self.out
            .push(problem.help("a debt is left behind something that works: verify first"));
    }

    fn cleared(&mut self, stmt: &Stmt, path: Path) {
        if let Some(change) = path.changed {
            self.out.push(
                Diagnostic::new(
                    Code::ClearedAfterChange,
                    "`cleared` after a change",
                    stmt.span,
                    "says that nothing was done",
                )
                .and(change, "but this may have changed something before")
                .help("say `cleared` before anything is changed; behind a change it is a `verify` that ends the run well"),
            );
        }
    }
}
