//! `rbk agent`: runs the ops agent until it is told to stop.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::Duration;

use tracing::warn;
use tracing_subscriber::EnvFilter;

use crate::agent::{self, Options, Refused};
use crate::diag::Code;
use crate::host::{Log, LostLines, Stopped};
use crate::settings::{LogForm, SETTINGS};

use super::lines::Fields;
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS};

/// How long it is waited for that the last lines of a log are taken.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The log of whatever runs here. Its last lines are written before it goes.
pub struct Logging(Log);

impl Drop for Logging {
    fn drop(&mut self) {
        self.0.flush(LAST_LINES);
    }
}

const AFTER_HELP: &str = "\
Examples:
  rbk agent ops                           run the package in `ops` with ops/agent.toml
  rbk agent ops --config /etc/rbk.toml    with other settings
  kill -HUP PID                           reload package and settings (a change of a file does, too)

What it offers over HTTP, on `listen` of its settings:
  POST /v1/alerts/alertmanager            webhook of Alertmanager, version 4
  POST /v1/alerts/grafana                 webhook of Grafana
  POST /v1/events/NAME                    an event, as a JSON object
  POST /v1/requests/RUNBOOK               asks for a runbook, with its parameters as a JSON object
  GET  /v1/incidents, /v1/incidents/ID    what is going on; POST …/ack, …/settle, …/resolve
  POST /v1/pages/NUMBER/ack               takes on whatever a page is about
  GET  /v1/dead-letters, …/ID             what could not be handled, and why; POST …/ID/replay
  GET, POST, DELETE /v1/freeze            whether changes are stopped; stops them; releases them
  GET  /v1/storms                         storms that last; POST …/ack takes one on
  GET  /metrics                           metrics for Prometheus
  GET  /v1/health, /v1/ready              for health checks of the agent

A package with errors is refused; while the agent runs, it keeps the last good one. The log goes to
the error output; RUST_LOG=rbk=debug shows more.";

/// Run the ops agent
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The folder of a package
    package: PathBuf,

    /// Its settings [default: agent.toml in the folder of the package]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let settings = arguments
        .config
        .clone()
        .unwrap_or_else(|| arguments.package.join(SETTINGS));
    let options = Options {
        package: arguments.package.clone(),
        settings,
        look: terminal.error_look(),
        lost: LostLines::default(),
    };
    let form = agent::load_settings(&options.settings, options.look).map(|settings| settings.log);
    let log = log(form.unwrap_or_default(), &options, "info")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let ended = runtime.block_on(agent::serve(&options));
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    // An agent ends also where nobody takes what it has to say: it goes the way of the log.
    let code = match ended {
        Ok(Stopped::Asked) => CLEAN,
        Ok(Stopped::Store(failure)) => {
            let code = Code::StoreFailed.as_str();
            let words =
                format!("error[{code}]: the agent has stopped, its store failed: {failure}\n");
            log.0.say(words.as_bytes());
            FINDINGS
        }
        Err(refused) => {
            log.0.say(words(&refused).as_bytes());
            FINDINGS
        }
    };
    Ok(code)
}

/// All that keeps an agent from starting.
pub fn tell(refused: &[Refused], terminal: &mut Terminal) -> io::Result<()> {
    terminal.complain(&words(refused))
}

fn words(refused: &[Refused]) -> String {
    let words = refused.iter().map(|one| match one.code {
        Some(code) => format!("error[{}]: {}\n", code.as_str(), one.why),
        // Diagnostics come with their own codes.
        None if one.brief.is_some() => format!("{}\n", one.why.trim_end()),
        None => format!("error: {}\n", one.why.trim_end()),
    });
    words.collect()
}

/// The log of everything that runs, on the error output.
pub fn log(form: LogForm, options: &Options, level: &str) -> io::Result<Logging> {
    let (colour, lost) = (options.look.colour, options.lost.clone());
    let flows = |lost| match lost {
        1 => warn!("1 line of this log was lost: nobody read it in time"),
        lost => warn!("{lost} lines of this log were lost: nobody read them in time"),
    };
    // Past the lock of the error output: whoever breaks down says so there.
    let log = match io::stderr().as_fd().try_clone_to_owned() {
        Ok(own) => Log::start(File::from(own), lost, flows)?,
        Err(_) => Log::start(io::stderr(), lost, flows)?,
    };
    let out = log.clone();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,rbk={level}")));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || out.line())
        .with_target(false);
    match form {
        LogForm::Text => lines.with_ansi(colour).fmt_fields(Fields).init(),
        LogForm::Json => lines.json().init(),
    }
    Ok(Logging(log))
}
