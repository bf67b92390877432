//! `rbk man`: manual pages, made of the arguments themselves.

use std::io;
use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::terminal::Terminal;
use super::{CLEAN, FINDINGS, output};

const AFTER_HELP: &str = "\
Examples:
  rbk man | man -l -                        read the page of `rbk`
  rbk man --output ~/.local/share/man/man1  write that page, and one for each command";

/// Print the manual page, or write all of them
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// A folder that gets a page for each command, and one for all
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut whole = super::Arguments::command().disable_help_subcommand(true);
    whole.build();
    let Some(folder) = &arguments.output else {
        terminal.say(&page(whole)?)?;
        return Ok(CLEAN);
    };
    let mut files = Vec::new();
    let mut left = vec![whole];
    while let Some(command) = left.pop() {
        left.extend(command.get_subcommands().map(|command| {
            let name = command.get_display_name().unwrap_or(command.get_name());
            command.clone().display_name(name.to_owned())
        }));
        let name = command.get_display_name().unwrap_or(command.get_name());
        files.push((format!("{name}.1"), page(command)?));
    }
    Ok(match output::write_all(folder, &files, terminal)? {
        true => CLEAN,
        false => FINDINGS,
    })
}

/// The page of a command.
fn page(command: Command) -> io::Result<String> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
