//! `rbk explain`: the page of a code, or of a reason for which a human is needed.

use std::io;

use crate::agent::{CANNOT, EXPLAINED};
use crate::diag::Code;
use crate::diag::near::nearest;
use crate::effect::Reason;

use super::terminal::Terminal;
use super::{CLEAN, USAGE};

const AFTER_HELP: &str = "\
Examples:
  rbk explain E0301      what happened, why it matters, how to fix it
  rbk explain came_back  what the reason of a page means, and what to do
  rbk explain --list     every code and every reason with its title";

/// Say what a code or a reason means and what to do
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The code or reason, as it stands in a message: `E0301`, `came_back`
    #[arg(required_unless_present = "list")]
    code: Option<String>,

    /// List every code and every reason with its title
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let Some(wanted) = &arguments.code else {
        for (word, title) in known() {
            terminal.say(&format!("{word}  {title}\n"))?;
        }
        return Ok(CLEAN);
    };
    match page(wanted) {
        Some(page) => {
            terminal.say(page)?;
            Ok(CLEAN)
        }
        None => {
            let help = match nearest(wanted, known().map(|(word, _)| word)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`rbk explain --list` lists them all".into(),
            };
            let wanted = wanted.escape_debug();
            let text = format!("error: there is no code or reason `{wanted}`; {help}\n");
            terminal.complain(&text)?;
            Ok(USAGE)
        }
    }
}

/// Everything that has a page, with its title.
pub(super) fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    let codes = Code::ALL.iter().map(|code| (code.as_str(), code.title()));
    let reasons = Reason::ALL.iter();
    let reasons = reasons.map(|reason| (reason.word(), reason.explained()));
    codes.chain(reasons).chain([(CANNOT, EXPLAINED.0)])
}

/// The page of a code, or of a reason.
pub(super) fn page(wanted: &str) -> Option<&'static str> {
    let mut codes = Code::ALL.iter();
    let code = codes.find(|code| code.as_str().eq_ignore_ascii_case(wanted));
    let reason = || Reason::from_word(&wanted.to_ascii_lowercase());
    let code = code.copied().or_else(|| Code::lint(wanted));
    code.map(Code::page)
        .or_else(|| reason().map(Reason::page))
        .or_else(|| wanted.eq_ignore_ascii_case(CANNOT).then_some(EXPLAINED.1))
}
