//! The machines that an agent knows: what it may reach over the network, and which one it runs on.

use std::collections::BTreeMap;

use smol_str::SmolStr;

/// Machines by name.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    machines: BTreeMap<SmolStr, Machine>,
}

/// What is known of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Where it is reached: a name or an IP address, without a port.
    pub address: String,
    /// What it is there for: `web`, `database`.
    pub role: String,
    /// Whether the agent runs on it.
    pub here: bool,
}

impl Inventory {
    /// These machines.
    pub fn new(machines: impl IntoIterator<Item = (SmolStr, Machine)>) -> Inventory {
        Inventory {
            machines: machines.into_iter().collect(),
        }
    }

    /// The machine of this name.
    pub fn machine(&self, name: &str) -> Option<&Machine> {
        self.machines.get(name)
    }
}
