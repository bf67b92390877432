//! Acts: `guard`, `do` with its undo, `with do` with its release.

use smol_str::SmolStr;

use super::builder::{Builder, ScopeKind};
use super::free::Variable;
use crate::program::{
    Effect, Filter, FunctionIndex, Guard, GuardIndex, Op, Register, Step, StepIndex, Undo,
};
use crate::typed::{
    self, ActionCallee, Block, Expr, ExternId, ExternKind, FunctionId, UndoChoice, UndoContract,
};

impl Builder<'_, '_> {
    /// `guard`: stands until its block ends.
    pub(super) fn guard(&mut self, condition: &Expr) {
        let conditions = std::slice::from_ref(condition);
        let variables = self.tables.free(conditions);
        let code = self.condition_code("guard", conditions, &variables);
        let guard = GuardIndex(self.tables.number(self.tables.program.guards.len()));
        self.tables.program.guards.push(Guard {
            condition: code,
            place: self.place,
        });
        self.guard_points(self.place);
        let captures = self.captures(&variables);
        self.effect(Effect::GuardOpen { guard, captures });
    }

    /// `do`
    pub(super) fn do_line(&mut self, step: &typed::Step) {
        let result = self.result(step);
        self.scratch(|builder| {
            let arguments = builder.values(step.args.iter().chain(&step.touching));
            builder.perform(step, arguments, result, false);
        });
        self.bind_result(step, result);
    }

    /// `with do`: what it did is released on every exit.
    pub(super) fn with_do(
        &mut self,
        step: &typed::Step,
        inverse: ExternId,
        inverse_args: &[u16],
        body: &Block,
    ) {
        let mark = self.mark();
        let result = self.result(step);
        let arguments = self.values(step.args.iter().chain(&step.touching));
        let released = inverse_args
            .iter()
            .filter_map(|index| arguments.get(usize::from(*index)));
        let released: Vec<Register> = released.copied().collect();
        self.perform(step, arguments, result, true);
        self.bind_result(step, result);
        let release = self.release_entry(inverse);

        self.effect(Effect::BeginWith);
        self.open(ScopeKind::With {
            release,
            arguments: released.clone(),
        });
        self.block(body);
        let own = self.close();
        self.effect(Effect::End);
        self.release_step(release, released.clone());
        let done = self.label();
        self.go(done);
        self.handle_all(&own, Filter::Every);
        let unwinding = self.here();
        self.effect(Effect::Unwind);
        // Whatever the unwinding comes to, the release follows.
        let unwound = self.here();
        self.handle(unwinding, unwound, Filter::Every);
        self.release_step(release, released);
        self.emit(Op::Rethrow);
        self.bind(done);
        self.release(mark);
    }

    /// A register for what the `do` gives; a variable of its own where it has a name.
    fn result(&mut self, step: &typed::Step) -> Register {
        match step.result {
            Some(_) => self.register(),
            None => {
                let mark = self.mark();
                let register = self.register();
                self.release(mark);
                register
            }
        }
    }

    /// The result is named from here on; it is never part of a plan.
    fn bind_result(&mut self, step: &typed::Step, result: Register) {
        if let Some(local) = step.result {
            self.alias(Variable::Local(local), result);
            self.planned.pop();
        }
    }

    fn perform(&mut self, step: &typed::Step, arguments: Vec<Register>, to: Register, with: bool) {
        let from = self.here();
        match step.callee {
            ActionCallee::Extern(action) => self.step(step, action, arguments, to, with),
            ActionCallee::Function(function) => self.action(function, arguments, to),
        }
        self.handlers(&step.handlers, from, Filter::NotApplied, to);
    }

    /// An action of the package is code like any other; its own lines are the changes.
    fn action(&mut self, function: FunctionId, arguments: Vec<Register>, to: Register) {
        let arguments = self.operands(arguments);
        let function = self.tables.callable(function, false);
        self.emit(Op::Call {
            to,
            function,
            arguments,
        });
    }

    fn step(
        &mut self,
        step: &typed::Step,
        action: ExternId,
        arguments: Vec<Register>,
        to: Register,
        with: bool,
    ) {
        let (undo, captures) = match with || self.undoing {
            true => (Undo::Nothing, Vec::new()),
            false => self.undo(step, action, &arguments),
        };
        let entry = Step {
            action: self.tables.action(action),
            within: step.within,
            retry: step.retry.map(|retry| (retry.times, retry.every)),
            undo,
            given_back_by: match step.undo {
                UndoChoice::Waived(_) => None,
                UndoChoice::Unsaid | UndoChoice::Block(_) | UndoChoice::Previous => {
                    self.given_back_by(action)
                }
            },
            release: false,
            place: step.span,
        };
        if !self.undoing {
            let is_undone = entry.undo != Undo::Nothing;
            let declared = self.tables.package.externs.get(action.index());
            let action = declared.map(|declared| declared.name.to_string());
            self.outcome_points(entry.place, &action.unwrap_or_default(), is_undone);
        }
        let step = self.step_entry(entry);
        self.effect(Effect::Do {
            step,
            arguments,
            captures,
            to,
        });
    }

    /// How the step is taken back, and what that code needs to know.
    fn undo(
        &mut self,
        step: &typed::Step,
        action: ExternId,
        arguments: &[Register],
    ) -> (Undo, Vec<Register>) {
        match &step.undo {
            UndoChoice::Previous => (Undo::Previous, Vec::new()),
            UndoChoice::Waived(_) => (Undo::Nothing, Vec::new()),
            UndoChoice::Block(block) => {
                let result = step.result.map(Variable::Local);
                let mut variables = self.tables.free_in_block(block);
                variables.retain(|variable| Some(*variable) != result);
                let code = self.undo_code(block, &variables, step.result);
                (Undo::Code(code), self.captures(&variables))
            }
            UndoChoice::Unsaid => self.contracted_undo(action, arguments),
        }
    }

    /// What an action with an inverse holds, the inverse gives back.
    fn given_back_by(&self, action: ExternId) -> Option<SmolStr> {
        let externs = &self.tables.package.externs;
        match &externs.get(action.index())?.kind {
            ExternKind::Action(contract) => {
                let inverse = externs.get(contract.inverse?.index())?;
                Some(inverse.name.to_string().into())
            }
            ExternKind::Fn | ExternKind::Probe => None,
        }
    }

    /// As the action's own contract says.
    fn contracted_undo(
        &mut self,
        action: ExternId,
        arguments: &[Register],
    ) -> (Undo, Vec<Register>) {
        let declared = self.tables.package.externs.get(action.index());
        let Some(ExternKind::Action(contract)) = declared.map(|declared| &declared.kind) else {
            return (Undo::Nothing, Vec::new());
        };
        match &contract.undo {
            UndoContract::By { action, args } => {
                let code = self.contracted_code(*action, args, arguments.len());
                (Undo::Code(code), arguments.to_vec())
            }
            UndoContract::Previous => (Undo::Previous, Vec::new()),
            UndoContract::ByCaller | UndoContract::Unneeded(_) | UndoContract::Impossible => {
                (Undo::Nothing, Vec::new())
            }
        }
    }

    /// Code that takes the arguments of a step and does the action that takes it back.
    fn contracted_code(&mut self, action: ExternId, args: &[Expr], params: usize) -> FunctionIndex {
        let index = self.tables.reserve();
        let name = format!("{} undo", self.function.name);
        let mut builder = Builder::new(self.tables, name, self.place);
        for param in 0..params {
            builder.parameter(Variable::Local(typed::parameter_local(param)));
        }
        builder.nameless_parameter();
        let arguments = builder.values(args);
        let entry = builder.plain_step(action);
        let step = builder.step_entry(entry);
        let to = builder.register();
        builder.effect(Effect::Do {
            step,
            arguments,
            captures: Vec::new(),
            to,
        });
        builder.end();
        builder.finish(index);
        index
    }

    fn release_entry(&mut self, inverse: ExternId) -> StepIndex {
        let entry = Step {
            release: true,
            ..self.plain_step(inverse)
        };
        self.step_entry(entry)
    }

    /// Does the release of a `with do`.
    pub(super) fn release_step(&mut self, step: StepIndex, arguments: Vec<Register>) {
        self.scratch(|builder| {
            let to = builder.register();
            builder.effect(Effect::Do {
                step,
                arguments,
                captures: Vec::new(),
                to,
            });
        });
    }

    /// A step as its action's contract has it.
    fn plain_step(&mut self, action: ExternId) -> Step {
        Step {
            action: self.tables.action(action),
            within: None,
            retry: None,
            undo: Undo::Nothing,
            given_back_by: self.given_back_by(action),
            release: false,
            place: self.place,
        }
    }

    fn step_entry(&mut self, step: Step) -> StepIndex {
        let index = StepIndex(self.tables.number(self.tables.program.steps.len()));
        self.tables.program.steps.push(step);
        index
    }
}
