//! `rbk check --fix`: mends what can be mended, and says so.

use std::fmt::Write as _;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use similar::TextDiff;

use crate::diag::Applicability;
use crate::front::mend::{Mended, Seen, Texts, Told, mend};
use crate::host::{self, Disk};
use crate::lint::Known;
use crate::project::{Files, MANIFEST, Overlay, VENDOR};

use super::incident::shown;
use super::packages::{self, Checked, Lints, count};
use super::terminal::{self, Terminal};

/// Which fixes to apply, and what to do with them
#[derive(Debug, clap::Args)]
pub struct Mending {
    /// Apply the fixes that keep what every runbook does
    #[arg(long)]
    fix: bool,

    /// Apply also those after which a runbook may do something else: read the diff
    #[arg(long)]
    unsafe_fixes: bool,

    /// Show what would be changed as a patch, and write nothing
    #[arg(long, conflicts_with = "format")]
    diff: bool,
}

impl Mending {
    /// Whether nothing is written.
    pub fn is_shown(&self) -> bool {
        self.diff
    }

    /// Why a package is not to be changed: it is a copy, which is held to what it is a copy of.
    pub fn refuses(&self, checked: &Checked) -> Option<String> {
        let folder = self.least().and(checked.path.as_deref())?;
        let absolute = Disk.absolute(Path::new(folder));
        let vendor = absolute.parent()?;
        let is_copy = vendor.file_name()? == VENDOR && vendor.parent()?.join(MANIFEST).exists();
        is_copy.then(|| {
            let folder = terminal::in_a_line(folder);
            format!("error: `{folder}` is a copy that `rbk vendor` made: fix the package where it comes from\n")
        })
    }

    /// What is applied at least; none where no fix was asked for.
    fn least(&self) -> Option<Applicability> {
        match (self.unsafe_fixes, self.fix || self.diff) {
            (true, _) => Some(Applicability::Unsafe),
            (false, true) => Some(Applicability::Safe),
            (false, false) => None,
        }
    }
}

/// What became of a package's fixes.
pub struct Outcome {
    mended: Mended,
    /// The texts before, by name, of those that changed.
    before: Texts,
    /// Files that could not be written, and why.
    left: Vec<(Arc<str>, String)>,
    /// Nothing was to be written.
    is_shown: bool,
    /// Fixes of the other kind that are still offered.
    unsafe_left: usize,
}

/// Fixes a package that was looked at, as was asked for; `look` judges it once it is checked again.
///
/// # Errors
/// What `look` could not do.
pub fn package<E>(
    arguments: &Mending,
    checked: &mut Checked,
    known: &Known,
    look: &dyn Fn(&mut Checked) -> Result<(), E>,
) -> Result<Option<Outcome>, E> {
    let (Some(least), Some(folder)) = (arguments.least(), checked.path.clone()) else {
        return Ok(None);
    };
    let folder = PathBuf::from(folder);
    let paths = paths(checked);
    let path_of = |name: &str| paths.iter().find(|(known, _)| **known == *name);
    let mended = mend(seen(checked), least, &mut |texts: &Texts| {
        let texts = texts.iter().filter_map(|(name, text)| {
            let (_, path) = path_of(name)?;
            Some((path.clone(), text.as_str()))
        });
        let mut again =
            packages::check_in(&Overlay::new(&Disk, texts), &folder, Lints::Asked(known));
        look(&mut again)?;
        Ok(seen(&again))
    })?;
    let before = mended.texts.keys();
    let before = before.filter_map(|name| {
        let source = checked.sources.iter().find(|source| source.name == *name)?;
        Some((Arc::clone(name), source.text.to_string()))
    });
    let before: Texts = before.collect();
    let mut left = Vec::new();
    let home = home(&folder);
    for (name, text) in &mended.texts {
        let (Some((_, path)), Some(old)) = (path_of(name), before.get(name)) else {
            continue;
        };
        let done = match arguments.diff {
            true => host::swappable(&home, path, old).map(drop),
            false => host::swap(&home, path, old, text),
        };
        if let Err(why) = done {
            left.push((Arc::clone(name), why.to_string()));
        }
    }
    let of_others = mended
        .seen
        .diagnostics
        .iter()
        .flat_map(|found| &found.fixes);
    let unsafe_left = of_others.filter(|fix| fix.applicability < least).count();
    if !arguments.diff && !mended.texts.is_empty() {
        let mut again = packages::check_in(&Disk, &folder, Lints::Asked(known));
        look(&mut again)?;
        *checked = again;
    }
    Ok(Some(Outcome {
        mended,
        before,
        left,
        is_shown: arguments.diff,
        unsafe_left,
    }))
}

/// The folder that files may lie in: of a single file, the one that it lies in.
fn home(path: &Path) -> PathBuf {
    match path.is_dir() {
        true => path.to_path_buf(),
        false => match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
            Some(_) | None => PathBuf::from("."),
        },
    }
}

/// The files that may be changed, by name.
fn paths(checked: &Checked) -> Vec<(Arc<str>, PathBuf)> {
    let name = |source| Arc::clone(&checked.sources.source(source).name);
    let files = checked.files.iter();
    let files = files.map(|file| (name(file.source), file.path.clone()));
    let manifest = checked.manifest.map(name);
    let manifest = manifest.map(|name| (Arc::clone(&name), PathBuf::from(&*name)));
    files.chain(manifest).collect()
}

fn seen(checked: &Checked) -> Seen {
    let own = checked.files.iter().map(|file| file.source);
    Seen {
        sources: checked.sources.clone(),
        own: own.chain(checked.manifest).collect(),
        diagnostics: checked.diagnostics.clone(),
    }
}

impl Outcome {
    /// Whether something is left to do: a file that could not be written, or a change that was only shown.
    pub fn is_open(&self) -> bool {
        !self.left.is_empty() || self.is_shown && !self.mended.texts.is_empty()
    }

    /// Whether a file is not what it was.
    pub fn has_written(&self) -> bool {
        !self.is_shown && self.mended.texts.len() > self.left.len()
    }

    /// Says what would be done.
    pub fn show(&self, terminal: &mut Terminal) -> io::Result<()> {
        terminal.say(&self.diff())?;
        terminal.complain(&self.rest())
    }

    /// Says what was done, and what was not. The answer on standard output belongs to whoever reads the findings.
    pub fn tell(&self, is_for_people: bool, terminal: &mut Terminal) -> io::Result<()> {
        let mut said = String::new();
        let is_left = |told: &&Told| self.left.iter().any(|(file, _)| *file == told.file);
        for told in self.mended.done.iter().filter(|told| !is_left(told)) {
            said.push_str(&line("fixed", told));
        }
        said.push_str(&self.rest());
        match is_for_people {
            true if said.is_empty() => Ok(()),
            true => terminal.say(&format!("{said}\n")),
            false => terminal.complain(&said),
        }
    }

    /// What was not applied, and why.
    fn rest(&self) -> String {
        let left = self.left.iter().map(|(file, why)| {
            let file = terminal::in_a_line(file);
            match self.is_shown {
                true => format!("`{file}` would be left as it is: {why}\n"),
                false => format!("left `{file}` as it was: {why}\n"),
            }
        });
        let dropped = self.mended.dropped.iter();
        let dropped = dropped.map(|told| {
            line(
                "would leave as many errors or more, or lose a comment, and was not applied:",
                told,
            )
        });
        let mut said: String = left.chain(dropped).collect();
        if self.mended.is_endless {
            said.push_str(
                "some of these fixes undo each other: that is a defect of rbk, please report it\n",
            );
        }
        if self.unsafe_left > 0 {
            let more = count(self.unsafe_left, "fix").replace("fixs", "fixes");
            let _ = writeln!(
                said,
                "{more} may change what a runbook does: see with `--unsafe-fixes --diff`"
            );
        }
        said
    }

    /// What would be changed, as a unified diff.
    fn diff(&self) -> String {
        let files = self.mended.texts.iter().filter_map(|(name, text)| {
            if self.left.iter().any(|(left, _)| left == name) {
                return None;
            }
            let before = self.before.get(name)?;
            let diff = TextDiff::from_lines(before.as_str(), text.as_str());
            let name = header(&within(name));
            let mut unified = diff.unified_diff();
            let unified = unified
                .header(&format!("a/{name}"), &format!("b/{name}"))
                .to_string();
            // Exact, so that it can be applied, unless it would move the cursor.
            let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\t' | '\r');
            Some(match unified.chars().all(is_plain) {
                true => unified,
                false => shown(&unified),
            })
        });
        files.collect()
    }
}

/// `fixed ops/main.rbk:12: remove the blank (E0111)`
fn line(what: &str, told: &Told) -> String {
    let Told {
        file,
        line,
        code,
        title,
    } = told;
    let file = terminal::in_a_line(file);
    format!("{what} {file}:{line}: {title} ({})\n", code.as_str())
}

/// A name that leads out of the working folder, as it is from the root: no patch is applied upwards.
fn within(name: &str) -> String {
    let path = Path::new(name);
    let leads_out = path.components().any(|part| part == Component::ParentDir);
    if !leads_out {
        return name.to_owned();
    }
    let path = Disk.absolute(path);
    let here = Disk.absolute(Path::new("."));
    let path = path.strip_prefix(here).unwrap_or(&path);
    path.to_string_lossy().into_owned()
}

/// A file's name in a patch: below the folder that it is applied in, and told from what may follow.
fn header(name: &str) -> String {
    let name = terminal::in_a_line(name.trim_start_matches('/'));
    match name.contains(' ') {
        true => format!("{name}\t"),
        false => name,
    }
}
