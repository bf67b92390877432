//! Phases ([`Line`]): where a plan begins and ends, and what may be checked before the first act.

use std::collections::BTreeMap;

use super::builder::{Builder, Label, NOWHERE};
use super::free::Variable;
use super::tables::Tables;
use crate::program::{Effect, Op, Register, Verify, VerifyElse, VerifyIndex};
use crate::text::Span;
use crate::typed::{self, Block, Line, LocalId, Stmt, StmtKind};

/// Where to go when the phase turns out to be true already: behind the statement that has this many
/// statements after it.
pub(super) struct Already {
    label: Label,
    rest: usize,
}

/// The phases of one block.
pub(super) struct Phases<'e> {
    statements: &'e [Stmt],
    already: Vec<Already>,
    /// By variable, the last statement that names it; made when it is first asked for.
    last_uses: Option<BTreeMap<Variable, usize>>,
}

impl<'e> Phases<'e> {
    pub(super) fn new(statements: &'e [Stmt]) -> Phases<'e> {
        Phases {
            statements,
            already: Vec::new(),
            last_uses: None,
        }
    }

    /// Whether one of the last `rest` statements names the variable.
    fn is_used(&mut self, tables: &Tables<'_>, rest: usize, variable: Variable) -> bool {
        let statements = self.statements;
        let uses = self.last_uses.get_or_insert_with(|| {
            let mut uses = BTreeMap::new();
            for (at, stmt) in statements.iter().enumerate() {
                let used = tables.used(std::slice::from_ref(stmt));
                uses.extend(used.into_iter().map(|variable| (variable, at)));
            }
            uses
        });
        let first = statements.len().saturating_sub(rest);
        uses.get(&variable).is_some_and(|last| *last >= first)
    }
}

impl Builder<'_, '_> {
    /// Begins a phase before its first plan line, and ends its plan before its first act.
    pub(super) fn enter_phase(&mut self, stmt: &Stmt, rest: &[Stmt], phases: &mut Phases<'_>) {
        if !self.remedy {
            return;
        }
        match self.shapes.side(stmt) {
            Side::Plan => self.begin_plan(),
            Side::Act if self.planning => {
                self.planning = false;
                self.freeze_lists(rest);
                // Nothing is to be done before a verify that follows another one: no look may
                // stand for it.
                let verifies = matches!(stmt.line(), Line::Verify(_));
                if !(self.behind_verify && verifies) {
                    self.plan_ready(rest, phases);
                }
            }
            Side::Act | Side::Other => {}
        }
    }

    /// Behind a statement: is this where a phase that is true already goes on? What follows a
    /// verify has a look of its own.
    pub(super) fn leave_phase(&mut self, stmt: &Stmt, rest: usize, phases: &mut Phases<'_>) {
        let mut skipped = false;
        for already in phases
            .already
            .extract_if(.., |already| already.rest == rest)
        {
            self.bind(already.label);
            skipped = true;
        }
        if self.remedy && (skipped || matches!(stmt.line(), Line::Verify(_))) {
            self.look_again();
        }
    }

    /// A line that plans, or the beginning of something that does.
    pub(super) fn begin_plan(&mut self) {
        self.planning = true;
        self.behind_verify = false;
    }

    /// The next line that acts is looked at anew.
    pub(super) fn look_again(&mut self) {
        self.planning = true;
        self.behind_verify = true;
    }

    fn plan_ready(&mut self, rest: &[Stmt], phases: &mut Phases<'_>) {
        let phase = self.phase;
        let follows = self.behind_verify;
        self.phase = self.phase.saturating_add(1);
        let precheck = self.precheck(rest, phases);
        // The values that what follows makes use of: these are what the plan promises.
        let planned = self.planned.iter();
        let values = planned
            .filter(|(variable, _)| {
                variable.is_none_or(|variable| phases.is_used(self.tables, rest.len(), variable))
            })
            .map(|(_, register)| *register)
            .collect();
        let result = self.register();
        let (captures, after) = precheck.unzip();
        self.effect(Effect::PlanReady {
            phase,
            values,
            precheck: captures,
            follows,
            already: result,
        });
        let Some(after) = after else { return };
        let so = Op::JumpIf {
            expected: true,
            value: result,
            target: NOWHERE,
        };
        // Up to its own verify and no further.
        let label = self.label();
        self.jump(label, so);
        phases.already.push(Already { label, rest: after });
    }

    /// The first verify of the phase with its captures, when all of them are known by now, and how
    /// many statements follow the one that holds it.
    fn precheck(
        &mut self,
        rest: &[Stmt],
        phases: &mut Phases<'_>,
    ) -> Option<((VerifyIndex, Vec<Register>), usize)> {
        for (index, stmt) in rest.iter().enumerate() {
            let verify = match first_verify(stmt) {
                First::Verify(verify) => verify,
                First::Unclear => return None,
                First::None => continue,
            };
            let variables = self.tables.verify_captures(verify);
            let captures = variables.iter().map(|variable| self.bound(*variable));
            let captures = captures.collect::<Option<Vec<_>>>()?;
            let known = variables.iter().all(|variable| {
                self.planned
                    .iter()
                    .any(|(known, _)| *known == Some(*variable))
            });
            if !known {
                return None;
            }
            let (skipped, after) = rest.split_at(index + 1);
            if self.is_missed(skipped, after.len(), phases) {
                return None;
            }
            let index_of_verify = self.verify_entry(verify);
            self.tables.mark_precheck(index_of_verify);
            self.looked_at_before(verify.span);
            return Some(((index_of_verify, captures), rest.len() - index - 1));
        }
        None
    }

    /// Whether what follows cannot do without what would be skipped: a name, or a guard.
    fn is_missed(&self, skipped: &[Stmt], after: usize, phases: &mut Phases<'_>) -> bool {
        let mut is_used =
            |local: LocalId| phases.is_used(self.tables, after, Variable::Local(local));
        skipped.iter().any(|stmt| match &stmt.kind {
            StmtKind::Guard(_) => true,
            StmtKind::Let { local, .. } => is_used(*local),
            StmtKind::Do(step) => step.result.is_some_and(&mut is_used),
            _ => false,
        })
    }

    /// The table entry of a verify, made when it is first needed.
    pub(super) fn verify_entry(&mut self, verify: &typed::Verify) -> VerifyIndex {
        if let Some(known) = self.verifies.get(&verify.span) {
            return *known;
        }
        let captures = self.tables.verify_captures(verify);
        let condition = self.condition_code("verify", &verify.conditions, &captures);
        let abort_if = verify.abort_if.as_ref();
        let abort_if = abort_if.map(|condition| {
            self.condition_code("abort", std::slice::from_ref(condition), &captures)
        });
        let index = VerifyIndex(self.tables.number(self.tables.program.verifies.len()));
        let entry = Verify {
            condition,
            abort_if,
            within: verify.within,
            every: verify.every,
            holding: verify.holding,
            otherwise: match verify.otherwise {
                typed::VerifyElse::Undo => VerifyElse::Undo,
                typed::VerifyElse::Keep => VerifyElse::Keep,
                typed::VerifyElse::Again => VerifyElse::Again,
            },
            precheck: false,
            place: verify.span,
        };
        self.verify_points(&entry);
        self.tables.program.verifies.push(entry);
        self.verifies.insert(verify.span, index);
        index
    }

    /// `verify`
    pub(super) fn verify(&mut self, verify: &typed::Verify) {
        let index = self.verify_entry(verify);
        let variables = self.tables.verify_captures(verify);
        let captures = self.captures(&variables);
        self.effect(Effect::Verify {
            verify: index,
            captures,
        });
    }
}

impl Tables<'_> {
    /// What the conditions of a verify take from around them.
    fn verify_captures(&self, verify: &typed::Verify) -> Vec<super::free::Variable> {
        self.free(verify.conditions.iter().chain(&verify.abort_if))
    }

    fn mark_precheck(&mut self, verify: VerifyIndex) {
        if let Some(verify) = self.program.verifies.get_mut(verify.index()) {
            verify.precheck = true;
        }
    }
}

/// On which side of the plan's end a statement is, with all that stands in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Plan,
    Act,
    /// Neither: it may stand anywhere, or has phases of its own.
    Other,
}

/// What a block is to the phase around it.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    /// Something in it changes or verifies something.
    acts: bool,
    /// It plans before it acts, or has attempts.
    plans: bool,
}

/// The shapes of blocks that are known, by their places: each block is looked through once, however
/// deep it stands in others.
#[derive(Default)]
pub(super) struct Shapes {
    known: BTreeMap<Span, Shape>,
}

impl Shapes {
    /// Whether something in the block changes or verifies something.
    pub(super) fn acts(&mut self, block: &Block) -> bool {
        self.of(block).acts
    }

    fn of(&mut self, block: &Block) -> Shape {
        if let Some(known) = self.known.get(&block.span) {
            return *known;
        }
        let mut shape = Shape::default();
        let mut first = Side::Other;
        for stmt in &block.statements {
            crate::steps::count(1);
            let inside = self.inside(stmt);
            shape.acts |= inside.acts || stmt.line().acts();
            shape.plans |= matches!(stmt.line(), Line::Attempts(_));
            if first == Side::Other {
                first = side(stmt, inside);
            }
        }
        shape.plans |= first == Side::Plan;
        self.known.insert(block.span, shape);
        shape
    }

    /// What the blocks of a statement are together.
    fn inside(&mut self, stmt: &Stmt) -> Shape {
        let mut all = Shape::default();
        stmt.for_each_block(&mut |block| {
            let shape = self.of(block);
            all.acts |= shape.acts;
            all.plans |= shape.plans;
        });
        all
    }

    fn side(&mut self, stmt: &Stmt) -> Side {
        let inside = self.inside(stmt);
        side(stmt, inside)
    }
}

/// What a statement is, when its blocks are that.
fn side(stmt: &Stmt, inside: Shape) -> Side {
    match stmt.line() {
        Line::Plan(_) => Side::Plan,
        Line::Change(..) | Line::Verify(_) => Side::Act,
        Line::Loop(_) if inside.acts => Side::Act,
        // A branch that plans has its plan ready where it first acts.
        Line::Branch if inside.acts && !inside.plans => Side::Act,
        Line::Loop(_) | Line::Branch | Line::Waiver | Line::Attempts(_) | Line::Beside => {
            Side::Other
        }
    }
}

/// Whether the statement is this verify, or ends with it.
fn is(stmt: &Stmt, verify: &typed::Verify) -> bool {
    match stmt.line() {
        Line::Verify(found) => found.span == verify.span,
        Line::Change(_, Some(body)) => body.statements.last().is_some_and(|stmt| is(stmt, verify)),
        Line::Change(_, None)
        | Line::Plan(_)
        | Line::Waiver
        | Line::Branch
        | Line::Loop(_)
        | Line::Attempts(_)
        | Line::Beside => false,
    }
}

enum First<'e> {
    Verify(&'e typed::Verify),
    /// There may be one or not, depending on a condition.
    Unclear,
    None,
}

/// The first verify that the statement runs into, whatever happens.
fn first_verify(stmt: &Stmt) -> First<'_> {
    match stmt.line() {
        Line::Verify(verify) => First::Verify(verify),
        Line::Change(_, Some(body)) => {
            let mut firsts = body.statements.iter().map(first_verify);
            let first = firsts.find(|first| !matches!(first, First::None));
            let last = body.statements.last();
            match first {
                // What follows it in the body would be skipped with it.
                Some(First::Verify(verify)) if !last.is_some_and(|last| is(last, verify)) => {
                    First::Unclear
                }
                first => first.unwrap_or(First::None),
            }
        }
        Line::Branch => {
            let mut verifies = false;
            stmt.for_each_block(&mut |block| {
                block.for_each_stmt(&mut |stmt| {
                    verifies |= matches!(stmt.line(), Line::Verify(_));
                });
            });
            if verifies {
                First::Unclear
            } else {
                First::None
            }
        }
        // The next phase begins here.
        Line::Attempts(_) => First::Unclear,
        // Elements have phases of their own.
        Line::Loop(_) => First::None,
        Line::Plan(_) | Line::Change(_, None) | Line::Waiver | Line::Beside => First::None,
    }
}
