//! `rbk lsp`: serves an editor.

use std::io;

use lsp_server::Connection;

use crate::lsp;

use super::terminal::Terminal;
use super::{CLEAN, FINDINGS};

const AFTER_HELP: &str = "\
An editor starts it and speaks the Language Server Protocol with it over the standard input and output: diagnostics
while typing with their fixes, completion, signatures, outlines, folding, colours, formatting, lenses. It reads the
packages around the files that are open and writes nothing itself.

How to set up an editor stands in grammar/reference/editors.md.";

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
    let (connection, threads) = Connection::stdio();
    let ended = lsp::serve(&connection);
    drop(connection);
    match ended {
        // Whoever leaves without a word may have left half a message.
        Ok(true) => threads.join().map(|()| CLEAN),
        Ok(false) => Ok(FINDINGS),
        Err(why) => {
            terminal.complain(&format!(
                "error: the editor does not keep to the protocol: {why}\n"
            ))?;
            Ok(FINDINGS)
        }
    }
}
