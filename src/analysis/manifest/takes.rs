//! What an event or a request may bring, field by field.

use crate::program::manifest::Takes;
use crate::typed::{Binding, Field, Package, Type};
use crate::value::Bounds;

/// The deepest record in a record whose fields are written out.
const DEPTH: usize = 1;

/// Of an event's record; sorted.
pub fn of_fields(package: &Package, fields: &[Field]) -> Vec<Takes> {
    let mut all: Vec<Takes> = fields
        .iter()
        .map(|field| of_field(package, field))
        .collect();
    all.sort();
    all
}

/// Of a parameter of a request.
pub fn of_parameter(package: &Package, binding: &Binding) -> Takes {
    takes(package, &binding.name, &binding.ty, false)
}

fn of_field(package: &Package, field: &Field) -> Takes {
    let range = field.range.as_ref().map(|Bounds { low, high }| {
        let high = high.as_ref().map_or_else(String::new, ToString::to_string);
        format!("{low}..{high}")
    });
    Takes {
        range,
        ..takes(package, &field.name, &field.ty, field.default.is_some())
    }
}

fn takes(package: &Package, name: &str, ty: &Type, may_lack: bool) -> Takes {
    let (ty, may_lack) = match ty {
        Type::Optional(of) => (of.as_ref(), true),
        ty => (ty, may_lack),
    };
    let among = match ty {
        Type::Enum(id) => package.enums[id.index()].members.as_slice(),
        _ => &[],
    };
    Takes {
        name: name.to_owned(),
        of: shown(package, ty, DEPTH),
        among: super::sorted(among.iter().map(ToString::to_string)),
        range: None,
        may_lack,
    }
}

fn shown(package: &Package, ty: &Type, depth: usize) -> String {
    match ty {
        Type::Enum(id) => {
            let members = package.enums[id.index()].members.iter();
            let members = super::sorted(members.map(ToString::to_string));
            format!("{{{}}}", members.join(", "))
        }
        Type::Record(id) => {
            let record = &package.records[id.index()];
            let Some(depth) = depth.checked_sub(1) else {
                return record.name.to_string();
            };
            let fields = record.fields.iter().map(|field| {
                let lacks = if field.default.is_some() {
                    " or none"
                } else {
                    ""
                };
                format!(
                    "{}: {}{lacks}",
                    field.name,
                    shown(package, &field.ty, depth)
                )
            });
            format!("{{{}}}", super::sorted(fields).join(", "))
        }
        Type::List(of) => format!("List[{}]", shown(package, of, depth)),
        Type::Map(key, value) => {
            let (key, value) = (shown(package, key, depth), shown(package, value, depth));
            format!("Map[{key}, {value}]")
        }
        Type::Optional(of) => format!("{}?", shown(package, of, depth)),
        Type::Range(of) => format!("Range[{}]", shown(package, of, depth)),
        Type::Target(id) => package.targets[id.index()].name.to_string(),
        Type::Text => "String".to_owned(),
        Type::Error
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Percent
        | Type::Size
        | Type::Duration
        | Type::Time
        | Type::Regex
        | Type::Url
        | Type::PromQuery
        | Type::Cron
        | Type::Json
        | Type::Secret
        | Type::Role
        | Type::NoneLiteral
        | Type::EmptyList
        | Type::Handle(_)
        | Type::RecordKind(_)
        | Type::Parameter(_) => format!("{ty:?}"),
    }
}
