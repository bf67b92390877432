//! Which Prometheus the queries of a package are for: its version, and the flags that it runs with.
//!
//! In: the names of functions and forms of queries. Out: whether a server takes them. Told apart are the versions from
//! 2.42 on; what is older than that is believed to be there.

use std::fmt;

/// A version of the server; the third number changes no language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// The flag that most new functions begin behind.
pub const EXPERIMENTAL: &str = "promql-experimental-functions";
const DURATIONS: &str = "promql-duration-expr";
const EXTENDED: &str = "promql-extended-range-selectors";
const FILL: &str = "promql-binop-fill-modifiers";
/// The flags that a query may need.
pub const FEATURES: [&str; 4] = [EXPERIMENTAL, DURATIONS, EXTENDED, FILL];

/// What a package says of the server that it asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// None: the newest that is known.
    pub version: Option<Version>,
    /// Out of [`FEATURES`].
    pub features: Vec<&'static str>,
}

/// When a part of the language came, when it went, and the flag that it is behind.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    pub since: Version,
    pub until: Option<(Version, &'static str)>,
    pub flag: Option<&'static str>,
    /// Since when that flag is not needed any more.
    pub free: Option<Version>,
}

impl Served {
    /// What every server has from a version on.
    const fn since(major: u32, minor: u32) -> Served {
        Served {
            since: Version(major, minor),
            until: None,
            flag: None,
            free: None,
        }
    }

    const fn behind(self, flag: &'static str) -> Served {
        Served {
            flag: Some(flag),
            ..self
        }
    }

    const fn free_since(self, major: u32, minor: u32) -> Served {
        Served {
            free: Some(Version(major, minor)),
            ..self
        }
    }
}

type Row = (&'static str, Version, Option<&'static str>);

/// Functions and aggregations that not every server has.
const NAMES: &[Row] = &[
    ("histogram_stddev histogram_stdvar", Version(2, 47), None),
    (
        "mad_over_time sort_by_label sort_by_label_desc",
        Version(2, 49),
        Some(EXPERIMENTAL),
    ),
    ("histogram_avg", Version(2, 51), None),
    ("limitk limit_ratio", Version(2, 54), Some(EXPERIMENTAL)),
    (
        "double_exponential_smoothing info",
        Version(3, 0),
        Some(EXPERIMENTAL),
    ),
    (
        "ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time",
        Version(3, 5),
        Some(EXPERIMENTAL),
    ),
    ("ts_of_first_over_time", Version(3, 7), Some(EXPERIMENTAL)),
    ("histogram_quantiles", Version(3, 11), Some(EXPERIMENTAL)),
    ("end range start step", Version(3, 12), Some(EXPERIMENTAL)),
    ("max_of min_of", Version(3, 13), Some(EXPERIMENTAL)),
    ("start_timestamp", Version(3, 14), Some(EXPERIMENTAL)),
];

/// Names between quotes: `{"up.time"}`.
pub const QUOTED_NAMES: Served = Served::since(3, 0);
/// `1_000`
pub const UNDERSCORES: Served = Served::since(2, 54);
/// `[300]`, `offset 60`
pub const NUMBERS_FOR_LENGTHS: Served = Served::since(2, 54);
/// `x > 5m`, `@ 5m`
pub const LENGTHS_FOR_NUMBERS: Served = Served::since(2, 54);
/// `offset 0s`
pub const ZERO_OFFSET: Served = Served::since(2, 54);
/// `offset +5m`
pub const PLUS_OFFSET: Served = Served::since(3, 4);
/// `[2 * 5m]`
pub const COMPUTED_LENGTHS: Served = Served::since(3, 4).behind(DURATIONS).free_since(3, 14);
/// `[step()]`
pub const STEP_OF_QUERY: Served = Served::since(3, 6).behind(DURATIONS).free_since(3, 14);
/// `[range()]`
pub const RANGE_OF_QUERY: Served = Served::since(3, 12).behind(DURATIONS).free_since(3, 14);
/// `[max_of(step(), 5m)]`
pub const EXTREMES_OF_LENGTHS: Served = Served::since(3, 13).behind(DURATIONS).free_since(3, 14);
/// `x </ 5`
pub const TRIMMED: Served = Served::since(3, 11);
/// `x[5m] anchored`
pub const EXTENDED_RANGES: Served = Served::since(3, 7).behind(EXTENDED);
/// `x + fill(0) y`
pub const FILLED: Served = Served::since(3, 10).behind(FILL);

/// What is known of a function or aggregation; nothing where every server has it.
pub fn served(name: &str) -> Option<Served> {
    if name == "holt_winters" {
        return Some(Served {
            until: Some((Version(3, 0), "double_exponential_smoothing")),
            ..Served::since(0, 0)
        });
    }
    if name == "first_over_time" {
        return Some(Served::since(3, 7).behind(EXPERIMENTAL).free_since(3, 14));
    }
    let name = name.to_ascii_lowercase();
    let row = NAMES
        .iter()
        .find(|(names, ..)| names.split(' ').any(|known| known == name));
    row.map(|&(_, since, flag)| Served {
        since,
        until: None,
        flag,
        free: None,
    })
}

impl Server {
    /// Why this server does not take it, and what helps.
    pub fn refuses(&self, name: &str, served: Served) -> Option<(String, String)> {
        if let Some(version) = self.version.filter(|version| *version < served.since) {
            let since = served.since;
            return Some((
                format!("{name} is in Prometheus from {since} on, and this one is {version}"),
                format!(
                    "where the server is newer, say so in `rbk.toml`: `prometheus = \"{since}\"`"
                ),
            ));
        }
        if let Some((until, instead)) = served.until
            && self.version.is_none_or(|version| version >= until)
        {
            return Some((
                format!("{name} is gone from Prometheus {until} on"),
                format!(
                    "from {until} on it is `{instead}`; where the server is older, say so in `rbk.toml`: `prometheus = \"2.53\"`"
                ),
            ));
        }
        let is_free = |free| self.version.is_none_or(|version| version >= free);
        if served.free.is_some_and(is_free) {
            return None;
        }
        let flag = served.flag.filter(|flag| !self.features.contains(flag))?;
        Some((
            format!("{name} needs a Prometheus that runs with the flag `{flag}`"),
            format!(
                "where the server runs with it, say so in `rbk.toml`: `prometheus_features = [\"{flag}\"]`"
            ),
        ))
    }
}
