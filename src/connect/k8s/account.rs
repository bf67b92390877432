//! Who the agent is on a cluster: read from what the settings name, and from nowhere else.
//!
//! A file of accounts can name commands that are run for credentials. Only those run that the settings name, and none
//! of them may ask anybody anything.

use kube::client::AuthError;
use kube::config::{
    AuthInfo, Cluster, Config, ExecInteractiveMode, KubeConfigOptions, Kubeconfig, KubeconfigError,
    NamedAuthInfo, NamedContext,
};
use secrecy::ExposeSecret;
use url::{Host, Url};

use super::client::words;
use crate::connect::SecretText;
use crate::settings::Account;

/// What is known of an account without a word to the cluster.
pub struct Known {
    /// Never to be seen in words.
    pub token: Option<SecretText>,
}

/// Reads an account as far as it lies on this machine; starts no command.
pub fn read(account: &Account) -> Result<Known, String> {
    let token = match account {
        Account::OfPod => {
            Config::incluster().map_err(|error| {
                format!(
                    "`in_cluster` is said, and the agent does not run in a pod: {}",
                    words(&error)
                )
            })?;
            None
        }
        Account::Kubeconfig { .. } => kubeconfig(account)?.and_then(|(_, user)| user.token),
    };
    let token = token.map(|token| SecretText::new(token.expose_secret()));
    Ok(Known {
        token: token.transpose()?,
    })
}

/// How the cluster is spoken to.
pub async fn config(account: &Account) -> Result<Config, String> {
    let mut config = match kubeconfig(account)? {
        None => Config::incluster().map_err(|error| words(&error))?,
        Some((file, _)) => {
            let options = KubeConfigOptions {
                context: file.current_context.clone(),
                ..KubeConfigOptions::default()
            };
            let config = Config::from_custom_kubeconfig(file, &options).await;
            config.map_err(|error| of_file(&error))?
        }
    };
    // It would send changes a second time, too.
    config.default_retry = false;
    // The environment may name a proxy, which the settings do not.
    config.proxy_url = None;
    Ok(config)
}

/// The file with the context that is meant as its current one, and the user of it; none for the account of a pod.
fn kubeconfig(account: &Account) -> Result<Option<(Kubeconfig, AuthInfo)>, String> {
    let Account::Kubeconfig {
        path,
        context,
        exec,
    } = account
    else {
        return Ok(None);
    };
    let shown = path.display();
    let file =
        Kubeconfig::read_from(path).map_err(|error| format!("{shown}: {}", of_file(&error)))?;
    let context = context.as_deref().or(file.current_context.as_deref());
    let context = context.ok_or_else(|| {
        format!("{shown} has no current context: say one as `context` in [kubernetes]")
    })?;
    let context = context.to_owned();
    let user = user(&file.contexts, &file.auth_infos, &context)
        .map_err(|why| format!("{shown}: {why}"))?;
    let cluster = cluster(&file, &context).map_err(|why| format!("{shown}: {why}"))?;
    unsafe_way(cluster).map_or(Ok(()), |why| Err(format!("{shown}: {why}")))?;
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
    let mut file = file;
    for named in &mut file.auth_infos {
        if let Some(exec) = named.auth_info.as_mut().and_then(|user| user.exec.as_mut()) {
            exec.interactive_mode = Some(ExecInteractiveMode::Never);
        }
    }
    file.current_context = Some(context);
    Ok(Some((file, user)))
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

/// What is wrong with credentials, without a word of what they are.
pub fn without(error: &AuthError) -> String {
    match error {
        AuthError::AuthExecStart(cause) => {
            format!("the command for credentials could not be started: {cause}")
        }
        AuthError::AuthExecRun { out, .. } => {
            format!("the command for credentials ended with {}", out.status)
        }
        AuthError::AuthExecParse(_) | AuthError::ExecPluginFailed => {
            "what the command for credentials printed are none".into()
        }
        AuthError::ReadTokenFile(cause, path) => {
            format!("the token file {} cannot be read: {cause}", path.display())
        }
        AuthError::InvalidBearerToken(_) | AuthError::InvalidBasicAuth(_) => {
            "the credentials have characters that cannot be sent".into()
        }
        // Whatever else it says may have them in it.
        _ => "the credentials cannot be had".into(),
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
    use std::io;

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

    #[test]
    fn what_is_told_of_credentials_has_none_of_them() {
        let secret = "s3cr3t";
        let output = std::process::Output {
            status: std::os::unix::process::ExitStatusExt::from_raw(1 << 8),
            stdout: secret.into(),
            stderr: secret.into(),
        };
        let failed = AuthError::AuthExecRun {
            cmd: format!("login --password {secret}"),
            out: Box::new(output),
        };
        let read = AuthError::ReadTokenFile(io::Error::from(io::ErrorKind::NotFound), "/t".into());
        for error in [failed, AuthError::AuthExec(secret.into()), read] {
            let error = kube::Error::Auth(error);
            let said = words(&error);
            assert!(!said.contains(secret) && !said.is_empty(), "{said}");
        }
        let file = Kubeconfig::from_yaml(&format!("users: {{token: {secret}}}")).unwrap_err();
        assert!(!of_file(&file).contains(secret), "{}", of_file(&file));
    }
}
