//! What the agent itself has run out of. It says nothing about the other side.

use std::io;
use std::time::Duration;

/// How long is waited before the same is tried again.
pub const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How long it is tried, of a patience: what begins with no time left to speak of would only seem to
/// say something about the other side.
pub fn as_long(patience: Duration) -> Duration {
    patience * 3 / 4
}

/// The words for what never began.
pub fn too_busy(error: &dyn std::fmt::Display) -> String {
    format!("the agent was too busy to begin: {error}")
}

/// Whether it is the machine's or the agent's own lack: of descriptors, memory, ports.
pub fn is_own_lack(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let lacks = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::NOMEM,
        Errno::NOBUFS,
        Errno::AGAIN,
        Errno::ADDRNOTAVAIL,
    ];
    let number = error.raw_os_error();
    number.is_some_and(|number| lacks.iter().any(|lack| lack.raw_os_error() == number))
}

/// Whether one of the causes of an error is such a lack.
pub fn is_caused_by_lack(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(is_own_lack) {
            return true;
        }
        cause = error.source();
    }
    false
}
