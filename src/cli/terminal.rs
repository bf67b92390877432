//! Where the output goes: width, colours, buffered text.
//!
//! In: what the subcommands say. Out: standard output and standard error. Colours are used on a
//! terminal only, unless `NO_COLOR`, `CLICOLOR_FORCE` or `--color` says otherwise.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Read, Stderr, Stdout, Write};

use clap::ValueEnum;
use terminal_size::Width;

use crate::diag::human::Look;

pub use crate::diag::in_a_line;

/// The width of what is not a terminal.
const WIDTH: usize = 100;

/// When to use colours; `auto` is on a terminal, unless the environment says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    Auto,
    Always,
    Never,
}

/// Both outputs of the command.
pub struct Terminal {
    out: BufWriter<Stdout>,
    error: Stderr,
    colour: Colour,
}

impl Terminal {
    pub fn new(colour: Colour) -> Self {
        Terminal {
            out: BufWriter::new(io::stdout()),
            error: io::stderr(),
            colour,
        }
    }

    /// How text on the standard output shall look.
    pub fn look(&self) -> Look {
        look(self.colour, &io::stdout())
    }

    /// How text on the error output shall look.
    pub fn error_look(&self) -> Look {
        look(self.colour, &self.error)
    }

    /// Says it on the standard output.
    pub fn say(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Says it on the error output, after what was said before.
    pub fn complain(&mut self, text: &str) -> io::Result<()> {
        self.out.flush()?;
        self.error.write_all(text.as_bytes())
    }

    /// The standard input, to its end.
    pub fn input(&self) -> impl Read {
        io::stdin()
    }

    /// Hands everything over.
    pub fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn look(colour: Colour, output: &impl IsTerminal) -> Look {
    let is_terminal = output.is_terminal();
    let width = match terminal_size::terminal_size() {
        Some((Width(width), _)) if is_terminal => usize::from(width).clamp(40, 120),
        _ => WIDTH,
    };
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if is_set("NO_COLOR") => false,
        Colour::Auto if is_set("CLICOLOR_FORCE") => true,
        Colour::Auto => is_terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
    };
    Look { width, colour }
}

/// Whether the variable says yes; `0` and nothing say no.
fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}
