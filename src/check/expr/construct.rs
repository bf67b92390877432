//! Records: `Cache(path: "/x", keep: 2)`.
//!
//! In: a record type and its fields by name. Out: the record, defaults filled in. Fields are
//! always named, so that adding one never changes what a line means.

use super::super::state::Progress;
use super::{Elaborator, Why, broken, typed, value};
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::Argument;
use crate::text::Span;
use crate::typed::{Expr, ExprKind, NameKind, RecordId, Type};

impl Elaborator<'_, '_> {
    /// A record with its fields.
    pub fn construct(
        &mut self,
        record: RecordId,
        args: &[Argument],
        name_span: Span,
        span: Span,
    ) -> Expr {
        self.checker.complete_record(record);
        let fields = &self.checker.package.records[record.index()].fields;
        let mut said: Vec<Option<Expr>> = vec![None; fields.len()];
        let mut is_broken = self.checker.record_progress(record) == Progress::Begun;
        self.say_nameless(record, args);
        for arg in args {
            let Some((at, ty)) = self.field_argument(record, arg, &said) else {
                self.expr(&arg.value, None);
                is_broken = true;
                continue;
            };
            let name = arg.name.as_ref().map_or("", |name| name.as_str());
            let found = self.expr_of(&arg.value, &ty, Why::Field(name));
            if let Some(slot) = said.get_mut(at) {
                *slot = Some(found);
            }
        }
        let mut missing = Vec::new();
        for (at, slot) in said.iter_mut().enumerate() {
            if slot.is_some() {
                continue;
            }
            let field = &self.checker.package.records[record.index()].fields[at];
            let declared = &self.checker.records[record.index()].item.fields;
            match &field.default {
                Some(default) => *slot = Some(value(default.clone(), field.ty.clone(), span)),
                // A default that is broken is one all the same.
                None if declared
                    .get(at)
                    .is_some_and(|field| field.default.is_some()) =>
                {
                    *slot = Some(broken(span));
                }
                None => missing.push(format!("`{}`", field.name)),
            }
        }
        if !missing.is_empty() && !is_broken {
            let name = self.checker.text(name_span);
            let message = format!("`{name}` needs {}", missing.join(", "));
            self.say(Diagnostic::new(
                Code::MissingArgument,
                message,
                name_span,
                "not all fields are said",
            ));
        }
        if !missing.is_empty() {
            return typed(ExprKind::Error, Type::Record(record), span);
        }
        let fields = said;
        typed(
            ExprKind::Record { record, fields },
            Type::Record(record),
            span,
        )
    }

    /// `Cache("/x", 2)`: said once, with the names in their order.
    fn say_nameless(&mut self, record: RecordId, args: &[Argument]) {
        let Some(first) = args.iter().find(|arg| arg.name.is_none()) else {
            return;
        };
        let fields = &self.checker.package.records[record.index()].fields;
        let form: Vec<String> = fields
            .iter()
            .map(|field| format!("{}: …", field.name))
            .collect();
        let message = "the fields of a record are named";
        let found = Diagnostic::new(Code::ExtraArgument, message, first.value.span, "no name");
        let found = found.help(format!("write `{}`", form.join(", ")));
        let all = args.iter().all(|arg| arg.name.is_none()) && args.len() <= fields.len();
        let named = args.iter().zip(fields).filter(|_| all);
        let found = named.fold(found, |found, (arg, field)| {
            let place = arg.value.span.at_start();
            found.fix(
                "name them in their order",
                place,
                format!("{}: ", field.name),
            )
        });
        self.say(found);
    }

    /// The field that an argument names, with its type.
    fn field_argument(
        &mut self,
        record: RecordId,
        arg: &Argument,
        said: &[Option<Expr>],
    ) -> Option<(usize, Type)> {
        let fields = &self.checker.package.records[record.index()].fields;
        let name = arg.name.as_ref()?;
        let Some(at) = fields.iter().position(|field| field.name == name.text) else {
            let near = nearest(
                name.as_str(),
                fields.iter().map(|field| field.name.as_str()),
            );
            let near = near.map(str::to_owned);
            let all: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let all = all.join(", ");
            self.say_unknown_field(&Type::Record(record), name, near, &all);
            return None;
        };
        if let Some(first) = said.get(at).and_then(Option::as_ref) {
            let message = format!("the field `{}` is given twice", name.text);
            let found = Diagnostic::new(Code::ExtraArgument, message, name.span, "again");
            let first = first.span;
            self.say(found.and(first, "given here first"));
            return None;
        }
        let (ty, declared) = (fields[at].ty.clone(), fields[at].span);
        self.checker.refer(name.span, NameKind::Field, declared);
        Some((at, ty))
    }
}
