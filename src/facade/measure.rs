//! The work alone, with nothing shown, for benches: each gives the number of findings.

use crate::front::{self, Analysis, Kept};
use crate::lint::Known;
use crate::program::Program;
use crate::project::Levels;
use crate::syntax;
use crate::testing;
use crate::text::{SourceId, Sources};

/// Parses a text as a file.
pub fn parse(text: &str) -> usize {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    syntax::parse(sources.source(source)).diagnostics.len()
}

/// Parses and checks a text as a package of one file.
pub fn check(text: &str) -> usize {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    analyse(&mut sources, &[source]).diagnostics.len()
}

fn analyse(sources: &mut Sources, files: &[SourceId]) -> Analysis {
    let server = crate::literal::Server::default();
    front::analyse(sources, files, ("measured", "1.0.0"), &server)
}

/// A package whose tests are to run.
pub struct Tested {
    analysis: Analysis,
    programs: Vec<Program>,
}

impl Tested {
    /// The texts as the files of a sound package; one that is not sound has no tests.
    pub fn new(texts: &[&str]) -> Self {
        let mut sources = Sources::default();
        let files = texts.iter().map(|text| sources.add("main.rbk", text));
        let files: Vec<SourceId> = files.collect();
        let analysis = analyse(&mut sources, &files);
        let programs = match front::is_sound(&analysis.diagnostics) {
            true => front::compile(&analysis).unwrap_or_default(),
            false => Vec::new(),
        };
        Tested { analysis, programs }
    }

    /// Runs all tests: how many pass.
    pub fn run(&self) -> usize {
        let options = testing::Options::default();
        let results = testing::run_tests(&self.analysis.package, &self.programs, &options);
        let passed = results.tests.iter().filter(|result| result.passed());
        passed.count()
    }
}

/// The same with everything that lints say.
pub fn lint(text: &str) -> usize {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    let mut analysis = analyse(&mut sources, &[source]);
    front::lint_with(
        &sources,
        &Levels::default(),
        front::Depends::default(),
        &Known::default(),
        &mut analysis,
    );
    analysis.diagnostics.len()
}

/// A package of one file, with the place in it that is edited again and again.
pub struct Typing {
    kept: Kept,
    at: usize,
}

impl Typing {
    /// Edits come behind the last place where `mark` stands.
    pub fn new(text: &str, mark: &str) -> Self {
        let mut sources = Sources::default();
        let source = sources.add("main.rbk", text);
        let server = crate::literal::Server::default();
        let at = text.rfind(mark).map_or(0, |at| at + mark.len());
        let kept = Kept::new(sources, &[source], ("measured", "1.0.0"), server);
        Typing { kept, at }
    }

    /// Types a character and takes it back: the number of findings, and how many edits were taken in without
    /// checking the whole package.
    pub fn edit(&mut self, character: &str) -> (usize, usize) {
        let behind = self.at + character.len();
        let _ = self.kept.edit(0, self.at..self.at, character);
        let _ = self.kept.edit(0, self.at..behind, "");
        (self.kept.diagnostics().len(), self.kept.parts())
    }
}

/// Parses a text as a file and brings it into the one layout; 1 if it refuses.
pub fn format(text: &str) -> usize {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    usize::from(front::format(sources.source(source)).is_err())
}
