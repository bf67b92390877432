//! The command line: arguments, and a file per subcommand.
//!
//! In: arguments, the terminal, files through `host`. Out: text and an exit code. Never checks,
//! formats or runs anything itself: each subcommand is its arguments and one function.

#![expect(
    clippy::disallowed_methods,
    reason = "this room and host/ are where I/O happens"
)]

mod agent;
mod check;
mod ci;
mod completions;
mod dead;
mod demo;
mod diff;
mod doc;
mod explain;
mod explore;
#[cfg(feature = "kubernetes")]
mod export;
mod failure;
mod fetch;
mod fmt;
mod freeze;
mod grants;
mod graph;
mod incident;
mod init;
mod known;
mod lines;
mod lint;
mod lock;
mod lsp;
mod man;
mod mend;
mod output;
mod packages;
mod progress;
mod remote;
mod request;
mod run;
mod store;
mod storm;
mod terminal;
mod test;
mod vendor;
mod versions;
mod watch;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use terminal::{Colour, Terminal};

/// Nothing to complain about.
const CLEAN: u8 = 0;
/// The command worked and found something to complain about.
const FINDINGS: u8 = 1;
/// The command was called wrongly.
const USAGE: u8 = 2;
/// The program itself is broken.
const INTERNAL: u8 = 70;

const AFTER_HELP: &str = "\
Examples:
  rbk demo                       watch a service break, and heal, in half a minute
  rbk init checkout              start a package in the folder `checkout`
  rbk check                      check the package around the working folder
  rbk check --report checkout    report what its runbooks may do
  rbk lint --list                list what experience advises beside errors
  rbk diff origin/main           report what a change may newly do to production
  rbk fetch                      get the packages that it depends on
  rbk fmt                        format its files
  rbk test --filter rollback     run the tests whose title contains `rollback`
  rbk explain E0301              explain an error and how to fix it
  rbk doc k8s                    read the reference, the library, and a package's own pages
  rbk graph rollback             draw the flow of a runbook, with its bounds
  rbk explore rollback           take every path through it, and say where each ends
  rbk lsp                        serve an editor on the standard input and output
  rbk completions bash           let a shell complete commands and options; `rbk man`: manual pages
  rbk agent checkout             run its agent: take alerts, heal, page
  rbk incident list              what is going on
  rbk freeze --why \"looks wrong\" let no run of an agent begin another change
  rbk store show checkout        look into the store of an agent

Exit codes:
  0  all is well
  1  there are findings: errors, warnings, failed tests, files to format
  2  the command was called wrongly
  70 the program itself failed; please report it";

/// Checks, formats and tests runbooks, and runs them.
#[derive(Debug, Parser)]
#[command(name = "rbk", version, after_help = AFTER_HELP, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// When to use colours
    #[arg(
        long,
        value_enum,
        default_value = "auto",
        global = true,
        value_name = "WHEN"
    )]
    color: Colour,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Init(init::Arguments),
    Check(check::Arguments),
    Lint(lint::Arguments),
    Diff(diff::Arguments),
    Lock(lock::Arguments),
    Fetch(fetch::Arguments),
    Vendor(vendor::Arguments),
    Fmt(fmt::Arguments),
    Test(test::Arguments),
    Explain(explain::Arguments),
    Doc(doc::Arguments),
    Graph(graph::Arguments),
    Explore(explore::Arguments),
    #[cfg(feature = "kubernetes")]
    Export(export::Arguments),
    Lsp(lsp::Arguments),
    Run(run::Arguments),
    Agent(agent::Arguments),
    Incident(incident::Arguments),
    Dead(dead::Arguments),
    Freeze(freeze::Arguments),
    Request(request::Arguments),
    Storm(storm::Arguments),
    Store(store::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Who reads the output: people, or programs, which get one JSON object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Human,
    Json,
}

/// Runs the command line and says how it went.
pub fn main() -> ExitCode {
    failure::catch(|| {
        let arguments = match Arguments::try_parse() {
            Ok(arguments) => arguments,
            Err(error) => {
                let code = if error.use_stderr() { USAGE } else { CLEAN };
                return error.print().map(|()| code);
            }
        };
        let mut terminal = Terminal::new(arguments.color);
        let code = run(arguments.command, &mut terminal)?;
        terminal.finish()?;
        Ok(code)
    })
}

fn run(command: Command, terminal: &mut Terminal) -> io::Result<u8> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments, terminal),
        Command::Init(arguments) => init::run(&arguments, terminal),
        Command::Check(arguments) => check::run(&arguments, terminal),
        Command::Diff(arguments) => diff::run(&arguments, terminal),
        Command::Lint(arguments) => lint::run(&arguments, terminal),
        Command::Lock(arguments) => lock::run(&arguments, terminal),
        Command::Fetch(arguments) => fetch::run(&arguments, terminal),
        Command::Vendor(arguments) => vendor::run(&arguments, terminal),
        Command::Fmt(arguments) => fmt::run(&arguments, terminal),
        Command::Test(arguments) => test::run(&arguments, terminal),
        Command::Explain(arguments) => explain::run(&arguments, terminal),
        Command::Doc(arguments) => doc::run(&arguments, terminal),
        Command::Graph(arguments) => graph::run(&arguments, terminal),
        Command::Explore(arguments) => explore::run(&arguments, terminal),
        #[cfg(feature = "kubernetes")]
        Command::Export(arguments) => export::run(&arguments, terminal),
        Command::Lsp(arguments) => lsp::run(&arguments, terminal),
        Command::Run(arguments) => self::run::run(&arguments, terminal),
        Command::Agent(arguments) => agent::run(&arguments, terminal),
        Command::Incident(arguments) => incident::run(&arguments, terminal),
        Command::Dead(arguments) => dead::run(&arguments, terminal),
        Command::Freeze(arguments) => freeze::run(&arguments, terminal),
        Command::Request(arguments) => request::run(&arguments, terminal),
        Command::Storm(arguments) => storm::run(&arguments, terminal),
        Command::Store(arguments) => store::run(&arguments, terminal),
        Command::Completions(arguments) => completions::run(&arguments, terminal),
        Command::Man(arguments) => man::run(&arguments, terminal),
    }
}
