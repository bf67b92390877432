//! Code that is called apart from the code around it: conditions of guards and verifies, undo.
//!
//! Such code takes the variables that it names by value, as they are when it is handed over.

use super::builder::Builder;
use super::free::Variable;
use super::tables::Tables;
use crate::program::{FunctionIndex, Op, Register};
use crate::text::Span;
use crate::typed::{Block, Expr, LocalId};
use crate::value::{Duration, Value};

impl Builder<'_, '_> {
    /// Code that says whether all conditions hold, reading targets as they are then.
    pub(super) fn condition_code(
        &mut self,
        what: &str,
        conditions: &[Expr],
        captures: &[Variable],
    ) -> FunctionIndex {
        let name = format!("{} {what}", self.function.name);
        self.tables
            .condition(name, conditions, captures, self.place)
    }

    /// Code that takes the captures and then the result of the `do`.
    pub(super) fn undo_code(
        &mut self,
        block: &Block,
        captures: &[Variable],
        result: Option<LocalId>,
    ) -> FunctionIndex {
        let index = self.tables.reserve();
        let name = format!("{} undo", self.function.name);
        let mut builder = Builder::new(self.tables, name, block.span);
        for variable in captures {
            builder.parameter(*variable);
        }
        match result {
            Some(local) => {
                builder.parameter(Variable::Local(local));
            }
            None => builder.nameless_parameter(),
        }
        builder.undoing = true;
        builder.block(block);
        builder.end();
        builder.finish(index);
        index
    }

    /// The registers of variables to hand over.
    pub(super) fn captures(&mut self, variables: &[Variable]) -> Vec<Register> {
        variables
            .iter()
            .map(|variable| self.lookup(*variable))
            .collect()
    }

    /// Falling off the end returns nothing.
    pub(super) fn end(&mut self) {
        if self.is_reachable() {
            self.return_nothing();
        }
    }

    pub(super) fn return_nothing(&mut self) {
        let from = self.register();
        self.load(from, Value::None);
        self.emit(Op::Return { from });
    }

    pub(super) fn return_value(&mut self, value: &Expr) {
        let from = self.value(value);
        self.emit(Op::Return { from });
    }

    /// Returns whether all conditions hold.
    pub(super) fn return_whether(&mut self, conditions: &[Expr]) {
        let no = self.label();
        for condition in conditions {
            self.jump_unless(condition, no);
        }
        let from = self.register();
        self.load(from, Value::Bool(true));
        self.emit(Op::Return { from });
        self.bind(no);
        self.load(from, Value::Bool(false));
        self.emit(Op::Return { from });
    }
}

impl Tables<'_> {
    /// See [`Builder::condition_code`].
    pub(super) fn condition(
        &mut self,
        name: String,
        conditions: &[Expr],
        captures: &[Variable],
        place: Span,
    ) -> FunctionIndex {
        let index = self.reserve();
        let look = self.look(conditions);
        let mut builder = Builder::new(self, name, place);
        builder.function.look = look;
        builder.live = true;
        for variable in captures {
            builder.parameter(*variable);
        }
        builder.return_whether(conditions);
        builder.finish(index);
        index
    }

    /// How long one look at all of them may take.
    fn look(&self, conditions: &[Expr]) -> Option<Duration> {
        conditions
            .iter()
            .try_fold(Duration::ZERO, |sum, condition| {
                let look = self.facts.looks.get(&condition.span)?;
                Some(Duration::from_millis(
                    sum.millis().saturating_add(look.millis()),
                ))
            })
    }
}
