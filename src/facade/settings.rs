//! The settings of the agent, and what they grant.

use std::fmt::Write as _;
use std::sync::Arc;

use super::{Checked, checked};
use crate::diag::Diagnostic;
use crate::settings::{
    self, Account, Contact, Denied, Host, LogForm, Need, Retention, SecretRef, Settings,
};
use crate::text::Sources;
use crate::value::{Identity, Key, Query, Record, Shape, Tag, Target, Value};

/// What reading `agent.toml` says.
#[derive(Clone, Debug)]
pub struct Read {
    /// What was understood, a line for each thing; nothing if anything is wrong.
    pub outline: Option<String>,
    /// What is wrong, shown without the secrets that stand there openly.
    pub checked: Checked,
}

/// What an extern needs, as a call would say it.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// The whole capability.
    Nothing,
    /// A text, or the name of a target.
    Text(&'a str),
    /// An address.
    Url(&'a str),
    /// A program and its arguments.
    Argv(&'a [&'a str]),
    /// The keys of a target, outermost first.
    Target(&'a [&'a str]),
}

/// A need that is not granted.
#[derive(Clone, Debug)]
pub struct Refused {
    /// In words.
    pub words: String,
    /// The line for `[grants]`; empty if none could grant it.
    pub line: String,
}

/// Reads the text of a settings file.
pub fn read(text: &str) -> Read {
    let (settings, diagnostics, sources) = read_text(text);
    let mut shown = Sources::default();
    for source in sources.iter() {
        shown.add(&source.name, &settings::mask(source, &diagnostics));
    }
    Read {
        outline: settings.map(|settings| outline(&settings)),
        checked: checked(&diagnostics, &shown),
    }
}

/// The page on settings, its tables as the reader says them.
pub fn page(text: &str) -> String {
    settings::page(text)
}

/// The sections of the page that have such a table.
pub fn sections() -> Vec<&'static str> {
    settings::TABLES.iter().map(|table| table.heading).collect()
}

/// Holds a need against what a settings file grants; nothing if it cannot be read.
pub fn ask(text: &str, capability: &str, of: Of<'_>) -> Option<Result<(), Refused>> {
    let (settings, _, _) = read_text(text);
    let need = Need {
        capability: capability.into(),
        of: value(of),
    };
    let answer = settings?.grants.check(&need);
    Some(answer.map_err(|denied: Denied| Refused {
        words: denied.to_string(),
        line: denied.line,
    }))
}

fn read_text(text: &str) -> (Option<Settings>, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let id = sources.add(settings::SETTINGS, text);
    let (settings, diagnostics) = settings::read(sources.source(id));
    (settings, diagnostics, sources)
}

fn value(of: Of<'_>) -> Option<Value> {
    let texts = |texts: &[&str]| texts.iter().map(Value::text).collect();
    Some(match of {
        Of::Nothing => return None,
        Of::Text(text) => Value::text(text),
        Of::Url(text) => Value::Query(Arc::new(Query {
            tag: Tag::Url,
            text: text.into(),
        })),
        Of::Argv(argv) => Value::list(texts(argv)),
        Of::Target(keys) => Value::Target(Arc::new(target(keys))),
    })
}

fn target(keys: &[&str]) -> Target {
    let keys = keys.iter().map(|key| Key {
        kind: "k8s.Thing".into(),
        key: (*key).into(),
    });
    let shape = Shape {
        name: "k8s.Thing".into(),
        fields: Box::default(),
    };
    Target {
        identity: Identity(keys.collect()),
        uid: None,
        snapshot: Record {
            shape: Arc::new(shape),
            fields: Vec::new(),
        },
    }
}

fn machine(host: &Host) -> String {
    let here = if host.here { " here" } else { "" };
    format!("{} as {:?}{here}", host.address, host.role)
}

fn who(account: &Account) -> String {
    match account {
        Account::OfPod => "as the pod".to_owned(),
        Account::Kubeconfig {
            path,
            context,
            exec,
        } => format!("by {} {context:?} {exec:?}", path.display()),
    }
}

fn outline(settings: &Settings) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        // Writing to a text cannot fail.
        let _ = writeln!(out, "{text}");
    };
    line(format!("listen {}", settings.listen));
    if !settings.names.is_empty() {
        line(format!("names {}", settings.names.join(", ")));
    }
    line(format!("store {}", settings.store.display()));
    line(match settings.log {
        LogForm::Text => "log text".into(),
        LogForm::Json => "log json".into(),
    });
    if let Some(platform) = &settings.platform {
        line(format!("platform {platform}"));
    }
    if let Some(prometheus) = &settings.prometheus {
        let token = token(prometheus.token.as_ref());
        line(format!("prometheus {}{token}", prometheus.url));
    }
    if let Some(account) = &settings.kubernetes {
        line(format!("kubernetes {}", who(account)));
    }
    for (name, host) in &settings.hosts {
        line(format!("host {name} {}", machine(host)));
    }
    for (name, path) in &settings.programs {
        line(format!("program {name} {}", path.display()));
    }
    for (name, contact) in &settings.contacts {
        line(format!("contact {name} {}", way(contact)));
    }
    for (name, secret) in &settings.secrets {
        line(format!("secret {name} {}", reference(secret)));
    }
    for caller in &settings.callers {
        let token = reference(&caller.token);
        let kinds = caller.kinds.iter().map(|kind| kind.word());
        line(format!(
            "caller {} {token} as {} may {}",
            caller.name,
            caller.roles.join(", "),
            kinds.collect::<Vec<_>>().join(", ")
        ));
    }
    let (bounds, usual) = (&settings.bounds, settings::Bounds::default());
    if bounds.storm != usual.storm {
        let storm = &bounds.storm;
        line(format!(
            "storm {} within {}, cool-down {}, patience {}",
            storm.threshold, storm.span, storm.cool_down, storm.patience
        ));
    }
    if bounds.limits != usual.limits {
        let limits = &bounds.limits;
        line(format!(
            "limit {} per target within {}",
            limits.per_target, limits.window
        ));
    }
    if bounds.pages != usual.pages {
        let pages = &bounds.pages;
        line(format!(
            "pages acknowledged for {}, gathered for {}, one list in {}",
            pages.acknowledged, pages.gather, pages.every
        ));
    }
    let Retention {
        incidents,
        arrivals,
        letters,
    } = settings.retention;
    line(format!(
        "retention incidents {incidents}, arrivals {arrivals}, letters {letters}"
    ));
    settings.grants.lines().for_each(line);
    out
}

fn way(contact: &Contact) -> String {
    match contact {
        Contact::PagerDuty { key, url } => {
            let url = url.as_ref().map(|url| format!(" at {url}"));
            format!("pagerduty {}{}", reference(key), url.unwrap_or_default())
        }
        Contact::Webhook { url, token: secret } => {
            format!("webhook {url}{}", token(secret.as_ref()))
        }
        Contact::Slack { webhook } => format!("slack {}", reference(webhook)),
        Contact::Terminal => "terminal".into(),
    }
}

fn token(secret: Option<&SecretRef>) -> String {
    secret.map_or(String::new(), |secret| {
        format!(" with {}", reference(secret))
    })
}

fn reference(secret: &SecretRef) -> String {
    match secret {
        SecretRef::Env(name) => format!("${name}"),
        SecretRef::File(path) => path.display().to_string(),
    }
}
