//! Loads what an agent runs: its settings, and a package that checks.
//!
//! In: paths. Out: settings and runbooks, or all that is wrong with them, rendered for people. A
//! package with errors is refused as a whole. What it depends on comes from beside it, from `vendor` or from
//! the cache; nothing is ever fetched here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use smol_str::SmolStr;

use crate::diag::human::{self, Look};
use crate::diag::{Code, Diagnostic};
use crate::engine::Runbooks;
use crate::front;
use crate::host::{self, Cache, Disk, read_named};
use crate::program::Program;
use crate::program::manifest::{CoreHash, Manifest};
use crate::project::{self, Trouble};
use crate::settings::{self, SETTINGS_BYTES, Settings};
use crate::text::Sources;
use crate::value::escape_text;

use super::Offered;

/// How much of a path is shown, in characters.
const PATH: usize = 200;

/// Why something was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// A stable code, where the words have none of their own.
    pub code: Option<Code>,
    /// As people see it.
    pub why: String,
    /// Without the lines that it is about, where it shows them.
    pub brief: Option<String>,
}

impl Refused {
    pub fn of(code: Option<Code>, why: impl Into<String>) -> Refused {
        Refused {
            code,
            why: why.into(),
            brief: None,
        }
    }

    /// What is wrong, and below it what to do: words, and lines to paste below them.
    pub fn with_help(code: Code, what: &str, help: &str) -> Refused {
        let help = help.replace('\n', "\n    ");
        Refused {
            code: Some(code),
            why: format!("{what}\n  {help}"),
            brief: Some(format!("{what} ({})", code.as_str())),
        }
    }

    /// For what was found in files.
    fn found(
        diagnostics: &[Diagnostic],
        sources: &Sources,
        shown: &Sources,
        look: Look,
    ) -> Refused {
        let brief = diagnostics.iter().map(|found| {
            let source = sources.source(found.primary.span.source);
            let line = source.position(found.primary.span.start).line;
            let (name, code) = (&source.name, found.code.as_str());
            // What to do says more than where it is, which the line says.
            let help = found.help.as_deref().and_then(|help| help.lines().next());
            let about = match help.unwrap_or(&found.primary.text) {
                "" => String::new(),
                about => format!(": {about}"),
            };
            format!("{}{about} ({name}, line {line}, {code})", found.message)
        });
        Refused {
            code: None,
            why: human::render(diagnostics, shown, look),
            brief: Some(brief.collect::<Vec<_>>().join("; ")),
        }
    }
}

/// A package that an agent can run.
#[derive(Debug)]
pub struct Package {
    pub name: String,
    pub programs: Vec<Program>,
    /// What each runbook may do.
    manifests: Vec<Manifest>,
    /// What each runbook does, by its name.
    pub cores: BTreeMap<SmolStr, CoreHash>,
    /// What changes when the package does.
    pub files: Vec<PathBuf>,
}

/// Reads `agent.toml`.
pub fn load_settings(path: &Path, look: human::Look) -> Result<Settings, Refused> {
    let bytes = read_named(path, SETTINGS_BYTES).map_err(|trouble| {
        let help = match trouble {
            Trouble::Missing => {
                "; `rbk init` writes one to start from, `--config FILE` names another"
            }
            Trouble::TooLarge | Trouble::Special | Trouble::Refused(_) => "",
        };
        let why = format!("{} cannot be read: {trouble}{help}", path.display());
        Refused::of(Some(Code::Unreadable), why)
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let mut sources = Sources::default();
    let id = sources.add(&path.display().to_string(), &text);
    let (settings, diagnostics) = settings::read(sources.source(id));
    match settings {
        Some(settings) => Ok(settings),
        None => {
            // A secret that was written out must not get onto a terminal, nor into a log.
            let masked = settings::mask(sources.source(id), &diagnostics);
            let mut shown = Sources::default();
            shown.add(&path.display().to_string(), &masked);
            Err(Refused::found(&diagnostics, &sources, &shown, look))
        }
    }
}

/// What can be read of settings that may be wrong elsewhere.
pub fn load_what_can_be(path: &Path) -> Option<Settings> {
    let bytes = read_named(path, SETTINGS_BYTES).ok()?;
    let mut sources = Sources::default();
    let id = sources.add(
        &path.display().to_string(),
        &String::from_utf8_lossy(&bytes),
    );
    Some(settings::read_what_can_be(sources.source(id)))
}

/// The addresses of those who own what a package is about, as far as its text says so, whatever else is wrong with it.
pub fn owners(path: &Path) -> BTreeSet<String> {
    let mut sources = Sources::default();
    let (package, _) = project::load_whole(&Disk, &Cache::of_user(), path, &mut sources);
    let Some(package) = package else {
        return BTreeSet::new();
    };
    let analysis = front::analyse_package(&mut sources, &package);
    let read = &analysis.package;
    let owners = read.products.iter().filter_map(|product| product.owner);
    let roles = owners.filter_map(|role| read.roles.get(role.index()));
    roles.map(|role| role.address.to_string()).collect()
}

/// Loads, checks and compiles a package.
pub fn load_package(path: &Path, look: human::Look) -> Result<Package, Refused> {
    let mut sources = Sources::default();
    let (package, mut diagnostics) =
        project::load_whole(&Disk, &Cache::of_user(), path, &mut sources);
    let refused = |diagnostics: &[Diagnostic], sources: &Sources| {
        Refused::found(diagnostics, sources, sources, look)
    };
    let Some(package) = package else {
        return Err(refused(&diagnostics, &sources));
    };
    let analysis = front::analyse_package(&mut sources, &package);
    diagnostics.extend(analysis.diagnostics.iter().cloned());
    front::sort(&mut diagnostics);
    if !front::is_sound(&diagnostics) {
        diagnostics.retain(|found| found.code.kind() == crate::diag::Kind::Error);
        return Err(refused(&diagnostics, &sources));
    }
    let programs =
        front::compile(&analysis).map_err(|diagnostics| refused(&diagnostics, &sources))?;
    let manifests = front::manifests(&analysis, &sources);
    let cores = manifests.iter().map(|manifest| manifest.core);
    let names = programs.iter().map(|program| program.runbook.clone());
    let cores = names.zip(cores).collect();
    let manifest = package
        .manifest
        .as_ref()
        .map(|_| package.path.join(project::MANIFEST));
    // A folder changes when a file comes into it.
    let lent = package.dependencies.iter();
    let lent = lent.flat_map(|found| found.all_files().chain([found.folder.clone()]));
    Ok(Package {
        name: package.name(),
        programs,
        manifests,
        cores,
        files: package
            .files
            .iter()
            .map(|file| file.path.clone())
            .chain(manifest)
            .chain(lent)
            .collect(),
    })
}

impl Package {
    /// What its runbooks are, and what each may do.
    pub fn parts(&self) -> (&[Program], &[Manifest]) {
        (&self.programs, &self.manifests)
    }

    /// The runbooks as an agent has them at hand.
    pub fn runbooks(&self) -> Runbooks {
        let runbooks = Runbooks::new(self.programs.clone());
        runbooks.doing(&self.cores)
    }

    /// What the package needs and the settings lack, but grants.
    pub fn lacks(&self, settings: &Settings) -> Vec<Refused> {
        let offered = Offered(settings);
        let lacks = front::lacks(&self.programs, &self.manifests, settings, &offered);
        let lacks = lacks.iter();
        let mut refused: Vec<Refused> = lacks
            .map(|lack| Refused::with_help(Code::AgentLacks, &lack.what(), lack.add()))
            .collect();
        refused.extend(self.programs_not_there(settings));
        refused
    }

    /// The programs that are started by their names in the settings or by their paths, and cannot be.
    fn programs_not_there(&self, settings: &Settings) -> Vec<Refused> {
        let started = front::programs_of(&self.manifests).into_iter();
        let refused = started.filter_map(|name| {
            let named = settings.programs.get(name.as_str());
            let path = match named {
                Some(path) => path.clone(),
                None if name.starts_with('/') => PathBuf::from(&name),
                None => return None,
            };
            let why = host::program_problem(&path)?;
            let path = escape_text(&path.display().to_string(), PATH);
            let (what, help) = match named {
                Some(_) => (
                    format!("the program `{name}` cannot be started: `{path}`: {why}"),
                    "say where it is in [programs] of agent.toml",
                ),
                None => (
                    format!("the program `{path}` cannot be started: {why}"),
                    "the runbook names it by this path: install it there",
                ),
            };
            Some(Refused::with_help(Code::AgentLacks, &what, help))
        });
        refused.collect()
    }

    /// Leaves one runbook.
    pub fn only(&mut self, runbook: &str) {
        self.programs.retain(|program| program.runbook == runbook);
        self.manifests
            .retain(|manifest| manifest.runbook == runbook);
    }

    /// What the package needs and nothing grants.
    pub fn denied(&self, settings: &Settings) -> Vec<Refused> {
        let offered = Offered(settings);
        let (_, denied) = front::needs_beside(&self.manifests, settings, &offered);
        let refused = denied.into_iter().map(|found| {
            let help = found.help.unwrap_or_default();
            Refused::with_help(Code::NeedDenied, &found.message, &help)
        });
        refused.collect()
    }
}
