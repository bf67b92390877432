//! `rbk run`: one runbook now, on an alert from a file; or, dry, what it would do.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::agent::{self, Options, Outcome, Package, Plan};
use crate::diag::Code;
use crate::engine::Runbooks;
use crate::host::{LostLines, read_named};
use crate::journal::Alert;
use crate::settings::SETTINGS;

use super::agent::tell;
use super::incident::timeline_line;
use super::terminal::{self, Terminal};
use super::{CLEAN, FINDINGS, Format, USAGE};

const AFTER_HELP: &str = "\
Examples:
  rbk run ops --alert alert.json --dry-run    look, plan, print the plan and its digest; change nothing
  rbk run ops --alert alert.json              do it now, and write it down in the agent's store

The file holds one alert: a notification as Alertmanager posts it, or {\"labels\": {…}} alone. While
an agent works on the store, the alert is for that one: post it there.

Exit codes: 0 when it was dealt with or planned, 1 when it is left to a human or nothing takes it.";

/// The largest file with an alert.
const ALERT_BYTES: usize = 8 * 1024 * 1024;

/// Run one runbook now, on an alert from a file
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The folder of a package, or a `.rbk` file
    path: PathBuf,

    /// A file with one alert, as JSON
    #[arg(long, value_name = "FILE")]
    alert: PathBuf,

    /// Only look and plan: change nothing, tell nobody
    #[arg(long)]
    dry_run: bool,

    /// Which runbook, where more than one takes the alert
    #[arg(long, value_name = "NAME")]
    runbook: Option<String>,

    /// The settings [default: agent.toml in the folder of the package]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let options = options(arguments, terminal);
    let loaded = agent::load_settings(&options.settings, options.look).and_then(|settings| {
        Ok((
            settings,
            agent::load_package(&options.package, options.look)?,
        ))
    });
    let (settings, mut package) = match loaded {
        Ok(loaded) => loaded,
        Err(refused) => {
            tell(&[refused], terminal)?;
            return Ok(FINDINGS);
        }
    };
    let alert = match alert(&arguments.alert) {
        Ok(alert) => alert,
        Err(why) => {
            terminal.complain(&format!("error: {why}\n"))?;
            return Ok(USAGE);
        }
    };
    if let Err(why) = choose(&mut package, &alert, arguments.runbook.as_deref()) {
        terminal.complain(&format!("error: {why}\n"))?;
        return Ok(FINDINGS);
    }
    let log = super::agent::log(settings.log, &options, "warn")?;
    let runtime = tokio::runtime::Runtime::new()?;
    match arguments.dry_run {
        true => {
            let plan = runtime.block_on(agent::dry_run(&options, &settings, &package, &alert));
            drop(log);
            show_plan(plan, arguments.format, terminal)
        }
        false => {
            let mut lines = Vec::new();
            let live = arguments.format == Format::Human;
            let ran = runtime.block_on(agent::run_once(
                &options,
                settings,
                package,
                alert,
                |line| {
                    if live {
                        // A terminal that is gone must not stop what has begun.
                        let _ = terminal
                            .say(&timeline_line(line))
                            .and_then(|()| terminal.finish());
                    }
                    lines.push(line.clone());
                },
            ));
            drop(log);
            match ran {
                Err(refused) => {
                    tell(&refused, terminal)?;
                    Ok(FINDINGS)
                }
                Ok(Outcome::NotTaken(why)) => {
                    terminal.complain(&format!("error: {why}\n"))?;
                    Ok(FINDINGS)
                }
                Ok(Outcome::Left(mut detail)) => {
                    detail.timeline = lines;
                    if !live {
                        terminal.say(&serde_json::to_string_pretty(&detail)?)?;
                        terminal.say("\n")?;
                    }
                    let over = detail.incident.state == "resolved";
                    Ok(if over { CLEAN } else { FINDINGS })
                }
            }
        }
    }
}

fn options(arguments: &Arguments, terminal: &Terminal) -> Options {
    let folder = match arguments.path.extension() {
        Some(_) => arguments.path.parent().unwrap_or(Path::new(".")),
        None => &arguments.path,
    };
    Options {
        package: arguments.path.clone(),
        settings: arguments
            .config
            .clone()
            .unwrap_or_else(|| folder.join(SETTINGS)),
        look: terminal.error_look(),
        lost: LostLines::default(),
    }
}

fn alert(path: &Path) -> Result<Alert, String> {
    let shown = terminal::in_a_line(&path.to_string_lossy());
    let bytes = read_named(path, ALERT_BYTES);
    let bytes = bytes.map_err(|trouble| format!("{shown} cannot be read: {trouble}"))?;
    agent::decode_one(&bytes).map_err(|bad| format!("{shown}: {} ({})", bad.why, bad.code.as_str()))
}

/// Leaves the one runbook that takes the alert.
fn choose(package: &mut Package, alert: &Alert, wanted: Option<&str>) -> Result<(), String> {
    let runbooks = Runbooks::new(package.programs.clone());
    let taking = runbooks
        .taking(alert)
        .into_iter()
        .map(|(loaded, _)| &loaded.program.runbook);
    let mut names: Vec<_> = taking
        .filter(|name| wanted.is_none_or(|wanted| *name == wanted))
        .collect();
    names.dedup();
    match names.as_slice() {
        [] => Err(match wanted {
            Some(wanted) => format!("`{wanted}` does not take the alert `{}`", alert.name),
            None => format!(
                "{} ({})",
                runbooks.not_taken(alert),
                Code::NoRunbook.as_str()
            ),
        }),
        [one] => {
            let one = (*one).clone();
            package.only(&one);
            Ok(())
        }
        several => {
            let names: Vec<String> = several.iter().map(|name| format!("`{name}`")).collect();
            Err(format!(
                "{} take it: choose one with --runbook",
                names.join(", ")
            ))
        }
    }
}

fn show_plan(
    plan: Result<Plan, Vec<agent::Refused>>,
    format: Format,
    terminal: &mut Terminal,
) -> io::Result<u8> {
    let plan = match plan {
        Ok(plan) => plan,
        Err(refused) => {
            tell(&refused, terminal)?;
            return Ok(FINDINGS);
        }
    };
    if format == Format::Json {
        let answer = json!({
            "version": 1, "seen": plan.seen, "changes": plan.changes, "tells": plan.tells,
            "digest": plan.digest, "end": plan.end, "denied": plan.denied, "waits": plan.waits,
        });
        terminal.say(&serde_json::to_string_pretty(&answer)?)?;
        terminal.say("\n")?;
    } else {
        terminal.say("Dry run: everything is looked at, nothing is changed, nobody is told.\n")?;
        for line in &plan.seen {
            terminal.say(&format!("  {line}\n"))?;
        }
        if !plan.changes.is_empty() {
            terminal.say("It would change:\n")?;
            for (number, change) in plan.changes.iter().enumerate() {
                terminal.say(&format!("  {}. {change}\n", number + 1))?;
            }
        }
        for told in &plan.tells {
            terminal.say(&format!("It would have {told}\n"))?;
        }
        for denied in &plan.denied {
            terminal.say(&format!("It would be refused: {denied}\n"))?;
        }
        for waits in &plan.waits {
            terminal.say(&format!("It would wait: {waits}\n"))?;
        }
        match (&plan.digest, &plan.end) {
            (Some(digest), _) => terminal.say(&format!("Digest of the plan: {digest}\n"))?,
            (None, Some(end)) => terminal.say(&format!("It would end {end}.\n"))?,
            (None, None) => {}
        }
    }
    let is_free = plan.denied.is_empty() && plan.waits.is_empty();
    let is_sound = is_free && (plan.digest.is_some() || plan.tells.is_empty());
    Ok(if is_sound { CLEAN } else { FINDINGS })
}
