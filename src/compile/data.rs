//! The shapes of what comes from outside: records of events, parameters of requests; and what the
//! code refers to by name.

use std::sync::Arc;

use smol_str::SmolStr;

use super::tables::Tables;
use crate::program::{DataType, RecordType};
use crate::typed::{RecordId, Type};
use crate::value::Shape;

impl Tables<'_> {
    /// A type as whoever decodes needs it.
    pub(super) fn data(&self, ty: &Type) -> DataType {
        match ty {
            Type::Bool => DataType::Bool,
            Type::Int => DataType::Int,
            Type::Float => DataType::Float,
            Type::Text => DataType::Text,
            Type::Percent => DataType::Percent,
            Type::Size => DataType::Size,
            Type::Duration => DataType::Duration,
            Type::Time => DataType::Time,
            Type::List(element) => DataType::List(Box::new(self.data(element))),
            Type::Map(key, value) => {
                DataType::Map(Box::new(self.data(key)), Box::new(self.data(value)))
            }
            Type::Optional(of) => DataType::Optional(Box::new(self.data(of))),
            Type::Record(id) => self.record_type(*id),
            Type::Enum(id) => match self.package.enums.get(id.index()) {
                Some(found) => DataType::Enum {
                    name: found.name.to_string().into(),
                    members: found.members.clone(),
                },
                None => DataType::Opaque,
            },
            Type::Target(id) => match self.package.targets.get(id.index()) {
                Some(found) => DataType::Target(found.name.to_string().into()),
                None => DataType::Opaque,
            },
            Type::Error
            | Type::Regex
            | Type::Url
            | Type::PromQuery
            | Type::Cron
            | Type::Json
            | Type::Secret
            | Type::Role
            | Type::NoneLiteral
            | Type::EmptyList
            | Type::Range(_)
            | Type::Handle(_)
            | Type::RecordKind(_)
            | Type::Parameter(_) => DataType::Opaque,
        }
    }

    /// Records do not contain themselves: the checker refuses that.
    fn record_type(&self, id: RecordId) -> DataType {
        let Some(record) = self.package.records.get(id.index()) else {
            return DataType::Opaque;
        };
        let fields = record.fields.iter();
        DataType::Record(Arc::new(RecordType {
            shape: Arc::new(Shape {
                name: record.name.to_string().into(),
                fields: fields.clone().map(|field| field.name.clone()).collect(),
            }),
            fields: fields
                .map(|field| (self.data(&field.ty), field.default.clone()))
                .collect(),
        }))
    }

    /// The code asks for events of this kind.
    pub(super) fn record(&mut self, id: RecordId) {
        let record = self.record_type(id);
        if !self.program.records.contains(&record) {
            self.program.records.push(record);
        }
    }

    /// The code refers to this secret.
    pub(super) fn secret(&mut self, name: &str) {
        if !self.program.secrets.iter().any(|known| known == name) {
            self.program.secrets.push(SmolStr::new(name));
        }
    }
}
