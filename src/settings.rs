//! `agent.toml`: where the agent listens and stores, whom and what it reaches, what it may do.
//!
//! In: its text. Out: [`Settings`] and diagnostics with places, all mistakes at once. Reads no file
//! and no environment: a secret stays a reference, and the store's path stays as it is written,
//! relative to the folder of the file.
//!
//! ```toml
//! listen = "127.0.0.1:7117"
//! names = ["rbk.shop.svc"]              # by which it is called, besides its address and `localhost`
//! store = "agent.db"
//! log = "text"                          # or "json"
//! platform = "pagerduty:checkout"       # the contact that hears of what concerns no product
//!
//! [prometheus]
//! url = "http://127.0.0.1:9090"
//! token = { env = "PROMETHEUS_TOKEN" }
//!
//! [hosts."cache-1"]
//! address = "127.0.0.1"
//! role = "cache"
//! here = true                           # programs run on this machine stand for this host
//!
//! [programs]                            # names that a list of arguments may begin with
//! cache-control = "/opt/cache/control"
//!
//! [contacts."pagerduty:checkout"]       # the address of a role in the package
//! pagerduty = { env = "PAGERDUTY_KEY" } # or webhook = "https://…", slack = { … }, terminal = true
//!
//! [secrets]                             # what `secret NAME` in a package stands for
//! status_token = { file = "/run/secrets/status" }
//!
//! [[callers]]                           # who may call the API, and as which roles
//! name = "ada"
//! token = { env = "ADA_TOKEN" }
//! roles = ["platform"]
//!
//! [[callers]]
//! name = "alertmanager"
//! token = { file = "/run/secrets/alertmanager" }
//! kinds = ["send"]                      # without it all: "send", "view", "operate"
//!
//! [storm]                               # so much at once that remedies wait: see the reference
//! threshold = 20                        # so many incidents of one product
//! span = "60s"                          # within this time
//! cool_down = "10m"                     # how long remedies wait after it
//! patience = "1h"                       # how long a change waits for it
//!
//! [limits]
//! per_target = 6                        # how often one target is changed, by all runbooks together
//! window = "1h"                         # within this time
//!
//! [acknowledged]
//! term = "4h"                           # after this an acknowledged incident is told again
//!
//! [grants]                              # what is not here is denied
//! "prom.query" = true
//! "host.read" = ["cache-*"]
//! "http.get" = ["https://status.example.com/api/*"]
//! "exec.apply" = [["cache-control", "restart"], ["cache-control", "flush", "*"]]
//! ```

mod bounds;
mod capability;
mod grants;
mod parts;
mod reader;
mod value;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use smol_str::SmolStr;
use url::Url;

use crate::effect::words;
pub use bounds::{Bounds, StormBounds};
pub use grants::{Denied, Grants, Need};
pub use reader::{mask, read, read_what_can_be};

/// The file's name.
pub const SETTINGS: &str = "agent.toml";

/// The port where the agent listens unless told otherwise.
const PORT: u16 = 7117;
const STORE: &str = "agent.db";

/// All that the agent is told about where it runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Only this machine can reach it, unless there are callers.
    pub listen: SocketAddr,
    /// DNS names by which others call it, in small letters.
    pub names: Vec<String>,
    /// Relative to the folder of the file.
    pub store: PathBuf,
    pub log: LogForm,
    /// The contact that hears of what concerns no product.
    pub platform: Option<SmolStr>,
    pub prometheus: Option<Prometheus>,
    /// By the name that a package uses.
    pub hosts: BTreeMap<SmolStr, Host>,
    /// Absolute paths, by the name that a list of arguments may begin with.
    pub programs: BTreeMap<SmolStr, PathBuf>,
    /// By the address of a role.
    pub contacts: BTreeMap<SmolStr, Contact>,
    /// By the name that a package uses.
    pub secrets: BTreeMap<SmolStr, SecretRef>,
    /// Names and tokens differ.
    pub callers: Vec<Caller>,
    pub bounds: Bounds,
    pub grants: Grants,
}

/// How the agent's own log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogForm {
    /// For people.
    #[default]
    Text,
    /// An object a line.
    Json,
}

/// Where metrics are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prometheus {
    /// Without a query.
    pub url: Url,
    /// Sent as a bearer token.
    pub token: Option<SecretRef>,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// An IP address or a DNS name, without a port.
    pub address: SmolStr,
    /// What it is there for; may be empty.
    pub role: SmolStr,
    /// Whether programs run on the agent's own machine stand for this host.
    pub here: bool,
}

/// How somebody is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    PagerDuty {
        /// The routing key.
        key: SecretRef,
        /// Where to post instead of PagerDuty's own address.
        url: Option<Url>,
    },
    Webhook {
        url: Url,
        /// Sent as a bearer token.
        token: Option<SecretRef>,
    },
    Slack {
        /// The whole address is the secret.
        webhook: SecretRef,
    },
    /// Where the agent was started.
    Terminal,
}

/// Where a secret is found. The bytes are never in the settings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretRef {
    /// The name of a variable of the environment.
    Env(String),
    /// Relative to the folder of the file.
    File(PathBuf),
}

/// Somebody who may call the API.
#[derive(Clone, Debug)]
pub struct Caller {
    pub name: SmolStr,
    pub token: SecretRef,
    /// Names of roles in the package, each once. None for whoever may not operate.
    pub roles: Vec<SmolStr>,
    /// What it may do, each once.
    pub kinds: Vec<CallerKind>,
}

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallerKind {
    /// Send alerts and events.
    Send,
    /// Look at incidents, dead letters and metrics.
    View,
    /// Acknowledge, resolve, settle, ask for runbooks, stop all changes.
    Operate,
}

words!(CallerKind { Send "send", View "view", Operate "operate" });

impl Settings {
    /// What differs and is taken at a start only, by the keys of the file.
    pub fn taken_at_start(&self, other: &Settings) -> Vec<&'static str> {
        let Settings {
            listen,
            names: _,
            store,
            log,
            platform,
            prometheus,
            hosts,
            programs,
            contacts,
            secrets,
            callers: _,
            bounds: _,
            grants: _,
        } = self;
        let differs = [
            ("listen", *listen != other.listen),
            ("store", *store != other.store),
            ("log", *log != other.log),
            ("platform", *platform != other.platform),
            ("prometheus", *prometheus != other.prometheus),
            ("hosts", *hosts != other.hosts),
            ("programs", *programs != other.programs),
            ("contacts", *contacts != other.contacts),
            ("secrets", *secrets != other.secrets),
        ];
        let differs = differs.into_iter().filter(|(_, differs)| *differs);
        differs.map(|(key, _)| key).collect()
    }
}

impl Default for Settings {
    /// Listens on this machine alone, and may do nothing.
    fn default() -> Self {
        Settings {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)),
            names: Vec::new(),
            store: PathBuf::from(STORE),
            log: LogForm::default(),
            platform: None,
            prometheus: None,
            hosts: BTreeMap::new(),
            programs: BTreeMap::new(),
            contacts: BTreeMap::new(),
            secrets: BTreeMap::new(),
            callers: Vec::new(),
            bounds: Bounds::default(),
            grants: Grants::default(),
        }
    }
}
