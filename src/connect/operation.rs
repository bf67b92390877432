//! What connectors offer: a row for each call of the library that one of them carries out.
//!
//! A connector lists its rows once, with [`operations!`]. What it answers to, what the library declares, what a package
//! may need of an agent, and what the behaviour suite asks of every connector are all held to these rows.

use std::sync::Arc;

use super::{Client, ExecOptions, Inventory, PromOptions, Provider, Secrets};
use crate::effect::Call;
#[cfg(feature = "kubernetes")]
use crate::settings::Account;

/// One call that a connector carries out, as the library declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `tcp.ask`
    pub name: &'static str,
    pub kind: OperationKind,
    /// In order, each with its type: `on: host.Host`.
    pub params: &'static [&'static str],
    pub result: Option<&'static str>,
}

/// Whether it looks or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    Probe,
    Action,
}

/// One module of the library that something speaks for.
#[derive(Clone, Copy, Debug)]
pub struct Connector {
    /// `prom`
    pub module: &'static str,
    pub operations: &'static [Operation],
    pub speaks_to: SpeaksTo,
    /// Makes it; none where its server stands in no settings, or nobody is asked.
    pub make: fn(&Parts) -> Made,
}

/// What connectors are made of.
#[derive(Clone, Debug)]
pub struct Parts {
    pub client: Client,
    /// By the names that a package uses.
    pub secrets: Arc<Secrets>,
    pub inventory: Arc<Inventory>,
    pub programs: ExecOptions,
    pub prometheus: Option<PromOptions>,
    #[cfg(feature = "kubernetes")]
    pub kubernetes: Option<Account>,
}

/// A connector that was made, or why it cannot be.
pub type Made = Result<Option<Arc<dyn Provider>>, String>;

/// Whom a connector speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeaksTo {
    /// The machines of the inventory that calls name.
    Machines,
    /// The addresses that calls name.
    Addresses,
    /// The server of `[prometheus]`.
    Prometheus,
    /// The cluster of `[kubernetes]`.
    #[cfg_attr(
        not(feature = "kubernetes"),
        expect(dead_code, reason = "its connector is left out")
    )]
    Kubernetes,
    /// The resolver of the machine that the agent runs on.
    Resolver,
    /// The agent itself answers.
    Agent,
}

/// Lists the operations of one connector: an enum of them that a call is read as, and their rows.
macro_rules! operations {
    ($($variant:ident = $kind:ident $name:literal ($($param:literal),*) $(-> $result:literal)?;)+) => {
        /// What is offered here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Offered {
            $($variant),+
        }

        impl Offered {
            fn of(call: &$crate::effect::Call) -> Option<Offered> {
                Offered::named(&call.name)
            }

            fn named(name: &str) -> Option<Offered> {
                match name {
                    $($name => Some(Offered::$variant),)+
                    _ => None,
                }
            }
        }

        /// The rows of what is offered here.
        const OPERATIONS: &[$crate::connect::operation::Operation] =
            &[$($crate::connect::operation::Operation {
                name: $name,
                kind: $crate::connect::operation::OperationKind::$kind,
                params: &[$($param),*],
                result: $crate::connect::operation::operations!(@ $($result)?),
            }),+];
    };
    (@) => { None };
    (@ $result:literal) => { Some($result) };
}

pub(super) use operations;

/// Why a call that stands in no row is not carried out.
pub fn not_offered(call: &Call) -> String {
    format!("no connector offers {}", call.name)
}

#[cfg(test)]
mod tests;
