//! Whether what the settings call a program is one that can be started here.
//!
//! In: paths. Out: why not. A program that is there can still be replaced later, so starting it is what decides.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Why nothing can be started there; none where that is not known beforehand.
pub fn program_problem(path: &Path) -> Option<&'static str> {
    let found = match std::fs::metadata(path) {
        Ok(found) => found,
        Err(failure) => {
            return match failure.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory if holds_arguments(path) => {
                    Some("a path holds no arguments: they stand behind the program in the runbook")
                }
                ErrorKind::NotFound | ErrorKind::NotADirectory => Some("there is no such file"),
                // Whether the folders on the way can be searched may differ from user to user.
                _ => None,
            };
        }
    };
    if found.is_dir() {
        return Some("it is a folder");
    }
    (found.permissions().mode() & 0o111 == 0)
        .then_some("it may not be executed: `chmod +x` lets it")
}

/// Whether the path is that of a program with something behind it.
fn holds_arguments(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let program = text.split_once(' ').map(|(program, _)| program);
    program.is_some_and(|program| Path::new(program).is_file())
}
