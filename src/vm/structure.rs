//! Values with parts: reading fields and elements, making lists, maps, records, texts.

use std::sync::Arc;

use super::broken;
use super::execute::{Cursor, failed, unexpected};
use crate::effect::Fault;
use crate::program::{OperandsIndex, Register, ShapeIndex, TemplateIndex};
use crate::rule::Rule;
use crate::value::{
    BinaryOp, Failure, Kind, LIST_LENGTH, MAP_ENTRIES, Map, Range, Record, Text, Value, compare,
    fill, fill_any_path,
};

impl Cursor<'_> {
    pub(super) fn field(&self, base: Register, field: u16) -> Result<Value, Box<Fault>> {
        read_field(self.read(base)?, field)
    }

    /// The target as it is now, if it was asked for already; any other value is what it is.
    pub(super) fn live(&self, base: Register) -> Result<Option<&Value>, Box<Fault>> {
        let value = self.read(base)?;
        Ok(match value {
            Value::Target(_) => self.refreshed.iter().find(|fresh| *fresh == value),
            _ => Some(value),
        })
    }

    pub(super) fn live_field(&self, fresh: &Value, field: u16) -> Result<Value, Box<Fault>> {
        read_field(fresh, field)
    }

    pub(super) fn index(&self, base: Register, index: Register) -> Result<Value, Box<Fault>> {
        let index = self.read(index)?;
        match (self.read(base)?, index) {
            (Value::List(items), Value::Int(index)) => {
                let item = usize::try_from(*index).ok().and_then(|at| items.get(at));
                item.cloned().ok_or_else(|| {
                    failed(Failure::IndexOutOfRange {
                        index: *index,
                        length: items.len() as u32,
                    })
                })
            }
            (Value::Map(map), key) => {
                let missing = || failed(Failure::KeyMissing(Text::from(key.to_string())));
                map.value(key).cloned().ok_or_else(missing)
            }
            _ => Err(unexpected("a list or a map")),
        }
    }

    pub(super) fn list(&mut self, items: OperandsIndex) -> Result<Value, Box<Fault>> {
        Ok(Value::list(self.values(items)?))
    }

    pub(super) fn map(&mut self, entries: OperandsIndex) -> Result<Value, Box<Fault>> {
        let mut values = self.values(entries)?.into_iter();
        let mut entries = Vec::with_capacity(values.len() / 2);
        while let (Some(key), Some(value)) = (values.next(), values.next()) {
            entries.push((key, value));
        }
        if entries.len() > MAP_ENTRIES {
            return Err(failed(Failure::TooLong {
                what: Kind::Map,
                limit: MAP_ENTRIES as u32,
            }));
        }
        Ok(Value::Map(Arc::new(Map::from(entries))))
    }

    pub(super) fn record(
        &mut self,
        shape: ShapeIndex,
        fields: OperandsIndex,
    ) -> Result<Value, Box<Fault>> {
        let fields: Vec<_> = self.values(fields)?.into_iter().map(Some).collect();
        match self.program.shapes.get(shape.index()) {
            Some(shape) if shape.fields.len() == fields.len() => {
                Ok(Value::Record(Arc::new(Record {
                    shape: Arc::clone(shape),
                    fields,
                })))
            }
            Some(_) | None => Err(Box::new(broken("a record without its shape"))),
        }
    }

    pub(super) fn range(
        &self,
        inclusive: bool,
        start: Register,
        end: Register,
    ) -> Result<Value, Box<Fault>> {
        let (start, end) = (self.read(start)?.clone(), self.read(end)?.clone());
        Ok(Value::Range(Arc::new(Range {
            start,
            end,
            inclusive,
        })))
    }

    pub(super) fn fill(
        &mut self,
        template: TemplateIndex,
        holes: OperandsIndex,
    ) -> Result<Value, Box<Fault>> {
        let holes = self.values(holes)?;
        let Some(template) = self.program.templates.get(template.index()) else {
            return Err(Box::new(broken("a template that is not there")));
        };
        let filled = match Rule::FilledSegments.holds() {
            true => fill(template, &holes),
            false => fill_any_path(template, &holes),
        };
        let filled = filled.map_err(failed)?;
        self.meter.takes(&filled)?;
        Ok(filled)
    }

    pub(super) fn contains(&self, value: Register, whole: Register) -> Result<bool, Box<Fault>> {
        compare(BinaryOp::In, self.read(value)?, self.read(whole)?).map_err(failed)
    }

    pub(super) fn is_empty(&self, register: Register) -> Result<bool, Box<Fault>> {
        match self.read(register)? {
            Value::List(items) => Ok(items.is_empty()),
            Value::Map(map) => Ok(map.entries().is_empty()),
            Value::Text(text) => Ok(text.is_empty()),
            _ => Err(unexpected("a list, a map or a text")),
        }
    }

    /// Copies of the operands, paid for.
    fn values(&mut self, operands: OperandsIndex) -> Result<Vec<Value>, Box<Fault>> {
        let count = self.operands(operands)?.len();
        if count > LIST_LENGTH {
            return Err(failed(Failure::TooLong {
                what: Kind::List,
                limit: LIST_LENGTH as u32,
            }));
        }
        let registers = self.operands(operands)?.iter();
        let values: Result<Vec<Value>, _> = registers
            .map(|register| self.read(*register).cloned())
            .collect();
        let values = values?;
        values
            .iter()
            .try_for_each(|value| self.meter.takes_in(value))?;
        Ok(values)
    }
}

fn read_field(base: &Value, field: u16) -> Result<Value, Box<Fault>> {
    let record = match base {
        Value::Record(record) => record.as_ref(),
        Value::Target(target) => &target.snapshot,
        _ => return Err(unexpected("a record or a target")),
    };
    match record.fields.get(usize::from(field)) {
        Some(Some(value)) => Ok(value.clone()),
        Some(None) => {
            let name = record.shape.fields.get(usize::from(field));
            let name = name.map_or("?", |name| name.as_str());
            let of = match base {
                Value::Target(target) => target.to_string(),
                _ => record.shape.name.to_string(),
            };
            Err(failed(Failure::no_data(format!("`{name}` of {of}"))))
        }
        None => Err(Box::new(broken("a field that the type does not have"))),
    }
}
