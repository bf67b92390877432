//! `rbk demo`: a service breaks, and an agent heals it, in half a minute and without any set-up.
//!
//! Everything lives in a temporary folder and on this machine alone, and is gone afterwards. The
//! demo plays the monitoring: it asks the service every second and posts what Alertmanager would.

mod service;

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::agent::{self, IncidentDetail, Options, Running};
use crate::engine::Arriving;
use crate::host::{Gone, LostLines, Reading, Unanswered};

use super::agent::tell;
use super::incident::timeline_line;
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS};
use service::Supervisor;

const AFTER_HELP: &str = "\
It starts a small service and an agent with a store in a temporary folder. First the service freezes:
the agent notices, diagnoses, restarts and verifies it, and nobody is paged. Then it breaks in a way
that no runbook covers: a human is paged, here on the terminal, with the evidence. Nothing is left
behind.

The runbook is in examples/demo of the sources.";

const PACKAGE: [(&str, &str); 2] = [
    ("rbk.toml", include_str!("../../examples/demo/rbk.toml")),
    ("demo.rbk", include_str!("../../examples/demo/demo.rbk")),
];
const CONTROL: &str = include_str!("demo/control.sh");

/// How often the service is asked, as monitoring does.
const LOOK: Duration = Duration::from_millis(500);
/// How long one part may take before the demo gives up.
const PATIENCE: Duration = Duration::from_secs(40);

/// Watch a service break, and heal, in half a minute
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// Be the service of a demo, on this port
    #[arg(long, hide = true, value_name = "PORT", requires = "folder")]
    as_service: Option<u16>,

    #[arg(long, hide = true, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Why the demo cannot go on.
enum Broken {
    Io(io::Error),
    Refused(Vec<agent::Refused>),
    Said(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken::Io(error)
    }
}

impl From<Gone> for Broken {
    fn from(_: Gone) -> Broken {
        Broken::Said("the agent has stopped".to_owned())
    }
}

impl From<Unanswered> for Broken {
    fn from(unanswered: Unanswered) -> Broken {
        match unanswered {
            Unanswered::Gone => Gone.into(),
            Unanswered::Damaged(why) | Unanswered::Unread(why) => Broken::Said(why),
        }
    }
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    if let (Some(port), Some(folder)) = (arguments.as_service, &arguments.folder) {
        service::serve(port, folder)?;
        return Ok(CLEAN);
    }
    let folder = Folder::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let played = runtime.block_on(async {
        tokio::select! {
            played = play(&folder.path, terminal) => Some(played),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    match played {
        Some(Ok(())) => Ok(CLEAN),
        None => Ok(FINDINGS),
        Some(Err(Broken::Io(error))) => {
            terminal.complain(&format!("error: the demo cannot go on: {error}\n"))?;
            Ok(FINDINGS)
        }
        Some(Err(Broken::Said(why))) => {
            terminal.complain(&format!("error: the demo cannot go on: {why}\n"))?;
            Ok(FINDINGS)
        }
        Some(Err(Broken::Refused(refused))) => {
            tell(&refused, terminal)?;
            Ok(FINDINGS)
        }
    }
}

async fn play(folder: &Path, terminal: &mut Terminal) -> Result<(), Broken> {
    let port = free_port()?;
    let options = prepare(folder, port, terminal)?;
    let service = Supervisor::start(port, folder)?;
    let settings = agent::load_settings(&options.settings, options.look);
    let settings = settings.map_err(|refused| Broken::Refused(vec![refused]))?;
    let package = agent::load_package(&options.package, options.look);
    let package = package.map_err(|refused| Broken::Refused(vec![refused]))?;
    let running = agent::start(&options, settings, package)
        .await
        .map_err(Broken::Refused)?;
    say(
        terminal,
        "A service, `ledger`, and an agent that looks after it. The agent listens on\n",
    )?;
    say(
        terminal,
        &format!(
            "{}, and keeps its records in {}.\n",
            running.address,
            folder.display()
        ),
    )?;
    wait_until(|| service.is_well()).await?;

    say(
        terminal,
        "\n1. The service freezes: it accepts connections, and never answers.\n\n",
    )?;
    service.freeze()?;
    let begun = Instant::now();
    let detail = suffer(&running, &service, "liveness", terminal).await?;
    let took = begun.elapsed().as_secs_f32();
    if detail.incident.state != "resolved" || !service.is_well() {
        return Err(Broken::Said(format!(
            "the service was not healed: {}",
            detail.incident.state
        )));
    }
    say(
        terminal,
        &format!("\n   Healed and verified after {took:.0} seconds. Nobody was told.\n"),
    )?;

    say(
        terminal,
        "\n2. It breaks in a way that no runbook knows.\n\n",
    )?;
    service.unbalance()?;
    let detail = suffer(&running, &service, "books", terminal).await?;
    if detail.incident.state != "handed" {
        return Err(Broken::Said(format!(
            "nobody was paged: {}",
            detail.incident.state
        )));
    }
    say(
        terminal,
        "\n   Nothing was changed, and the page goes up the chain until somebody answers.\n",
    )?;
    say(
        terminal,
        "\nThe runbook that did this is examples/demo/demo.rbk; `rbk init` starts one of your own.\n",
    )?;
    running.stop(std::future::pending::<()>()).await;
    drop(service);
    Ok(())
}

/// Plays the monitoring until the agent has dealt with what it noticed; shows what happens.
async fn suffer(
    running: &Running,
    service: &Supervisor,
    check: &str,
    terminal: &mut Terminal,
) -> Result<IncidentDetail, Broken> {
    wait_until(|| !service.is_well()).await?;
    say(
        terminal,
        &format!("   monitoring: LedgerUnhealthy fires, its check of {check} fails\n"),
    )?;
    let notification = json!({"version": "4", "alerts": [{
        "status": "firing",
        "labels": {"alertname": "LedgerUnhealthy", "instance": "demo", "check": check},
    }]});
    let alert = agent::decode_one(notification.to_string().as_bytes());
    let alert = alert.map_err(|bad| Broken::Said(bad.why))?;
    let accepted = running.handle.accept(vec![Arriving::Alert(alert)]).await;
    // Nobody else sends anything, so it is never busy.
    accepted.map_err(|_| Gone)?;
    follow(&running.reading, terminal).await
}

/// Shows the newest incident's timeline as it grows, until it is resolved or a human was told.
async fn follow(reading: &Reading, terminal: &mut Terminal) -> Result<IncidentDetail, Broken> {
    let begun = Instant::now();
    let mut next = 0;
    loop {
        let looked = reading.look(move |archive| {
            let newest = archive.incidents(false, 1)?.into_iter().next();
            let Some(incident) = newest else {
                return Ok(None);
            };
            let entries = archive.timeline(incident.id, next)?;
            Ok(Some(IncidentDetail::of(&Ok(incident), &entries)))
        });
        let Some(detail) = looked.await? else {
            return Err(Broken::Said("the alert opened no incident".to_owned()));
        };
        for line in &detail.timeline {
            say(terminal, &format!(" {}", timeline_line(line)))?;
            next = line.number + 1;
        }
        let told = detail
            .timeline
            .iter()
            .any(|line| line.text.starts_with("page delivered"));
        let is_left = match detail.incident.state.as_str() {
            "resolved" => true,
            "handed" => told && !detail.incident.at_work,
            _ => false,
        };
        if is_left {
            return Ok(detail);
        }
        if begun.elapsed() > PATIENCE {
            return Err(Broken::Said("it takes too long".to_owned()));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn wait_until(is_so: impl Fn() -> bool) -> Result<(), Broken> {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() > PATIENCE {
            return Err(Broken::Said("the service takes too long".to_owned()));
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Writes package, settings and control program into the demo's folder.
fn prepare(folder: &Path, port: u16, terminal: &Terminal) -> io::Result<Options> {
    let package = folder.join("package");
    std::fs::create_dir(&package)?;
    for (name, text) in PACKAGE {
        let text = text.replace("const port = 7118", &format!("const port = {port}"));
        std::fs::write(package.join(name), text)?;
    }
    let control = folder.join("ledger-control");
    std::fs::write(
        &control,
        CONTROL.replace("FOLDER", &folder.display().to_string()),
    )?;
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&control, executable)?;
    let settings = folder.join("agent.toml");
    std::fs::write(&settings, self::settings(&control))?;
    Ok(Options {
        package,
        settings,
        look: terminal.error_look(),
        lost: LostLines::default(),
    })
}

fn settings(control: &Path) -> String {
    let control = toml::Value::String(control.display().to_string());
    format!(
        r#"listen = "127.0.0.1:0"

[hosts."demo"]
address = "127.0.0.1"
role = "demo"
here = true

[programs]
ledger-control = {control}

[contacts."demo:builder"]
terminal = true

[contacts."demo:platform"]
terminal = true

[grants]
"host.read" = ["demo"]
"tcp.connect" = ["demo"]
"tcp.ask" = ["HEALTH\r\n"]
"exec.apply" = [["ledger-control", "restart"]]
"#
    )
}

fn say(terminal: &mut Terminal, text: &str) -> io::Result<()> {
    terminal.say(text)?;
    terminal.finish()
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A folder that is gone when the demo is.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> io::Result<Folder> {
        let name = format!("rbk-demo-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Folder { path })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is in a temporary folder, and goes with it.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
