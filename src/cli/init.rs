//! `rbk init`: a package to start from, which checks, is formatted, passes its tests, and runs.

use std::io;
use std::path::{Path, PathBuf};

use crate::front;
use crate::host::{self, Disk};
use crate::project::{EDITION, Files, MANIFEST, Table, name_problem};
use crate::settings::SETTINGS;

use super::packages::{self, Lints};
use super::terminal::{self, Terminal};
use super::{CLEAN, FINDINGS, USAGE};

/// The runbook to start from; `PRODUCT` stands for the package's name, `ITEM` for the product's in the code.
const RUNBOOK: &str = include_str!("init/runbook.rbk");
/// The settings of an agent that runs it.
const AGENT: &str = include_str!("init/agent.toml");
/// An alert that it takes.
const ALERT: &str = include_str!("init/alert.json");
/// What an agent writes beside the package.
const IGNORED: &str = "agent.db*\n";
const IGNORE_FILE: &str = ".gitignore";
/// The file with it.
const ALERT_FILE: &str = "alert.json";

const AFTER_HELP: &str = "\
Examples:
  rbk init checkout                  in the folder `checkout`, which is made
  rbk init                           in the working folder
  rbk init ops/eu --name checkout    when the folder has another name

What is written checks, is formatted, passes its tests, and runs:
  rbk.toml       the package's name, version and edition
  NAME.rbk       a product, a runbook with a remedy, and three tests
  agent.toml     what an agent is told and granted to run it
  alert.json     an alert to try it with
  .gitignore     leaves out the agent's store, unless there is one already";

/// Start a package
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The folder; it is made if it is not there
    #[arg(default_value = ".")]
    path: PathBuf,

    /// The package's name, if it is not the folder's
    #[arg(long)]
    name: Option<String>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => folder_name(&arguments.path),
    };
    if let Some(problem) = name_problem(&name) {
        let name = name.escape_debug();
        let help = "give another with `--name`";
        let message = format!("error: `{name}` cannot name a package: {problem}; {help}\n");
        terminal.complain(&message)?;
        return Ok(USAGE);
    }
    let product = name.replace('-', "_");
    let manifest = format!("name = \"{name}\"\nversion = \"0.1.0\"\nedition = \"{EDITION}\"\n");
    let text = runbook(&product, &manifest);
    let mut files = vec![
        (arguments.path.join(MANIFEST), manifest),
        (arguments.path.join(format!("{product}.rbk")), text),
        (
            arguments.path.join(SETTINGS),
            AGENT.replace("PRODUCT", &product),
        ),
        (
            arguments.path.join(ALERT_FILE),
            ALERT.replace("PRODUCT", &product),
        ),
    ];
    if let Some((path, _)) = files.iter().find(|(path, _)| Disk.kind(path).is_ok()) {
        let path = terminal::in_a_line(&path.to_string_lossy());
        terminal.complain(&format!(
            "error: `{path}` is there already; nothing was written\n"
        ))?;
        return Ok(USAGE);
    }
    let ignore = arguments.path.join(IGNORE_FILE);
    if Disk.kind(&ignore).is_err() {
        files.push((ignore, IGNORED.to_owned()));
    }
    for (path, text) in &files {
        if let Err(error) = host::create(path, text) {
            let path = terminal::in_a_line(&path.to_string_lossy());
            terminal.complain(&format!("error: `{path}` cannot be written: {error}\n"))?;
            return Ok(FINDINGS);
        }
    }
    terminal.say(&welcome(&name, &arguments.path, &files))?;
    Ok(CLEAN)
}

/// The runbook of a product. Its item has another name where the product's own is a word of the language, or means
/// something else in the same file: the checker is asked.
fn runbook(product: &str, manifest: &str) -> String {
    let text = |item: &str| RUNBOOK.replace("PRODUCT", product).replace("ITEM", item);
    let plain = text(product);
    let mut files = Table::default();
    files.add(MANIFEST, manifest.into());
    files.add("main.rbk", plain.clone().into());
    let checked = packages::check_in(&files, Path::new("."), Lints::Left);
    match front::is_sound(&checked.diagnostics) {
        true => plain,
        false => text(&format!("the_{product}")),
    }
}

/// What was written, and what to do next.
fn welcome(name: &str, folder: &Path, files: &[(PathBuf, String)]) -> String {
    let mut text = format!("{name}: a package to start from\n");
    for (path, _) in files {
        let path = terminal::in_a_line(&path.to_string_lossy());
        text.push_str(&format!("  wrote {path}\n"));
    }
    let alert = terminal::in_a_line(&folder.join(ALERT_FILE).to_string_lossy());
    let (named, folder) = match folder == Path::new(".") {
        true => (String::new(), ".".to_owned()),
        false => {
            let folder = terminal::in_a_line(&folder.to_string_lossy());
            (format!(" {folder}"), folder)
        }
    };
    text.push_str(&format!(
        "next: `rbk check{named}`, `rbk test{named}`, `rbk run {folder} --alert {alert} --dry-run`, then make it yours\n"
    ));
    text
}

/// The folder's own name, also of `.`.
fn folder_name(folder: &Path) -> String {
    let absolute = Disk.absolute(folder);
    let name = absolute.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of the language, and what means something else in the file.
    #[test]
    fn each_name_makes_a_sound_package() {
        for name in [
            "shop", "let", "test", "probe", "exec", "host", "tcp", "builder", "platform", "count",
            "min", "now", "restart",
        ] {
            let mut files = Table::default();
            let manifest =
                format!("name = \"{name}\"\nversion = \"0.1.0\"\nedition = \"{EDITION}\"\n");
            files.add("main.rbk", runbook(name, &manifest).into());
            files.add(MANIFEST, manifest.into());
            let checked = packages::check_in(&files, Path::new("."), Lints::Left);
            assert!(front::is_sound(&checked.diagnostics), "{name}");
        }
    }
}
