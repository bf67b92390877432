//! Calls and values as one would write them in a test.

use super::case::Case;
use super::identity;
use crate::effect::{Argument, Call};
use crate::typed::{EnumId, Package, Param, Pattern, RecordId, Type};
use crate::value::{Duration, Target, Time, Value};

/// The longest text that a timeline shows of one value.
const SHOWN: usize = 120;

/// `k8s.pod("shop", "w-1")`; an argument that is the moment itself is left out.
pub fn call(case: &Case<'_>, call: &Call, now: Time) -> String {
    let params = params(case, &call.name);
    let mut parts = Vec::new();
    for (index, argument) in call.args.iter().enumerate() {
        let param = params.get(index);
        let is_now = argument.value == Value::Time(now);
        if param.is_some_and(|param| param.default.is_some()) && is_now {
            continue;
        }
        parts.push(self::argument(case, argument, param, index));
    }
    format!("{}({})", written(&call.name), parts.join(", "))
}

/// A name as a file writes it: a member of the library with its module, an item of a dependency without.
fn written(name: &str) -> &str {
    match lent(name) {
        Some((_, item)) => item,
        None => name,
    }
}

/// The dependency and the item, if it is one of a dependency.
pub fn lent(name: &str) -> Option<(&str, &str)> {
    let of = name.split_once('.');
    of.filter(|(module, _)| crate::library::module(module).is_none())
}

/// `k8s.scale(to: 4)`: an action with the patterns of its arguments, by index.
pub fn action(case: &Case<'_>, name: &str, args: &[(u16, Pattern)]) -> String {
    let params = params(case, name);
    let arg = |(index, pattern): &(u16, Pattern)| {
        let name = params
            .get(usize::from(*index))
            .map_or("?", |param| param.name.as_str());
        match index {
            0 => self::pattern(case, pattern),
            _ => format!("{name}: {}", self::pattern(case, pattern)),
        }
    };
    let args: Vec<String> = args.iter().map(arg).collect();
    format!("{}({})", written(name), args.join(", "))
}

fn pattern(case: &Case<'_>, shown: &Pattern) -> String {
    match shown {
        Pattern::Any => "any".to_owned(),
        Pattern::Value(shown) | Pattern::Json(shown) => value(case, shown),
        Pattern::Matching(part) => format!("~{part:?}"),
        Pattern::Fields(_) => "...".to_owned(),
    }
}

/// Whether an argument is the name of a record type rather than a value.
fn is_kind(param: Option<&Param>) -> bool {
    param.is_some_and(|param| matches!(param.ty, Type::RecordKind(_) | Type::Parameter(_)))
}

fn argument(case: &Case<'_>, argument: &Argument, param: Option<&Param>, index: usize) -> String {
    let written = match is_kind(param) {
        true => argument.value.to_plain(),
        false => value(case, &argument.value),
    };
    // One argument needs no name; from the second on names help whoever reads.
    let plain = matches!(argument.value, Value::Text(_) | Value::Target(_)) && param.is_some();
    match index == 0 || plain {
        true => written,
        false => format!("{}: {written}", argument.name),
    }
}

/// A value as it stands in a `given`; a time as so long ago.
pub fn value(case: &Case<'_>, shown: &Value) -> String {
    let text = match shown {
        Value::Target(target) => self::target(case, target),
        Value::Time(time) => self::time(case, *time),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| value(case, item)).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// A target with what was seen of it: `Deployment(revision: 42)`.
pub fn seen(case: &Case<'_>, shown: &Value) -> String {
    let Value::Target(target) = shown else {
        return match shown {
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| seen(case, item)).collect();
                format!("[{}]", items.join(", "))
            }
            other => value(case, other),
        };
    };
    let fields = target
        .snapshot
        .shape
        .fields
        .iter()
        .zip(&target.snapshot.fields);
    let said = fields
        .skip(1)
        .filter_map(|(name, field)| Some((name, field.as_ref()?)));
    let said: Vec<String> = said
        .map(|(name, field)| format!("{name}: {}", value(case, field)))
        .collect();
    let key = target.identity.key();
    let kind = target.identity.kind();
    let short = kind.rsplit('.').next().unwrap_or(kind);
    match said.is_empty() {
        true => format!("{short} {key}"),
        false => format!("{short} {key} ({})", said.join(", ")),
    }
}

fn target(case: &Case<'_>, target: &Target) -> String {
    let kind = target.identity.kind();
    let declared = case
        .package
        .targets
        .iter()
        .find(|found| found.name.is(kind));
    let lookup = declared.and_then(|found| case.package.externs.get(found.lookup?.index()));
    let Some(lookup) = lookup else {
        return Value::Target(std::sync::Arc::new(target.clone())).to_string();
    };
    let arguments = identity::lookup_arguments(lookup, &target.identity);
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| value(case, argument))
        .collect();
    format!("{}({})", lookup.name, arguments.join(", "))
}

fn time(case: &Case<'_>, time: Time) -> String {
    let ago = case.test.at.millis() - time.millis();
    match ago {
        0 => "0s ago".to_owned(),
        1.. => format!("{} ago", Duration::from_millis(ago)),
        _ => format!("{} after the start", Duration::from_millis(-ago)),
    }
}

fn params<'p>(case: &Case<'p>, name: &str) -> &'p [Param] {
    use crate::typed::Observable;
    let package = case.package;
    match case.observable(name) {
        Some(Observable::Extern(id)) => package
            .externs
            .get(id.index())
            .map(|found| found.params.as_slice()),
        Some(Observable::Function(id)) => package
            .functions
            .get(id.index())
            .map(|found| found.params.as_slice()),
        None => None,
    }
    .unwrap_or_default()
}

/// Some value of what a call gives, to be replaced by what is meant.
pub fn sample(case: &Case<'_>, name: &str) -> String {
    use crate::typed::Observable;
    let ty = match case.observable(name) {
        Some(Observable::Extern(id)) => case
            .package
            .externs
            .get(id.index())
            .map(|found| &found.result),
        Some(Observable::Function(id)) => case
            .package
            .functions
            .get(id.index())
            .map(|found| &found.result),
        None => None,
    };
    ty.map_or("...".to_owned(), |ty| sample_of(case.package, ty))
}

fn sample_of(package: &Package, ty: &Type) -> String {
    match ty {
        Type::Bool => "true".to_owned(),
        Type::Int => "1".to_owned(),
        Type::Float => "1.0".to_owned(),
        Type::Text => "\"...\"".to_owned(),
        Type::Percent => "1%".to_owned(),
        Type::Size => "1GiB".to_owned(),
        Type::Duration => "1m".to_owned(),
        Type::Time => "5m ago".to_owned(),
        Type::Optional(_) | Type::NoneLiteral => "none".to_owned(),
        Type::List(element) => match **element {
            Type::Target(_) | Type::Record(_) => format!("2 of {}", sample_of(package, element)),
            _ => format!("[{}]", sample_of(package, element)),
        },
        Type::EmptyList => "[]".to_owned(),
        Type::Map(..) => "[:]".to_owned(),
        Type::Record(id) => sample_record(package, *id),
        Type::Enum(id) => sample_member(package, *id),
        Type::Target(id) => match package.targets.get(id.index()) {
            Some(target) => {
                let field = target
                    .fields
                    .iter()
                    .skip(1)
                    .find(|field| is_plain(&field.ty));
                let field =
                    field.map(|field| format!("{}: {}", field.name, sample_of(package, &field.ty)));
                format!("{}({})", target.name.name, field.unwrap_or_default())
            }
            None => "...".to_owned(),
        },
        Type::Error
        | Type::Regex
        | Type::Url
        | Type::PromQuery
        | Type::Cron
        | Type::Json
        | Type::Secret
        | Type::Role
        | Type::Range(_)
        | Type::Handle(_)
        | Type::RecordKind(_)
        | Type::Parameter(_) => "...".to_owned(),
    }
}

fn is_plain(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Bool
            | Type::Int
            | Type::Float
            | Type::Text
            | Type::Percent
            | Type::Size
            | Type::Duration
            | Type::Time
    )
}

fn sample_record(package: &Package, id: RecordId) -> String {
    let Some(record) = package.records.get(id.index()) else {
        return "...".to_owned();
    };
    let fields = record.fields.iter().filter(|field| is_plain(&field.ty));
    let fields = fields.map(|field| format!("{}: {}", field.name, sample_of(package, &field.ty)));
    format!(
        "{}({})",
        record.name.name,
        fields.collect::<Vec<_>>().join(", ")
    )
}

fn sample_member(package: &Package, id: EnumId) -> String {
    let found = package.enums.get(id.index());
    let member = found.and_then(|found| Some((found, found.members.first()?)));
    member.map_or("...".to_owned(), |(found, member)| {
        format!("{}.{member}", found.name.written())
    })
}
