//! What an expression's value is worth.

use crate::effect::Integrity;
use crate::typed::{
    BindingKind, Builtin, CallExpr, Callee, Collect, Expr, ExprKind, ExternKind, Type,
};

use super::flow::Flow;
use super::origin::Taint;
use crate::rule::Rule;

impl Flow<'_, '_> {
    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    pub(super) fn expr(&mut self, expr: &Expr) -> Taint {
        crate::steps::count(1);
        match &expr.kind {
            ExprKind::Local(local) => self.locals.get(local.index()).cloned().unwrap_or_default(),
            ExprKind::Trigger(binding) => {
                let binding = self
                    .runbook
                    .and_then(|runbook| runbook.bindings.get(binding.index()));
                match binding {
                    Some(binding) if binding.own => Taint::default(),
                    // A requested target was looked up, and must be owned.
                    Some(binding)
                        if binding.kind == BindingKind::Request
                            && matches!(binding.ty, Type::Target(_)) =>
                    {
                        Taint::default()
                    }
                    _ => Taint::of(Integrity::Told),
                }
            }
            ExprKind::Field { base, field } => {
                let taint = self.expr(base);
                self.field(base, *field, taint)
            }
            ExprKind::Call(call) => self.call(call, &expr.ty),
            ExprKind::IsSome { operand, bind } => {
                let taint = self.expr(operand);
                if let Some(local) = bind {
                    self.set(*local, taint.clone());
                }
                taint
            }
            ExprKind::IsNone(operand) => self.expr(operand),
            ExprKind::IsEmpty { operand, .. } => self.expr(operand).join(counted(&operand.ty)),
            ExprKind::Comprehension(comprehension) => {
                let source = self.expr(&comprehension.source);
                self.set(comprehension.local, source);
                if let Some(condition) = &comprehension.condition {
                    self.expr(condition);
                }
                let element = self.expr(&comprehension.element);
                match comprehension.collect {
                    Collect::Count => element.join(counted(&comprehension.source.ty)),
                    Collect::List
                    | Collect::Any
                    | Collect::All
                    | Collect::Sum
                    | Collect::Min
                    | Collect::Max => element,
                }
            }
            ExprKind::Pick {
                local,
                source,
                condition,
            } => {
                let source = self.expr(source);
                self.set(*local, source.clone());
                self.expr(condition);
                source
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                let then = self.expr(then);
                then.join(self.expr(otherwise))
            }
            ExprKind::Record { fields, .. } => {
                let fields = fields.iter();
                let fields = fields.map(|field| field.as_ref().map(|field| self.expr(field)));
                Taint::record(fields.map(Option::unwrap_or_default).collect())
            }
            // What comes out of a list or a map is worth what was put in; the key only selects.
            ExprKind::Index { base, index } => {
                self.expr(index);
                self.expr(base)
            }
            ExprKind::List(elements) => {
                let mut elements = elements.iter().map(|element| self.expr(element));
                let first = elements.next().unwrap_or_default();
                elements.fold(first, Taint::join)
            }
            ExprKind::Wrap(operand) => self.expr(operand),
            ExprKind::Template { holes, .. } if expr.ty == Type::Text => {
                // A number in a text stays what it is.
                holes.iter().fold(Taint::default(), |joined, hole| {
                    joined.join(self.expr(hole).whole())
                })
            }
            // Comparing selects; the answer is as good as what was compared.
            _ => {
                let mut joined = Taint::default();
                expr.for_each_child(&mut |child| {
                    let part = self.expr(child);
                    joined = std::mem::take(&mut joined).join(part);
                });
                joined.whole()
            }
        }
    }

    fn field(&self, base: &Expr, field: u16, taint: Taint) -> Taint {
        let declared = match &base.ty {
            Type::Target(id) => self.package.targets[id.index()]
                .fields
                .get(usize::from(field)),
            Type::Record(id) => self.package.records[id.index()]
                .fields
                .get(usize::from(field)),
            _ => None,
        };
        let Some(declared) = declared else {
            return taint;
        };
        if let Some(known) = taint.field(usize::from(field)) {
            return known;
        }
        match &base.ty {
            // The key of a handle was endorsed with it.
            Type::Target(_) if field == 0 => taint,
            Type::Target(_) => Taint::of(observed(&declared.ty)),
            _ if taint.level == Integrity::Measured => {
                let mut field = taint.whole();
                field.level = observed(&declared.ty);
                field
            }
            _ => taint,
        }
    }

    fn call(&mut self, call: &CallExpr, ty: &Type) -> Taint {
        let args: Vec<Taint> = call.args.iter().map(|arg| self.expr(arg)).collect();
        let equals: Vec<Taint> = call
            .equals
            .iter()
            .map(|(_, value)| self.expr(value))
            .collect();
        let joined = |taints: &[Taint]| {
            taints.iter().fold(Taint::default(), |joined, taint| {
                joined.join(taint.clone().whole())
            })
        };
        match call.callee {
            Callee::Builtin(Builtin::Clamp) => match args.as_slice() {
                [number, low, high]
                    if low.level == Integrity::Own && high.level == Integrity::Own =>
                {
                    let bounds = low.clone().join(high.clone());
                    match Rule::ClampBounds.holds() {
                        true => number.clone().bounded().join(bounds),
                        false => bounds,
                    }
                }
                _ => joined(&args),
            },
            Callee::Builtin(Builtin::Count) => call
                .args
                .iter()
                .fold(joined(&args), |taint, arg| taint.join(counted(&arg.ty))),
            Callee::Builtin(_) => joined(&args),
            Callee::Function(id) => {
                self.function_sinks(id, &call.args, &args);
                let result = self.taints.functions[id.index()].result.clone();
                let mut joined = result.clone().whole();
                (joined.params, joined.clamped) = Default::default();
                for (index, taint) in args.into_iter().enumerate() {
                    if result.params.contains(index) {
                        joined = joined.join(taint);
                    } else if result.clamped.contains(index) {
                        joined = joined.join(taint.bounded());
                    }
                }
                joined
            }
            Callee::Extern(id) => {
                self.extern_sinks(id, &call.args, &args);
                let extern_ = &self.package.externs[id.index()];
                match extern_.kind {
                    ExternKind::Fn => joined(&args),
                    ExternKind::Probe | ExternKind::Action(_) => {
                        let told = args.iter().chain(&equals).any(Taint::may_be_told);
                        if told && finds_targets(ty) {
                            self.lookups.insert(call.site);
                        }
                        // The clock of the machine is nobody's word.
                        if extern_.name.name == "now" {
                            return Taint::default();
                        }
                        // A record of the caller's choice is decoded from what somebody sent.
                        // How many of them there are is their sender's word as well.
                        let sent = extern_.type_parameters > 0 && Rule::EventsAreTold.holds();
                        match extern_.result {
                            Type::Parameter(_) => Taint::of(Integrity::Told),
                            _ if sent => Taint::of(Integrity::Told),
                            _ => Taint::of(observed(ty)),
                        }
                    }
                }
            }
        }
    }
}

/// What a connector's answer of this type is worth: numbers are measured, words are told.
fn observed(ty: &Type) -> Integrity {
    match ty {
        Type::Text | Type::Json | Type::Url | Type::Parameter(_) => Integrity::Told,
        Type::Target(_) => Integrity::Own,
        Type::List(element) | Type::Optional(element) => observed(element),
        Type::Map(key, value) => observed(key).max(observed(value)),
        Type::Error
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Percent
        | Type::Size
        | Type::Duration
        | Type::Time
        | Type::Regex
        | Type::PromQuery
        | Type::Cron
        | Type::Secret
        | Type::Role
        | Type::NoneLiteral
        | Type::EmptyList
        | Type::Range(_)
        | Type::Record(_)
        | Type::Enum(_)
        | Type::Handle(_)
        | Type::RecordKind(_) => Integrity::Measured,
    }
}

/// How many targets there are was observed, even where each of them was looked up by a name.
fn counted(ty: &Type) -> Taint {
    match finds_targets(ty) {
        true => Taint::of(Integrity::Measured),
        false => Taint::default(),
    }
}

fn finds_targets(ty: &Type) -> bool {
    match ty {
        Type::Target(_) => true,
        Type::List(element) | Type::Optional(element) => finds_targets(element),
        _ => false,
    }
}
