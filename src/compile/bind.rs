//! `let`: a value, tried again, or what stands in for it.

use super::builder::{Builder, NOWHERE};
use super::free::Variable;
use super::tables::Observed;
use crate::program::points::PointKind;
use crate::program::{Address, Arithmetic, Comparison, Effect, Filter, Op, Register};
use crate::typed::{Expr, ExprKind, FailureFilter, Handler, HandlerAction, LocalId, Retry};
use crate::value::Value;

impl Builder<'_, '_> {
    pub(super) fn let_line(
        &mut self,
        local: LocalId,
        value: &Expr,
        retry: Option<Retry>,
        handlers: &[Handler],
    ) {
        // The variable is bound behind its own value.
        let to = self.register();
        let from = self.here();
        match retry {
            Some(retry) => self.tried_again(value, retry, to),
            None => self.value_to(value, to),
        }
        self.handlers(handlers, from, Filter::Any, to);
        self.release_above(to);
        self.note_age(to, value);
        self.alias(Variable::Local(local), to);
    }

    /// What was emitted since `from` fails over to the handlers; each puts another value into the
    /// register, or leaves. `any` is what a handler takes that does not say.
    pub(super) fn handlers(
        &mut self,
        handlers: &[Handler],
        from: Address,
        any: Filter,
        register: Register,
    ) {
        if handlers.is_empty() {
            return;
        }
        let to = self.here();
        let done = self.label();
        self.go(done);
        for handler in handlers {
            let filter = match (any, handler.on) {
                (Filter::Any, FailureFilter::NoData) => Filter::NoData,
                (Filter::Any, FailureFilter::Failed) => Filter::Failed,
                (other, _) => other,
            };
            self.handle(from, to, filter);
            let what = handler.on.words();
            self.reach(handler.span, PointKind::Handler, what);
            let place = std::mem::replace(&mut self.place, handler.span);
            match &handler.action {
                HandlerAction::Value(value) => self.scratch(|builder| {
                    builder.value_to(value, register);
                }),
                HandlerAction::Diverge(stmt) => self.scratch(|builder| builder.diverge(stmt)),
            }
            self.place = place;
            self.go(done);
        }
        self.bind(done);
    }

    /// A single question to the outside is asked again by whoever asks; anything else is evaluated
    /// again.
    fn tried_again(&mut self, value: &Expr, retry: Retry, to: Register) {
        if let ExprKind::Call(call) = &value.kind
            && let Some(observed @ Observed::Extern(_)) = self.observed(call)
        {
            let site = self.observation(call, observed, Some(retry), to);
            self.effect(Effect::Observe(vec![site]));
            return;
        }
        let left = self.register();
        self.load(left, Value::Int(i64::from(retry.times)));
        let (done, again) = (self.label(), self.label());
        self.bind(again);
        let from = self.here();
        self.value_to(value, to);
        let end = self.here();
        self.go(done);
        self.handle(from, end, Filter::Any);
        let more = self.label();
        self.jump(
            more,
            Op::JumpIntImmediate {
                op: Comparison::Greater,
                left,
                right: 0,
                target: NOWHERE,
            },
        );
        self.emit(Op::Rethrow);
        self.bind(more);
        let op = Arithmetic::Subtract;
        self.emit(Op::IntImmediate {
            op,
            to: left,
            left,
            right: 1,
        });
        self.effect(Effect::Wait(retry.every));
        self.go(again);
        self.bind(done);
    }
}
