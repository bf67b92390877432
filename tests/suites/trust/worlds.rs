//! The worlds that a program is put into.

use rbk::facade::trust::Place;

use crate::harness::random::Random;

/// Where everything that a generated program looks at is ill.
pub fn ill() -> Place {
    Place {
        words: vec![("pod".into(), "w-1".into()), ("note".into(), "now".into())],
        metrics: vec![("queue_lag".into(), 50.0), ("http_errors".into(), 50.0)],
        pods: vec![("w-1".into(), false, 9), ("w-2".into(), false, 0)],
        deployments: vec![("web".into(), 3, 1), ("api".into(), 3, 3)],
        ..Place::default()
    }
}

/// The ill world with each cure, late, resolved from outside, and stored after every input.
pub fn living() -> Vec<Place> {
    let mut places = Vec::new();
    for cure in ["k8s.restart", "k8s.rollout_restart", "k8s.scale", "nothing"] {
        let cured = Place {
            cure: Some(cure.into()),
            ..ill()
        };
        places.push(Place {
            lag: 40_000,
            ..cured.clone()
        });
        places.push(Place {
            alert_over: Some(60_000),
            lag: 200_000,
            ..cured.clone()
        });
        places.push(Place {
            alert_over: Some(300_000),
            ..cured.clone()
        });
        for called_off in [(0, 60_000), (1, 0)] {
            places.push(Place {
                called_off: Some(called_off),
                ..cured.clone()
            });
        }
        places.push(Place {
            restore: true,
            ..cured
        });
    }
    // None, one, and more than a loop takes.
    for many in [0, 1, 4] {
        let pods = (1..=4).map(|number| (format!("w-{number}"), number > many, 9));
        places.push(Place {
            pods: pods.collect(),
            cure: Some("k8s.restart".into()),
            ..ill()
        });
    }
    places
}

/// The machine dies at some of the moments at which something is written, with what was on its way
/// having taken effect, or not.
pub fn crashing(seed: u64, inputs: usize) -> impl Iterator<Item = Place> {
    let mut random = Random::new(seed);
    (0..6).map(move |turn| Place {
        crash: Some((1 + random.below(inputs.max(1)), turn % 2 == 0)),
        ..dying()
    })
}

/// The world in which it dies.
pub fn dying() -> Place {
    Place {
        cure: Some("k8s.restart".into()),
        lag: 5_000,
        ..ill()
    }
}

/// The ill world where nothing helps: frozen, or blind once something was done.
pub fn hopeless() -> Vec<Place> {
    let frozen = Place {
        frozen: true,
        ..ill()
    };
    let blind = |from, fails| Place {
        blind: Some((from, fails)),
        ..frozen.clone()
    };
    vec![
        frozen.clone(),
        blind(1, true),
        blind(1, false),
        blind(45_000, true),
        blind(200_000, false),
    ]
}

/// Every combination of a few measured values, the words unchanged.
pub fn every_measurement() -> impl Iterator<Item = Place> {
    let lags = [None, Some(0.0), Some(20.0), Some(2_000_000.0)];
    let errors = [Some(0.0), Some(50.0)];
    let pods = [(true, 0), (false, 0), (true, 9), (false, 9)];
    let webs = [(3, 3), (3, 1)];
    lags.into_iter().flat_map(move |lag| {
        errors.into_iter().flat_map(move |errors| {
            pods.into_iter().flat_map(move |(ready, restarts)| {
                webs.into_iter().map(move |(replicas, serving)| {
                    let known = [("queue_lag", lag), ("http_errors", errors)];
                    let known = known.into_iter();
                    Place {
                        metrics: known
                            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                            .collect(),
                        pods: vec![("w-1".into(), ready, restarts), ("w-2".into(), true, 0)],
                        deployments: vec![("web".into(), replicas, serving), ("api".into(), 3, 3)],
                        frozen: true,
                        ..ill()
                    }
                })
            })
        })
    })
}
