//! Whether a program keeps its own rules: indices lie in their tables, jumps in their code.
//!
//! In: a program from anywhere. Out: the first broken rule. The machine checks again what it needs,
//! so that even a program that was never validated cannot bring it down.

use std::fmt;

use super::{Effect, Function, FunctionIndex, Op, Program, Register, Undo};

/// A rule that a program breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The index of the function, if it is one.
    pub function: Option<usize>,
    pub what: &'static str,
}

impl fmt::Display for Invalid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.function {
            Some(function) => write!(out, "function {function}: {}", self.what),
            None => out.write_str(self.what),
        }
    }
}

impl Program {
    /// Checks every index and jump of the program.
    pub fn validate(&self) -> Result<(), Invalid> {
        for (index, function) in self.functions.iter().enumerate() {
            let checked = Checker {
                program: self,
                function,
            }
            .check();
            checked.map_err(|what| Invalid {
                function: Some(index),
                what,
            })?;
        }
        self.check_tables().map_err(|what| Invalid {
            function: None,
            what,
        })
    }

    fn check_tables(&self) -> Result<(), &'static str> {
        let functions = self.functions.len();
        let known = |function: FunctionIndex| function.index() < functions;
        let entries = &self.entries;
        let single = [
            entries.diagnose,
            entries.steps,
            entries.novel,
            entries.inconclusive,
            entries.systemic,
        ];
        let remedies = entries.remedies.iter().map(|remedy| remedy.function);
        ensure(
            single.into_iter().flatten().chain(remedies).all(known),
            "an entry names no function",
        )?;
        let code = self
            .observables
            .iter()
            .filter_map(|observable| observable.function);
        ensure(
            code.into_iter().all(known),
            "an observable names no function",
        )?;
        ensure(
            self.guards.iter().all(|guard| known(guard.condition)),
            "a guard names no function",
        )?;
        ensure(
            self.mitigations.iter().all(|debt| known(debt.until)),
            "a mitigation names no function",
        )?;
        let verifies = self
            .verifies
            .iter()
            .flat_map(|verify| [Some(verify.condition), verify.abort_if]);
        ensure(verifies.flatten().all(known), "a verify names no function")?;
        let populations = &self.lowers.populations;
        ensure(
            populations.iter().all(|line| known(line.list)),
            "a population names no function",
        )?;
        ensure(
            self.lowers.is_empty() || self.windows.is_some(),
            "what lowers limits stands without windows before it",
        )?;
        for step in &self.steps {
            ensure(
                step.action.index() < self.actions.len(),
                "a step names no action",
            )?;
            match step.undo {
                Undo::Code(function) => ensure(known(function), "an undo names no function")?,
                Undo::Nothing | Undo::Previous => {}
            }
        }
        Ok(())
    }
}

type Checked = Result<(), &'static str>;

fn ensure(holds: bool, what: &'static str) -> Checked {
    if holds { Ok(()) } else { Err(what) }
}

/// The rules of one function.
struct Checker<'a> {
    program: &'a Program,
    function: &'a Function,
}

impl Checker<'_> {
    fn check(&self) -> Checked {
        let function = self.function;
        ensure(
            function.params <= function.registers,
            "more parameters than registers",
        )?;
        let ends = matches!(
            function.code.last(),
            Some(Op::Return { .. } | Op::Jump { .. } | Op::Rethrow | Op::Fail { .. })
        );
        ensure(ends, "the code runs off its end")?;
        for handler in &function.handlers {
            ensure(
                handler.from <= handler.to,
                "a handler's range is the wrong way round",
            )?;
            self.address(handler.target.0)?;
        }
        for operands in &function.operands {
            self.registers(operands)?;
        }
        function
            .effects
            .iter()
            .try_for_each(|effect| self.effect(effect))?;
        function.code.iter().try_for_each(|op| self.op(*op))
    }

    #[rustfmt::skip]
    fn op(&self, op: Op) -> Checked {
        match op {
            Op::Constant { to, constant } => self.all(&[to], constant.index() < self.program.constants.len()),
            Op::Integer { to, .. } | Op::Bool { to, .. } | Op::None { to } => self.all(&[to], true),
            Op::Move { to, from } | Op::Unary { to, from, .. } | Op::Convert { to, from, .. }
            | Op::IsNone { to, from } | Op::IsEmpty { to, from } => self.all(&[to, from], true),
            Op::Int { to, left, right, .. } | Op::Float { to, left, right, .. }
            | Op::Arithmetic { to, left, right, .. } | Op::Compare { to, left, right, .. } => self.all(&[to, left, right], true),
            Op::IntImmediate { to, left, .. } => self.all(&[to, left], true),
            Op::In { to, value, whole } => self.all(&[to, value, whole], true),
            Op::Jump { target } => self.address(target.0),
            Op::JumpIf { value, target, .. } | Op::JumpNone { value, target, .. }
            | Op::JumpIntImmediate { left: value, target, .. } => { self.address(target.0)?; self.all(&[value], true) }
            Op::JumpCompare { left, right, target, .. } | Op::JumpInt { left, right, target, .. } => { self.address(target.0)?; self.all(&[left, right], true) }
            Op::JumpConstant { left, right, target, .. } => { self.address(target.0)?; self.all(&[left], right.index() < self.program.constants.len()) }
            Op::Field { to, base, .. } | Op::LiveField { to, base, .. } => self.all(&[to, base], true),
            Op::Index { to, base, index } => self.all(&[to, base, index], true),
            Op::List { to, items: operands } | Op::Map { to, entries: operands }
            => self.all(&[to], operands.index() < self.function.operands.len()),
            Op::Builtin { builtin, to, arguments } => self.all(&[to], self.function.operands.get(arguments.index()).is_some_and(|given| given.len() == builtin.operands())),
            Op::Record { to, shape, fields } => self.all(&[to], shape.index() < self.program.shapes.len() && fields.index() < self.function.operands.len()),
            Op::Range { to, start, end, .. } => self.all(&[to, start, end], true),
            Op::Fill { to, template, holes } => self.all(&[to], template.index() < self.program.templates.len() && holes.index() < self.function.operands.len()),
            Op::Next { iterator, to, exit } => { self.address(exit.0)?; self.all(&[iterator, Register(iterator.0.saturating_add(1)), to], true) }
            Op::Append { list, value } => self.all(&[list, value], true),
            Op::Bound { list, .. } | Op::NotEmpty { list } => self.all(&[list], true),
            Op::Call { to, function, arguments } => self.all(&[to], self.call(function, arguments.index())),
            Op::Return { from } => self.all(&[from], true),
            Op::Effect { effect } => self.all(&[], effect.index() < self.function.effects.len()),
            Op::Fail { text } => self.all(&[], text.index() < self.program.constants.len()),
            Op::Rethrow => Ok(()),
        }
    }

    /// Whether a function takes as many arguments as it is given.
    fn call(&self, function: FunctionIndex, arguments: usize) -> bool {
        let callee = self.program.functions.get(function.index());
        let given = self.function.operands.get(arguments);
        matches!((callee, given), (Some(callee), Some(given)) if usize::from(callee.params) == given.len())
    }

    fn effect(&self, effect: &Effect) -> Checked {
        let program = self.program;
        let in_tables = match effect {
            Effect::Observe(sites) => sites
                .iter()
                .all(|site| site.of.index() < program.observables.len()),
            Effect::PlanReady {
                precheck: Some((verify, _)),
                ..
            }
            | Effect::Verify { verify, .. } => verify.index() < program.verifies.len(),
            Effect::GuardOpen { guard, .. } => guard.index() < program.guards.len(),
            Effect::Do { step, .. } => step.index() < program.steps.len(),
            Effect::Mitigated { mitigation, .. } => mitigation.index() < program.mitigations.len(),
            Effect::Tell { roles, .. } => {
                roles.iter().all(|role| role.index() < program.roles.len())
            }
            Effect::PlanReady { precheck: None, .. }
            | Effect::GuardClose { .. }
            | Effect::BeginAttempt { .. }
            | Effect::BeginElement { .. }
            | Effect::BeginWith
            | Effect::End
            | Effect::Unwind
            | Effect::Waive
            | Effect::Wait(_)
            | Effect::Attach(_)
            | Effect::Found { .. }
            | Effect::Novel(_)
            | Effect::Inconclusive(_)
            | Effect::Cleared(_) => true,
        };
        ensure(in_tables, "an effect lies outside of its table")?;
        let mut registers = Vec::new();
        effect.for_each_register(&mut |register| registers.push(register));
        self.registers(&registers)
    }

    fn all(&self, registers: &[Register], in_tables: bool) -> Checked {
        ensure(in_tables, "an index lies outside of its table")?;
        self.registers(registers)
    }

    fn registers(&self, registers: &[Register]) -> Checked {
        let known = registers
            .iter()
            .all(|register| register.0 < self.function.registers);
        ensure(known, "a register lies outside of the frame")
    }

    fn address(&self, target: u16) -> Checked {
        ensure(
            usize::from(target) < self.function.code.len(),
            "a jump leaves the code",
        )
    }
}
