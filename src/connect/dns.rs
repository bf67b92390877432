//! The module `dns`: which addresses a name stands for, as the machine that the agent runs on sees it.
//!
//! A name that is not there is an answer; a server that does not answer is none. Nothing here changes a name: names are
//! kept by somebody else, who is spoken to by `http` or `exec`.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::answer::failed;
use super::lack::{self, LOOK_AGAIN, is_own_lack};
use super::operation::{Connector, Parts, SpeaksTo, not_offered, operations};
use super::{Granted, Pending, Provider, Secrets, arguments};
use crate::effect::{Call, ChangeOutcome, Observed};
use crate::value::Value;

/// The most addresses of an answer.
const MOST: usize = 64;

/// The longest name there is.
const LONGEST: usize = 253;

/// What resolvers say of a name that is not there, or has no address. All else is no answer.
const NOT_THERE: [&str; 4] = [
    "Name or service not known",
    "No address associated with hostname",
    // Those of musl: the name is not there, or has no address.
    "Name does not resolve",
    "Name has no usable address",
];

operations! {
    Lookup = Probe "dns.lookup" ("name: String") -> "List[String]";
}

/// The module as a row.
pub const CONNECTOR: Connector = Connector {
    module: "dns",
    operations: OPERATIONS,
    speaks_to: SpeaksTo::Resolver,
    make: |parts| Ok(Some(Arc::new(Dns::new(parts)))),
};

/// Questions to the resolver of this machine.
struct Dns {
    secrets: Arc<Secrets>,
}

impl Dns {
    fn new(parts: &Parts) -> Dns {
        Dns {
            secrets: parts.secrets.clone(),
        }
    }

    async fn look(&self, granted: &Granted) -> Result<Observed, String> {
        let call = &granted.call;
        let Some(Offered::Lookup) = Offered::of(call) else {
            return Err(not_offered(call));
        };
        let name = arguments::text(call, "name")?;
        if !is_name(name) {
            return Err(format!("`{name}` cannot be looked up: it is not a name"));
        }
        let addresses = lookup(name, granted.patience()).await?;
        if addresses.len() > MOST {
            return Err(format!("`{name}` stands for more than {MOST} addresses"));
        }
        let addresses = addresses.iter().map(|one| Value::text(one.to_string()));
        Ok(Observed::Value(Value::list(addresses.collect())))
    }
}

/// The addresses of a name, each once; none where the name is not there.
async fn lookup(name: &str, patience: Duration) -> Result<BTreeSet<IpAddr>, String> {
    let until = Instant::now() + lack::as_long(patience);
    loop {
        // A port is needed by the form of the call alone.
        return match tokio::net::lookup_host((name, 0)).await {
            Ok(found) => Ok(found.map(|address| address.ip()).collect()),
            Err(error) if is_not_there(&error) => Ok(BTreeSet::new()),
            Err(error) if is_own_lack(&error) && Instant::now() < until => {
                sleep(LOOK_AGAIN).await;
                continue;
            }
            Err(error) if is_own_lack(&error) => Err(lack::too_busy(&error)),
            Err(error) => Err(format!("`{name}` cannot be looked up: {error}")),
        };
    }
}

/// Whether the resolver has answered that there is nothing.
fn is_not_there(error: &io::Error) -> bool {
    let said = error.to_string();
    NOT_THERE.iter().any(|words| said.ends_with(words))
}

/// Whether something can be called so: a resolver is given nothing else. Of a number it would make an address up.
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let letter = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        matches!(label.len(), 1..=63) && !label.starts_with('-') && label.chars().all(letter)
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    let ends_in_number = name.rsplit('.').next().is_some_and(is_number);
    text.parse::<IpAddr>().is_ok()
        || (name.len() <= LONGEST && name.split('.').all(is_label) && !ends_in_number)
}

/// Whether this is a part of an address as it was once written: `127`, `0177`, `0x7f`.
fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").or(label.strip_prefix("0X"));
    let is_hex = hex.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
    is_hex || label.chars().all(|c| c.is_ascii_digit())
}

impl Provider for Dns {
    fn module(&self) -> &'static str {
        CONNECTOR.module
    }

    fn observe(&self, granted: Granted) -> Pending<'_, Observed> {
        Box::pin(async move {
            let look = self.look(&granted).await;
            look.unwrap_or_else(|why| failed(&self.secrets, why))
        })
    }

    fn refuses(&self, call: &Call) -> Option<String> {
        Some(not_offered(call))
    }

    fn perform(&self, granted: Granted) -> Pending<'_, ChangeOutcome> {
        Box::pin(async move { ChangeOutcome::NotApplied(not_offered(&granted.call)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_is_an_answer() {
        let of = |why: &str| {
            let words = format!("failed to lookup address information: {why}");
            is_not_there(&io::Error::other(words))
        };
        for why in [
            "Name or service not known",
            "No address associated with hostname",
            "Name does not resolve",
            "Name has no usable address",
        ] {
            assert!(of(why), "{why}");
        }
        for why in [
            "Temporary failure in name resolution",
            "Non-recoverable failure in name resolution",
            "Try again",
            "Name server not known",
            "",
        ] {
            assert!(!of(why), "{why}");
        }
    }

    #[test]
    fn a_number_is_no_name() {
        for number in ["1", "127.1", "2130706433", "0x7f.1", "a.0X7F", "a.0x", "7."] {
            assert!(!is_name(number), "{number}");
        }
        for name in ["192.0.2.7", "::1", "1a", "7.a", "0x7g", "x0", "4.example."] {
            assert!(is_name(name), "{name}");
        }
    }
}
