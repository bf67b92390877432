//! The module `tcp`: whether something listens, and whether it answers.
//!
//! Only hosts of the inventory are reached. A connection that is refused is an answer; a host that
//! cannot be reached is not.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::answer::{failed, took};
use super::client::seconds;
use super::lack::{self, LOOK_AGAIN, is_own_lack};
use super::operation::{Connector, Parts, SpeaksTo, not_offered, operations};
use super::{Endpoint, Granted, Inventory, Pending, Provider, Secrets, arguments};
use crate::effect::{Call, ChangeOutcome, Observed};
use crate::value::Value;

/// The most that is read of an answer.
const MOST: usize = 64 * 1024;

/// After the first bytes came, so much silence ends the answer.
const QUIET: Duration = Duration::from_millis(100);

operations! {
    Open = Probe "tcp.open" ("on: host.Host", "port: Int") -> "Bool";
    Ask = Probe "tcp.ask" ("on: host.Host", "port: Int", "send: String", "patience: Duration") -> "Answer";
}

/// The module as a row.
pub const CONNECTOR: Connector = Connector {
    module: "tcp",
    operations: OPERATIONS,
    speaks_to: SpeaksTo::Machines,
    make: |parts| Ok(Some(Arc::new(Tcp::new(parts)))),
};

/// Connections to hosts of the inventory.
struct Tcp {
    inventory: Arc<Inventory>,
    secrets: Arc<Secrets>,
}

/// What came back over a connection.
struct Heard {
    connected: bool,
    bytes: Vec<u8>,
}

impl Tcp {
    fn new(parts: &Parts) -> Tcp {
        Tcp {
            inventory: parts.inventory.clone(),
            secrets: parts.secrets.clone(),
        }
    }

    async fn look(&self, granted: &Granted) -> Result<Observed, String> {
        let call = &granted.call;
        let start = Instant::now();
        let deadline = start + granted.patience();
        let connected = self.connect(call, deadline);
        match Offered::of(call) {
            Some(Offered::Open) => Ok(Observed::Value(Value::Bool(connected.await?.is_some()))),
            Some(Offered::Ask) => {
                let heard = match connected.await? {
                    Some(stream) => self.ask(call, stream, deadline).await?,
                    None => Heard {
                        connected: false,
                        bytes: Vec::new(),
                    },
                };
                Ok(Observed::Value(self.answer(&heard, start)))
            }
            None => Err(not_offered(call)),
        }
    }

    /// A connection; none if it was refused.
    async fn connect(&self, call: &Call, deadline: Instant) -> Result<Option<TcpStream>, String> {
        let name = arguments::host(call, "on")?;
        let port = arguments::port(call, "port")?;
        let machine = self.inventory.machine(name);
        let machine = machine.ok_or_else(|| format!("the inventory has no host `{name}`"))?;
        let now = Instant::now();
        let until = now + lack::as_long(deadline.saturating_duration_since(now));
        loop {
            let connecting = TcpStream::connect((machine.address.as_str(), port));
            return match timeout_at(deadline, connecting).await {
                Ok(Ok(stream)) => Ok(Some(stream)),
                Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(None),
                Ok(Err(error)) if is_own_lack(&error) && Instant::now() < until => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                    continue;
                }
                Ok(Err(error)) if is_own_lack(&error) => Err(lack::too_busy(&error)),
                Ok(Err(error)) => Err(format!("`{name}` cannot be reached: {error}")),
                Err(_) => Err(format!("`{name}` cannot be reached: no answer in time")),
            };
        }
    }

    /// Sends the question and listens: for the first bytes as long as the patience goes, then until
    /// it is quiet.
    async fn ask(
        &self,
        call: &Call,
        mut stream: TcpStream,
        deadline: Instant,
    ) -> Result<Heard, String> {
        let question = arguments::text(call, "send")?;
        let patience = arguments::duration(call, "patience")?.millis();
        let patience = Duration::from_millis(u64::try_from(patience).unwrap_or_default());
        let until = deadline.min(Instant::now() + patience);
        let mut heard = Heard {
            connected: true,
            bytes: Vec::new(),
        };
        match timeout_at(until, stream.write_all(question.as_bytes())).await {
            Ok(Ok(())) => {}
            // Closed or stuck before the question was out: silence, which is an answer.
            Ok(Err(_)) | Err(_) => return Ok(heard),
        }
        let most = MOST + self.secrets.margin();
        let mut quiet = until;
        let mut part = vec![0; 8192];
        while heard.bytes.len() < most {
            match timeout_at(quiet, stream.read(&mut part)).await {
                Ok(Ok(0) | Err(_)) | Err(_) => break,
                Ok(Ok(count)) => heard.bytes.extend(part.iter().take(count)),
            }
            quiet = until.min(Instant::now() + QUIET);
        }
        Ok(heard)
    }

    fn answer(&self, heard: &Heard, start: Instant) -> Value {
        let text = String::from_utf8_lossy(&heard.bytes);
        let (text, _) = self.secrets.redact_cut(&text, MOST);
        arguments::record(
            "tcp.Answer",
            vec![
                ("connected", Value::Bool(heard.connected)),
                ("answered", Value::Bool(!heard.bytes.is_empty())),
                ("text", Value::text(text)),
                ("took", took(start)),
            ],
        )
    }
}

impl Provider for Tcp {
    fn module(&self) -> &'static str {
        CONNECTOR.module
    }

    fn endpoint(&self, call: &Call) -> Endpoint {
        let name = arguments::host(call, "on").unwrap_or_default();
        Endpoint::Named(name.to_owned())
    }

    fn observe(&self, granted: Granted) -> Pending<'_, Observed> {
        Box::pin(async move {
            let patience = granted.patience();
            let look = tokio::time::timeout(patience, self.look(&granted)).await;
            match look {
                Ok(Ok(observed)) => observed,
                Ok(Err(why)) => failed(&self.secrets, why),
                Err(_) => {
                    let why = format!("no answer within {}", seconds(patience));
                    failed(&self.secrets, why)
                }
            }
        })
    }

    fn refuses(&self, call: &Call) -> Option<String> {
        Some(not_offered(call))
    }

    fn perform(&self, granted: Granted) -> Pending<'_, ChangeOutcome> {
        Box::pin(async move { ChangeOutcome::NotApplied(not_offered(&granted.call)) })
    }
}
