//! What an expression's value is worth.

use crate::effect::Integrity;
use crate::library::Generic;
use crate::library::PRELUDE;
use crate::text::Span;
use crate::typed::{
    Binding, BindingKind, CallExpr, Callee, Collect, Comprehension, Expr, ExprKind, ExternId,
    ExternKind, LocalId, Type,
};

use super::flow::Flow;
use super::free::Use;
use super::origin::{Matter, Taint};
use super::shape::{finds_targets, has_elements, observed};
use crate::rule::Rule;

/// How far a name of the trigger is trusted.
pub(super) fn of_binding(binding: &Binding) -> Integrity {
    // A requested target was looked up, and must be owned.
    let is_looked_up =
        binding.kind == BindingKind::Request && matches!(binding.ty, Type::Target(_));
    match binding.own || is_looked_up {
        true => Integrity::Own,
        false => Integrity::Told,
    }
}

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
                Taint::of(binding.map_or(Integrity::Told, of_binding))
            }
            ExprKind::Field { base, field } => {
                let taint = self.expr(base);
                part(self.field(base, *field, taint), &expr.ty)
            }
            ExprKind::Call(call) => self.call(call, expr.span, &expr.ty),
            ExprKind::IsSome { operand, bind } => {
                let taint = self.expr(operand);
                if let Some(local) = bind {
                    self.set(*local, taint.clone());
                }
                taint
            }
            ExprKind::IsNone(operand) => self.expr(operand),
            ExprKind::IsEmpty { operand, .. } => {
                let taint = self.expr(operand);
                let taint = number(taint, &operand.ty);
                self.used(taint, operand.span, Use::Counted).into_words()
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, &expr.ty),
            ExprKind::Pick {
                local,
                source,
                condition,
            } => {
                let known = self.expr(source);
                let element = part(known, &expr.ty);
                self.set(*local, element.clone());
                let chosen = self.expr(condition);
                chosen_of(&source.ty, element, chosen)
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
                let key = self.expr(index);
                self.used(key, index.span, Use::Key);
                part(self.expr(base), &expr.ty)
            }
            ExprKind::List(elements) => {
                let mut elements = elements.iter().map(|element| self.expr(element));
                let first = elements.next().unwrap_or_default();
                elements.fold(first, Taint::join)
            }
            ExprKind::Wrap(operand) => self.expr(operand),
            // A number in a text stays what it is.
            ExprKind::Template { holes, .. } => {
                let joined = self.joined_uses(holes.iter(), Use::Hole);
                joined.with_number().into_words()
            }
            ExprKind::Map(entries) => {
                let mut joined = Taint::default();
                for (key, value) in entries {
                    let words = self.expr(key);
                    let words = self.used(words, key.span, Use::Key).into_words();
                    joined = joined.join(words).join(self.expr(value));
                }
                joined.whole()
            }
            // Comparing selects; the answer is as good as what was compared.
            ExprKind::Binary { left, right, .. } => {
                let joined = self.joined_uses([&**left, &**right].into_iter(), Use::Compared);
                let joined = match has_elements(&expr.ty) {
                    true => joined,
                    false => joined.with_number(),
                };
                as_answer(joined, &expr.ty)
            }
            ExprKind::Unary { operand, .. } | ExprKind::As { operand, .. } => {
                self.expr(operand).whole()
            }
            ExprKind::Error
            | ExprKind::Value(_)
            | ExprKind::Const(_)
            | ExprKind::Secret(_)
            | ExprKind::Role(_)
            | ExprKind::RecordKind(_) => Taint::default(),
        }
    }

    /// Words select among the elements; how many are left is as good as what was counted, and as
    /// the filter.
    fn comprehension(&mut self, of: &Comprehension, ty: &Type) -> Taint {
        let source = self.expr(&of.source);
        let mut many = number(source.clone(), &of.source.ty);
        let mut length = match finds_targets(&of.source.ty) {
            true => Taint::default(),
            false => source.clone().with_length().whole(),
        };
        let element = match &of.source.ty {
            Type::List(element) => part(source, element),
            _ => source,
        };
        self.set(of.local, element.clone());
        if let Some(condition) = &of.condition {
            let chosen = self.expr(condition).with_number();
            many = many.join(chosen.clone());
            if let Type::Range(_) = of.source.ty {
                length = length.join(chosen.clone());
            }
            self.set(of.local, chosen_of(&of.source.ty, element, chosen));
        }
        let (many, length) = match Rule::NumbersAreCounted.holds() {
            true => (many.without_free(), length),
            false => (Taint::default(), Taint::default()),
        };
        let element = self.expr(&of.element);
        // Elements that say nothing of what they stand for say how many there are.
        let length = match names(&of.element, of.local) {
            true => length,
            false => many.clone(),
        };
        match of.collect {
            Collect::List => element.times(many, length.without_free()),
            Collect::Count
            | Collect::Any
            | Collect::All
            | Collect::Sum
            | Collect::Min
            | Collect::Max => as_answer(element.with_number().join(many), ty),
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
            Type::Target(_) if finds_targets(&declared.ty) => {
                match Rule::ListedNamesAreOwned.holds() {
                    true => taint.yielded(),
                    false => Taint::default(),
                }
            }
            Type::Target(_) => Taint::of(observed(&declared.ty)),
            _ if taint.level() == Integrity::Measured => {
                let mut field = taint.whole();
                field.matter = Matter::of(observed(&declared.ty));
                field
            }
            _ => taint,
        }
    }

    /// What expressions are worth together, of which none may be free text.
    fn joined_uses<'e>(&mut self, of: impl Iterator<Item = &'e Expr>, used: Use<'_>) -> Taint {
        let mut joined = Taint::default();
        for expr in of {
            let taint = self.expr(expr).whole();
            joined = joined.join(self.used(taint, expr.span, used));
        }
        joined
    }

    /// The name of a field, where there is one.
    pub(super) fn field_name(&self, base: &Expr, field: u16) -> Option<&str> {
        let fields = match &base.ty {
            Type::Target(id) => &self.package.targets[id.index()].fields,
            Type::Record(id) => &self.package.records[id.index()].fields,
            _ => return None,
        };
        Some(fields.get(usize::from(field))?.name.as_str())
    }

    fn call(&mut self, call: &CallExpr, span: Span, ty: &Type) -> Taint {
        let args: Vec<Taint> = call.args.iter().map(|arg| self.expr(arg)).collect();
        match call.callee {
            Callee::Builtin(builtin) => self.builtin(builtin, call, args, span, ty),
            Callee::Function(id) => {
                self.function_sinks(id, &call.args, &args);
                let result = &self.taints.functions[id.index()].result;
                returned(result, args, ty)
            }
            Callee::Extern(id) => self.extern_(id, call, args, span, ty),
        }
    }

    fn builtin(
        &mut self,
        builtin: Generic,
        call: &CallExpr,
        args: Vec<Taint>,
        span: Span,
        ty: &Type,
    ) -> Taint {
        match builtin {
            Generic::Clamp => match args.as_slice() {
                [number, low, high]
                    if low.level() == Integrity::Own && high.level() == Integrity::Own =>
                {
                    if let [of, bounds @ ..] = call.args.as_slice() {
                        self.clamped(of, number, bounds, span);
                    }
                    let bounds = low.clone().join(high.clone());
                    match Rule::ClampBounds.holds() {
                        true => number.clone().bounded().join(bounds),
                        false => bounds,
                    }
                }
                _ => joined(&args),
            },
            // What is left is what it was.
            Generic::First => {
                let left = args.into_iter().fold(Taint::default(), Taint::join);
                part(left.whole(), ty)
            }
            Generic::Min
            | Generic::Max
            | Generic::Sum
            | Generic::Contains
            | Generic::Count
            | Generic::Abs
            | Generic::Round
            | Generic::Floor
            | Generic::Ceil => {
                let used = match builtin {
                    Generic::Contains => Use::Compared,
                    _ => Use::Counted,
                };
                let mut taint = Taint::default();
                for (arg, of) in args.into_iter().zip(&call.args) {
                    let of_arg = match builtin {
                        Generic::Count => number(arg, &of.ty),
                        _ => arg.with_number(),
                    };
                    taint = taint.join(self.used(of_arg, of.span, used));
                }
                as_answer(taint, ty)
            }
        }
    }

    fn extern_(
        &mut self,
        id: ExternId,
        call: &CallExpr,
        args: Vec<Taint>,
        span: Span,
        ty: &Type,
    ) -> Taint {
        let extern_ = &self.package.externs[id.index()];
        if extern_.is_free_text() {
            self.cut(&call.args, span);
            return Taint::made_of(Matter::FREE);
        }
        // A handle was looked up; what is found through it is no worse.
        let mut words = args.iter().zip(&call.args);
        let mut told =
            words.any(|(taint, arg)| !matches!(arg.ty, Type::Target(_)) && taint.may_be_told());
        for (_, value) in &call.equals {
            let taint = self.expr(value);
            told |= taint.may_be_told();
            let name = extern_.name.to_string();
            self.used(taint, value.span, Use::Argument(&name));
        }
        self.extern_sinks(id, &call.args, &args);
        match extern_.kind {
            ExternKind::Fn => as_answer(joined(&args).without_free(), ty),
            ExternKind::Probe | ExternKind::Action(_) => {
                if told && finds_targets(ty) {
                    self.lookups.insert(call.site);
                }
                // The clock of the machine is nobody's word.
                let is_own = extern_.name.module.as_deref() == Some(PRELUDE);
                if is_own && extern_.name.name == "now" {
                    return Taint::default();
                }
                // A record of the caller's choice is decoded from what somebody sent.
                // How many of them there are is their sender's word as well.
                let sent = extern_.is_sent() && Rule::EventsAreTold.holds();
                match extern_.result {
                    Type::Parameter(_) => Taint::of(Integrity::Told),
                    _ if sent => Taint::of(Integrity::Told),
                    // Where words select the place, it is asked at run time whose it is.
                    _ if !told && self.is_foreign(extern_, call, &args) => match extern_.result {
                        Type::Target(_) => Taint::made_of(Matter::FOREIGN),
                        _ => Taint::of(Integrity::Told),
                    },
                    _ => Taint::of(observed(ty)),
                }
            }
        }
    }
}

fn joined(taints: &[Taint]) -> Taint {
    taints.iter().fold(Taint::default(), |joined, taint| {
        joined.join(taint.clone().with_number())
    })
}

/// A number out of a range is one that the author did not write: the filter supplies it.
fn chosen_of(source: &Type, element: Taint, chosen: Taint) -> Taint {
    match source {
        Type::Range(_) if Rule::NumbersAreCounted.holds() => {
            element.join(chosen.with_number().without_free())
        }
        _ => element,
    }
}

/// What a call gives: an answer that is no list may tell how many there were.
fn returned(result: &Taint, args: Vec<Taint>, ty: &Type) -> Taint {
    let whole: Vec<Taint> = args.iter().cloned().map(Taint::with_number).collect();
    if !has_elements(ty) {
        return passed(&result.clone().with_number(), whole);
    }
    let many = result.number().map(|many| passed(many, whole));
    let length = result.length().map(|length| {
        let long = args.iter().cloned().map(Taint::with_length);
        passed(length, long.collect())
    });
    let given = passed(result, args);
    match (many, length) {
        (None, None) => given,
        (many, length) => given.times(many.unwrap_or_default(), length.unwrap_or_default()),
    }
}

/// Whether the expression is about the name.
fn names(expr: &Expr, local: LocalId) -> bool {
    let mut found = false;
    expr.for_each(&mut |part| found |= matches!(part.kind, ExprKind::Local(at) if at == local));
    found
}

/// What is taken out of something with elements.
pub(super) fn part(taint: Taint, ty: &Type) -> Taint {
    match has_elements(ty) {
        true => taint,
        false => taint.without_number(),
    }
}

/// What a function gives for these arguments.
fn passed(result: &Taint, args: Vec<Taint>) -> Taint {
    let mut joined = Taint::made_of(result.matter);
    for (index, taint) in args.into_iter().enumerate() {
        if result.yielded_by.contains(index) {
            joined = joined.join(taint.yielded());
        }
        let taint = if result.params.contains(index) {
            taint
        } else if result.clamped.contains(index) {
            taint.bounded()
        } else {
            continue;
        };
        joined = joined.join(match result.spelled.contains(index) {
            true => taint.into_words(),
            false => taint,
        });
    }
    joined
}

/// An answer yes or no is no bounded number.
fn as_answer(taint: Taint, ty: &Type) -> Taint {
    match ty {
        Type::Bool => taint.into_words(),
        _ => taint.whole(),
    }
}

/// How many there are. Targets were observed, even where each was looked up by a name, and whoever
/// named them.
fn number(taint: Taint, ty: &Type) -> Taint {
    match finds_targets(ty) {
        true => {
            let many = taint.number().cloned().unwrap_or_default();
            let seen = taint.without_number().whole().without_told();
            seen.join(many).join(Taint::of(Integrity::Measured))
        }
        false => taint.with_number(),
    }
}
