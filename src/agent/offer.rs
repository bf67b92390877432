//! What connectors there are for a call of the library, under some settings.

use crate::connect::{ALL, SpeaksTo};
use crate::front::Offer;
use crate::settings::Settings;

/// Whether anything carries out the call.
pub fn offer(settings: &Settings, name: &str) -> Offer {
    let mut connectors = ALL.iter();
    let offers = connectors.find(|connector| {
        let mut operations = connector.operations.iter();
        operations.any(|operation| operation.name == name)
    });
    match offers.map(|connector| connector.speaks_to) {
        None => Offer::Nowhere,
        Some(SpeaksTo::Prometheus) if settings.prometheus.is_none() => {
            Offer::Unset("[prometheus] with its `url`, such as \"http://localhost:9090\"")
        }
        Some(SpeaksTo::Prometheus | SpeaksTo::WhatIsNamed | SpeaksTo::Agent) => Offer::Here,
    }
}
