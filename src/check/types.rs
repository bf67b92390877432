//! Types as written to types, and types as people read them.
//!
//! In: [`TypeRef`]s. Out: [`Type`]s, or what is wrong with them. A secret is second-class: no
//! other type is made of it.

use std::sync::Arc;

use smol_str::SmolStr;

use super::names::{FileId, Member};
use super::state::Checker;
use crate::diag::near::{nearest, type_elsewhere};
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::syntax::tree::{Ident, Path, TypeRef, TypeRefKind};
use crate::text::Span;
use crate::typed::{QualifiedName, Symbol, Type};
use crate::value::Kind;

/// The types that need no declaration.
const BUILT_IN: &[(&str, Type)] = &[
    ("Bool", Type::Bool),
    ("Int", Type::Int),
    ("Float", Type::Float),
    ("String", Type::Text),
    ("Percent", Type::Percent),
    ("Size", Type::Size),
    ("Duration", Type::Duration),
    ("Time", Type::Time),
    ("Regex", Type::Regex),
    ("Url", Type::Url),
    ("PromQuery", Type::PromQuery),
    ("Cron", Type::Cron),
    ("Json", Type::Json),
    ("Secret", Type::Secret),
];

/// Whether the language itself has a type of this name.
pub fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|(built_in, _)| *built_in == name) || matches!(name, "List" | "Map")
}

impl Checker<'_> {
    /// The type that was written. `parameters` are the type parameters of an extern.
    pub fn resolve_type(&mut self, file: FileId, ty: &TypeRef, parameters: &[Ident]) -> Type {
        match &ty.kind {
            TypeRefKind::Missing => Type::Error,
            TypeRefKind::Named(path) => self.named_type(file, path, parameters),
            TypeRefKind::List(element) => {
                let element = self.part_type(file, element, parameters, "a list");
                Type::List(Arc::new(element))
            }
            TypeRefKind::Map(key, value) => {
                let key_type = self.part_type(file, key, parameters, "a map");
                let value = self.part_type(file, value, parameters, "a map");
                self.check_key_type(&key_type, key.span);
                Type::Map(Arc::new(key_type), Arc::new(value))
            }
            TypeRefKind::Optional(inner) => {
                let mut inner = inner;
                // `T??` says no more than `T?`, however often it is said.
                while let TypeRefKind::Optional(deeper) = &inner.kind {
                    inner = deeper;
                }
                Type::Optional(Arc::new(self.resolve_type(file, inner, parameters)))
            }
            TypeRefKind::RecordKind(name) => {
                let at = parameters.iter().position(|known| known.text == name.text);
                match at {
                    Some(at) => Type::Parameter(at as u8),
                    None => {
                        self.say_unknown_type(file, name);
                        Type::Error
                    }
                }
            }
        }
    }

    /// The type of a part of something; never a secret.
    fn part_type(&mut self, file: FileId, ty: &TypeRef, parameters: &[Ident], of: &str) -> Type {
        let part = self.resolve_type(file, ty, parameters);
        self.refuse_secret(&part, ty.span, of);
        part
    }

    /// Says that a secret cannot be a part of anything, if it is one.
    pub fn refuse_secret(&mut self, ty: &Type, span: Span, of: &str) -> bool {
        if !holds_secret(ty) {
            return false;
        }
        let message = format!("a secret cannot be part of {of}");
        let found = Diagnostic::new(Code::SecretEscapes, message, span, "a secret here");
        self.say(found.help(
            "a secret is a reference that the host alone resolves: pass it straight to a parameter of type `Secret`",
        ));
        true
    }

    fn check_key_type(&mut self, key: &Type, span: Span) {
        match key {
            Type::Error | Type::Text | Type::Int | Type::Enum(_) => {}
            other => {
                let message = format!("`{}` cannot be the key of a map", self.type_name(other));
                let found = Diagnostic::new(Code::TypeMismatch, message, span, "not a key");
                self.say(found.help("keys are `String`, `Int` or an enum"));
            }
        }
    }

    fn named_type(&mut self, file: FileId, path: &Path, parameters: &[Ident]) -> Type {
        if path.name.text.is_empty() {
            return Type::Error;
        }
        if path.module.is_none() {
            let name = path.name.as_str();
            if let Some((_, ty)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
                return ty.clone();
            }
            let parameter = parameters.iter().position(|known| known.text == name);
            if let Some(at) = parameter {
                return Type::Parameter(at as u8);
            }
        }
        let Some(member) = self.type_member(file, path) else {
            return Type::Error;
        };
        match member.symbol {
            Symbol::Enum(id) => Type::Enum(id),
            Symbol::Record(id) => Type::Record(id),
            Symbol::Target(id) => Type::Target(id),
            other => {
                let what = symbol_kind(other);
                let message = format!("`{}` is {what}, not a type", path.name.text);
                let found = Diagnostic::new(Code::WrongKindOfName, message, path.span, "no type");
                self.say(found.and(member.span, "declared here"));
                Type::Error
            }
        }
    }

    /// The member behind a path where a type is expected.
    pub fn type_member(&mut self, file: FileId, path: &Path) -> Option<Member> {
        let Some(module) = &path.module else {
            let found = self.unqualified(file, path.name.as_str());
            match found {
                Some(member) => self.refer_member(path.name.span, member),
                None => self.say_unknown_type(file, &path.name),
            }
            return found;
        };
        let id = self.imported(file, module.as_str(), module.span);
        let Some(id) = id.map(Some).or_else(|| self.say_not_imported(file, module)) else {
            let message = format!("there is no module `{}`", module.text);
            self.say(Diagnostic::new(
                Code::UnknownName,
                message,
                module.span,
                "unknown module",
            ));
            return None;
        };
        let id = id?;
        let found = self.names.member(id, path.name.as_str());
        match found {
            Some(member) => self.refer_member(path.name.span, member),
            None => self.say_unknown_member(id, module.as_str(), &path.name),
        }
        found
    }

    /// A name that is written without a module: of the file's own namespace, lent to the file, or of the
    /// prelude.
    pub fn unqualified(&self, file: FileId, name: &str) -> Option<Member> {
        self.named_in(file, name).or_else(|| {
            self.names
                .member(self.names.module(library::PRELUDE)?, name)
        })
    }

    /// A name of the file's own namespace, or one of a dependency that the file brings in; this one counts
    /// as used from then on.
    pub fn named_in(&self, file: FileId, name: &str) -> Option<Member> {
        let scope = self.file(file);
        self.names.member(scope.module, name).or_else(|| {
            let lent = scope.items.get(*scope.places.get(name)?)?;
            lent.used.set(true);
            Some(lent.member)
        })
    }

    /// The names that a file may write without a module, but for those of the prelude.
    pub fn bare_names(&self, file: FileId) -> impl Iterator<Item = &SmolStr> {
        let scope = self.file(file);
        let lent = scope.items.iter().map(|lent| &lent.name);
        self.names.members(scope.module).chain(lent)
    }

    /// Says that a module has no such member, and which one is near.
    pub fn say_unknown_member(&mut self, id: super::names::ModuleId, module: &str, name: &Ident) {
        if name.text.is_empty() {
            return;
        }
        let message = format!("the module `{module}` has no member `{}`", name.text);
        let found = Diagnostic::new(Code::UnknownMember, message, name.span, "unknown member");
        let found = match self.names.near(id, name.as_str()) {
            Some(near) => found.help(format!("there is `{module}.{near}`")).fix(
                format!("write `{near}`"),
                name.span,
                near,
            ),
            None => {
                let all: Vec<&str> = self.names.members(id).map(|name| name.as_str()).collect();
                found.help(format!("it has: {}", all.join(", ")))
            }
        };
        self.say(found);
    }

    /// `Tier: tier`: the type before the name.
    fn say_type_first(&mut self, file: FileId, name: &Ident) -> bool {
        let source = &self.sources.source(name.span.source).text;
        let before = source.get(..name.span.start as usize).unwrap_or_default();
        let Some(led) = before.trim_end().strip_suffix(':') else {
            return false;
        };
        let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let start = led.rfind(|other| !letter(other)).map_or(0, |at| at + 1);
        let ty = &led[start..];
        let upper = ty.starts_with(|first: char| first.is_ascii_uppercase());
        let small = name
            .text
            .starts_with(|first: char| first.is_ascii_lowercase());
        if !upper || !small || self.named_in(file, ty).is_none() && !is_plain(ty) {
            return false;
        }
        let whole = Span::new(name.span.source, start, name.span.end as usize);
        let right = format!("{}: {ty}", name.text);
        let message = "a name stands before its type";
        let found = Diagnostic::new(Code::UnknownName, message, whole, "in another order");
        let found = found.help(format!("write `{right}`"));
        self.say(found.fix(format!("write `{right}`"), whole, right));
        true
    }

    fn say_unknown_type(&mut self, file: FileId, name: &Ident) {
        if self.say_type_first(file, name) {
            return;
        }
        let message = format!("there is no type `{}`", name.text);
        let found = Diagnostic::new(Code::UnknownName, message, name.span, "unknown type");
        // A probe is often called as its type is, in small letters: only a type can stand here.
        let types = self
            .package
            .targets
            .iter()
            .map(|target| target.name.to_string());
        let path = types.into_iter().find(|path| {
            let last = path.rsplit('.').next();
            last.is_some_and(|last| last.eq_ignore_ascii_case(name.as_str()))
                // `hostService`
                || path.replace('.', "").eq_ignore_ascii_case(name.as_str())
        });
        if let Some(path) = path.or_else(|| self.module_member(file, name.as_str())) {
            let help = format!("members of a module are written with it: `{path}`");
            self.say(
                found
                    .help(help)
                    .fix(format!("write `{path}`"), name.span, path),
            );
            return;
        }
        let built_in = BUILT_IN.iter().map(|(known, _)| *known);
        let own = self
            .bare_names(file)
            .map(|name| name.as_str())
            .filter(|name| name.starts_with(|first: char| first.is_ascii_uppercase()));
        let near = nearest(name.as_str(), built_in.chain(own)).map(str::to_owned);
        let near = near.or_else(|| type_elsewhere(name.as_str()).map(str::to_owned));
        self.say(match near {
            Some(near) => found.help(format!("there is `{near}`")).fix(
                format!("write `{near}`"),
                name.span,
                near,
            ),
            None => found.help(format!(
                "declare it, `record {name} {{ ... }}` or `enum {name} {{ ... }}`",
                name = name.text
            )),
        });
    }

    /// The qualified form of a name that one of the file's modules has.
    pub fn module_member(&self, file: FileId, name: &str) -> Option<String> {
        let imports = &self.file(file).imports;
        let import = imports
            .iter()
            .find(|import| self.names.member(import.module, name).is_some())?;
        Some(format!("{}.{name}", import.name))
    }

    /// The type as it is written, with its article: an `Int`.
    pub fn type_with_article(&self, ty: &Type) -> String {
        let name = self.type_name(ty);
        let vowel = name.starts_with(['A', 'E', 'I', 'O', 'U']);
        format!("{} `{name}`", if vowel { "an" } else { "a" })
    }

    /// The name of a record or an enum as it is written; with its package where another one has the same.
    fn shown(&self, name: &QualifiedName) -> String {
        let package = &self.package;
        let records = package.records.iter().map(|record| &record.name);
        let all = records.chain(package.enums.iter().map(|found| &found.name));
        match all.filter(|known| known.name == name.name).nth(1) {
            Some(_) => name.to_string(),
            None => name.written(),
        }
    }

    /// The type as it is written.
    pub fn type_name(&self, ty: &Type) -> String {
        let package = &self.package;
        match ty {
            Type::Error => "?".to_owned(),
            Type::NoneLiteral => "none".to_owned(),
            Type::EmptyList => "List".to_owned(),
            Type::Role => "role".to_owned(),
            Type::List(element) => format!("List[{}]", self.type_name(element)),
            Type::Map(key, value) => {
                format!("Map[{}, {}]", self.type_name(key), self.type_name(value))
            }
            Type::Optional(inner) => format!("{}?", self.type_name(inner)),
            Type::Range(inner) => format!("range of {}", self.type_name(inner)),
            Type::Record(id) => self.shown(&package.records[id.index()].name),
            Type::Enum(id) => self.shown(&package.enums[id.index()].name),
            Type::Target(id) => package.targets[id.index()].name.to_string(),
            Type::Handle(id) => format!("result of `{}`", package.externs[id.index()].name),
            Type::RecordKind(id) => format!("type {}", package.records[id.index()].name),
            Type::Parameter(_) => "record type".to_owned(),
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
            | Type::Json
            | Type::Secret => {
                let known = BUILT_IN.iter().find(|(_, known)| known == ty);
                known.map_or("?", |(name, _)| name).to_owned()
            }
        }
    }
}

/// Whether a secret is in it, in whatever disguise.
pub fn holds_secret(ty: &Type) -> bool {
    match ty {
        Type::Secret => true,
        Type::Optional(inner) | Type::List(inner) | Type::Range(inner) => holds_secret(inner),
        Type::Map(key, value) => holds_secret(key) || holds_secret(value),
        _ => false,
    }
}

/// Whether it is broken anywhere, so that nothing more is to be said about it.
pub fn is_broken(ty: &Type) -> bool {
    match ty {
        Type::Error => true,
        Type::Optional(inner) | Type::List(inner) | Type::Range(inner) => is_broken(inner),
        Type::Map(key, value) => is_broken(key) || is_broken(value),
        _ => false,
    }
}

/// Whether both are the same type; a broken part fits all.
pub fn same(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Error, _) | (_, Type::Error) => true,
        (Type::Optional(a), Type::Optional(b))
        | (Type::List(a), Type::List(b))
        | (Type::Range(a), Type::Range(b)) => same(a, b),
        (Type::Map(a, x), Type::Map(b, y)) => same(a, b) && same(x, y),
        (a, b) => a == b,
    }
}

/// The kind of the values of a type, where all of them have the same.
pub fn kind(ty: &Type) -> Option<Kind> {
    Some(match ty {
        Type::Error | Type::Optional(_) | Type::RecordKind(_) | Type::Parameter(_) | Type::Json => {
            return None;
        }
        Type::NoneLiteral => Kind::None,
        Type::Bool => Kind::Bool,
        Type::Int => Kind::Int,
        Type::Float => Kind::Float,
        Type::Text => Kind::Text,
        Type::Percent => Kind::Percent,
        Type::Size => Kind::Size,
        Type::Duration => Kind::Duration,
        Type::Time => Kind::Time,
        Type::Regex | Type::Url | Type::PromQuery | Type::Cron => Kind::Query,
        Type::Secret => Kind::Secret,
        Type::Role => Kind::Role,
        Type::List(_) | Type::EmptyList => Kind::List,
        Type::Map(..) => Kind::Map,
        Type::Range(_) => Kind::Range,
        Type::Record(_) => Kind::Record,
        Type::Enum(_) => Kind::Enum,
        Type::Target(_) => Kind::Target,
        Type::Handle(_) => Kind::Handle,
    })
}

/// What a name stands for, with its article.
pub fn symbol_kind(symbol: Symbol) -> &'static str {
    match symbol {
        Symbol::Enum(_) => "an enum",
        Symbol::Record(_) => "a record",
        Symbol::Target(_) => "a target type",
        Symbol::Extern(_) => "part of the library",
        Symbol::Const(_) => "a constant",
        Symbol::Function(_) => "a function",
        Symbol::Role(_) => "a role",
        Symbol::Window(_) => "a window",
        Symbol::Secret(_) => "a secret",
        Symbol::Product(_) => "a product",
        Symbol::Runbook(_) => "a runbook",
    }
}

/// Whether a type needs no declaration.
fn is_plain(name: &str) -> bool {
    matches!(
        name,
        "Int" | "Float" | "Bool" | "String" | "Duration" | "Time" | "Size" | "Percent"
    )
}
