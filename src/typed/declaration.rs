//! Declarations: what a package and the stdlib bring along.

use smol_str::SmolStr;

use super::{
    Block, ConstId, EnumId, Expr, ExternId, LocalId, RecordId, RoleId, Runbook, RunbookId, Test,
    Type, WindowId,
};
use crate::effect::{Level, Repeat, Scope, Sink};
use crate::text::Span;
use crate::value::{Bounds, Duration, KeyForm, Value};

/// A checked package, the stdlib modules it uses among its tables.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub name: SmolStr,
    pub version: SmolStr,
    pub enums: Vec<Enum>,
    pub records: Vec<Record>,
    pub targets: Vec<Target>,
    pub externs: Vec<Extern>,
    pub consts: Vec<Const>,
    pub functions: Vec<Function>,
    pub roles: Vec<Role>,
    pub windows: Vec<Window>,
    pub secrets: Vec<Secret>,
    pub products: Vec<Product>,
    pub runbooks: Vec<Runbook>,
    pub tests: Vec<Test>,
    /// How many call sites there are.
    pub sites: u32,
}

/// A name with the module, or the dependency, it belongs to; `module` is None for the package's own. No
/// dependency is called as a module of the library is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualifiedName {
    pub module: Option<SmolStr>,
    pub name: SmolStr,
}

impl QualifiedName {
    /// As a file writes it: a member of a module with it, an item of a dependency by its own name.
    pub fn written(&self) -> String {
        let module = self.module.as_deref();
        match module.is_some_and(|module| crate::library::module(module).is_some()) {
            true => self.to_string(),
            false => self.name.to_string(),
        }
    }

    /// Whether this is how it is shown.
    pub fn is(&self, shown: &str) -> bool {
        match &self.module {
            Some(module) if module != "prelude" => {
                let name = shown.strip_prefix(module.as_str());
                name.and_then(|name| name.strip_prefix('.')) == Some(self.name.as_str())
            }
            _ => self.name == shown,
        }
    }
}

impl std::fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.module {
            // The prelude is always in scope and never written.
            Some(module) if module != "prelude" => write!(f, "{module}.{}", self.name),
            _ => write!(f, "{}", self.name),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Enum {
    pub name: QualifiedName,
    pub members: Vec<SmolStr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Record {
    pub name: QualifiedName,
    pub fields: Vec<Field>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: SmolStr,
    pub ty: Type,
    pub default: Option<Value>,
    /// The range of what is ever seen in it.
    pub range: Option<Bounds>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Target {
    pub name: QualifiedName,
    pub scope: Scope,
    /// The type it lies in.
    pub within: Option<super::TargetId>,
    /// The name of the key, which is readable as a field of the type that its lookup takes: always
    /// field 0.
    pub key: SmolStr,
    pub key_form: KeyForm,
    /// The probe that finds it again by its identity.
    pub lookup: Option<ExternId>,
    /// Field 0 is the key.
    pub fields: Vec<Field>,
    pub span: Span,
}

/// An `extern fn`, `probe` or `action`.
#[derive(Clone, Debug)]
pub struct Extern {
    pub name: QualifiedName,
    pub kind: ExternKind,
    pub level: Level,
    pub params: Vec<Param>,
    /// How many type parameters it has.
    pub type_parameters: u8,
    /// Further named arguments are equality on the fields of the record that parameter 0 names.
    pub open: bool,
    /// For an action without one: [`Type::Handle`].
    pub result: Type,
    /// The range of what is ever answered.
    pub range: Option<Bounds>,
    pub needs: Vec<Capability>,
    pub deadline: Duration,
    pub span: Span,
}

impl Extern {
    /// Whether it makes free text of words, which is followed on its own.
    pub fn is_free_text(&self) -> bool {
        let module = self.name.module.as_deref();
        module == Some(crate::library::PRELUDE) && self.name.name == "free_text"
    }

    /// Whether all that it answers is what somebody sent, numbers and how many there are among it.
    pub fn is_sent(&self) -> bool {
        match self.name.module.as_deref() {
            Some("events") => true,
            Some("k8s") => matches!(self.name.name.as_str(), "events" | "pod_events"),
            _ => matches!(self.result, Type::Parameter(_)),
        }
    }
}

/// A capability, and the parameter that narrows it.
#[derive(Clone, Debug)]
pub struct Capability {
    pub name: SmolStr,
    pub of: Option<u16>,
}

#[derive(Clone, Debug)]
pub enum ExternKind {
    Fn,
    Probe,
    Action(ActionContract),
}

/// What an action promises about itself.
#[derive(Clone, Debug)]
pub struct ActionContract {
    /// Indices of the parameters whose targets it changes.
    pub changes: Vec<u16>,
    pub repeat: Repeat,
    /// For [`Repeat::UnsafeProbe`]: the probe that tells; it takes the action's own arguments.
    pub settle_probe: Option<ExternId>,
    pub settles: Duration,
    pub undo: UndoContract,
    /// What `with do` releases by; takes the parameters of the same names.
    pub inverse: Option<ExternId>,
    /// A raw action: what it touches is claimed, not proven; its scope is substrate.
    pub touching: bool,
}

#[derive(Clone, Debug)]
pub enum UndoContract {
    /// The caller writes `undo { ... }` or waives it.
    ByCaller,
    /// This other action, with arguments over this action's parameters, which are
    /// `ExprKind::Local(LocalId(parameter index))`.
    By {
        action: ExternId,
        args: Vec<Expr>,
    },
    /// The action records what it replaces; the host can put it back.
    Previous,
    Unneeded(SmolStr),
    /// Irreversible.
    Impossible,
}

#[derive(Clone, Debug)]
pub struct Param {
    pub name: SmolStr,
    pub ty: Type,
    /// The range of an amount.
    pub range: Option<Bounds>,
    pub sink: Option<Sink>,
    /// Filled in at every call that leaves it out.
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Const {
    pub name: SmolStr,
    pub ty: Type,
    pub value: Value,
    pub span: Span,
}

/// An rbk-written callable.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: QualifiedName,
    pub kind: FunctionKind,
    /// Parameter i is `LocalId(i)`.
    pub params: Vec<Param>,
    pub result: Type,
    pub body: Body,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    Fn,
    Probe,
    /// With the parameters whose targets it says to change.
    Action {
        changes: Vec<u16>,
    },
    /// A `watch` of this runbook; sees its trigger bindings.
    Watch(RunbookId),
}

impl FunctionKind {
    /// The word that declares it.
    pub fn word(&self) -> &'static str {
        match self {
            FunctionKind::Fn => "fn",
            FunctionKind::Probe => "probe",
            FunctionKind::Action { .. } => "action",
            FunctionKind::Watch(_) => "watch",
        }
    }
}

/// A block with its local variables.
#[derive(Clone, Debug)]
pub struct Body {
    pub locals: Vec<Local>,
    pub block: Block,
}

#[derive(Clone, Debug)]
pub struct Local {
    pub name: SmolStr,
    pub ty: Type,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub name: SmolStr,
    /// The dependency that it is of.
    pub of: Option<SmolStr>,
    pub kind: RoleKind,
    pub address: SmolStr,
    pub at_least: Option<u32>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleKind {
    Rota,
    Group,
    Person,
}

pub use crate::program::window::Times as WindowTimes;

/// Times at which something may, or may not, be done.
#[derive(Clone, Debug)]
pub struct Window {
    pub name: SmolStr,
    /// The dependency that it is of.
    pub of: Option<SmolStr>,
    /// None when they could not be read: an error was reported.
    pub times: Option<WindowTimes>,
    /// The window that is cut out of it.
    pub except: Option<WindowId>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Secret {
    pub name: SmolStr,
    /// The dependency that it is of.
    pub of: Option<SmolStr>,
    pub store: SmolStr,
    pub address: SmolStr,
    pub span: Span,
}

impl Secret {
    /// As people tell it from others: that of a dependency behind the dependency's name.
    pub fn shown(&self) -> String {
        match &self.of {
            Some(of) => format!("{of}.{}", self.name),
            None => self.name.to_string(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Product {
    pub name: SmolStr,
    pub owner: Option<RoleId>,
    pub chain: Vec<(RoleId, ChainWait)>,
    pub owns: Vec<OwnsPattern>,
    /// An IANA name.
    pub zone: Option<SmolStr>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainWait {
    For(Duration),
    UntilAcknowledged,
    Unsaid,
}

/// A target belongs to the product when a prefix of its identity matches all steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnsPattern {
    /// Outermost first: the target type's qualified name, and its key, which may end in `*`.
    pub steps: Vec<(SmolStr, SmolStr)>,
    pub span: Span,
}

/// Where a name of the package leads; the tables behind it are in [`Package`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    Enum(EnumId),
    Record(RecordId),
    Target(super::TargetId),
    Extern(ExternId),
    Const(ConstId),
    Function(super::FunctionId),
    Role(RoleId),
    Window(WindowId),
    Secret(super::SecretId),
    Product(super::ProductId),
    Runbook(RunbookId),
}

/// A parameter's local in the body of its function.
pub fn parameter_local(index: usize) -> LocalId {
    LocalId(index as u32)
}
