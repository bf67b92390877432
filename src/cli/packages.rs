//! From the paths of a command to checked packages, and how many findings there are.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::diag::near::{nearest, offered};
use crate::diag::{Allowed, Diagnostic, Kind};
use crate::front::{self, Analysis};
use crate::host::{Cache, Disk};
use crate::lint::Known;
use crate::project::lock::LockedDependency;
use crate::project::{self, Files, Levels, Lock, Package, PackageFile, VENDOR};
use crate::testing;
use crate::text::{SourceId, Sources, Span};
use crate::value::escape_text;

use super::{CLEAN, FINDINGS};

/// The package of a command that works on one.
#[derive(Debug, clap::Args)]
pub struct One {
    /// The folder of a package
    #[arg(default_value = ".")]
    pub path: PathBuf,
}

/// A package with all that was found in it.
pub struct Checked {
    /// None if there is no package to speak of.
    pub name: Option<String>,
    /// Where the package is.
    pub path: Option<String>,
    /// The version in the manifest.
    pub version: Option<String>,
    pub files: Vec<PackageFile>,
    /// The manifest's text.
    pub manifest: Option<SourceId>,
    /// Where that stands.
    pub version_at: Option<Span>,
    /// What is locked; none where there is no lock.
    pub lock: Option<Lock>,
    /// What it depends on, as a lock says it.
    pub dependencies: Vec<LockedDependency>,
    /// The revision whose lock is never rewritten, if the manifest names one.
    pub lock_base: Option<String>,
    pub sources: Sources,
    /// None if there is no package to speak of.
    pub analysis: Option<Analysis>,
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that a comment allows, with its reason.
    pub allowed: Vec<Allowed>,
    /// What the package makes of lints.
    pub levels: Levels,
    /// How many percents of the package its tests have to reach, if it says so.
    pub least: Option<u8>,
}

/// Whether lints are asked, too.
#[derive(Clone, Copy, Debug)]
pub enum Lints<'a> {
    Left,
    /// With what is known beside the package.
    Asked(&'a Known),
}

/// The packages that the paths name with their lints, each once; without a path, the one around the working folder.
pub fn check(paths: &[PathBuf], known: &Known) -> Vec<Checked> {
    let here = [PathBuf::from(".")];
    let paths = match paths.is_empty() {
        true => &here[..],
        false => paths,
    };
    let mut checked: Vec<Checked> = Vec::new();
    for path in paths {
        if checked.iter().any(|known| known.has(path)) {
            continue;
        }
        let one = check_in(&Disk, path, Lints::Asked(known));
        let same = |other: &Checked| other.path.is_some() && other.path == one.path;
        if !checked.iter().any(same) {
            checked.push(one);
        }
    }
    checked
}

/// The same package as it is now; none where there was none to speak of.
pub fn again(checked: &Checked, known: &Known) -> Option<Checked> {
    let path = checked.path.as_ref()?;
    Some(check_in(&Disk, Path::new(path), Lints::Asked(known)))
}

impl Checked {
    /// Whether the path is one of its files: whoever names many files of a package means it once.
    fn has(&self, path: &Path) -> bool {
        let path = Disk.absolute(path);
        let manifest = self.manifest.map(|id| &*self.sources.source(id).name);
        let mut files = self.files.iter().map(|file| file.path.as_path());
        files.any(|file| Disk.absolute(file) == path)
            || manifest.is_some_and(|file| Disk.absolute(Path::new(file)) == path)
    }
}

/// The package that one path names, without a look at its lock.
pub fn check_one(path: &Path) -> Checked {
    check_in(&Disk, path, Lints::Left)
}

/// The package that a path names among these files, without a look at its lock.
pub fn check_in(files: &dyn Files, path: &Path, lints: Lints<'_>) -> Checked {
    let mut sources = Sources::default();
    let (package, mut diagnostics) =
        project::load_whole(files, &Cache::of_user(), path, &mut sources);
    let Some(package) = package else {
        front::sort(&mut diagnostics);
        return Checked {
            name: None,
            path: None,
            version: None,
            version_at: None,
            files: Vec::new(),
            manifest: None,
            lock: None,
            dependencies: Vec::new(),
            lock_base: None,
            sources,
            analysis: None,
            diagnostics,
            allowed: Vec::new(),
            levels: Levels::default(),
            least: None,
        };
    };
    let root = files.absolute(&package.path);
    let levels = package.lints();
    let mut analysis = front::analyse_package(&mut sources, &package);
    if let Lints::Asked(known) = lints
        && front::is_sound(&diagnostics)
    {
        front::lint(&sources, &package, known, &mut analysis);
        if known.tests {
            tested(&levels, &package.files, &mut analysis);
        }
    }
    diagnostics.extend(analysis.diagnostics.iter().cloned());
    front::sort(&mut diagnostics);
    let source = package.manifest_source;
    let locked = package.dependencies.iter().map(|found| found.locked(&root));
    let mut dependencies: Vec<LockedDependency> = locked.collect();
    dependencies.sort();
    let manifest = package.manifest.as_ref();
    for (source, name) in fetched(&package) {
        sources.rename(source, &name);
    }
    Checked {
        name: Some(package.name()),
        path: Some(package.path.to_string_lossy().into_owned()),
        version: manifest.map(|manifest| manifest.version.clone()),
        version_at: manifest.map(|manifest| manifest.version_at),
        lock_base: manifest.and_then(|manifest| manifest.lock_base.clone()),
        files: package.files,
        manifest: source,
        lock: package.lock,
        dependencies,
        sources,
        allowed: std::mem::take(&mut analysis.allowed),
        least: manifest.and_then(|manifest| manifest.coverage),
        levels,
        analysis: Some(analysis),
        diagnostics,
    }
}

/// Adds what the tests ask for without need, and what they leave out.
fn tested(levels: &Levels, files: &[PackageFile], analysis: &mut Analysis) {
    if !front::is_sound(&analysis.diagnostics) {
        return;
    }
    if let Ok((programs, points)) = front::compile_with_points(analysis) {
        let options = testing::Options::default();
        let is_own = |source| files.iter().any(|file| file.source == source);
        let package = &analysis.package;
        let (results, coverage) = testing::cover(package, &programs, &points, &options, &is_own);
        let mut found = results.warnings;
        found.extend(coverage.findings(package));
        front::settle(analysis, levels, &mut found);
        analysis.diagnostics.append(&mut found);
    }
}

/// What of the dependencies lies in the cache, whose folders say nothing to people: each file behind the name of its
/// dependency, `common/common.rbk`.
fn fetched(package: &Package) -> Vec<(SourceId, String)> {
    let vendor = package.path.join(VENDOR);
    let cached = package
        .dependencies
        .iter()
        .filter(|found| found.origin.rev().is_some() && !found.folder.starts_with(&vendor));
    let each = cached.flat_map(|found| {
        found.files.iter().map(|file| {
            let below = file.path.strip_prefix(&found.folder).unwrap_or(&file.path);
            (file.source, format!("{}/{}", found.name, below.display()))
        })
    });
    each.collect()
}

/// How many findings of each kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
}

impl Tally {
    pub fn of(checked: &Checked) -> Self {
        Tally::of_all(std::slice::from_ref(checked))
    }

    pub fn of_all(checked: &[Checked]) -> Self {
        let mut tally = Tally::default();
        for diagnostic in checked.iter().flat_map(|package| &package.diagnostics) {
            match diagnostic.kind() {
                Kind::Error | Kind::Fault => tally.errors += 1,
                Kind::Warning => tally.warnings += 1,
                Kind::Note => tally.notes += 1,
            }
        }
        tally
    }

    /// The exit code: notes are told, they are not findings.
    pub fn code(self) -> u8 {
        match self.errors + self.warnings {
            0 => CLEAN,
            _ => FINDINGS,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally {
            errors,
            warnings,
            notes,
        } = *self;
        let counts = [(errors, "error"), (warnings, "warning"), (notes, "note")];
        let some = counts.iter().filter(|(number, _)| *number > 0);
        let some = some
            .map(|&(number, what)| count(number, what))
            .collect::<Vec<_>>();
        match some.as_slice() {
            [] => f.write_str("no findings"),
            some => f.write_str(&some.join(", ")),
        }
    }
}

/// `1 file`, `2 files`.
pub fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

/// The longest name that is shown whole.
const LONGEST_NAME: usize = 100;

/// What is there in place of a runbook that is not.
pub fn missing_runbook(name: &str, names: &[&str]) -> String {
    let shown = escape_text(name, LONGEST_NAME);
    let all = match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    };
    let near = nearest(name, names.iter().copied());
    let help = offered(near, "the runbooks of the package", &all);
    format!("error: there is no runbook `{shown}`\n  help: {help}\n")
}
