//! Whole agents in virtual time: packages under a script of what happens around them.

use super::{File, analyse};
use crate::front;
use crate::journal::Journal;
use crate::program::Program;
use crate::simulate;

pub use crate::simulate::{Crash, Told, Written};

/// The table of gates, as the reference shows it.
pub fn gates() -> String {
    crate::engine::gates()
}

/// Every fault that can be planted, by name.
#[cfg(feature = "harness")]
pub fn faults() -> Vec<&'static str> {
    let all = crate::planted::Planted::ALL.iter();
    all.map(|fault| fault.name()).collect()
}

/// Does some work while the fault of this name is planted; nothing if there is none.
#[cfg(feature = "harness")]
pub fn planted<T>(name: &str, work: impl FnOnce() -> T) -> Option<T> {
    let all = crate::planted::Planted::ALL.iter();
    let fault = all.into_iter().find(|fault| fault.name() == name)?;
    Some(fault.during(work))
}

/// A package with a script, ready to be run as often as one likes.
pub struct Scripted(simulate::Scripted);

impl Scripted {
    /// Reads a package, those that the script loads later, by their names, and the script; the words
    /// say why that cannot be.
    pub fn read(
        files: &[File<'_>],
        later: &[(String, Vec<u8>)],
        script: &str,
    ) -> Result<Scripted, String> {
        let named = |(name, text): &(String, Vec<u8>)| {
            Ok((name.clone(), compiled(&[("later.rbk", text.as_slice())])?))
        };
        let later: Result<_, String> = later.iter().map(named).collect();
        simulate::Scripted::read(compiled(files)?, later?, script).map(Scripted)
    }

    /// What the script makes durable up to its end, each input in a batch of its own.
    pub fn written(&self) -> Result<Written, String> {
        self.0.written()
    }

    /// How many runs an agent goes on with that begins with such a store; the words say why it
    /// cannot begin.
    pub(super) fn goes_on(&self, journal: &dyn Journal) -> Result<usize, String> {
        self.0.goes_on(journal)
    }

    /// What an agent does that begins with such a store, and what comes of these lines then.
    pub(super) fn anew(
        &self,
        journal: &mut dyn Journal,
        then: &str,
    ) -> Result<Vec<String>, String> {
        self.0.anew(journal, then)
    }

    /// Runs the script from its beginning. If `batched`, everything that comes at the same moment is
    /// committed together.
    pub fn run(&self, batched: bool, crash: Option<Crash>) -> Result<Told, String> {
        self.0.run(batched, crash)
    }
}

fn compiled(files: &[File<'_>]) -> Result<Vec<Program>, String> {
    let (_, analysis, diagnostics) = analyse(files);
    let analysis = analysis.filter(|_| front::is_sound(&diagnostics));
    let programs = analysis.and_then(|analysis| front::compile(&analysis).ok());
    programs.ok_or_else(|| format!("the package is not sound: {diagnostics:?}"))
}
