//! Calls in expressions: of the library's pure functions, of the package's own, and observations.

use super::builder::Builder;
use super::collect::zero;
use super::free::Variable;
use super::tables::Observed;
use crate::library::{Builtin, Generic};
use crate::program::{Effect, ObservationSite, Op, Register};
use crate::typed::{
    CallExpr, Callee, Expr, ExternId, ExternKind, FunctionId, FunctionKind, Retry, Type,
};

impl Builder<'_, '_> {
    pub(super) fn call_to(&mut self, call: &CallExpr, ty: &Type, to: Register) {
        if let Some(observed) = self.observed(call) {
            let site = self.observation(call, observed, None, to);
            self.effect(Effect::Observe(vec![site]));
            return;
        }
        match call.callee {
            Callee::Builtin(generic) => self.builtin_to(generic, &call.args, ty, to),
            Callee::Extern(id) => self.extern_to(id, &call.args, to),
            Callee::Function(id) => self.function_to(id, &call.args, to),
        }
    }

    /// What the call observes, if it does.
    pub(super) fn observed(&self, call: &CallExpr) -> Option<Observed> {
        match call.callee {
            Callee::Extern(id) => {
                let declared = self.tables.package.externs.get(id.index())?;
                matches!(declared.kind, ExternKind::Probe).then_some(Observed::Extern(id))
            }
            Callee::Function(id) => {
                let declared = self.tables.package.functions.get(id.index())?;
                match declared.kind {
                    FunctionKind::Probe | FunctionKind::Watch(_) => Some(Observed::Function(id)),
                    FunctionKind::Fn | FunctionKind::Action { .. } => None,
                }
            }
            Callee::Builtin(_) => None,
        }
    }

    /// Evaluates the arguments of an observation and says where everything is.
    pub(super) fn observation(
        &mut self,
        call: &CallExpr,
        observed: Observed,
        retry: Option<Retry>,
        to: Register,
    ) -> ObservationSite {
        let arguments = self.values(&call.args);
        let equals = call
            .equals
            .iter()
            .map(|(name, value)| (name.clone(), self.value(value)));
        let equals = equals.collect();
        let (code, captures) = match observed {
            Observed::Extern(_) => (None, Vec::new()),
            Observed::Function(id) => {
                (Some(self.tables.callable(id, self.live)), self.captured(id))
            }
        };
        ObservationSite {
            of: self.tables.observable(observed),
            arguments,
            equals,
            code,
            captures,
            must_own: self.tables.facts.told_lookups.contains(&call.site),
            retry: retry.map(|retry| (retry.times, retry.every)),
            to,
        }
    }

    /// The registers of what a callable takes before its arguments.
    fn captured(&mut self, function: FunctionId) -> Vec<Register> {
        let captures = self.tables.captures(function).to_vec();
        let variables = captures.into_iter().map(Variable::Trigger);
        variables.map(|variable| self.lookup(variable)).collect()
    }

    fn builtin_to(&mut self, generic: Generic, args: &[Expr], ty: &Type, to: Register) {
        let mut arguments = self.values(args);
        match generic {
            Generic::Sum => {
                let nothing = self.register();
                self.load(nothing, zero(ty));
                arguments.push(nothing);
            }
            Generic::Min
            | Generic::Max
            | Generic::Clamp
            | Generic::First
            | Generic::Count
            | Generic::Contains
            | Generic::Abs
            | Generic::Round
            | Generic::Floor
            | Generic::Ceil => {}
        }
        let arguments = self.operands(arguments);
        self.emit(Op::Builtin {
            builtin: generic.into(),
            to,
            arguments,
        });
    }

    fn extern_to(&mut self, id: ExternId, args: &[Expr], to: Register) {
        let declared = self.tables.package.externs.get(id.index());
        let name = declared
            .map(|declared| declared.name.to_string())
            .unwrap_or_default();
        match Builtin::from_name(&name) {
            Some(builtin) => {
                let arguments = self.values(args);
                let arguments = self.operands(arguments);
                self.emit(Op::Builtin {
                    builtin,
                    to,
                    arguments,
                });
            }
            // A test holds the library and the machine together.
            None => self.fail(&format!("`{name}` is not in this machine")),
        }
    }

    /// Calls a pure function.
    fn function_to(&mut self, id: FunctionId, args: &[Expr], to: Register) {
        let mut all = self.captured(id);
        all.extend(self.values(args));
        let arguments = self.operands(all);
        let function = self.tables.callable(id, self.live);
        self.emit(Op::Call {
            to,
            function,
            arguments,
        });
    }
}
