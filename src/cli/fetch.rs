//! `rbk fetch`: gets what a package depends on; the only command that uses the network for it.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use crate::diag::{Diagnostic, human};
use crate::front;
use crate::host::{self, Cache, Disk};
use crate::project::{self, Files, Missing, Package};
use crate::text::Sources;

use super::packages::{One, count};
use super::terminal::{self, Terminal};
use super::versions;
use super::{CLEAN, FINDINGS, USAGE};

/// How often what was fetched may name what is to be fetched next.
const ROUNDS: usize = 64;

const AFTER_HELP: &str = "\
Examples:
  rbk fetch             what the package around the working folder depends on
  rbk fetch ops/        what the package in `ops` depends on
  rbk fetch --against origin/main   what it depended on at the main branch

What is in the cache already is not fetched again. The cache is the folder that RBK_CACHE names, or
`rbk` in the user's cache folder. The system's `git` does the work, without a prompt.";

/// Fetch what a package depends on
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(flatten)]
    package: One,

    /// Fetch what the package depended on at a git revision: for `rbk diff` and `rbk check --against`
    #[arg(long, value_name = "REVISION")]
    against: Option<String>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let path = &arguments.package.path;
    let Some(revision) = &arguments.against else {
        return get(&Disk, path, terminal);
    };
    // A revision is asked for the folder of the package, wherever below it we are.
    let (package, _) = project::load(&Disk, path, &mut Sources::default());
    let here = package.map_or_else(|| path.clone(), |package| package.path);
    match versions::files_at(revision, &here) {
        Ok(files) => get(&files, Path::new("."), terminal),
        Err(trouble) => {
            let look = terminal.error_look();
            terminal.complain(&trouble.show(look))?;
            Ok(USAGE)
        }
    }
}

/// Gets what the package among these files depends on.
fn get(files: &dyn Files, path: &Path, terminal: &mut Terminal) -> io::Result<u8> {
    let cache = Cache::of_user();
    let mut done: BTreeSet<Missing> = BTreeSet::new();
    for _ in 0..ROUNDS {
        let mut sources = Sources::default();
        let (package, found) = project::load_whole(files, &cache, path, &mut sources);
        let open = package
            .as_ref()
            .map_or_else(Vec::new, |found| open(found, &done));
        if open.is_empty() {
            return finish(&found, done.len(), &sources, terminal);
        }
        for missing in open {
            if !fetch(&cache, &missing, terminal)? {
                return Ok(FINDINGS);
            }
            done.insert(missing);
        }
    }
    terminal.complain("error: what was fetched names more and more to be fetched\n")?;
    Ok(FINDINGS)
}

/// What is still to be fetched, each once.
fn open(package: &Package, done: &BTreeSet<Missing>) -> Vec<Missing> {
    let wanted: BTreeSet<Missing> = package.missing.iter().cloned().collect();
    wanted.difference(done).cloned().collect()
}

/// Fetches one revision, and says how it went.
fn fetch(cache: &Cache, missing: &Missing, terminal: &mut Terminal) -> io::Result<bool> {
    let (url, rev) = (&missing.git.url, &missing.git.rev);
    match host::fetch(cache, missing) {
        Ok(commit) => {
            let commit = commit.get(..12).unwrap_or(&commit);
            terminal.say(&format!("{url} at {rev}: {commit}\n"))?;
            Ok(true)
        }
        Err(why) => {
            let why = terminal::in_a_line(&why);
            terminal.complain(&format!(
                "error: `{url}` at `{rev}` cannot be fetched: {why}\n"
            ))?;
            Ok(false)
        }
    }
}

/// Says what is wrong with the packages, or that all is here.
fn finish(
    found: &[Diagnostic],
    fetched: usize,
    sources: &Sources,
    terminal: &mut Terminal,
) -> io::Result<u8> {
    if !front::is_sound(found) {
        terminal.say(&human::render(found, sources, terminal.look()))?;
        return Ok(FINDINGS);
    }
    terminal.say(&match fetched {
        0 => "nothing to fetch: all is here\n".to_owned(),
        _ => format!("{} fetched\n", count(fetched, "revision")),
    })?;
    Ok(CLEAN)
}
