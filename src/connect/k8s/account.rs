//! Who the agent is on a cluster: read from what the settings name, and from nowhere else.
//!
//! A file of accounts can name commands that are run for credentials. Only those run that the settings name, and none
//! of them may ask anybody anything.

use jiff::Timestamp;
use kube::config::{
    AuthInfo, Cluster, Config, KubeConfigOptions, Kubeconfig, KubeconfigError, NamedAuthInfo,
    NamedContext,
};
use secrecy::ExposeSecret;
use url::{Host, Url};

use super::client::words;
use super::login::login;
use crate::connect::SecretText;
use crate::settings::Account;

/// What is known of an account without a word to the cluster.
pub struct Known {
    /// The same account, whatever becomes the current context of its file.
    pub account: Account,
    /// Where its cluster is; none for the account of a pod.
    pub server: Option<String>,
    /// Never to be seen in words.
    pub token: Option<SecretText>,
}

/// A way to a cluster, and until when it is good.
pub struct Way {
    pub config: Config,
    pub until: Option<Timestamp>,
}

/// Reads an account as far as it lies on this machine; starts no command.
pub fn read(account: &Account) -> Result<Known, String> {
    let Some(file) = File::of(account)? else {
        Config::incluster().map_err(|error| {
            format!(
                "`in_cluster` is said, and the agent does not run in a pod: {}",
                words(&error)
            )
        })?;
        return Ok(Known {
            account: account.clone(),
            server: None,
            token: None,
        });
    };
    let token = file.user.token.as_ref();
    let token = token.map(|token| SecretText::new(token.expose_secret()));
    let mut account = account.clone();
    if let Account::Kubeconfig { context, .. } = &mut account {
        *context = Some(file.context.as_str().into());
    }
    Ok(Known {
        account,
        server: file.server,
        token: token.transpose()?,
    })
}

/// How the cluster is spoken to, which is still the one that was known.
pub async fn way(known: &Known) -> Result<Way, String> {
    let (mut config, until) = match File::of(&known.account)? {
        None => (Config::incluster().map_err(|error| words(&error))?, None),
        Some(file) if file.server != known.server => {
            return Err(format!(
                "{} now names another server: restart the agent to use it",
                file.path
            ));
        }
        Some(file) => file.way().await?,
    };
    // It would send changes a second time, too.
    config.default_retry = false;
    // The environment may name a proxy, which the settings do not.
    config.proxy_url = None;
    Ok(Way { config, until })
}

/// A file of accounts, read and found fit.
struct File {
    path: String,
    whole: Kubeconfig,
    /// The context that is meant.
    context: String,
    user: AuthInfo,
    server: Option<String>,
}

impl File {
    /// None for the account of a pod.
    fn of(account: &Account) -> Result<Option<File>, String> {
        let Account::Kubeconfig {
            path,
            context,
            exec,
        } = account
        else {
            return Ok(None);
        };
        let shown = path.display().to_string();
        let whole =
            Kubeconfig::read_from(path).map_err(|error| format!("{shown}: {}", of_file(&error)))?;
        let context = context.as_deref().or(whole.current_context.as_deref());
        let context = context.ok_or_else(|| {
            format!("{shown} has no current context: say one as `context` in [kubernetes]")
        })?;
        let context = context.to_owned();
        let of = |why| format!("{shown}: {why}");
        let user = user(&whole.contexts, &whole.auth_infos, &context).map_err(of)?;
        let cluster = cluster(&whole, &context).map_err(of)?;
        let server = cluster.server.clone();
        unsafe_way(cluster).map_or(Ok(()), |why| Err(of(why)))?;
        if let Some(provider) = &user.auth_provider {
            let name = &provider.name;
            return Err(format!(
                "{shown}: credentials by the provider `{name}` are not supported: use a command of `exec`"
            ));
        }
        if let Some(command) = user.exec.as_ref().map(|exec| exec.command.as_deref()) {
            let command = command.unwrap_or_default();
            if !exec.contains(command) {
                return Err(format!(
                    "{shown} starts `{command}` for credentials: allow it by `exec = [\"{command}\"]` in [kubernetes]"
                ));
            }
        }
        Ok(Some(File {
            path: shown,
            whole,
            context,
            user,
            server,
        }))
    }

    /// With credentials from the command that the user has, if there is one.
    async fn way(mut self) -> Result<(Config, Option<Timestamp>), String> {
        let login = match &self.user.exec {
            Some(exec) => Some(login(exec).await?),
            None => None,
        };
        let (token, until) = login.map_or((None, None), |login| (Some(login.token), login.until));
        // Nothing is left that `kube` would start by itself. Only one of the users is asked for.
        for user in self
            .whole
            .auth_infos
            .iter_mut()
            .filter_map(|named| named.auth_info.as_mut())
        {
            let has_command = user.exec.take().is_some();
            if has_command && user.token.is_none() {
                user.token = token.clone();
            }
        }
        let options = KubeConfigOptions {
            context: Some(self.context),
            ..KubeConfigOptions::default()
        };
        let config = Config::from_custom_kubeconfig(self.whole, &options).await;
        Ok((config.map_err(|error| of_file(&error))?, until))
    }
}

/// The cluster of a context.
fn cluster<'f>(file: &'f Kubeconfig, name: &str) -> Result<&'f Cluster, String> {
    let context = file.contexts.iter().find(|context| context.name == name);
    let context = context.and_then(|context| context.context.as_ref());
    let named = context.map(|context| context.cluster.as_str());
    let name = named.ok_or_else(|| format!("there is no context `{name}`"))?;
    let cluster = file.clusters.iter().find(|cluster| cluster.name == name);
    let cluster = cluster.and_then(|cluster| cluster.cluster.as_ref());
    cluster.ok_or_else(|| format!("there is no cluster `{name}`"))
}

/// Why credentials sent on this way could be read by others, or go by a way that is not supported.
fn unsafe_way(cluster: &Cluster) -> Option<String> {
    let server = cluster
        .server
        .as_deref()
        .and_then(|server| Url::parse(server).ok());
    let is_here = |url: &Url| match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if server.is_some_and(|url| url.scheme() != "https" && !is_here(&url)) {
        return Some(
            "its `server` is spoken to without TLS, so that others can read the credentials".into(),
        );
    }
    if cluster.insecure_skip_tls_verify == Some(true) {
        let why = "it has `insecure-skip-tls-verify`, so that anybody can answer for the cluster: give its \
                   certificate as `certificate-authority`";
        return Some(why.into());
    }
    let is_by_proxy = cluster.proxy_url.is_some();
    is_by_proxy.then(|| "a `proxy-url` is not supported".into())
}

/// What is wrong with a file of accounts, without a word of what stands in it.
fn of_file(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::Parse(_) => "it is not YAML, or not of the shape of a kubeconfig".into(),
        KubeconfigError::ReadConfig(cause, _) => format!("it cannot be read: {cause}"),
        other => words(other),
    }
}

/// The user of a context.
fn user(
    contexts: &[NamedContext],
    users: &[NamedAuthInfo],
    name: &str,
) -> Result<AuthInfo, String> {
    let context = contexts.iter().find(|context| context.name == name);
    let context = context.and_then(|context| context.context.as_ref());
    let context = context.ok_or_else(|| format!("there is no context `{name}`"))?;
    let Some(name) = &context.user else {
        return Ok(AuthInfo::default());
    };
    let user = users.iter().find(|user| user.name == *name);
    let user = user.and_then(|user| user.auth_info.clone());
    user.ok_or_else(|| format!("there is no user `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_others_can_read_is_refused() {
        let cluster = |server: &str| Cluster {
            server: Some(server.to_owned()),
            ..Cluster::default()
        };
        for server in [
            "https://10.0.0.1:6443",
            "http://127.0.0.1:8001",
            "http://[::1]:8001",
        ] {
            assert_eq!(unsafe_way(&cluster(server)), None, "{server}");
        }
        let plain = unsafe_way(&cluster("http://10.0.0.1:8080")).unwrap();
        assert!(plain.contains("without TLS"), "{plain}");
        let unchecked = Cluster {
            insecure_skip_tls_verify: Some(true),
            ..cluster("https://10.0.0.1:6443")
        };
        assert!(unsafe_way(&unchecked).is_some_and(|why| why.contains("anybody can answer")));
        let proxied = Cluster {
            proxy_url: Some("http://u:secret@proxy:3128".to_owned()),
            ..cluster("https://10.0.0.1:6443")
        };
        assert!(unsafe_way(&proxied).is_some_and(|why| !why.contains("secret")));
    }

    /// A file whose user has a command.
    fn with_command(exec: &[&str]) -> Result<Known, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let text = "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n\
                    clusters: [{name: c, cluster: {server: \"https://127.0.0.1:1\"}}]\n\
                    users: [{name: u, user: {exec: {command: gives, apiVersion: v1}}}]\n";
        std::fs::write(&path, text).unwrap();
        read(&Account::Kubeconfig {
            path,
            context: None,
            exec: exec.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    #[test]
    fn a_command_is_started_only_where_the_settings_name_it() {
        let refused = with_command(&["other"]).err().unwrap();
        assert!(
            refused.contains("allow it by `exec = [\"gives\"]`"),
            "{refused}"
        );
        let known = with_command(&["gives"]).ok().unwrap();
        // Whatever becomes the current one later.
        let Account::Kubeconfig { context, .. } = known.account else {
            panic!("another kind of account");
        };
        assert_eq!(context.as_deref(), Some("a"));
    }

    #[test]
    fn what_is_told_of_a_file_has_none_of_its_secrets() {
        let secret = "s3cr3t";
        let file = Kubeconfig::from_yaml(&format!("users: {{token: {secret}}}")).unwrap_err();
        assert!(!of_file(&file).contains(secret), "{}", of_file(&file));
    }
}
