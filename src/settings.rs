//! `agent.toml`: where the agent listens and stores, whom and what it reaches, what it may do.
//!
//! In: its text. Out: [`Settings`] and diagnostics with places, all mistakes at once. Reads no file
//! and no environment: a secret stays a reference, and the store's path stays as it is written,
//! relative to the folder of the file.
//! Every key is said once, where it is read; the tables of `grammar/reference/settings.md` come from there.

mod bounds;
mod capability;
mod grants;
mod key;
mod layout;
mod parts;
mod reader;
mod retention;
mod servers;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use smol_str::SmolStr;
use url::Url;

use crate::effect::words;
use crate::text::Span;
pub use bounds::{Bounds, PageBounds, StormBounds};
pub use capability::Form;
pub use grants::{Denied, Grants, Loose, Need, Standing, toml_key, toml_text};
pub use key::{TABLES, page};
pub use layout::{Layout, TableForm};
pub use reader::{mask, read, read_what_can_be};
pub use retention::Retention;
pub use value::variable;

/// The file's name.
pub const SETTINGS: &str = "agent.toml";

/// The largest settings file.
pub const SETTINGS_BYTES: usize = 1024 * 1024;

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
    pub kubernetes: Option<Account>,
    /// By the name that a package uses.
    pub hosts: BTreeMap<SmolStr, Host>,
    /// Absolute paths, by the name that a list of arguments may begin with.
    pub programs: BTreeMap<SmolStr, PathBuf>,
    /// Where each of them is said.
    pub places: BTreeMap<SmolStr, Span>,
    /// By the address of a role.
    pub contacts: BTreeMap<SmolStr, Contact>,
    /// By the name that a package uses.
    pub secrets: BTreeMap<SmolStr, SecretRef>,
    /// Names and tokens differ.
    pub callers: Vec<Caller>,
    pub bounds: Bounds,
    pub grants: Grants,
    pub retention: Retention,
    /// How the file is written.
    pub layout: Layout,
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

/// Who the agent is on a cluster, and where that cluster is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// The account of the pod that the agent runs in.
    OfPod,
    Kubeconfig {
        /// Relative to the folder of the file.
        path: PathBuf,
        /// The file's current one otherwise.
        context: Option<SmolStr>,
        /// Commands that may be started for credentials.
        exec: BTreeSet<String>,
    },
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
    /// How people reach the agent, where that is not where the command line looks by itself.
    pub fn agent(&self) -> Option<String> {
        self.agent_at(self.listen)
    }

    /// The same, where it listens at this address.
    pub fn agent_at(&self, listens: SocketAddr) -> Option<String> {
        let (ip, port) = (listens.ip(), listens.port());
        let host = match self.names.first() {
            Some(name) => name.clone(),
            None if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
            None => match ip {
                IpAddr::V4(ip) => ip.to_string(),
                IpAddr::V6(ip) => format!("[{ip}]"),
            },
        };
        let is_default = port == PORT && host == Ipv4Addr::LOCALHOST.to_string();
        // Which one a port of 0 has become is known to the system alone.
        (!is_default && port != 0).then(|| format!("http://{host}:{port}"))
    }

    /// What differs and is taken at a start only, by the keys of the file.
    pub fn taken_at_start(&self, other: &Settings) -> Vec<&'static str> {
        let Settings {
            listen,
            names: _,
            store,
            log,
            platform,
            prometheus,
            kubernetes,
            hosts,
            programs,
            places: _,
            contacts,
            secrets,
            callers: _,
            bounds: _,
            grants: _,
            retention,
            layout: _,
        } = self;
        let differs = [
            ("listen", *listen != other.listen),
            ("store", *store != other.store),
            ("log", *log != other.log),
            ("platform", *platform != other.platform),
            ("prometheus", *prometheus != other.prometheus),
            ("kubernetes", *kubernetes != other.kubernetes),
            ("hosts", *hosts != other.hosts),
            ("programs", *programs != other.programs),
            ("contacts", *contacts != other.contacts),
            ("secrets", *secrets != other.secrets),
            ("retention", *retention != other.retention),
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
            kubernetes: None,
            hosts: BTreeMap::new(),
            programs: BTreeMap::new(),
            places: BTreeMap::new(),
            contacts: BTreeMap::new(),
            secrets: BTreeMap::new(),
            callers: Vec::new(),
            bounds: Bounds::default(),
            grants: Grants::default(),
            retention: Retention::default(),
            layout: Layout::default(),
        }
    }
}
