//! The parameters that words from outside must never supply.

use crate::diag::{Code, Diagnostic};
use crate::effect::{Integrity, Sink};
use crate::rule::Rule;
use crate::text::Span;
use crate::typed::{Expr, ExternId, FunctionId, Param, Type};

use super::flow::Flow;
use super::free::Use;
use super::origin::Taint;

/// How a parameter is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Sink(Sink),
    /// As what is encoded by the host: a sink of values.
    Json,
    /// What its fields yield is passed on, not itself.
    Yields(Sink),
    YieldsJson,
}

impl Reach {
    fn of(param: &Param) -> Option<Reach> {
        let is_json = match &param.ty {
            Type::Optional(inner) => **inner == Type::Json,
            ty => *ty == Type::Json,
        };
        Some(match param.sink? {
            Sink::Payload if is_json => Reach::Json,
            sink => Reach::Sink(sink),
        })
    }
}

impl Flow<'_, '_> {
    /// Checks the sinks of an extern; where it has none, free text does not fit either.
    pub(super) fn extern_sinks(&mut self, id: ExternId, args: &[Expr], taints: &[Taint]) {
        let extern_ = &self.package.externs[id.index()];
        let name = extern_.name.to_string();
        for ((param, arg), taint) in extern_.params.iter().zip(args).zip(taints) {
            match Reach::of(param) {
                Some(reach) => self.reach(reach, &name, param, arg, taint),
                None => drop(self.used(taint.clone(), arg.span, Use::Argument(&name))),
            }
        }
    }

    /// Checks the sinks that a function passes its parameters on to.
    pub(super) fn function_sinks(&mut self, id: FunctionId, args: &[Expr], taints: &[Taint]) {
        self.clamped_inside(id, args, taints);
        let function = &self.package.functions[id.index()];
        let summary = &self.taints.functions[id.index()];
        for (index, reach, _) in &summary.sinks {
            if let (Some(param), Some(arg), Some(taint)) = (
                function.params.get(*index),
                args.get(*index),
                taints.get(*index),
            ) {
                let name = function.name.to_string();
                self.reach(*reach, &name, param, arg, taint);
            }
        }
        for index in summary.plain.iter() {
            if let (Some(arg), Some(taint)) = (args.get(index), taints.get(index)) {
                let name = function.name.to_string();
                self.used(taint.clone(), arg.span, Use::Argument(&name));
            }
        }
    }

    fn reach(&mut self, reach: Reach, callee: &str, param: &Param, arg: &Expr, taint: &Taint) {
        match reach {
            Reach::Json => self.json(callee, arg, taint),
            Reach::YieldsJson => self.json(callee, arg, &taint.yielded()),
            Reach::Yields(sink) => self.sink(sink, callee, param, arg.span, &taint.yielded()),
            Reach::Sink(sink) => {
                let taint = self.used(taint.clone(), arg.span, Use::Argument(callee));
                let taint = taint.with_length();
                self.sink(sink, callee, param, arg.span, &taint);
            }
        }
    }

    fn sink(&mut self, sink: Sink, callee: &str, param: &Param, span: Span, taint: &Taint) {
        for index in taint.params.iter() {
            self.sinks.push((index, Reach::Sink(sink), span));
        }
        for index in taint.yielded_by.iter() {
            self.sinks.push((index, Reach::Yields(sink), span));
        }
        if sink != Sink::Amount {
            for index in taint.clamped.iter() {
                self.sinks.push((index, Reach::Sink(sink), span));
            }
        }
        let refused = match (sink, taint.level()) {
            (_, Integrity::Own) | (Sink::Amount, Integrity::Measured | Integrity::Bounded) => false,
            (_, Integrity::Measured | Integrity::Bounded) => Rule::OwnAloneAtSinks.holds(),
            (_, Integrity::Told) => true,
        };
        if !refused {
            return;
        }
        let what = match taint.level() {
            Integrity::Own | Integrity::Told => "words from outside",
            Integrity::Measured => "something measured",
            Integrity::Bounded => "a number from outside",
        };
        self.out.push(
            Diagnostic::new(
                Code::ToldAtSink,
                format!("{what} would supply `{}` of `{callee}`", param.name),
                span,
                format!("{}, but this is {}", taint.level().word(), sink_phrase(sink)),
            )
            .help(match sink {
                Sink::Amount => "bound it by your own numbers: `clamp(x, 1, 10)`",
                Sink::Population => "look the population up by a name that your product owns",
                Sink::Payload => "write it yourself, choose among your own with `pick`, or use the name of a target that was looked up and is owned",
                Sink::Host | Sink::Path | Sink::Flag | Sink::Executable => {
                    "choose among your own: `pick c in CONSTANTS where c.name == ...` yields the constant, not the words"
                }
            }),
        );
    }
}

fn sink_phrase(sink: Sink) -> &'static str {
    match sink {
        Sink::Amount => "an amount",
        Sink::Host => "a host",
        Sink::Path => "a path",
        Sink::Flag => "a flag",
        Sink::Executable => "an executable",
        Sink::Population => "a population",
        Sink::Payload => "what is sent",
    }
}
