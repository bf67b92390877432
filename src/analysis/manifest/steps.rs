//! The `do` lines of a runbook and of the actions that it comes to: what guards, proves and undoes each.
//!
//! A condition guards a step when the step is not reached where it is false: a `guard` before it in its
//! block or around it, an `if` around it, the arm it stands in.

use std::collections::{BTreeSet, VecDeque};

use super::amount::Lets;
use super::does::{action_name, undo_by};
use super::{Made, amount};
use crate::analysis::core::{Cores, Meanings};
use crate::analysis::kind::always_ends;
use crate::analysis::raw;
use crate::effect::Sink;
use crate::program::manifest::{ConditionHash, Otherwise, Part, Step, UndoBy, Verify};
use crate::typed::{
    self, ActionCallee, BinaryOp, Block, Body, Expr, ExprKind, FunctionId, Param, Runbook,
    StmtKind, Type, UndoChoice, VerifyElse,
};
use crate::value::Duration;

/// What is done, what proves it, and what is waived of that.
#[derive(Default)]
pub struct Steps {
    pub steps: Vec<Step>,
    pub verifies: Vec<Verify>,
    /// `undo k8s.restart`, `verify bad_deploy`
    pub waives: Vec<String>,
}

pub fn of_runbook<'a>(cores: &Cores<'a>, runbook: &'a Runbook, made: &mut Made<'a>) -> Steps {
    let mut bodies: Vec<(String, &Body, Meanings)> = Vec::new();
    let handed = cores.handed(runbook);
    for remedy in &runbook.remedies {
        let meanings = cores.remedy_meanings(runbook, remedy, &handed);
        bodies.push((remedy.name.to_string(), &remedy.body, meanings));
    }
    if let Some(body) = &runbook.steps {
        let meanings = cores.meanings(runbook, body, 0);
        bodies.push(("steps".to_owned(), body, meanings));
    }
    let mut found = Steps::default();
    let mut called = Called::default();
    for (name, body, meanings) in bodies {
        walk(
            cores,
            runbook,
            made,
            &mut found,
            &mut called,
            name,
            body,
            meanings,
        );
    }
    // A chain of calls may be as long as the package.
    while let Some(id) = called.open.pop_front() {
        let function = &made.package.functions[id.index()];
        let name = format!("action {}", function.name);
        let params = function.params.len() as u32;
        let meanings = cores.meanings(runbook, &function.body, params);
        walk(
            cores,
            runbook,
            made,
            &mut found,
            &mut called,
            name,
            &function.body,
            meanings,
        );
    }
    found
}

/// The actions of the package that are called, each once.
#[derive(Default)]
struct Called {
    seen: BTreeSet<FunctionId>,
    open: VecDeque<FunctionId>,
}

#[expect(
    clippy::too_many_arguments,
    reason = "it only takes apart what one body is made of"
)]
fn walk<'a>(
    cores: &Cores<'a>,
    runbook: &'a Runbook,
    made: &mut Made<'a>,
    found: &mut Steps,
    called: &mut Called,
    name: String,
    body: &'a Body,
    meanings: Meanings,
) {
    let mut walk = Walk {
        cores,
        runbook,
        made,
        found,
        called,
        meanings,
        lets: amount::lets(&body.block),
        name,
        steps: 0,
        verifies: 0,
        asked: Vec::new(),
        unproven: Vec::new(),
        each: None,
        undoing: false,
        waited: Duration::ZERO,
    };
    walk.block(&body.block);
}

struct Walk<'w, 'a> {
    cores: &'w Cores<'a>,
    runbook: &'a Runbook,
    made: &'w mut Made<'a>,
    found: &'w mut Steps,
    called: &'w mut Called,
    meanings: Meanings,
    lets: Lets<'a>,
    /// Of the remedy, or of the action.
    name: String,
    steps: u32,
    verifies: u32,
    /// What is known to hold here.
    asked: Vec<ConditionHash>,
    /// The steps that no verify has followed yet.
    unproven: Vec<usize>,
    each: Option<u32>,
    undoing: bool,
    /// What was waited since the last step or verify, all branches together.
    waited: Duration,
}

impl<'a> Walk<'_, 'a> {
    fn block(&mut self, block: &'a Block) {
        let asked = self.asked.len();
        for stmt in &block.statements {
            self.stmt(stmt);
        }
        self.asked.truncate(asked);
    }

    /// A block that is reached only where the condition holds.
    fn block_if(&mut self, hash: ConditionHash, block: &'a Block) {
        self.asked.push(hash);
        self.block(block);
        self.asked.pop();
    }

    fn stmt(&mut self, stmt: &'a typed::Stmt) {
        match &stmt.kind {
            StmtKind::Guard(condition) => {
                let holds = self.asks_each(condition);
                self.asked.extend(holds);
            }
            // What follows is reached only where it was not over by itself.
            StmtKind::Cleared {
                condition: Some(condition),
                why: _,
            } => {
                let fails = self.fails(condition);
                self.asked.push(fails);
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.branches(condition, then, otherwise.as_ref());
            }
            StmtKind::Match { subject, arms } => {
                for arm in arms {
                    let meanings = &self.meanings;
                    let hash = self
                        .cores
                        .arm(self.runbook, meanings, subject, &arm.pattern);
                    let hash = self.made.condition(hash, "an arm of match ", subject.span);
                    self.block_if(hash, &arm.body);
                }
            }
            StmtKind::For(for_loop) => {
                let outer = self.each;
                let most = for_loop.at_most;
                self.each = match (outer, most) {
                    (Some(outer), Some(most)) => Some(outer.saturating_mul(most)),
                    (one, other) => one.or(other),
                };
                self.block(&for_loop.body);
                self.each = outer;
            }
            StmtKind::Wait(time) => {
                let waited = self.waited.millis().saturating_add(time.millis());
                self.waited = Duration::from_millis(waited);
            }
            StmtKind::Do(step) => self.step(step),
            StmtKind::WithDo { step, body, .. } => {
                self.step(step);
                let held = self
                    .cores
                    .around(self.runbook, &self.meanings, "within", Some(step));
                let text = format!("with do {}", action_name(self.made.package, step));
                let held = self.made.around(held, text, step.name_span);
                self.block_if(held, body);
            }
            StmtKind::Verify(verify) => self.verify(verify),
            StmtKind::WaiveVerify(_) => self.found.waives.push(format!("verify {}", self.name)),
            StmtKind::Attempts(attempts) => self.attempts(attempts),
            StmtKind::Error
            | StmtKind::Let { .. }
            | StmtKind::Found { .. }
            | StmtKind::Cleared {
                condition: None,
                why: _,
            }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {}
        }
    }

    fn branches(&mut self, condition: &Expr, then: &'a Block, otherwise: Option<&'a Block>) {
        let holds = self.asks_each(condition);
        let fails = self.fails(condition);
        let asked = self.asked.len();
        self.asked.extend(&holds);
        self.block(then);
        self.asked.truncate(asked);
        if let Some(otherwise) = otherwise {
            self.block_if(fails, otherwise);
        }
        // Behind a branch that always ends the other one holds.
        if block_ends(then) {
            self.asked.push(fails);
        } else if otherwise.is_some_and(block_ends) {
            self.asked.extend(holds);
        }
    }

    /// What is asked where the condition must not hold.
    fn fails(&mut self, condition: &Expr) -> ConditionHash {
        let fails = self.cores.negated(self.runbook, &self.meanings, condition);
        self.made.condition(fails, "not ", condition.span)
    }

    /// Each but the first is made only where one before it failed.
    fn attempts(&mut self, attempts: &'a [typed::Attempt]) {
        let failed = self
            .cores
            .around(self.runbook, &self.meanings, "attempt", None);
        for (index, attempt) in attempts.iter().enumerate() {
            match index {
                0 => self.block(&attempt.body),
                _ => {
                    let at = attempt.span.at_start();
                    let text = "an attempt before failed".to_owned();
                    let failed = self.made.around(failed, text, at);
                    self.block_if(failed, &attempt.body);
                }
            }
        }
    }

    /// What is asked by `a and b` is both of them: a further one asks for more, and for nothing else.
    fn asks_each(&mut self, condition: &Expr) -> Vec<ConditionHash> {
        let mut parts = Vec::new();
        conjuncts(condition, &mut parts);
        parts.into_iter().map(|part| self.asks(part)).collect()
    }

    fn asks(&mut self, condition: &Expr) -> ConditionHash {
        let hash = self
            .cores
            .condition(self.runbook, &self.meanings, condition);
        self.made.condition(hash, "", condition.span)
    }

    fn step(&mut self, step: &'a typed::Step) {
        self.steps += 1;
        let id = format!("{}/{}", self.name, self.steps);
        let at = Part::Step(id.clone());
        self.made.places.entry(at).or_insert(step.span);
        let undo = match self.undoing {
            true => UndoBy::Itself,
            false => undo_by(self.made.package, step),
        };
        if undo == UndoBy::Waived {
            let action = action_name(self.made.package, step);
            self.found.waives.push(format!("undo {action}"));
        }
        let mut guards = self.asked.clone();
        guards.sort();
        guards.dedup();
        let handled = (!step.handlers.is_empty()).then(|| {
            self.cores
                .handlers(self.runbook, &self.meanings, &step.handlers)
        });
        let after = self.waited();
        self.unproven.push(self.found.steps.len());
        self.found.steps.push(Step {
            id,
            action: action_name(self.made.package, step),
            undo,
            on: self.given(step, Matter::Other).unwrap_or_default(),
            commands: self.given(step, Matter::Command),
            amount: self.amount(step),
            raw: match step.callee {
                ActionCallee::Extern(id) => raw::of_call(self.made.package, id, &step.args),
                ActionCallee::Function(_) => None,
            },
            amounts: amount::amounts(self.made.package, &self.lets, step),
            retry: step.retry.map(|retry| retry.times),
            each: self.each,
            otherwise: handled,
            guards,
            after,
            verify: None,
        });
        if let ActionCallee::Function(id) = step.callee
            && self.called.seen.insert(id)
        {
            self.called.open.push_back(id);
        }
        if let UndoChoice::Block(undo) = &step.undo {
            let outer = std::mem::replace(&mut self.undoing, true);
            let unproven = self.unproven.clone();
            // What the step waits for, its undo does not.
            let asked = std::mem::take(&mut self.asked);
            self.block(undo);
            self.asked = asked;
            // What takes back is not what the next verify is about.
            self.unproven = unproven;
            self.undoing = outer;
        }
    }

    /// The hash of the amounts: of what has a largest value, without that, which stands beside it as an end.
    fn amount(&self, step: &'a typed::Step) -> Option<ConditionHash> {
        let package = self.made.package;
        let mut parts: Vec<&Expr> = Vec::new();
        for arg in self.args(step, Matter::Amount) {
            match amount::capped(package, amount::bound(&self.lets, arg)) {
                Some(capped) => {
                    parts.extend(capped.low);
                    parts.push(capped.of);
                }
                None => parts.push(arg),
            }
        }
        (!parts.is_empty()).then(|| self.cores.given(self.runbook, &self.meanings, &parts))
    }

    /// The hash of the arguments of one kind; none where there are none.
    fn given(&self, step: &'a typed::Step, wanted: Matter) -> Option<ConditionHash> {
        let args = self.args(step, wanted);
        (!args.is_empty()).then(|| self.cores.given(self.runbook, &self.meanings, &args))
    }

    /// The arguments of one kind.
    fn args(&self, step: &'a typed::Step, wanted: Matter) -> Vec<&'a Expr> {
        let package = self.made.package;
        let (params, is_own) = match step.callee {
            ActionCallee::Extern(id) => (&package.externs[id.index()].params, false),
            ActionCallee::Function(id) => (&package.functions[id.index()].params, true),
        };
        let args = params.iter().zip(&step.args);
        let args = args.filter(|(param, arg)| matter(param, arg, is_own) == wanted);
        let mut args: Vec<&Expr> = args.map(|(_, arg)| arg).collect();
        if wanted == Matter::Other {
            args.extend(&step.touching);
        }
        args
    }

    /// What was waited, taken off.
    fn waited(&mut self) -> Option<Duration> {
        let waited = std::mem::replace(&mut self.waited, Duration::ZERO);
        (waited > Duration::ZERO).then_some(waited)
    }

    fn verify(&mut self, verify: &'a typed::Verify) {
        self.verifies += 1;
        let id = format!("{}/v{}", self.name, self.verifies);
        let at = Part::Verify(id.clone());
        self.made.places.entry(at).or_insert(verify.span);
        for index in std::mem::take(&mut self.unproven) {
            if let Some(step) = self.found.steps.get_mut(index) {
                step.verify = Some(id.clone());
            }
        }
        let mut conditions = Vec::new();
        for asked in &verify.conditions {
            conditions.extend(self.asks_each(asked));
        }
        conditions.sort();
        let abort = verify.abort_if.as_ref().map(|asked| self.asks(asked));
        let after = self.waited();
        self.found.verifies.push(Verify {
            id,
            after,
            within: verify.within,
            every: verify.every,
            holding: verify.holding,
            conditions,
            abort,
            otherwise: match verify.otherwise {
                VerifyElse::Undo => Otherwise::Undo,
                VerifyElse::Keep => Otherwise::Keep,
                VerifyElse::Again => Otherwise::Again,
            },
        });
    }
}

/// The parts of `a and b`, in their order. The depth of expressions is limited by the parser.
fn conjuncts<'e>(condition: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match &condition.kind {
        ExprKind::Binary {
            op: BinaryOp::And,
            left,
            right,
        } => {
            conjuncts(left, parts);
            conjuncts(right, parts);
        }
        _ => parts.push(condition),
    }
}

/// What an argument decides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matter {
    /// How much.
    Amount,
    /// What is done: a command, a path, a flag, what is sent.
    Command,
    /// To what, and what people read of it.
    Other,
}

fn matter(param: &Param, arg: &Expr, is_own: bool) -> Matter {
    let is_target = matches!(arg.ty, Type::Target(_) | Type::List(_)) && param.sink.is_none();
    match param.sink {
        Some(Sink::Amount) => Matter::Amount,
        Some(
            Sink::Host
            | Sink::Path
            | Sink::Flag
            | Sink::Executable
            | Sink::Population
            | Sink::Payload,
        ) => Matter::Command,
        // What an action of the package makes of it is not said: it may be all of it.
        None if is_own && !is_target => Matter::Command,
        None => Matter::Other,
    }
}

fn block_ends(block: &Block) -> bool {
    block.statements.last().is_some_and(always_ends)
}
