//! One function while it is made: registers, jumps, handler ranges, operands.
//!
//! Registers are handed out like a stack: variables first, what an expression needs above them;
//! a block gives back what it took.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::free::Variable;
use super::phase::Shapes;
use super::points::Spot;
use super::tables::Tables;
use crate::program::points::PointId;
use crate::program::{
    Address, Effect, EffectIndex, Filter, Function, FunctionIndex, HandlerRange, Op, OperandsIndex,
    Register, StepIndex, VerifyIndex,
};
use crate::text::Span;
use crate::typed::{BindingId, LocalId};
use crate::value::Value;

/// A function in the making.
pub(super) struct Builder<'t, 'a> {
    pub(super) tables: &'t mut Tables<'a>,
    pub(super) function: Function,
    variables: HashMap<Variable, Register>,
    lists: HashMap<Vec<Register>, OperandsIndex>,
    /// What a plan knows at this point, in the order of its binding; lists of loops have no name.
    pub(super) planned: Vec<(Option<Variable>, Register)>,
    next: u16,
    labels: Vec<Option<Address>>,
    patches: Vec<(usize, Label)>,
    /// What is passed here when a point is reached.
    pub(super) marks: Vec<(Spot, PointId)>,
    /// Whether fields of targets are read as they are now.
    pub(super) live: bool,
    /// In such code: the registers whose targets were looked up before it began.
    pub(super) stale: HashSet<Register>,
    /// Where the code comes from.
    pub(super) place: Span,
    /// What an exit from here has to close, outermost first.
    pub(super) scopes: Vec<Scope>,
    /// Whether the plan of the current phase is still being made.
    pub(super) planning: bool,
    /// Whether that plan is only the look behind a verify, without a line of its own yet.
    pub(super) behind_verify: bool,
    /// The number of the next phase.
    pub(super) phase: u16,
    /// Whether this is a remedy or steps: code with phases.
    pub(super) remedy: bool,
    /// Whether this is the code of an undo, whose own steps are not undone.
    pub(super) undoing: bool,
    /// The verifies that have a table entry.
    pub(super) verifies: BTreeMap<Span, VerifyIndex>,
    /// What the blocks are to the phases around them.
    pub(super) shapes: Shapes,
    /// The loops whose list was frozen with the plan, and its iterator.
    pub(super) frozen: Vec<(Span, Register)>,
    /// Whether a human was told, and what is still said belongs to that.
    pub(super) told: bool,
}

/// A place to jump to that may not be known yet.
#[derive(Clone, Copy)]
pub(super) struct Label(usize);

impl Builder<'_, '_> {
    /// The jumps that lead to the label.
    pub(super) fn jumps_to(&self, label: Label) -> impl Iterator<Item = usize> {
        let patches = self.patches.iter();
        patches
            .filter(move |(_, to)| to.0 == label.0)
            .map(|(at, _)| *at)
    }
}

/// Something that is open, and what closes it.
pub(super) struct Scope {
    pub(super) kind: ScopeKind,
    /// Where it begins.
    from: Address,
    /// Ways out of it, on which it is closed already: what fails there is not its own affair.
    exits: Vec<(Address, Address)>,
}

pub(super) enum ScopeKind {
    Attempt,
    /// The body of a loop.
    Element,
    /// The body of a `with do`, and what releases it.
    With {
        release: StepIndex,
        arguments: Vec<Register>,
    },
}

impl<'t, 'a> Builder<'t, 'a> {
    pub(super) fn new(tables: &'t mut Tables<'a>, name: String, place: Span) -> Self {
        Builder {
            tables,
            function: Function {
                name: name.into(),
                ..Function::default()
            },
            variables: HashMap::new(),
            lists: HashMap::new(),
            planned: Vec::new(),
            next: 0,
            labels: Vec::new(),
            patches: Vec::new(),
            marks: Vec::new(),
            live: false,
            stale: HashSet::new(),
            place,
            scopes: Vec::new(),
            planning: false,
            behind_verify: false,
            phase: 0,
            remedy: false,
            undoing: false,
            verifies: BTreeMap::new(),
            shapes: Shapes::default(),
            frozen: Vec::new(),
            told: false,
        }
    }

    /// The next parameter is this variable.
    pub(super) fn parameter(&mut self, variable: Variable) -> Register {
        let register = self.variable(variable);
        self.function.params = self.next;
        self.stale.insert(register);
        register
    }

    /// The next parameter has no name.
    pub(super) fn nameless_parameter(&mut self) {
        self.register();
        self.function.params = self.next;
    }

    /// All bindings of the trigger are parameters.
    pub(super) fn trigger_parameters(&mut self) {
        for index in 0..self.tables.runbook.bindings.len() {
            self.parameter(Variable::Trigger(BindingId(index as u32)));
        }
    }

    /// Ends the function and puts it into its place.
    pub(super) fn finish(mut self, index: FunctionIndex) {
        self.set_marks(index);
        for (at, label) in std::mem::take(&mut self.patches) {
            let target = self.labels.get(label.0).copied().flatten();
            if let (Some(op), Some(target)) = (self.function.code.get_mut(at), target) {
                set_target(op, target);
            }
        }
        self.tables.define(index, self.function);
    }

    // Registers.

    /// A register of its own for a variable that is bound now.
    pub(super) fn variable(&mut self, variable: Variable) -> Register {
        let register = self.register();
        self.stale.remove(&register);
        self.alias(variable, register);
        register
    }

    /// Binds a variable to a value that is in a register already.
    pub(super) fn alias(&mut self, variable: Variable, register: Register) {
        self.variables.insert(variable, register);
        self.planned.push((Some(variable), register));
    }

    /// A register that nothing uses.
    pub(super) fn register(&mut self) -> Register {
        let register = Register(self.next);
        match self.next.checked_add(1) {
            Some(next) => self.next = next,
            None => self.tables.too_large = true,
        }
        self.function.registers = self.function.registers.max(self.next);
        register
    }

    /// How many registers are in use; see [`Self::release`].
    pub(super) fn mark(&self) -> (u16, usize) {
        (self.next, self.planned.len())
    }

    /// Gives back the registers that were taken since the mark.
    pub(super) fn release(&mut self, (next, planned): (u16, usize)) {
        self.next = next;
        self.planned.truncate(planned);
    }

    /// Gives back all registers above this one.
    pub(super) fn release_above(&mut self, register: Register) {
        self.next = register.0.saturating_add(1);
    }

    /// The register of a variable, if it is bound at this point.
    pub(super) fn bound(&self, variable: Variable) -> Option<Register> {
        self.variables.get(&variable).copied()
    }

    pub(super) fn local(&mut self, local: LocalId) -> Register {
        self.lookup(Variable::Local(local))
    }

    /// The register of a variable that the checker saw bound.
    pub(super) fn lookup(&mut self, variable: Variable) -> Register {
        match self.bound(variable) {
            Some(register) => register,
            None => self.variable(variable),
        }
    }

    // Code.

    pub(super) fn emit(&mut self, op: Op) {
        crate::steps::count(1);
        if self.function.code.len() >= usize::from(u16::MAX) {
            self.tables.too_large = true;
            return;
        }
        self.function.code.push(op);
        self.function.places.push(self.place);
    }

    pub(super) fn effect(&mut self, effect: Effect) {
        let index = EffectIndex(self.tables.number(self.function.effects.len()));
        self.function.effects.push(effect);
        self.emit(Op::Effect { effect: index });
    }

    pub(super) fn operands(&mut self, registers: Vec<Register>) -> OperandsIndex {
        if let Some(known) = self.lists.get(&registers) {
            return *known;
        }
        let index = OperandsIndex(self.tables.number(self.function.operands.len()));
        self.function.operands.push(registers.clone());
        self.lists.insert(registers, index);
        index
    }

    /// Puts a value that is known now into a register.
    pub(super) fn load(&mut self, to: Register, value: Value) {
        let op = match value {
            Value::None => Op::None { to },
            Value::Bool(value) => Op::Bool { to, value },
            Value::Int(wide) => match i32::try_from(wide) {
                Ok(value) => Op::Integer { to, value },
                Err(_) => Op::Constant {
                    to,
                    constant: self.tables.constant(Value::Int(wide)),
                },
            },
            other => Op::Constant {
                to,
                constant: self.tables.constant(other),
            },
        };
        self.emit(op);
    }

    pub(super) fn copy(&mut self, to: Register, from: Register) {
        if to != from {
            self.emit(Op::Move { to, from });
        }
    }

    /// A text in a register of its own.
    pub(super) fn load_text(&mut self, text: &str) -> Register {
        let register = self.register();
        self.load(register, Value::text(text));
        register
    }

    // Jumps.

    pub(super) fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// The label is here.
    pub(super) fn bind(&mut self, label: Label) {
        let here = self.here();
        if let Some(slot) = self.labels.get_mut(label.0) {
            *slot = Some(here);
        }
    }

    pub(super) fn here(&mut self) -> Address {
        Address(self.tables.number(self.function.code.len()))
    }

    /// Emits a jump whose target is the label.
    pub(super) fn jump(&mut self, label: Label, op: Op) {
        self.patches.push((self.function.code.len(), label));
        self.emit(op);
    }

    pub(super) fn go(&mut self, label: Label) {
        self.jump(label, Op::Jump { target: NOWHERE });
    }

    /// What was emitted since `from` is handled at the next instruction.
    pub(super) fn handle(&mut self, from: Address, to: Address, filter: Filter) {
        let target = self.here();
        self.function.handlers.push(HandlerRange {
            from,
            to,
            target,
            filter,
        });
    }
}

impl Builder<'_, '_> {
    /// Whether the next instruction can be come to at all.
    pub(super) fn is_reachable(&mut self) -> bool {
        let here = self.here();
        let falls_through = !matches!(
            self.function.code.last(),
            Some(Op::Return { .. } | Op::Jump { .. } | Op::Rethrow | Op::Fail { .. })
        );
        falls_through
            || self.labels.contains(&Some(here))
            || self
                .function
                .handlers
                .iter()
                .any(|handler| handler.target == here)
    }

    pub(super) fn open(&mut self, kind: ScopeKind) {
        let from = self.here();
        self.scopes.push(Scope {
            kind,
            from,
            exits: Vec::new(),
        });
    }

    /// Ends the newest scope here; gives the stretches whose faults are its own.
    pub(super) fn close(&mut self) -> Vec<(Address, Address)> {
        let to = self.here();
        let Some(scope) = self.scopes.pop() else {
            return Vec::new();
        };
        let mut from = scope.from;
        let mut stretches = Vec::new();
        for (exit, behind) in scope.exits {
            stretches.push((from, exit));
            from = behind;
        }
        stretches.push((from, to));
        stretches.retain(|(from, to)| from < to);
        stretches
    }

    /// The stretches are handled at the next instruction.
    pub(super) fn handle_all(&mut self, stretches: &[(Address, Address)], filter: Filter) {
        for (from, to) in stretches {
            self.handle(*from, *to, filter);
        }
    }

    /// Leaves the function from wherever this is; what is open is closed first.
    pub(super) fn exit(&mut self) {
        let start = self.here();
        let mut closed = Vec::new();
        for index in (0..self.scopes.len()).rev() {
            let release = match self.scopes.get(index).map(|scope| &scope.kind) {
                Some(ScopeKind::With { release, arguments }) => Some((*release, arguments.clone())),
                Some(ScopeKind::Attempt | ScopeKind::Element) | None => None,
            };
            // Nothing else is tried from here on, but what is held is still released.
            let from = if release.is_some() {
                self.here()
            } else {
                start
            };
            closed.push((index, from));
            self.effect(Effect::End);
            if let Some((release, arguments)) = release {
                self.release_step(release, arguments);
            }
        }
        self.scratch(Self::return_nothing);
        let behind = self.here();
        for (index, from) in closed {
            if let Some(scope) = self.scopes.get_mut(index) {
                scope.exits.push((from, behind));
            }
        }
    }
}

/// The target of a jump until its label is bound.
pub(super) const NOWHERE: Address = Address(0);

fn set_target(op: &mut Op, address: Address) {
    match op {
        Op::Jump { target }
        | Op::JumpIf { target, .. }
        | Op::JumpCompare { target, .. }
        | Op::JumpConstant { target, .. }
        | Op::JumpInt { target, .. }
        | Op::JumpIntImmediate { target, .. }
        | Op::JumpNone { target, .. }
        | Op::Next { exit: target, .. } => *target = address,
        _ => {}
    }
}
