//! Comprehensions, aggregates and `pick`: loops that make one value.

use super::builder::{Builder, Label, NOWHERE};
use super::free::Variable;
use crate::library::Builtin;
use crate::program::{Arithmetic, Op, Register};
use crate::rule::Rule;
use crate::typed::{Collect, Comprehension, Expr, LocalId, Type};
use crate::value::{Duration, Percent, Size, Value};

impl Builder<'_, '_> {
    pub(super) fn collect_to(&mut self, comprehension: &Comprehension, ty: &Type, to: Register) {
        let Comprehension {
            collect,
            local,
            source,
            condition,
            element,
        } = comprehension;
        let mark = self.mark();
        self.start_collection(*collect, ty, to);
        let (again, end) = (self.label(), self.label());
        self.each(*local, source, again, end);
        if let Some(condition) = condition {
            self.jump_unless(condition, again);
        }
        self.take_element(*collect, element, to, again, end);
        self.go(again);
        self.bind(end);
        self.end_collection(*collect, to);
        self.release(mark);
    }

    /// What the collection is before the first element.
    fn start_collection(&mut self, collect: Collect, ty: &Type, to: Register) {
        match collect {
            Collect::List => self.load(to, Value::list(Vec::new())),
            Collect::Any => self.load(to, Value::Bool(false)),
            // Of nothing nothing holds.
            Collect::All if !Rule::AllOfNothingFails.holds() => self.load(to, Value::Bool(true)),
            Collect::Count => self.load(to, Value::Int(0)),
            Collect::Sum => self.load(to, zero(ty)),
            Collect::All | Collect::Min | Collect::Max => self.load(to, Value::None),
        }
    }

    fn take_element(
        &mut self,
        collect: Collect,
        element: &Expr,
        to: Register,
        again: Label,
        end: Label,
    ) {
        match collect {
            Collect::List => {
                let value = self.value(element);
                self.emit(Op::Append { list: to, value });
            }
            Collect::Any => {
                self.jump_unless(element, again);
                self.load(to, Value::Bool(true));
                self.go(end);
            }
            Collect::All => {
                let no = self.label();
                self.jump_unless(element, no);
                self.load(to, Value::Bool(true));
                self.go(again);
                self.bind(no);
                self.load(to, Value::Bool(false));
                self.go(end);
            }
            // How many there are, whatever they are.
            Collect::Count => {
                let op = Arithmetic::Add;
                self.emit(Op::IntImmediate {
                    op,
                    to,
                    left: to,
                    right: 1,
                });
            }
            Collect::Sum => {
                let (left, right) = (to, self.value(element));
                let op = Arithmetic::Add;
                self.emit(Op::Arithmetic {
                    op,
                    to,
                    left,
                    right,
                });
            }
            Collect::Min => self.extreme(Builtin::Min, element, to),
            Collect::Max => self.extreme(Builtin::Max, element, to),
        }
    }

    fn extreme(&mut self, builtin: Builtin, element: &Expr, to: Register) {
        let (first, end) = (self.label(), self.label());
        let value = self.value(element);
        self.jump(
            first,
            Op::JumpNone {
                expected: true,
                value: to,
                target: NOWHERE,
            },
        );
        let arguments = self.operands(vec![to, value]);
        self.emit(Op::Builtin {
            builtin,
            to,
            arguments,
        });
        self.go(end);
        self.bind(first);
        self.copy(to, value);
        self.bind(end);
    }

    fn end_collection(&mut self, collect: Collect, to: Register) {
        let what = match collect {
            Collect::All => "`all`",
            Collect::Min => "`min`",
            Collect::Max => "`max`",
            Collect::List | Collect::Any | Collect::Count | Collect::Sum => return,
        };
        let some = self.label();
        self.jump(
            some,
            Op::JumpNone {
                expected: false,
                value: to,
                target: NOWHERE,
            },
        );
        self.fail(&format!("{what} of nothing"));
        self.bind(some);
    }

    /// The first element that fits, or none.
    pub(super) fn pick_to(
        &mut self,
        local: LocalId,
        source: &Expr,
        condition: &Expr,
        to: Register,
    ) {
        let mark = self.mark();
        let (again, end) = (self.label(), self.label());
        self.emit(Op::None { to });
        let element = self.each(local, source, again, end);
        self.jump_unless(condition, again);
        self.copy(to, element);
        self.bind(end);
        self.release(mark);
    }

    /// Begins a loop over the source; gives the register of the element.
    pub(super) fn each(
        &mut self,
        local: LocalId,
        source: &Expr,
        again: Label,
        end: Label,
    ) -> Register {
        let iterator = self.iterator(source);
        let to = self.variable(Variable::Local(local));
        self.note_age(to, source);
        self.bind(again);
        self.jump(
            end,
            Op::Next {
                iterator,
                to,
                exit: NOWHERE,
            },
        );
        to
    }

    /// An iterator that stands before the first element.
    pub(super) fn iterator(&mut self, source: &Expr) -> Register {
        let iterator = self.register();
        let counter = self.register();
        self.value_to(source, iterator);
        self.load(counter, Value::Int(0));
        iterator
    }
}

/// What nothing of the type adds up to.
pub(super) fn zero(ty: &Type) -> Value {
    match ty {
        Type::Float => Value::Float(0.0),
        Type::Percent => Value::Percent(Percent::from_billionths(0)),
        Type::Duration => Value::Duration(Duration::ZERO),
        Type::Size => Value::Size(Size::from_bytes(0)),
        _ => Value::Int(0),
    }
}
