//! Who the agent is on a cluster: read from what the settings name, and from nowhere else.
//!
//! A file of accounts can name commands that are run for credentials. Only those run that the settings name, and none
//! of them may ask anybody anything.

use kube::config::{
    AuthInfo, Config, ExecInteractiveMode, KubeConfigOptions, Kubeconfig, NamedAuthInfo,
    NamedContext,
};
use secrecy::ExposeSecret;

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
            config.map_err(|error| words(&error))?
        }
    };
    // It would send changes a second time, too.
    config.default_retry = false;
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
    let file = Kubeconfig::read_from(path).map_err(|error| words(&error))?;
    let shown = path.display();
    let context = context.as_deref().or(file.current_context.as_deref());
    let context = context.ok_or_else(|| {
        format!("{shown} has no current context: say one as `context` in [kubernetes]")
    })?;
    let context = context.to_owned();
    let user = user(&file.contexts, &file.auth_infos, &context)
        .map_err(|why| format!("{shown}: {why}"))?;
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
