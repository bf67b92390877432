//! The front end in one call: every file of a package parsed, the package checked.
//!
//! In: sources and which of them make the package. Out: an [`Analysis`] with all diagnostics of all
//! files, in the order of their places. Never stops at the first mistake, never fails.

mod doubt;
mod echo;
mod grants;
mod kept;
mod lent;
pub mod mend;
mod preflight;
mod versions;

pub use grants::{
    NeedBeside, loose as loose_grants, needed, needs as needs_beside, programs as missing_programs,
};
pub use kept::{Kept, Standing};
pub use preflight::{Line, Offer, Offers, lacks, programs as programs_of};
pub use versions::{Rewrite, versions};

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::check;
use crate::compile;
use crate::diag::{Allowed, Code, Diagnostic, Kind};
use crate::fmt;
use crate::lint::{self, Allow};
use crate::literal::Server;
use crate::program::Program;
use crate::program::manifest::Manifest;
use crate::program::points::Points;
use crate::project;
use crate::syntax;
use crate::syntax::Parsed;
use crate::syntax::tree::File;
use crate::text::{Source, SourceId, Sources};
use crate::typed::{Facts, Known, Package, Reference, References, RunbookId, Symbol};

/// What is known about a package.
#[derive(Clone, Debug)]
pub struct Analysis {
    pub package: Package,
    /// Of use only when the package is sound.
    pub facts: Facts,
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that a comment allows, with its reason.
    pub allowed: Vec<Allowed>,
    /// The package's own files.
    trees: Vec<File>,
    /// Its own items that nothing names.
    unnamed: Vec<Symbol>,
    allows: Vec<Allow>,
}

/// What each runbook of a sound package may do.
pub fn manifests(analysis: &Analysis, sources: &Sources) -> Vec<Manifest> {
    crate::analysis::manifests(&analysis.package, &analysis.facts, sources)
}

/// The same as long as it is wanted, which is asked between runbooks.
pub fn manifests_while(
    analysis: &Analysis,
    sources: &Sources,
    is_wanted: &dyn Fn() -> bool,
) -> Option<Vec<Manifest>> {
    crate::analysis::manifests_while(&analysis.package, &analysis.facts, sources, is_wanted)
}

/// Whether no error is among them.
pub fn is_sound(diagnostics: &[Diagnostic]) -> bool {
    errors(diagnostics).next().is_none()
}

fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    let all = diagnostics.iter();
    all.filter(|found| found.code.kind() == Kind::Error)
}

/// Parses and checks the files of the package with this name and version, for this Prometheus.
pub fn analyse(
    sources: &mut Sources,
    files: &[SourceId],
    named: (&str, &str),
    server: &Server,
) -> Analysis {
    let lent = lent::Lent::default();
    let asked = Asked {
        names: Names::Left,
        is_wanted: &|| true,
    };
    analyse_with(sources, files, named, server, &lent, asked).0
}

/// The same with the packages that it depends on.
fn analyse_with(
    sources: &mut Sources,
    files: &[SourceId],
    (name, version): (&str, &str),
    server: &Server,
    lent: &lent::Lent,
    asked: Asked<'_>,
) -> (Analysis, Noted) {
    let (trees, diagnostics) = read(sources, files);
    let input = check::Input {
        name,
        version,
        files: &trees,
        uses: &lent.uses,
        dependencies: &lent.packages,
        server,
        part: check::Part::All,
        references: asked.names == Names::Noted,
        is_wanted: asked.is_wanted,
    };
    let checked = check::check(sources, &input);
    let (said, lost) = (checked.diagnostics, &checked.lost);
    let mut diagnostics = told(sources, &trees, lent, diagnostics, lost, said);
    sort(&mut diagnostics);
    let analysis = Analysis {
        package: checked.package,
        facts: checked.facts,
        diagnostics,
        allowed: Vec::new(),
        allows: lint::unsettled(sources, &trees),
        trees,
        unnamed: checked.unnamed,
    };
    let noted = Noted {
        references: checked.references,
        known: checked.known,
    };
    (analysis, noted)
}

/// What people are told of what reading and checking said: no echo, and of dependencies only what is for their users.
fn told(
    sources: &Sources,
    trees: &[File],
    lent: &lent::Lent,
    mut read: Vec<Diagnostic>,
    lost: &BTreeSet<SmolStr>,
    mut said: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    read.extend(lent.diagnostics.iter().cloned());
    let all = lent.packages.iter().flat_map(|found| &found.files);
    echo::still(sources, trees.iter().chain(all), &read, lost, &mut said);
    lent.hush(&mut said);
    read.extend(said);
    // Whether a remedy ever acts is asked of what has no errors.
    if errors(&read).next().is_some() {
        read.retain(|found| found.code != Code::RemedyNeverActs);
    }
    lent.tell(&mut read);
    doubt::doubt(sources, &mut read);
    #[cfg(feature = "harness")]
    read.retain(|found| crate::rule::code_holds(found.code));
    read
}

/// The trees of files, and what is wrong with their text.
fn read(sources: &Sources, files: &[SourceId]) -> (Vec<File>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut trees = Vec::with_capacity(files.len());
    for file in files {
        let parsed = syntax::parse(sources.source(*file));
        diagnostics.extend(parsed.diagnostics);
        trees.push(parsed.file);
    }
    (trees, diagnostics)
}

/// The text of one file in the one layout, or why it is left as it is: its errors, and that.
pub fn format(source: &Source) -> Result<String, Vec<Diagnostic>> {
    let Parsed {
        file,
        mut diagnostics,
    } = syntax::parse(source);
    let refusal = match errors(&diagnostics).next() {
        Some(first) => fmt::unreadable(source, first.primary.span),
        None => match fmt::format(source, &file) {
            Ok(text) => return Ok(text),
            Err(refusal) => refusal,
        },
    };
    diagnostics.push(refusal);
    Err(diagnostics)
}

/// Parses and checks a package as it was loaded.
pub fn analyse_package(sources: &mut Sources, package: &project::Package) -> Analysis {
    let asked = Asked {
        names: Names::Left,
        is_wanted: &|| true,
    };
    of_package(sources, package, asked).0
}

/// The same as long as it is wanted, which is asked between items.
pub fn analyse_while(
    sources: &mut Sources,
    package: &project::Package,
    is_wanted: &dyn Fn() -> bool,
) -> Option<Analysis> {
    let names = Names::Left;
    let (analysis, _) = of_package(sources, package, Asked { names, is_wanted });
    is_wanted().then_some(analysis)
}

fn of_package(
    sources: &mut Sources,
    package: &project::Package,
    asked: Asked<'_>,
) -> (Analysis, Noted) {
    let files: Vec<SourceId> = package.files.iter().map(|file| file.source).collect();
    let name = package.name();
    let server = package.server();
    let lent = lent::Lent::of(sources, package);
    let named = (name.as_str(), package.version());
    let (mut analysis, noted) = analyse_with(sources, &files, named, &server, &lent, asked);
    let Analysis {
        allows,
        diagnostics,
        ..
    } = &mut analysis;
    analysis.allowed = lint::settle(&package.lints(), allows, diagnostics);
    (analysis, noted)
}

/// The same, and what all names of it stand for.
pub fn analyse_names(sources: &mut Sources, package: &project::Package) -> (Analysis, References) {
    let (analysis, references, _) = analyse_known(sources, package);
    (analysis, references)
}

/// The same, and what else is known of names and lines, by place.
pub fn analyse_known(
    sources: &mut Sources,
    package: &project::Package,
) -> (Analysis, References, Vec<Known>) {
    let asked = Asked {
        names: Names::Noted,
        is_wanted: &|| true,
    };
    let (analysis, noted) = of_package(sources, package, asked);
    let Noted {
        references,
        mut known,
    } = noted;
    known.sort_by_key(|found| found.at);
    (analysis, References::new(references), known)
}

/// What was noted of names, if that was asked for.
struct Noted {
    references: Vec<Reference>,
    known: Vec<Known>,
}

/// What is asked of an analysis.
#[derive(Clone, Copy)]
struct Asked<'a> {
    names: Names,
    /// Asked between items; where it says no once, it says so from then on.
    is_wanted: &'a dyn Fn() -> bool,
}

/// Whether what names stand for is wanted: whoever only checks has no use for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Noted,
    Left,
}

/// Asks the lints, too. What is broken is not looked at: first of all that is to be mended.
pub fn lint(
    sources: &Sources,
    package: &project::Package,
    known: &lint::Known,
    analysis: &mut Analysis,
) {
    // Nobody calls it off.
    let _ = lint_while(sources, package, known, analysis, &|| true);
}

/// The same as long as it is wanted, which is asked between items; none, and nothing is added, where it is not.
pub fn lint_while(
    sources: &Sources,
    package: &project::Package,
    known: &lint::Known,
    analysis: &mut Analysis,
    is_wanted: &dyn Fn() -> bool,
) -> Option<()> {
    let manifest = package.manifest.as_ref();
    let wanted = manifest.map_or(&[][..], |manifest| &manifest.dependencies);
    let depends = Depends {
        wanted,
        lock: package.lock.as_ref(),
    };
    let levels = package.lints();
    lint_of(sources, &levels, depends, known, analysis, is_wanted)
}

/// Gives findings that came later, when tests were run, their levels, and takes out those that are allowed.
pub fn settle(analysis: &mut Analysis, levels: &project::Levels, found: &mut Vec<Diagnostic>) {
    let allowed = lint::settle(levels, &mut analysis.allows, found);
    analysis.allowed.extend(allowed);
}

/// What comments allow, wherever they stand: `slack-blast: the second cluster joins next week`.
pub fn allows(analysis: &Analysis) -> Vec<String> {
    let mut allows: Vec<String> = analysis.allows.iter().map(Allow::to_string).collect();
    allows.sort();
    allows
}

/// What a package depends on, by its manifest and its lock.
#[derive(Clone, Copy, Default)]
pub struct Depends<'a> {
    pub wanted: &'a [project::Wanted],
    pub lock: Option<&'a project::Lock>,
}

/// The same of a package with these levels and dependencies.
pub fn lint_with(
    sources: &Sources,
    levels: &project::Levels,
    depends: Depends<'_>,
    known: &lint::Known,
    analysis: &mut Analysis,
) {
    // Nobody calls it off.
    let _ = lint_of(sources, levels, depends, known, analysis, &|| true);
}

fn lint_of(
    sources: &Sources,
    levels: &project::Levels,
    depends: Depends<'_>,
    known: &lint::Known,
    analysis: &mut Analysis,
    is_wanted: &dyn Fn() -> bool,
) -> Option<()> {
    if !is_sound(&analysis.diagnostics) {
        return Some(());
    }
    let mut found = lint::run(&lint::Input {
        sources,
        trees: &analysis.trees,
        package: &analysis.package,
        facts: &analysis.facts,
        unnamed: &analysis.unnamed,
        levels,
        wanted: depends.wanted,
        lock: depends.lock,
        known,
        is_wanted,
    })?;
    let allowed = lint::settle(levels, &mut analysis.allows, &mut found);
    analysis.allowed.extend(allowed);
    analysis.diagnostics.append(&mut found);
    let mut problems = lint::problems(sources, levels, known, &analysis.allows);
    lint::settle(levels, &mut [], &mut problems);
    analysis.diagnostics.append(&mut problems);
    sort(&mut analysis.diagnostics);
    Some(())
}

/// The programs of a sound package's runbooks, in their order.
pub fn compile(analysis: &Analysis) -> Result<Vec<Program>, Vec<Diagnostic>> {
    compile_with_points(analysis).map(|(programs, _)| programs)
}

/// The same, with what tests can reach in each.
pub fn compile_with_points(
    analysis: &Analysis,
) -> Result<(Vec<Program>, Vec<Points>), Vec<Diagnostic>> {
    let Analysis { package, facts, .. } = analysis;
    let mut points = Vec::with_capacity(package.runbooks.len());
    let mut programs = Vec::with_capacity(package.runbooks.len());
    let mut diagnostics = Vec::new();
    for (index, runbook) in package.runbooks.iter().enumerate() {
        match compile::compile(package, facts, RunbookId(index as u32)) {
            Ok((program, own)) => {
                programs.push(program);
                points.push(own);
            }
            Err(compile::TooLarge) => {
                let message = format!("`{}` is too large for one program", runbook.name);
                let diagnostic = Diagnostic::new(Code::TooLarge, message, runbook.name_span, "");
                diagnostics.push(diagnostic.help("split it"));
            }
        }
    }
    match diagnostics.is_empty() {
        true => Ok((programs, points)),
        false => Err(diagnostics),
    }
}

/// By place; of the same place, by code. What is said twice is said once.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let key = |found: &Diagnostic| (found.primary.span, found.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup();
}
