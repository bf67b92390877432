//! `rbk explain`: the page of a code.

use std::io;

use crate::diag::Code;
use crate::diag::near::nearest;

use super::terminal::Terminal;
use super::{CLEAN, USAGE};

const AFTER_HELP: &str = "\
Examples:
  rbk explain E0301    what happened, why it matters, how to mend it
  rbk explain --list   every code with its title";

/// Say what a code means and how to mend it
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The code, as it stands in a message: `E0301`
    #[arg(required_unless_present = "list")]
    code: Option<String>,

    /// List every code with its title
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let Some(wanted) = &arguments.code else {
        for code in Code::ALL {
            terminal.say(&format!("{}  {}\n", code.as_str(), code.title()))?;
        }
        return Ok(CLEAN);
    };
    let found = Code::ALL
        .iter()
        .find(|code| code.as_str().eq_ignore_ascii_case(wanted));
    match found {
        Some(code) => {
            terminal.say(code.page())?;
            Ok(CLEAN)
        }
        None => {
            let codes = Code::ALL.iter().map(|code| code.as_str());
            let help = match nearest(wanted, codes) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`rbk explain --list` lists them all".into(),
            };
            let wanted = wanted.escape_debug();
            terminal.complain(&format!("error: there is no code `{wanted}`; {help}\n"))?;
            Ok(USAGE)
        }
    }
}
