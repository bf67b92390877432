//! `rbk diff`: what a newer version of a package may newly do to production.

use std::io;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::report::diff::{self, Verdict};

use super::terminal::Terminal;
use super::versions;
use super::{CLEAN, FINDINGS, USAGE};

const AFTER_HELP: &str = "\
Examples:
  rbk diff                              the working folder beside the last commit
  rbk diff origin/main                  the working folder beside the main branch
  rbk diff v1.2.0 v1.3.0                two revisions
  rbk diff main:ops/shop ops/shop       a package of a larger repository
  rbk diff ../before .                  two folders
  rbk diff rbk.lock                     what is locked beside what is there
  rbk diff origin/main --format markdown   for a comment on a pull request

Each version is a folder, a git revision, `REV:path` or a lock. Runbooks are matched by name.

Exit codes:
  0  every version says what changed
  1  a version is too small, or fell
  2  a version cannot be read";

/// Say what a newer version may newly do to production
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The version before: a folder, a git revision, `REV:path` or a lock; without it, `HEAD`
    before: Option<String>,

    /// The version after; without it, the package around the working folder
    after: Option<String>,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,

    /// Also show what is the same or narrower
    #[arg(long)]
    all: bool,
}

/// Who reads the output.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Human,
    Json,
    Markdown,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let after_word = arguments.after.as_deref().unwrap_or(".");
    let here = match std::path::Path::new(after_word).is_dir() {
        true => PathBuf::from(after_word),
        false => PathBuf::from("."),
    };
    let after = versions::named(after_word, &here, None);
    let name = after.as_ref().ok();
    let name = name.and_then(|after| after.side.package.as_deref());
    let before = match &arguments.before {
        Some(word) => versions::named(word, &here, name),
        None => versions::before("HEAD", &here, name),
    };
    let sides = (before, after);
    let (before, after) = match sides {
        (Ok(before), Ok(after)) => (before, after),
        (Err(trouble), _) | (_, Err(trouble)) => {
            let look = terminal.look();
            terminal.complain(&trouble.show(look))?;
            return Ok(USAGE);
        }
    };
    if let Some(word) = &arguments.before
        && let Some(why) = versions::is_one([word, after_word], &before, &after)
    {
        terminal.complain(&format!("rbk: {why}\n"))?;
        return Ok(USAGE);
    }
    let diff = diff::diff(&before.side, &after.side);
    terminal.say(&match arguments.format {
        Format::Human => diff::terminal(&diff, &after.sources, arguments.all),
        Format::Json => diff::json(&diff, &after.sources),
        Format::Markdown => diff::markdown(&diff),
    })?;
    Ok(match diff.verdict {
        Verdict::Enough => CLEAN,
        Verdict::TooSmall | Verdict::Fell => FINDINGS,
    })
}
