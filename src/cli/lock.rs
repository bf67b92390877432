//! `rbk lock`: writes down what each runbook may do, beside its version.

use std::io;
use std::path::PathBuf;

use crate::diag::{Code, Diagnostic, human};
use crate::project::lock::{self, FORMAT, Lock, LockedRunbook};
use crate::report::diff::Side;

use super::packages::{self, Checked, Tally};
use super::terminal::Terminal;
use super::versions::Base;
use super::{CLEAN, FINDINGS, check, output, versions};

const AFTER_HELP: &str = "\
Examples:
  rbk lock              write the lock of the package around the working folder
  rbk lock ops/         of the package in `ops`
  rbk lock --amend      rewrite a version that was locked and never released

What a version means is fixed once the base branch has it (`[lock] base` in `rbk.toml`, else the
branch that others clone, mostly `origin/main`): it is never rewritten. One that only this branch
has may be.";

/// Write the lock: versions, what they do, what they may do
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The folder of a package
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Rewrite what is locked under the same version; only where no base is known
    #[arg(long)]
    amend: bool,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut checked = packages::check_one(&arguments.path);
    let base = match versions::base(&checked) {
        Ok(base) => base,
        Err(why) => {
            let found = versions::unreadable(&checked, &why);
            terminal.say(&human::render(&found, &checked.sources, terminal.look()))?;
            return Ok(FINDINGS);
        }
    };
    if !base.locks.is_empty() || arguments.amend {
        // What a merge left behind is written anew: the base says what is fixed.
        checked
            .diagnostics
            .retain(|found| found.code != Code::LockUnreadable);
    }
    let Some(lock) = made(&checked) else {
        check::tell(&checked, terminal)?;
        return Ok(FINDINGS.max(Tally::of(&checked).code()));
    };
    let refused = refused(&checked, &base, arguments.amend);
    if !refused.is_empty() {
        terminal.say(&human::render(&refused, &checked.sources, terminal.look()))?;
        return Ok(FINDINGS);
    }
    let Some(path) = versions::lock_path(&checked) else {
        return Ok(FINDINGS);
    };
    let text = lock::write(&lock);
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    let shown = path.display();
    if known == text {
        terminal.say(&format!("{shown} says so already\n"))?;
        return Ok(CLEAN);
    }
    if !output::write(&path, &text, terminal)? {
        return Ok(FINDINGS);
    }
    let runbooks = packages::count(lock.runbooks.len(), "runbook");
    terminal.say(&format!("{shown}: {runbooks} locked\n"))?;
    Ok(CLEAN)
}

/// What `rbk lock` would write; none where the package has errors.
pub fn made(checked: &Checked) -> Option<Lock> {
    let manifests = versions::manifests(checked)?;
    let mut runbooks: Vec<LockedRunbook> = manifests
        .into_iter()
        .filter_map(|manifest| {
            Some(LockedRunbook {
                name: manifest.runbook.to_string(),
                version: manifest.version?,
                core: manifest.core,
                authority: manifest.authority,
            })
        })
        .collect();
    runbooks.sort_by(|a, b| a.name.cmp(&b.name));
    Some(Lock {
        format: FORMAT,
        version: checked
            .version
            .as_deref()
            .and_then(|version| version.parse().ok()),
        runbooks,
        dependencies: checked.dependencies.clone(),
    })
}

/// What speaks against the lock: the base has another one under the same version, or it is not what would be
/// written.
pub fn stale(checked: &Checked) -> Vec<Diagnostic> {
    let refused = match versions::base(checked) {
        Err(why) => versions::unreadable(checked, &why),
        Ok(base) => match &base.doubt {
            Some(doubt) => versions::in_doubt(checked, doubt),
            None if base.locks.is_empty() => Vec::new(),
            None => refused(checked, &base, false),
        },
    };
    match refused.is_empty() {
        true => not_as_written(checked).into_iter().collect(),
        false => refused,
    }
}

fn not_as_written(checked: &Checked) -> Option<Diagnostic> {
    let made = made(checked)?;
    let text = lock::write(&made);
    let known = std::fs::read_to_string(versions::lock_path(checked)?).ok();
    let at = versions::manifest(checked).filter(|_| known.as_ref() != Some(&text))?;
    let message = match (known, &checked.lock) {
        (Some(_), Some(lock)) => {
            let why = lock::difference(lock, &made);
            let why = why.unwrap_or_else(|| "it was edited by hand".to_owned());
            format!("the lock is not what `rbk lock` would write: {why}")
        }
        (Some(_), None) => "the lock is not what `rbk lock` would write".to_owned(),
        (None, _) => "the package has no lock: nothing says what a version may do".to_owned(),
    };
    let found = Diagnostic::new(Code::LockStale, message, at, "");
    Some(found.help("run `rbk lock`, and commit what it writes"))
}

/// What speaks against writing it: a version of the base that would be rewritten, or one that is too
/// small. Without a base, what is locked stands in for it.
fn refused(checked: &Checked, base: &Base, amend: bool) -> Vec<Diagnostic> {
    let released = base.locks.iter();
    let mut before: Vec<Side> = released
        .map(|lock| Side::of_lock(lock, base.named.as_str()))
        .collect();
    if let (true, false, Some(lock)) = (before.is_empty(), amend, &checked.lock) {
        before.push(Side::of_lock(lock, "the lock"));
    }
    let Some(after) = versions::side(checked, "the package") else {
        return Vec::new();
    };
    let each = before.iter();
    each.flat_map(|before| versions::judged(checked, before, &after))
        .collect()
}
