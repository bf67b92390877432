//! From settings to everything that an agent can reach: secrets looked up, connectors made.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use smol_str::SmolStr;
use tokio::runtime;

use super::{Performer, read_all};
use crate::connect::{
    ALL, Client, ExecOptions, Inventory, Machine, Messenger, PagerDuty, Parts, PromOptions,
    Provider, SecretText, Secrets, Slack, Terminal, Webhook,
};
use crate::diag::Code;
use crate::project::Trouble;
#[cfg(feature = "kubernetes")]
use crate::settings::Account;
use crate::settings::{CallerKind, Contact, SecretRef, Settings};

/// The longest secret.
const SECRET_BYTES: usize = 64 * 1024;

/// What an agent reaches, and by whom it may be called.
pub struct Reach {
    pub performer: Performer,
    pub callers: Vec<Known>,
}

/// Somebody who may call the agent.
#[derive(Clone, Debug)]
pub struct Known {
    pub name: SmolStr,
    pub token: SecretText,
    pub roles: Vec<SmolStr>,
    pub kinds: Vec<CallerKind>,
}

/// Something that the settings name and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// A stable code of the registry.
    pub code: Code,
    pub why: String,
}

/// Looks all secrets up and makes all connectors. `folder` is where relative paths begin. All that
/// is missing is told at once.
pub fn reach(
    settings: &Settings,
    folder: &Path,
    runtime: runtime::Handle,
) -> Result<Reach, Vec<Unreachable>> {
    let mut making = Making {
        folder,
        missing: Vec::new(),
    };
    let made = making.all(settings, runtime);
    match (made, making.missing.is_empty()) {
        (Some(reach), true) => Ok(reach),
        _ => Err(making.missing),
    }
}

/// Who may call, with their tokens, or which of these are missing.
pub fn callers(settings: &Settings, folder: &Path) -> Result<Vec<Known>, Vec<Unreachable>> {
    let mut making = Making {
        folder,
        missing: Vec::new(),
    };
    let callers = making.callers(settings);
    match making.missing.is_empty() {
        true => Ok(callers),
        false => Err(making.missing),
    }
}

/// The account of the cluster; `folder` is where relative paths begin.
#[cfg(feature = "kubernetes")]
pub fn account(settings: &Settings, folder: &Path) -> Option<Account> {
    settings.kubernetes.as_ref().map(|account| match account {
        Account::OfPod => Account::OfPod,
        Account::Kubeconfig {
            path,
            context,
            exec,
        } => Account::Kubeconfig {
            path: folder.join(path),
            context: context.clone(),
            exec: exec.clone(),
        },
    })
}

/// The contacts that can be made, whatever else is missing.
pub fn contacts(settings: &Settings, folder: &Path) -> BTreeMap<String, Arc<dyn Messenger>> {
    let mut making = Making {
        folder,
        missing: Vec::new(),
    };
    let Ok(client) = Client::new() else {
        return BTreeMap::new();
    };
    let secrets = Arc::new(Secrets::new(Vec::new()));
    making.contacts(settings, &client, &secrets)
}

struct Making<'a> {
    folder: &'a Path,
    missing: Vec<Unreachable>,
}

impl Making<'_> {
    fn all(&mut self, settings: &Settings, runtime: runtime::Handle) -> Option<Reach> {
        let client = match Client::new() {
            Ok(client) => client,
            Err(why) => {
                self.miss(Code::NoConnector, format!("HTTP cannot be spoken: {why}"));
                return None;
            }
        };
        let named = settings.secrets.iter();
        let named: Vec<_> = named
            .filter_map(|(name, from)| Some((name.clone(), self.secret(from, name)?)))
            .collect();
        let secrets = Arc::new(Secrets::new(named));
        let parts = self.parts(settings, &client, &secrets);
        let providers = self.providers(&parts);
        let contacts = self.contacts(settings, &client, &secrets);
        let callers = self.callers(settings);
        Some(Reach {
            performer: Performer::new(runtime, providers, contacts, settings.agent()),
            callers,
        })
    }

    fn callers(&mut self, settings: &Settings) -> Vec<Known> {
        let callers = settings.callers.iter();
        let callers = callers.filter_map(|caller| {
            Some(Known {
                name: caller.name.clone(),
                token: self.secret(&caller.token, &caller.name)?,
                roles: caller.roles.clone(),
                kinds: caller.kinds.clone(),
            })
        });
        callers.collect()
    }

    /// What connectors are made of.
    fn parts(&mut self, settings: &Settings, client: &Client, secrets: &Arc<Secrets>) -> Parts {
        let machines = settings.hosts.iter().map(|(name, host)| {
            let machine = Machine {
                address: host.address.to_string(),
                role: host.role.to_string(),
                here: host.here,
            };
            (name.clone(), machine)
        });
        let programs = settings.programs.iter();
        let programs = programs.map(|(name, path)| (name.to_string(), path.clone()));
        let prometheus = settings.prometheus.as_ref().map(|prometheus| {
            let bearer = prometheus.token.as_ref();
            PromOptions {
                bearer: bearer.and_then(|from| self.secret(from, "prometheus.token")),
                base: prometheus.url.as_str().to_owned(),
            }
        });
        Parts {
            client: client.clone(),
            secrets: secrets.clone(),
            inventory: Arc::new(Inventory::new(machines)),
            programs: ExecOptions {
                programs: programs.collect(),
            },
            prometheus,
            #[cfg(feature = "kubernetes")]
            kubernetes: account(settings, self.folder),
        }
    }

    fn providers(&mut self, parts: &Parts) -> Vec<Arc<dyn Provider>> {
        let made = ALL.iter().filter_map(|connector| {
            let made = (connector.make)(parts);
            made.unwrap_or_else(|why| {
                self.miss(Code::NoConnector, why);
                None
            })
        });
        made.collect()
    }

    fn contacts(
        &mut self,
        settings: &Settings,
        client: &Client,
        secrets: &Arc<Secrets>,
    ) -> BTreeMap<String, Arc<dyn Messenger>> {
        let made = settings.contacts.iter().filter_map(|(address, contact)| {
            let messenger = self.contact(address, contact, client, secrets)?;
            Some((address.to_string(), messenger))
        });
        made.collect()
    }

    fn contact(
        &mut self,
        address: &str,
        contact: &Contact,
        client: &Client,
        secrets: &Arc<Secrets>,
    ) -> Option<Arc<dyn Messenger>> {
        Some(match contact {
            Contact::PagerDuty { key, url } => {
                let key = self.secret(key, address)?;
                let url = url.as_ref().map(|url| url.as_str().to_owned());
                Arc::new(PagerDuty::new(client.clone(), secrets.clone(), key, url))
            }
            Contact::Webhook { url, token } => {
                let token = match token {
                    Some(from) => Some(self.secret(from, address)?),
                    None => None,
                };
                let url = url.as_str().to_owned();
                Arc::new(Webhook::new(client.clone(), secrets.clone(), url, token))
            }
            Contact::Slack { webhook } => {
                let webhook = self.secret(webhook, address)?;
                Arc::new(Slack::new(client.clone(), secrets.clone(), webhook))
            }
            Contact::Terminal => Arc::new(Terminal::new(Box::new(std::io::stderr()))),
        })
    }

    fn secret(&mut self, from: &SecretRef, name: &str) -> Option<SecretText> {
        let read = match from {
            SecretRef::Env(variable) => match std::env::var(variable) {
                Ok(text) => Ok(text),
                Err(_) => Err(format!("the variable `{variable}` is not set")),
            },
            SecretRef::File(path) => self.file(path),
        };
        let text = read.and_then(|text| SecretText::new(text.trim_end_matches(['\r', '\n'])));
        match text {
            Ok(secret) => Some(secret),
            Err(why) => {
                self.miss(
                    Code::SecretMissing,
                    format!("the secret for `{name}`: {why}"),
                );
                None
            }
        }
    }

    fn file(&self, path: &Path) -> Result<String, String> {
        let path = self.folder.join(path);
        let shown = path.display();
        let file = std::fs::File::open(&path).map_err(|why| format!("{shown}: {why}"))?;
        let bytes = read_all(file, SECRET_BYTES).map_err(|trouble| match trouble {
            Trouble::Missing => format!("{shown} is not there"),
            Trouble::TooLarge => format!("{shown} is too large for a secret"),
            Trouble::Special | Trouble::Refused(_) => format!("{shown}: {trouble}"),
        })?;
        String::from_utf8(bytes).map_err(|_| format!("{shown} is not UTF-8"))
    }

    fn miss(&mut self, code: Code, why: String) {
        self.missing.push(Unreachable { code, why });
    }
}
