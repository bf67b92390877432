//! A program as text, for people and snapshots: one instruction a line.

use std::fmt::{self, Display, Formatter};

use super::{
    Address, ConstantIndex, Effect, Filter, Function, FunctionIndex, Op, OperandsIndex, Program,
    Register,
};
use crate::value::{Shape, UnaryOp, Unit};

/// Shows a whole program.
pub struct Listing<'a>(&'a Program);

impl Program {
    /// The program as text.
    pub fn listing(&self) -> Listing<'_> {
        Listing(self)
    }
}

impl Display for Listing<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Listing(program) = self;
        writeln!(out, "program {} {}", program.runbook, program.version)?;
        writeln!(out, "ends within {}", program.metadata.stated)?;
        for (index, function) in program.functions.iter().enumerate() {
            let Function {
                name,
                params,
                registers,
                look,
                ..
            } = function;
            write!(
                out,
                "\nfunction {index} {name}: {params} parameters, {registers} registers"
            )?;
            match look {
                Some(look) => writeln!(out, ", a look within {look}")?,
                None => writeln!(out)?,
            }
            for handler in &function.handlers {
                let (from, to, target) = (handler.from.0, handler.to.0, handler.target.0);
                writeln!(
                    out,
                    "       {from}..{to} {} -> {target}",
                    filter(handler.filter)
                )?;
            }
            for (address, op) in function.code.iter().enumerate() {
                write!(out, "  {address:>3}  ")?;
                Line { program, function }.op(out, *op)?;
                writeln!(out)?;
            }
        }
        Ok(())
    }
}

impl Display for Register {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "r{}", self.0)
    }
}

fn filter(filter: Filter) -> &'static str {
    match filter {
        Filter::NoData => "no data",
        Filter::Failed => "failed",
        Filter::Any => "no data, failed",
        Filter::NotApplied => "not applied",
        Filter::Piece => "piece failed",
        Filter::Every => "every fault",
    }
}

/// What the instructions of one function refer to.
struct Line<'a> {
    program: &'a Program,
    function: &'a Function,
}

impl Line<'_> {
    #[rustfmt::skip]
    fn op(&self, out: &mut Formatter<'_>, op: Op) -> fmt::Result {
        match op {
            Op::Constant { to, constant } => write!(out, "{to} = {}", self.constant(constant)),
            Op::Integer { to, value } => write!(out, "{to} = {value}"),
            Op::Bool { to, value } => write!(out, "{to} = {value}"),
            Op::None { to } => write!(out, "{to} = none"),
            Op::Move { to, from } => write!(out, "{to} = {from}"),
            Op::Int { op, to, left, right } => write!(out, "{to} = {left} {} {right} : Int", op.as_str()),
            Op::IntImmediate { op, to, left, right } => write!(out, "{to} = {left} {} {right} : Int", op.as_str()),
            Op::Float { op, to, left, right } => write!(out, "{to} = {left} {} {right} : Float", op.as_str()),
            Op::Arithmetic { op, to, left, right } => write!(out, "{to} = {left} {} {right}", op.as_str()),
            Op::Unary { op, to, from } => write!(out, "{to} = {}{from}", unary(op)),
            Op::Convert { unit, to, from } => write!(out, "{to} = {from} as {}", unit_word(unit)),
            Op::Compare { op, to, left, right } => write!(out, "{to} = {left} {} {right}", op.as_str()),
            Op::In { to, value, whole } => write!(out, "{to} = {value} in {whole}"),
            Op::IsNone { to, from } => write!(out, "{to} = {from} is none"),
            Op::IsEmpty { to, from } => write!(out, "{to} = {from} is empty"),
            Op::Jump { target } => write!(out, "-> {}", target.0),
            Op::JumpIf { expected, value, target } => write!(out, "if {value} is {expected} -> {}", target.0),
            Op::JumpCompare { op, left, right, target } => write!(out, "if {left} {} {right} -> {}", op.as_str(), target.0),
            Op::JumpConstant { op, left, right, target } => write!(out, "if {left} {} {} -> {}", op.as_str(), self.constant(right), target.0),
            Op::JumpInt { op, left, right, target } => write!(out, "if {left} {} {right} : Int -> {}", op.as_str(), target.0),
            Op::JumpIntImmediate { op, left, right, target } => write!(out, "if {left} {} {right} : Int -> {}", op.as_str(), target.0),
            Op::JumpNone { expected, value, target } => write!(out, "if {value} is {}none -> {}", if expected { "" } else { "not " }, target.0),
            Op::Field { to, base, field } => write!(out, "{to} = {base}.{field}"),
            Op::LiveField { to, base, field } => write!(out, "{to} = live {base}.{field}"),
            Op::Index { to, base, index } => write!(out, "{to} = {base}[{index}]"),
            Op::List { to, items } => write!(out, "{to} = [{}]", self.operands(items)),
            Op::Map { to, entries } => write!(out, "{to} = map [{}]", self.operands(entries)),
            Op::Record { to, shape, fields } => write!(out, "{to} = {}({})", self.shape(shape.index()), self.operands(fields)),
            Op::Range { inclusive, to, start, end } => write!(out, "{to} = {start}{}{end}", if inclusive { "..=" } else { ".." }),
            Op::Fill { to, template, holes } => write!(out, "{to} = template {} ({})", template.0, self.operands(holes)),
            Op::Next { iterator, to, exit } => write!(out, "{to} = next {iterator}, else -> {}", exit.0),
            Op::Append { list, value } => write!(out, "append {value} to {list}"),
            Op::Bound { list, at_most } => write!(out, "at most {at_most} in {list}"),
            Op::NotEmpty { list } => write!(out, "something in {list}"),
            Op::Call { to, function, arguments } => write!(out, "{to} = call {}({})", self.callee(function), self.operands(arguments)),
            Op::Builtin { builtin, to, arguments } => write!(out, "{to} = {}({})", builtin.name(), self.operands(arguments)),
            Op::Return { from } => write!(out, "return {from}"),
            Op::Effect { effect } => match self.function.effects.get(effect.index()) {
                Some(effect) => self.effect(out, effect),
                None => write!(out, "effect {}", effect.0),
            },
            Op::Fail { text } => write!(out, "fail {}", self.constant(text)),
            Op::Rethrow => write!(out, "rethrow"),
        }
    }

    fn effect(&self, out: &mut Formatter<'_>, effect: &Effect) -> fmt::Result {
        match effect {
            Effect::Observe(sites) => self.observe(out, sites),
            Effect::PlanReady {
                phase,
                values,
                precheck,
                follows,
                already,
            } => {
                write!(out, "{already} = phase {phase} planned ({})", list(values))?;
                if *follows {
                    write!(out, ", if skipped")?;
                }
                match precheck {
                    Some((verify, captures)) => {
                        write!(out, ", precheck verify {} ({})", verify.0, list(captures))
                    }
                    None => Ok(()),
                }
            }
            Effect::GuardOpen { guard, captures } => {
                write!(out, "guard {} ({})", guard.0, list(captures))
            }
            Effect::GuardClose { count } => write!(out, "{count} guards end"),
            Effect::Do {
                step,
                arguments,
                captures,
                to,
            } => {
                let (arguments, captures) = (list(arguments), list(captures));
                let name = self.step(step.index());
                write!(
                    out,
                    "{to} = do {} {name}({arguments}) captures ({captures})",
                    step.0
                )
            }
            Effect::Verify { verify, captures } => {
                write!(out, "verify {} ({})", verify.0, list(captures))
            }
            Effect::BeginAttempt { title, index } => write!(out, "attempt {index} {title:?}"),
            Effect::BeginElement { iterator, value } => {
                write!(out, "element {value} of {iterator}")
            }
            Effect::BeginWith => write!(out, "with"),
            Effect::End => write!(out, "end"),
            Effect::Unwind => write!(out, "unwind"),
            Effect::Wait(duration) => write!(out, "wait {duration}"),
            Effect::Tell { kind, roles, text } => {
                let roles: Vec<_> = roles.iter().map(|role| self.role(role.index())).collect();
                write!(
                    out,
                    "tell {kind:?} {} {}",
                    roles.join(", "),
                    optional(*text)
                )
            }
            Effect::Attach(values) => write!(out, "attach {}", list(values)),
            Effect::Waive => write!(out, "waive"),
            Effect::Found { finding, arguments } => {
                write!(out, "found {finding} ({})", list(arguments))
            }
            Effect::Novel(text) => write!(out, "novel {}", optional(*text)),
            Effect::Inconclusive(text) => write!(out, "inconclusive {}", optional(*text)),
            Effect::Cleared(why) => write!(out, "cleared {why}"),
            Effect::Mitigated {
                mitigation,
                text,
                captures,
            } => write!(
                out,
                "mitigated {} {text} ({})",
                mitigation.0,
                list(captures)
            ),
        }
    }

    fn observe(&self, out: &mut Formatter<'_>, sites: &[super::ObservationSite]) -> fmt::Result {
        for (index, site) in sites.iter().enumerate() {
            let name = self.program.observables.get(site.of.index());
            let name = name.map_or("?", |observable| observable.name.as_str());
            let separator = if index > 0 { "; " } else { "" };
            write!(
                out,
                "{separator}{} = observe {name}({}",
                site.to,
                list(&site.arguments)
            )?;
            for (field, value) in &site.equals {
                write!(out, ", {field}: {value}")?;
            }
            write!(out, ")")?;
            if !site.captures.is_empty() {
                write!(out, " captures ({})", list(&site.captures))?;
            }
            if site.must_own {
                write!(out, " owned")?;
            }
            if let Some((times, every)) = site.retry {
                write!(out, " retry {times} every {every}")?;
            }
        }
        Ok(())
    }

    fn operands(&self, operands: OperandsIndex) -> String {
        let registers = self.function.operands.get(operands.index());
        registers.map_or_else(String::new, |registers| list(registers))
    }

    fn constant(&self, constant: ConstantIndex) -> String {
        let value = self.program.constants.get(constant.index());
        value.map_or_else(|| "?".to_owned(), ToString::to_string)
    }

    fn shape(&self, index: usize) -> &str {
        let shape: Option<&Shape> = self.program.shapes.get(index).map(AsRef::as_ref);
        shape.map_or("?", |shape| shape.name.as_str())
    }

    fn callee(&self, function: FunctionIndex) -> String {
        let callee = self.program.functions.get(function.index());
        let name = callee.map_or("?", |callee| callee.name.as_str());
        format!("{} {name}", function.0)
    }

    fn step(&self, index: usize) -> &str {
        let step = self.program.steps.get(index);
        let action = step.and_then(|step| self.program.actions.get(step.action.index()));
        action.map_or("?", |action| action.name.as_str())
    }

    fn role(&self, index: usize) -> &str {
        let role = self.program.roles.get(index);
        role.map_or("?", |role| role.name.as_str())
    }
}

fn list(registers: &[Register]) -> String {
    let registers: Vec<_> = registers.iter().map(ToString::to_string).collect();
    registers.join(", ")
}

fn optional(register: Option<Register>) -> String {
    register.map_or_else(|| "-".to_owned(), |register| register.to_string())
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Negate => "-",
        UnaryOp::Not => "not ",
    }
}

fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Ratio => "ratio",
        Unit::Seconds => "seconds",
        Unit::Bytes => "bytes",
    }
}

impl Display for Address {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}
