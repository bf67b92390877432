//! What connectors there are for a call of the library, under some settings.

use crate::connect::{ALL, Connector, SpeaksTo};
use crate::front::{Line, Offer, Offers};
use crate::settings::Settings;

/// What an agent with these settings can do.
pub struct Offered<'a>(pub &'a Settings);

impl Offers for Offered<'_> {
    fn call(&self, name: &str) -> Offer {
        let offers = |connector: &&Connector| {
            let mut operations = connector.operations.iter();
            operations.any(|operation| operation.name == name)
        };
        let Some(connector) = ALL.iter().find(offers) else {
            return Offer::Nowhere;
        };
        match connector.speaks_to {
            SpeaksTo::Prometheus if self.0.prometheus.is_none() => Offer::Unset(Line {
                table: "prometheus",
                text: "url = \"http://localhost:9090\"",
            }),
            SpeaksTo::Kubernetes if self.0.kubernetes.is_none() => Offer::Unset(Line {
                table: "kubernetes",
                text: "kubeconfig = \"/path/to/kubeconfig\"",
            }),
            SpeaksTo::Prometheus
            | SpeaksTo::Kubernetes
            | SpeaksTo::Machines
            | SpeaksTo::Addresses
            | SpeaksTo::Resolver
            | SpeaksTo::Agent => Offer::Here,
        }
    }

    fn names_machines(&self, module: &str) -> bool {
        let mut connectors = ALL.iter();
        let found = connectors.find(|connector| connector.module == module);
        found.is_some_and(|connector| connector.speaks_to == SpeaksTo::Machines)
    }
}
