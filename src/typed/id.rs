//! Indices into the tables of a [`super::Package`].

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            pub struct $name(pub u32);

            impl $name {
                /// As an index into its table.
                pub fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}

ids! {
    /// An enum of the package or the stdlib.
    EnumId
    /// A record type.
    RecordId
    /// A target type.
    TargetId
    /// An `extern fn`, `probe` or `action`.
    ExternId
    /// A `const`.
    ConstId
    /// An rbk-written `fn`, `probe`, `action` or `watch`.
    FunctionId
    /// A role.
    RoleId
    /// A window.
    WindowId
    /// A secret.
    SecretId
    /// A product.
    ProductId
    /// A runbook.
    RunbookId
    /// A local variable of one body: parameter, `let`, loop variable.
    LocalId
    /// A name bound by the triggers of one runbook.
    BindingId
    /// A finding of one runbook, by its index there.
    FindingId
    /// A call expression, unique in the package.
    SiteId
}
