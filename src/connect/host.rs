//! The module `host`, as far as the inventory goes: which machines there are, and what they are for.
//!
//! What lies on a machine is known to an agent that looks there; no connector offers that yet, and
//! each such call says so.

use std::sync::Arc;

use super::answer::{failed, no_data};
use super::operation::{Connector, Parts, SpeaksTo, operations};
use super::{Granted, Inventory, Pending, Provider, Secrets, arguments};
use crate::effect::{Call, ChangeOutcome, Observed};
use crate::value::{Identity, Key, Record, Shape, Target, Value};

operations! {
    Named = Probe "host.named" ("name: String") -> "Host";
}

/// The module as a row.
pub const CONNECTOR: Connector = Connector {
    module: "host",
    operations: OPERATIONS,
    speaks_to: SpeaksTo::Machines,
    make: |parts| Ok(Some(Arc::new(Hosts::new(parts)))),
};

/// Machines by name.
struct Hosts {
    inventory: Arc<Inventory>,
    secrets: Arc<Secrets>,
}

impl Hosts {
    fn new(parts: &Parts) -> Hosts {
        Hosts {
            inventory: parts.inventory.clone(),
            secrets: parts.secrets.clone(),
        }
    }

    fn look(&self, call: &Call) -> Observed {
        let Some(Offered::Named) = Offered::of(call) else {
            return failed(&self.secrets, nobody(call));
        };
        let name = match arguments::text(call, "name") {
            Ok(name) => name,
            Err(why) => return failed(&self.secrets, why),
        };
        match self.inventory.machine(name) {
            Some(machine) => Observed::Value(host(name, &machine.role)),
            None => {
                let what = format!("the inventory has no host `{name}`");
                no_data(&self.secrets, what)
            }
        }
    }
}

impl Provider for Hosts {
    fn module(&self) -> &'static str {
        CONNECTOR.module
    }

    fn observe(&self, granted: Granted) -> Pending<'_, Observed> {
        Box::pin(async move { self.look(&granted.call) })
    }

    fn refuses(&self, call: &Call) -> Option<String> {
        Some(nobody(call))
    }

    fn perform(&self, granted: Granted) -> Pending<'_, ChangeOutcome> {
        Box::pin(async move { ChangeOutcome::NotApplied(nobody(&granted.call)) })
    }
}

fn nobody(call: &Call) -> String {
    let name = &call.name;
    format!("no connector offers {name} yet: this agent knows of hosts what its inventory says")
}

/// A host of which the name and the role are known.
fn host(name: &str, role: &str) -> Value {
    let key = Key {
        kind: "host.Host".into(),
        key: name.into(),
    };
    let shape = Shape {
        name: key.kind.clone(),
        fields: ["name", "role", "started"].map(Into::into).into(),
    };
    let snapshot = Record {
        shape: Arc::new(shape),
        fields: vec![Some(Value::text(name)), Some(Value::text(role)), None],
    };
    Value::Target(Arc::new(Target {
        identity: Identity(vec![key]),
        uid: None,
        snapshot,
    }))
}
