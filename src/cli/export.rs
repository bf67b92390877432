//! `rbk export`: what other systems need to know of a package, in their own form.

mod rbac;
mod yaml;

use std::io;

use clap::Subcommand;

use super::terminal::Terminal;

const AFTER_HELP: &str = "\
Examples:
  rbk export rbac shop                       what an agent of the package needs in a cluster, as YAML
  rbk export rbac shop | kubectl apply -f -  grants it to the account `rbk` in the namespace `rbk`
  rbk export rbac shop --account heal --namespace ops --format json

Exit codes:
  0  exported
  1  the package has errors
  2  the command was called wrongly";

/// Write what other systems need to know of a package
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Rbac(rbac::Arguments),
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    match &arguments.what {
        What::Rbac(arguments) => rbac::run(arguments, terminal),
    }
}
