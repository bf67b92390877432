//! `rbk completions`: what a shell completes, made of the arguments themselves.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

use super::CLEAN;
use super::terminal::Terminal;

const AFTER_HELP: &str = "\
Examples:
  rbk completions bash >~/.local/share/bash-completion/completions/rbk
  rbk completions zsh >~/.zfunc/_rbk          with `fpath+=~/.zfunc` before `compinit`
  rbk completions fish >~/.config/fish/completions/rbk.fish";

/// Print a script that lets a shell complete commands and options
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The shell that reads it
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "rbk", &mut script);
    terminal.say(&String::from_utf8_lossy(&script))?;
    Ok(CLEAN)
}
