//! Records: the types of their fields, and that none contains itself.

use super::super::declare::Declared;
use super::super::names::FileId;
use super::super::state::Checker;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{FieldDecl, ItemKind, RecordItem};
use crate::typed::{Field, NameKind, RecordId, Symbol, Type};

impl Checker<'_> {
    /// The fields of a record; their defaults come when they are needed.
    pub fn resolve_record(&mut self, file: FileId, item: &RecordItem, id: RecordId) {
        let fields = self.resolve_fields(file, &item.fields, "a record");
        let own = !self.names.is_library(self.file(file).module);
        let ranges = item.fields.iter().filter_map(|field| field.range.as_ref());
        for range in ranges.filter(|_| own) {
            self.say(Diagnostic::new(
                Code::ExternOnly,
                "ranges of fields are for declarations of the library only",
                range.span,
                "not allowed here",
            ));
        }
        self.package.records[id.index()].fields = fields;
    }

    /// Fields with their types.
    pub fn resolve_fields<'t>(
        &mut self,
        file: FileId,
        declared: impl IntoIterator<Item = &'t FieldDecl>,
        of: &str,
    ) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for field in declared {
            self.define(field.name.span, NameKind::Field);
            let ty = self.resolve_type(file, &field.ty, &[]);
            self.refuse_secret(&ty, field.ty.span, of);
            if let Some(first) = fields.iter().find(|known| known.name == field.name.text) {
                let first = first.span;
                self.say_duplicate("field", &field.name, first);
            }
            let range = field.range.as_ref();
            let range = range.and_then(|range| self.bounds(file, range, &ty));
            fields.push(Field {
                name: field.name.text.clone(),
                ty,
                default: None,
                range,
                span: field.name.span,
            });
        }
        fields
    }

    /// Says which records contain themselves: their values would have no end.
    pub fn refuse_recursive_records(&mut self, declared: &[Declared<'_>]) {
        let mut state = vec![Visit::New; self.package.records.len()];
        for found in declared {
            if let (ItemKind::Record(item), Some(Symbol::Record(id))) =
                (&found.item.kind, found.symbol)
                && self.contains_itself(id, &mut state)
            {
                let name = &item.name;
                let message = format!("the record `{}` contains itself", name.text);
                let found = Diagnostic::new(Code::Circular, message, name.span, "has no end");
                self.say(found.help("name the other one by a key, a `String`"));
            }
        }
    }

    fn contains_itself(&self, id: RecordId, state: &mut [Visit]) -> bool {
        match state[id.index()] {
            Visit::Done => return false,
            Visit::Open => return true,
            Visit::New => state[id.index()] = Visit::Open,
        }
        let mut circular = false;
        for field in &self.package.records[id.index()].fields {
            circular |= parts(&field.ty)
                .into_iter()
                .any(|part| self.contains_itself(part, state));
        }
        state[id.index()] = Visit::Done;
        circular
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// The records that values of a type hold.
fn parts(ty: &Type) -> Vec<RecordId> {
    match ty {
        Type::Record(id) => vec![*id],
        Type::Optional(inner) | Type::List(inner) => parts(inner),
        Type::Map(key, element) => [parts(key), parts(element)].concat(),
        _ => Vec::new(),
    }
}
