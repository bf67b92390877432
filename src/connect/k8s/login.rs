//! Credentials that a command of a kubeconfig gives, where the settings name it.
//!
//! It gets no more of the agent's environment than any program that runbooks run, has a time of its own, and ends with
//! all that it started. Nothing of what it says goes into words.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use kube::config::ExecConfig;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use crate::connect::exec::child::{self, Ended, Strays};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much it may say.
const MOST: usize = 1024 * 1024;
/// The version of the protocol, where the file says none.
const VERSION: &str = "client.authentication.k8s.io/v1";

/// A token, and until when it is good.
pub struct Login {
    pub token: SecretString,
    pub until: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Credential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    expiration_timestamp: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// In words without anything that it said.
pub async fn login(exec: &ExecConfig) -> Result<Login, String> {
    let command = exec.command.clone().unwrap_or_default();
    let version = exec.api_version.as_deref().unwrap_or(VERSION);
    let info =
        json!({"apiVersion": version, "kind": "ExecCredential", "spec": {"interactive": false}});
    let mut environment = vec![("KUBERNETES_EXEC_INFO".to_owned(), info.to_string())];
    for named in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (named.get("name"), named.get("value")) {
            environment.push((name.clone(), value.clone()));
        }
    }
    let argv = exec.args.clone().unwrap_or_default();
    let line = child::Line {
        path: Path::new(&command),
        argv: &argv,
        environment: &environment,
    };
    let ran = child::run(line, "kubernetes", PATIENCE, (MOST, Strays::End)).await;
    let ran = ran.map_err(|why| format!("`{command}` cannot be started for credentials: {why}"))?;
    let ended = match ran.ended {
        Ended::Exited(0) => {
            return read(&ran.out).ok_or_else(|| {
                format!(
                    "what `{command}` printed holds no token: only tokens are taken from commands"
                )
            });
        }
        Ended::Exited(code) => format!("ended with exit code {code}"),
        Ended::Killed(signal) => format!("was ended by signal {signal}"),
        Ended::TooLong => format!("took longer than {} seconds", PATIENCE.as_secs()),
        Ended::Lost => "ended in an unknown way".to_owned(),
    };
    Err(format!("`{command}`, which gives credentials, {ended}"))
}

/// What it printed; what it said as errors stands behind that.
fn read(out: &[u8]) -> Option<Login> {
    let mut values = serde_json::Deserializer::from_slice(out).into_iter::<Credential>();
    let status = values.next()?.ok()?.status?;
    let until = status
        .expiration_timestamp
        .as_deref()
        .map(str::parse)
        .transpose();
    Some(Login {
        token: SecretString::from(status.token?),
        until: until.ok()?,
    })
}

#[cfg(test)]
mod tests {

    use secrecy::ExposeSecret;

    use super::*;

    fn shell(script: &str) -> ExecConfig {
        serde_json::from_value(json!({
            "command": "sh", "args": ["-c", script], "env": [{"name": "WORD", "value": "s3cr3t"}],
        }))
        .unwrap()
    }

    #[tokio::test]
    async fn a_command_gives_a_token() {
        let script = r#"echo "{\"status\": {\"token\": \"$WORD\", \"expirationTimestamp\": \"2026-12-01T00:00:00Z\"}}"; echo done >&2"#;
        let login = login(&shell(script)).await.unwrap();
        assert_eq!(login.token.expose_secret(), "s3cr3t");
        assert_eq!(login.until, "2026-12-01T00:00:00Z".parse().ok());
    }

    #[tokio::test]
    async fn nothing_that_it_says_is_told_and_nothing_of_ours_is_given() {
        for (script, told) in [
            ("echo s3cr3t; exit 3", "exit code 3"),
            ("echo s3cr3t", "no token"),
            ("echo '{\"status\": {\"token\": 7}}'", "no token"),
            ("kill -9 $$", "signal 9"),
            // Cargo sets it for whoever runs the tests.
            ("test -z \"$CARGO_PKG_NAME\" && exit 4", "exit code 4"),
        ] {
            let why = login(&shell(script)).await.err().unwrap();
            assert!(
                why.contains(told) && !why.contains("s3cr3t"),
                "{script}: {why}"
            );
        }
        let missing = ExecConfig {
            command: Some("/no/such/command".into()),
            ..shell("")
        };
        assert!(
            login(&missing)
                .await
                .is_err_and(|why| why.contains("cannot be started"))
        );
    }
}
