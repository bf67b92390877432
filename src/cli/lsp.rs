//! `rbk lsp`: serves an editor.

use std::io;

use crate::lsp::{self, Broken};

use super::terminal::Terminal;
use super::{CLEAN, FINDINGS};

const AFTER_HELP: &str = "\
An editor starts it and speaks the Language Server Protocol with it over the standard input and
output: diagnostics while typing with their fixes, completion, signatures, outlines, folding,
colours, formatting, lenses. It reads the packages around the files that are open and writes nothing
itself.

grammar/reference/editors.md describes how to set up an editor.";

/// Serve an editor
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// Speak over the standard input and output, as it always does; some editors say so
    #[arg(long)]
    stdio: bool,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let Arguments { stdio: _ } = arguments;
    let (wire, threads) = lsp::stdio()?;
    let is_well = lsp::serve(&wire);
    drop(wire);
    match threads.join()? {
        Ok(()) if is_well => Ok(CLEAN),
        Ok(()) => Ok(FINDINGS),
        Err(Broken(why)) => {
            terminal.complain(&format!(
                "error: the editor does not keep to the protocol: {why}\n"
            ))?;
            Ok(FINDINGS)
        }
    }
}
