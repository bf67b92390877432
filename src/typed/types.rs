//! Types after resolution.

use std::sync::Arc;

use super::{EnumId, ExternId, RecordId, TargetId};

/// A type. Equality is the language's equality of types, but for [`Type::Error`], which fits all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Unknown because of an error that was reported; silences what follows from it.
    Error,
    Bool,
    Int,
    Float,
    Text,
    Percent,
    Size,
    Duration,
    Time,
    Regex,
    Url,
    PromQuery,
    Cron,
    Json,
    /// A reference to a secret; second-class.
    Secret,
    Role,
    /// Of `none` before its use says more.
    NoneLiteral,
    List(Arc<Type>),
    /// Of `[]` before its use says more.
    EmptyList,
    Map(Arc<Type>, Arc<Type>),
    Optional(Arc<Type>),
    Range(Arc<Type>),
    Record(RecordId),
    Enum(EnumId),
    Target(TargetId),
    /// What a `do` of this action left behind, opaque unless the action declares a result.
    Handle(ExternId),
    /// The argument of a `type R` parameter.
    RecordKind(RecordId),
    /// A type parameter of an extern, by its index in the extern: a record type that the call
    /// names. As the type of a parameter it stands for `type R`, the record type itself.
    Parameter(u8),
}
