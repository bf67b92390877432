//! What a type says of its values.

use crate::effect::Integrity;
use crate::typed::Type;

/// Whether a value of the type may be a list, or hold one.
pub fn has_elements(ty: &Type) -> bool {
    match ty {
        Type::List(_)
        | Type::EmptyList
        | Type::Map(..)
        | Type::Record(_)
        | Type::Json
        | Type::Error
        | Type::Parameter(_) => true,
        Type::Optional(inner) => has_elements(inner),
        Type::Bool
        | Type::Int
        | Type::Float
        | Type::Text
        | Type::Percent
        | Type::Size
        | Type::Duration
        | Type::Time
        | Type::Regex
        | Type::Url
        | Type::PromQuery
        | Type::Cron
        | Type::Secret
        | Type::Role
        | Type::NoneLiteral
        | Type::Range(_)
        | Type::Enum(_)
        | Type::Target(_)
        | Type::Handle(_)
        | Type::RecordKind(_) => false,
    }
}

/// What a connector's answer of this type is worth: numbers are measured, words are told.
pub fn observed(ty: &Type) -> Integrity {
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

/// Whether it is a target, or some.
pub fn finds_targets(ty: &Type) -> bool {
    match ty {
        Type::Target(_) => true,
        Type::List(element) | Type::Optional(element) => finds_targets(element),
        _ => false,
    }
}
