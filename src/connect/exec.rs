//! The module `exec`: programs on the machine that the agent runs on.
//!
//! A program gets its arguments one by one, an environment that is always the same, no input, and a
//! group of its own, which ends with the call. What is not kept from it: the network, and whatever
//! the agent's own user may do.

pub(super) mod child;
mod family;
mod mark;
mod output;

pub use family::running;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::answer::{bounded, failed, said, took};
use super::client::seconds;
use super::operation::{Connector, Parts, SpeaksTo, not_offered, operations};
use super::{Endpoint, Granted, Inventory, Pending, Provider, Secrets, arguments};
use crate::diag::Code;
use crate::effect::{Call, ChangeOutcome, Observed};
use crate::value::Value;
use child::{Ended, Line, Ran, Strays};

/// How much of a program's last line is told.
const LAST_LINE: usize = 300;

operations! {
    Observe = Probe "exec.observe" ("on: host.Host", "argv: List[String]") -> "Output";
    Run = Action "exec.run" ("on: host.Host", "argv: List[String]");
    Apply = Action "exec.apply" ("on: host.Host", "argv: List[String]");
}

/// The module as a row.
pub const CONNECTOR: Connector = Connector {
    module: "exec",
    operations: OPERATIONS,
    speaks_to: SpeaksTo::Machines,
    make: |parts| Ok(Some(Arc::new(Exec::new(parts)))),
};

/// What may be started under which name.
#[derive(Clone, Debug, Default)]
pub struct ExecOptions {
    /// The programs that are named without their path. A path that begins with `/` needs no name:
    /// whether it may be run, the grant has said.
    pub programs: BTreeMap<String, PathBuf>,
}

/// Programs on the machine that the inventory says is this one.
struct Exec {
    options: ExecOptions,
    inventory: Arc<Inventory>,
    secrets: Arc<Secrets>,
}

impl Exec {
    fn new(parts: &Parts) -> Exec {
        Exec {
            options: parts.programs.clone(),
            inventory: parts.inventory.clone(),
            secrets: parts.secrets.clone(),
        }
    }

    /// The program's path and its arguments.
    fn line(&self, call: &Call) -> Result<(PathBuf, Vec<String>), String> {
        let host = arguments::host(call, "on")?;
        match self.inventory.machine(host) {
            Some(machine) if machine.here => {}
            Some(_) => {
                return Err(format!(
                    "programs are run on the agent's own machine alone, and `{host}` is another ({})",
                    Code::NotHere.as_str()
                ));
            }
            None => return Err(format!("the inventory has no host `{host}`")),
        }
        let mut argv = arguments::texts(call, "argv")?.into_iter();
        let name = argv.next().ok_or("there is no program in an empty list")?;
        let path = match self.options.programs.get(&name) {
            Some(path) => path.clone(),
            None if name.starts_with('/') => PathBuf::from(&name),
            None => {
                return Err(format!(
                    "this agent has no program `{name}`: its settings name none, and it is not a path from `/`"
                ));
            }
        };
        let argv: Vec<String> = argv.collect();
        match path.is_absolute() && !argv.iter().any(|arg| arg.contains('\0')) {
            true => Ok((path, argv)),
            false => Err(format!("`{name}` cannot be started so")),
        }
    }

    async fn run(&self, granted: &Granted, strays: Strays) -> Result<Ran, String> {
        let (path, argv) = self.line(&granted.call)?;
        let most = output::MOST + self.secrets.margin();
        let line = Line {
            path: &path,
            argv: &argv,
            environment: &[],
        };
        let ran = child::run(line, &granted.key, granted.patience(), (most, strays)).await;
        ran.map_err(|why| format!("{} cannot be started: {why}", shown(&path)))
    }

    async fn look(&self, granted: &Granted) -> Observed {
        match Offered::of(&granted.call) {
            Some(Offered::Observe) => {}
            Some(Offered::Run | Offered::Apply) | None => {
                return failed(&self.secrets, not_offered(&granted.call));
            }
        }
        let start = tokio::time::Instant::now();
        let ran = match self.run(granted, Strays::End).await {
            Ok(ran) => ran,
            Err(why) => return failed(&self.secrets, why),
        };
        let why = match ran.ended {
            Ended::Exited(code) => {
                return Observed::Value(arguments::record(
                    "exec.Output",
                    vec![
                        ("code", Value::Int(code.into())),
                        ("out", bounded(&self.secrets, &ran.out, ran.more)),
                        ("took", took(start)),
                    ],
                ));
            }
            Ended::Killed(signal) => format!("the program was ended by signal {signal}"),
            Ended::TooLong => {
                let patience = seconds(granted.patience());
                format!("the program was stopped, as it took longer than {patience}")
            }
            Ended::Lost => "nobody knows how the program ended".into(),
        };
        failed(&self.secrets, why)
    }

    async fn change(&self, granted: &Granted) -> ChangeOutcome {
        let not_applied = |why: String| ChangeOutcome::NotApplied(said(&self.secrets, &why));
        match Offered::of(&granted.call) {
            Some(Offered::Run | Offered::Apply) => {}
            Some(Offered::Observe) | None => return not_applied(not_offered(&granted.call)),
        }
        let ran = match self.run(granted, Strays::Stay).await {
            Ok(ran) => ran,
            Err(why) => return not_applied(why),
        };
        match ran.ended {
            Ended::Exited(0) => ChangeOutcome::Applied(Value::None),
            Ended::Exited(code) => {
                let output = String::from_utf8_lossy(&ran.out);
                let output = self.secrets.redact(&output);
                let mut lines = output.lines().rev().map(str::trim);
                let last = lines.find(|line| !line.is_empty()).unwrap_or_default();
                let last: String = last.chars().take(LAST_LINE).collect();
                // It ran: how far it got, its exit code does not say.
                let why = match last.is_empty() {
                    true => format!("exit code {code}, without a word"),
                    false => format!("exit code {code}: {last}"),
                };
                ChangeOutcome::Broke(said(&self.secrets, &why))
            }
            Ended::Killed(_) | Ended::TooLong | Ended::Lost => ChangeOutcome::Unknown,
        }
    }
}

impl Provider for Exec {
    fn module(&self) -> &'static str {
        CONNECTOR.module
    }

    fn endpoint(&self, _: &Call) -> Endpoint {
        Endpoint::Program
    }

    fn refuses(&self, call: &Call) -> Option<String> {
        let why = match Offered::of(call) {
            Some(Offered::Run | Offered::Apply) => self.line(call).err()?,
            Some(Offered::Observe) | None => not_offered(call),
        };
        Some(said(&self.secrets, &why))
    }

    fn clears<'a>(&'a self, key: &'a str) -> Pending<'a, Result<(), String>> {
        Box::pin(child::end_earlier(key))
    }

    fn observe(&self, granted: Granted) -> Pending<'_, Observed> {
        Box::pin(async move { self.look(&granted).await })
    }

    fn perform(&self, granted: Granted) -> Pending<'_, ChangeOutcome> {
        Box::pin(async move { self.change(&granted).await })
    }
}

fn shown(path: &Path) -> String {
    format!("`{}`", path.display())
}
