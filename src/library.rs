//! The library that comes with the language: the text of `stdlib/*.rbk`, embedded.
//!
//! In: nothing. Out: one [`Module`] for each file, in the order of their names. Signatures are said
//! once, in these files; nothing here reads or interprets them. Beside it the names of the pure functions that the
//! machine brings along ([`Builtin`]).

mod builtin;

pub use builtin::{Builtin, Generic};

/// One file of the library, which is one module.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// As written behind `use std.`; the module `prelude` is in scope without it.
    pub name: &'static str,
    /// As shown in diagnostics.
    pub file_name: &'static str,
    /// The whole text.
    pub text: &'static str,
}

/// The name that the library is used by: `use std.k8s`.
pub const ROOT: &str = "std";
/// The name of the module whose members every file sees unqualified.
pub const PRELUDE: &str = "prelude";

macro_rules! modules {
    ($($name:literal)*) => {
        /// Every module, sorted by name.
        pub const MODULES: &[Module] = &[$(Module {
            name: $name,
            file_name: concat!("stdlib/", $name, ".rbk"),
            text: include_str!(concat!("../stdlib/", $name, ".rbk")),
        },)*];
    };
}

modules! {
    "dns"
    "events"
    "exec"
    "gitops"
    "host"
    "http"
    "k8s"
    "prelude"
    "prom"
    "tcp"
}

/// The module of that name.
pub fn module(name: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| module.name == name)
}
