//! A `none` for a failure is no absence: E0716.
//!
//! Where a value that may be such a `none` was tested and is not known to be there, no path leads
//! to `cleared`, and a probe returns nothing but `none`. One walk over each body, with what is
//! known of each tested place; what a function answers is summed up once.

use std::collections::BTreeMap;

use super::look::{Look, Names, Summary, optional_records};
use super::sees_failure;
use super::state::State;
use super::tested::{Place, Sets, Test};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{
    ArmPattern, Block, Expr, ExprKind, Finding, Function, FunctionId, FunctionKind, Handler,
    HandlerAction, LocalId, Package, Runbook, Stmt, StmtKind, Type,
};
use crate::value::Value;

pub fn check(package: &Package, order: &[FunctionId], out: &mut Vec<Diagnostic>) {
    let optional = optional_records(package);
    let mut summaries = vec![Summary::default(); package.functions.len()];
    for id in order {
        let function = &package.functions[id.index()];
        let mut walk = Walk::new(Names::new(package, &summaries, &optional));
        walk.answers = matches!(function.kind, FunctionKind::Probe | FunctionKind::Watch(_));
        walk.block(&function.body.block, State::default());
        let fails = walk.fails;
        out.append(&mut walk.out);
        let tests = tests(function, &summaries);
        summaries[id.index()] = Summary { fails, tests };
    }
    for runbook in &package.runbooks {
        let names = Names::new(package, &summaries, &optional);
        check_runbook(names, runbook, out);
    }
}

/// Whether the function looks whether something is there, itself or through another.
fn tests(function: &Function, summaries: &[Summary]) -> bool {
    let block = &function.body.block;
    let mut tests = false;
    block.for_each_expr(&mut |expr| {
        tests |= match &expr.kind {
            ExprKind::IsSome { .. } | ExprKind::IsNone(_) => true,
            ExprKind::Call(call) => match call.callee {
                crate::typed::Callee::Function(id) => summaries[id.index()].tests,
                crate::typed::Callee::Extern(_) | crate::typed::Callee::Builtin(_) => false,
            },
            _ => false,
        };
    });
    block.for_each_stmt(&mut |stmt| {
        tests |= matches!(&stmt.kind, StmtKind::Match { subject, .. }
            if matches!(subject.ty, Type::Optional(_)));
    });
    tests
}

/// What a finding hands to its remedy.
#[derive(Clone, Debug, Default)]
struct Handed {
    fails: Vec<bool>,
    doubt: Option<Span>,
}

fn check_runbook(names: Names<'_>, runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    let mut walk = Walk::new(names);
    walk.handed = vec![Handed::default(); runbook.findings.len()];
    if let Some(body) = &runbook.diagnose {
        walk.block(&body.block, State::default());
    }
    for remedy in &runbook.remedies {
        walk.names.clear();
        let mut state = State::default();
        if let Some(finding) = remedy.finding {
            let handed = walk
                .handed
                .get(finding.index())
                .cloned()
                .unwrap_or_default();
            let params = runbook.findings.get(finding.index());
            walk.parameters(params, &handed);
            if let Some(span) = handed.doubt {
                let made = Place::of_finding(finding);
                stand(&mut walk.names.sets, &mut state, &made, span, false);
            }
        }
        walk.block(&remedy.body.block, state);
    }
    let rest = runbook.steps.iter();
    let rest = rest.chain(runbook.otherwise.iter().map(|clause| &clause.body));
    for body in rest {
        walk.names.clear();
        walk.block(&body.block, State::default());
    }
    out.append(&mut walk.out);
}

struct Walk<'a> {
    names: Names<'a>,
    out: Vec<Diagnostic>,
    /// Whether a `return` answers a question about the world.
    answers: bool,
    /// Whether the answer may hold a `none` for a failure.
    fails: bool,
    /// By finding.
    handed: Vec<Handed>,
    /// Every `cleared` so far.
    cleareds: Vec<Span>,
    /// The handlers that made a `none` of a failure.
    handlers: BTreeMap<LocalId, Span>,
}

impl<'a> Walk<'a> {
    fn new(names: Names<'a>) -> Walk<'a> {
        Walk {
            names,
            out: Vec::new(),
            answers: false,
            fails: false,
            handed: Vec::new(),
            cleareds: Vec::new(),
            handlers: BTreeMap::new(),
        }
    }

    fn parameters(&mut self, finding: Option<&Finding>, handed: &Handed) {
        let params = finding.map_or(&[][..], |finding| &finding.params);
        for (index, (ty, fails)) in params.iter().zip(&handed.fails).enumerate() {
            let look = Look {
                fails: *fails,
                ..Look::default()
            };
            let local = crate::typed::parameter_local(index);
            self.names.bind(local, ty, &look);
        }
    }

    /// The state behind the block, or None when no path falls through.
    fn block(&mut self, block: &Block, state: State) -> Option<State> {
        let mut state = state;
        for stmt in &block.statements {
            state = self.stmt(stmt, state)?;
        }
        Some(state)
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    fn stmt(&mut self, stmt: &Stmt, state: State) -> Option<State> {
        crate::steps::count(1);
        match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } => {
                self.let_stmt(*local, value, handlers, &state);
                Some(state)
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                let test = self.names.look(condition).test;
                let there = told(&mut self.names.sets, state.clone(), test, true);
                let after = self.block(then, there);
                let other = told(&mut self.names.sets, state, test, false);
                let other = match otherwise {
                    Some(block) => self.block(block, other),
                    None => Some(other),
                };
                join(after, other)
            }
            StmtKind::Match { subject, arms } => {
                let look = self.names.look(subject);
                let optional = matches!(subject.ty, Type::Optional(_));
                let place = (look.fails && optional).then(|| self.names.place(&look));
                let mut none_taken = false;
                let mut after = None;
                for arm in arms {
                    let mut inside = match &arm.pattern {
                        ArmPattern::Value(Value::Bool(truth)) => {
                            told(&mut self.names.sets, state.clone(), look.test, *truth)
                        }
                        ArmPattern::Any
                        | ArmPattern::None
                        | ArmPattern::Some(_)
                        | ArmPattern::Value(_) => {
                            doubted(&mut self.names.sets, state.clone(), look.test)
                        }
                    };
                    let there = match &arm.pattern {
                        ArmPattern::Some(local) => {
                            self.names.bind_inner(*local, subject, &look);
                            true
                        }
                        ArmPattern::Any => none_taken,
                        ArmPattern::None => {
                            none_taken = true;
                            false
                        }
                        ArmPattern::Value(_) => true,
                    };
                    if let Some(place) = &place {
                        stand(
                            &mut self.names.sets,
                            &mut inside,
                            place,
                            subject.span,
                            there,
                        );
                    }
                    after = join(after, self.block(&arm.body, inside));
                }
                after
            }
            StmtKind::For(for_loop) => {
                let look = self.names.look(&for_loop.source);
                let state = doubted(&mut self.names.sets, state, look.test);
                if let Type::List(element) = &for_loop.source.ty {
                    self.names.bind(for_loop.local, element, &look);
                }
                self.around(&for_loop.body, state)
            }
            StmtKind::Found { finding, args } => {
                let looks: Vec<Look> = args.iter().map(|arg| self.names.look(arg)).collect();
                let doubt = state.doubt();
                if let Some(handed) = self.handed.get_mut(finding.index()) {
                    handed
                        .fails
                        .resize(looks.len().max(handed.fails.len()), false);
                    for (known, look) in handed.fails.iter_mut().zip(&looks) {
                        *known |= look.fails;
                    }
                    handed.doubt = handed.doubt.or(doubt.map(|(_, span)| span));
                }
                None
            }
            StmtKind::Cleared { condition, .. } => self.cleared(stmt, condition.as_ref(), state),
            StmtKind::Return(value) => {
                self.answer(value, &state);
                None
            }
            StmtKind::Novel(_) | StmtKind::Inconclusive(_) | StmtKind::Mitigated(_) => None,
            StmtKind::Do(step) => {
                self.diverging(&step.handlers, &state);
                Some(state)
            }
            StmtKind::WithDo { step, body, .. } => {
                self.diverging(&step.handlers, &state);
                self.block(body, state)
            }
            StmtKind::Attempts(attempts) => {
                let mut state = state;
                for attempt in attempts {
                    let after = self.block(&attempt.body, state.clone());
                    state = join(Some(state), after)?;
                }
                Some(state)
            }
            StmtKind::Error
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Verify(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => Some(state),
        }
    }

    fn let_stmt(&mut self, local: LocalId, value: &Expr, handlers: &[Handler], state: &State) {
        let mut look = self.names.look(value);
        self.diverging(handlers, state);
        for handler in handlers {
            let HandlerAction::Value(other) = &handler.action else {
                continue;
            };
            let other_look = self.names.look(other);
            let made = sees_failure(handler) && is_none(other);
            if made {
                self.handlers.insert(local, handler.span);
            }
            look.fails |= made || other_look.fails;
            look.place = None;
            let sets = &mut self.names.sets;
            look.test = Test {
                tested: sets.either(look.test.tested, other_look.test.tested),
                ..Test::default()
            };
        }
        if look.fails && look.place.is_none() {
            look.place = Some(Place::of(local));
        }
        self.names.set(local, look);
    }

    /// Handlers that end the block.
    fn diverging(&mut self, handlers: &[Handler], state: &State) {
        for handler in handlers {
            let HandlerAction::Diverge(stmt) = &handler.action else {
                continue;
            };
            match &stmt.kind {
                StmtKind::Return(value) if sees_failure(handler) => {
                    self.fails |= is_none(value) || self.names.look(value).fails;
                }
                // Refused as such.
                StmtKind::Cleared { .. } if sees_failure(handler) => {}
                _ => {
                    self.stmt(stmt, state.clone());
                }
            }
        }
    }

    /// What one round leaves in doubt, the next one comes upon.
    fn around(&mut self, body: &Block, state: State) -> Option<State> {
        let first = self.cleareds.len();
        let after = self.block(body, state.clone());
        let news = after.as_ref().and_then(|after| after.doubt_beyond(&state));
        if let (Some((place, span)), Some(cleared)) = (news, self.cleareds.get(first).copied()) {
            self.say_cleared(cleared, place, span);
        }
        join(Some(state), after)
    }

    fn cleared(&mut self, stmt: &Stmt, condition: Option<&Expr>, state: State) -> Option<State> {
        self.cleareds.push(stmt.span);
        let Some(condition) = condition else {
            if let Some((place, span)) = state.doubt() {
                self.say_cleared(stmt.span, place, span);
            }
            return None;
        };
        let test = self.names.look(condition).test;
        let held = told(&mut self.names.sets, state.clone(), test, true);
        if let Some((place, span)) = held.doubt() {
            self.say_cleared(stmt.span, place, span);
        }
        Some(told(&mut self.names.sets, state, test, false))
    }

    fn answer(&mut self, value: &Expr, state: &State) {
        if let ExprKind::If {
            condition,
            then,
            otherwise,
        } = &value.kind
        {
            let test = self.names.look(condition).test;
            let there = told(&mut self.names.sets, state.clone(), test, true);
            let other = told(&mut self.names.sets, state.clone(), test, false);
            self.answer(then, &there);
            self.answer(otherwise, &other);
            return;
        }
        let look = self.names.look(value);
        self.fails |= look.fails;
        let state = doubted(&mut self.names.sets, state.clone(), look.test);
        let Some((place, span)) = state.doubt() else {
            return;
        };
        if is_none(value) {
            self.fails = true;
            return;
        }
        // The value itself, as it is, with whatever it is none for.
        let is_same = look.place.as_ref() == self.names.sets.place(place) && state.doubts() == 1;
        if is_same || !self.answers {
            return;
        }
        let message = "an answer is made of an observation that may have failed";
        let found = Diagnostic::new(
            Code::FailureAsAbsence,
            message,
            value.span,
            "nobody knows this",
        );
        self.say(found, place, span, "return `none` where it is not there");
    }

    fn say_cleared(&mut self, at: Span, place: u32, span: Span) {
        let message = "this ends well although an observation may have failed";
        let found = Diagnostic::new(
            Code::FailureAsAbsence,
            message,
            at,
            "reached with nothing known",
        );
        let help = "end with `found`, or say `inconclusive` behind `failed`";
        self.say(found, place, span, help);
    }

    fn say(&mut self, found: Diagnostic, place: u32, tested: Span, help: &str) {
        let found = found.and(tested, "`none` may mean here that it could not be asked");
        let local = self.names.sets.place(place).and_then(Place::local);
        let handler = local.and_then(|local| self.handlers.get(&local));
        let found = found.help(format!(
            "a `none` for a failure is not an absence: say `else no_data none`, which stands for absence alone, or {help}"
        ));
        self.out.push(match handler {
            Some(handler) => found.and(*handler, "a failure becomes `none` here"),
            None => found,
        });
    }
}

/// `none`, on each way to it.
fn is_none(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Value(Value::None) => true,
        ExprKind::If {
            then, otherwise, ..
        } => is_none(then) || is_none(otherwise),
        ExprKind::Wrap(inner) => is_none(inner),
        _ => false,
    }
}

fn stand(sets: &mut Sets, state: &mut State, place: &Place, span: Span, there: bool) {
    state.stand(sets.number(place), span, there);
}

/// The state once the test has answered this.
fn told(sets: &mut Sets, mut state: State, test: Test, truth: bool) -> State {
    crate::steps::count(1);
    if test.tested.is_none() {
        return state;
    }
    let there = sets.members(if truth { test.if_true } else { test.if_false });
    for (place, span) in sets.members(test.tested) {
        stand(sets, &mut state, &place, span, there.contains_key(&place));
    }
    state
}

/// The state once the test was made, and its answer is not looked at.
fn doubted(sets: &mut Sets, mut state: State, test: Test) -> State {
    for (place, span) in sets.members(test.tested) {
        stand(sets, &mut state, &place, span, false);
    }
    state
}

/// Where paths meet, a doubt on one is a doubt.
fn join(one: Option<State>, other: Option<State>) -> Option<State> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.join(&other)),
        (one, other) => one.or(other),
    }
}
