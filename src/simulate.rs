//! Whole agents in virtual time over a store in memory, with a scripted world around them.
//!
//! In: programs, and a script. Out: a trace, a line for each thing that happened, and every
//! invariant that was broken. The agent may die after any of its commits: it begins again with what
//! the store holds, and everything that was on its way is lost.

mod anew;
mod causes;
mod course;
mod judge;
mod queue;
mod script;
mod trace;
mod world;

use std::collections::BTreeMap;

use crate::engine::{Engine, Runbooks};
use crate::journal::{Batch, Journal};
use crate::program::Program;
use crate::run::moment;
use crate::settings::Settings;
use crate::value::{Duration, Time};
use course::{BEGIN, Simulation};
use script::Script;

/// What came of a script.
#[derive(Clone, Debug)]
pub struct Told {
    /// What happened, a line for each thing.
    pub trace: String,
    /// How many batches were committed.
    pub commits: usize,
    /// What should never be.
    pub broken: Vec<String>,
}

/// What a script has made durable, batch by batch.
#[derive(Clone, Debug, Default)]
pub struct Written {
    pub(crate) batches: Vec<Batch>,
}

/// Where the agent dies.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    /// After this commit, from 1.
    pub after: usize,
    /// Whether the changes that were on their way take effect.
    pub performed: bool,
    /// How often: each time after the first it dies after the very next commit.
    pub times: usize,
}

/// Programs with a script, ready to be run as often as one likes.
pub struct Scripted {
    programs: Vec<Program>,
    /// Packages that a step loads, by their names.
    later: BTreeMap<String, Vec<Program>>,
    settings: Settings,
    script: Script,
}

impl Scripted {
    /// Reads the script for programs, and for those that it loads later, by their names; the words
    /// say why that cannot be.
    pub fn read(
        programs: Vec<Program>,
        later: BTreeMap<String, Vec<Program>>,
        script: &str,
    ) -> Result<Scripted, String> {
        let script = Script::read(script)?;
        Ok(Scripted {
            programs,
            later,
            settings: script.settings()?,
            script,
        })
    }

    /// What the script makes durable up to its end, each input in a batch of its own.
    pub fn written(&self) -> Result<Written, String> {
        let (programs, settings) = (self.programs.clone(), self.settings.clone());
        let begun = Simulation::begin(programs, settings, None);
        let mut simulation = begun.map_err(|error| error.why)?;
        simulation.keeps = true;
        simulation.go(&self.script).map_err(|error| error.why)?;
        Ok(simulation.written)
    }

    /// How many runs an agent goes on with that begins with such a store; the words say why it
    /// cannot begin.
    pub fn goes_on(&self, journal: &dyn Journal) -> Result<usize, String> {
        let now = moment::after(
            Time::from_millis(BEGIN).unwrap_or_default(),
            Duration::from_millis(24 * 3_600_000),
        );
        let runbooks = Runbooks::new(self.programs.clone());
        let (grants, platform) = (self.settings.grants.clone(), self.settings.platform.clone());
        let begun = Engine::start(journal, runbooks, grants, platform, None, now);
        begun.map_err(|error| error.why)?;
        let awake = journal.awake_runs().map_err(|error| error.why)?;
        let asleep = journal.sleeping_runs().map_err(|error| error.why)?;
        let unreadable = awake.iter().flat_map(|run| run.as_ref().err()).count();
        match unreadable {
            0 => Ok(awake.len() + asleep.len()),
            some => Err(format!("{some} runs cannot be read")),
        }
    }

    /// Runs the script from its beginning. If `batched`, everything that comes at the same moment is
    /// committed together.
    pub fn run(&self, batched: bool, crash: Option<Crash>) -> Result<Told, String> {
        let (programs, settings) = (self.programs.clone(), self.settings.clone());
        let begun = Simulation::begin(programs, settings, crash);
        let mut simulation = begun.map_err(|error| error.why)?;
        simulation.trace.shows_facts = self.script.facts;
        simulation.batched = batched;
        simulation.later = self.later.clone();
        simulation.go(&self.script).map_err(|error| error.why)?;
        Ok(Told {
            trace: simulation.trace.text,
            commits: simulation.commits,
            broken: simulation.judge.broken,
        })
    }
}
