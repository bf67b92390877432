//! When the program itself fails: a polite message and the exit code 70, never a backtrace alone.

use std::any::Any;
use std::io::{self, ErrorKind, Write};
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use super::{CLEAN, INTERNAL};

/// Runs the command; a panic or a broken output becomes an exit code.
pub fn catch(run: impl FnOnce() -> io::Result<u8> + panic::UnwindSafe) -> ExitCode {
    panic::set_hook(Box::new(apologise));
    let code = match panic::catch_unwind(run) {
        Ok(Ok(code)) => code,
        // Whoever read the output has seen enough: `rbk explain --list | head`.
        Ok(Err(error)) if error.kind() == ErrorKind::BrokenPipe => CLEAN,
        Ok(Err(error)) => {
            say(&format!("rbk: the output cannot be written: {error}\n"));
            INTERNAL
        }
        Err(_) => INTERNAL,
    };
    ExitCode::from(code)
}

/// Says that it is our fault, and what to tell us.
fn apologise(panic: &PanicHookInfo<'_>) {
    let what = message(panic.payload());
    let place = panic.location().map(|place| format!(" ({place})"));
    say(&format!(
        "rbk: this is a fault of rbk itself, not of your runbooks; nothing was changed by halves.\n\
         Please report it with the file that shows it and this line:\n  \
         rbk {}: {what}{}\n",
        env!("CARGO_PKG_VERSION"),
        place.unwrap_or_default()
    ));
}

fn message(payload: &dyn Any) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it gave no reason")
}

/// Writes to the error output; if even that is gone there is nobody left to tell.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
