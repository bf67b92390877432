//! The way of the log to whoever reads it. Lines wait in a queue, and a thread of its own writes them: a
//! reader that stalls or goes away costs lines, which are counted, and never keeps anybody waiting.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How much may wait to be written, in bytes.
const MOST: usize = 4 * 1024 * 1024;
/// From so little that still waits on, whoever reads keeps up again: lines that are lost are told of then.
const LITTLE: usize = MOST / 2;
/// How soon it is tried again where the other side takes nothing just now, but does not block.
const AGAIN: Duration = Duration::from_millis(20);

/// How many lines of a log are lost.
#[derive(Clone, Debug, Default)]
pub struct LostLines(Arc<AtomicU64>);

impl LostLines {
    /// So many since the process began.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn one_more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A log; clones are the same one.
#[derive(Clone)]
pub struct Log(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    lost: LostLines,
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Whether one that is not among these any more is being written.
    writing: bool,
}

/// Where one line is written to, whole.
pub struct Line(Log);

impl Log {
    /// Begins to write to `out`. What cannot be written counts as `lost`; when half the room is free
    /// again, `flows` hears how many were lost since it heard that last.
    pub fn start(
        out: impl Write + Send + 'static,
        lost: LostLines,
        flows: impl Fn(u64) + Send + 'static,
    ) -> io::Result<Log> {
        let log = Log(Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            lost,
        }));
        let own = log.clone();
        let writer = thread::Builder::new().name("log".to_owned());
        writer.spawn(move || own.write_all(out, flows))?;
        Ok(log)
    }

    /// For the next line.
    pub fn line(&self) -> Line {
        Line(self.clone())
    }

    /// Takes a line to be written; one for which there is no room is lost.
    pub fn say(&self, line: &[u8]) {
        let mut queue = self.queue();
        if queue.bytes.saturating_add(line.len()) > MOST {
            return self.0.lost.one_more();
        }
        queue.bytes += line.len();
        queue.lines.push_back(line.to_vec());
        self.0.changed.notify_all();
    }

    /// Waits until everything is written, at most so long.
    pub fn flush(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let mut queue = self.queue();
        while queue.writing || !queue.lines.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.0.changed.wait_timeout(queue, left);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn write_all(&self, mut out: impl Write, flows: impl Fn(u64)) {
        let mut told = 0;
        loop {
            let line = self.next();
            let written = patiently(&mut out, &line);
            if written.is_err() {
                self.0.lost.one_more();
            }
            let has_room = self.written();
            let lost = self.0.lost.count();
            if has_room && written.is_ok() && lost > told {
                flows(lost - told);
                told = lost;
            }
        }
    }

    fn next(&self) -> Vec<u8> {
        let mut queue = self.queue();
        loop {
            if let Some(line) = queue.lines.pop_front() {
                queue.bytes -= line.len();
                queue.writing = true;
                return line;
            }
            let waited = self.0.changed.wait(queue);
            queue = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The line is out of the way; says whether whoever reads keeps up.
    fn written(&self) -> bool {
        let mut queue = self.queue();
        queue.writing = false;
        self.0.changed.notify_all();
        queue.bytes <= LITTLE
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        let queue = self.0.queue.lock();
        queue.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.say(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes it all, also to somebody who does not block and takes nothing just now.
fn patiently(out: &mut impl Write, mut line: &[u8]) -> io::Result<()> {
    while !line.is_empty() {
        match out.write(line) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => line = line.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(AGAIN),
            Err(error) => return Err(error),
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    /// Takes a line each time it is let, and keeps it; then does with it as it is told.
    struct Reader {
        lets: Receiver<io::Result<()>>,
        took: Sender<String>,
    }

    impl Write for Reader {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let lets = self.lets.recv();
            lets.unwrap_or_else(|_| Err(ErrorKind::BrokenPipe.into()))?;
            let _ = self.took.send(String::from_utf8_lossy(line).into_owned());
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Logging {
        log: Log,
        lost: LostLines,
        lets: Sender<io::Result<()>>,
        took: Receiver<String>,
        flows: Receiver<u64>,
    }

    fn logging() -> Logging {
        let (lets, let_by) = channel();
        let (takes, took) = channel();
        let (says, flows) = channel();
        let lost = LostLines::default();
        let reader = Reader {
            lets: let_by,
            took: takes,
        };
        let flow = move |lost| {
            let _ = says.send(lost);
        };
        let log = Log::start(reader, lost.clone(), flow).unwrap();
        Logging {
            log,
            lost,
            lets,
            took,
            flows,
        }
    }

    #[test]
    fn a_reader_that_stalls_costs_lines_and_nobody_waits() {
        let logging = logging();
        let long = vec![b'x'; 64 * 1024];
        let count = 2 * MOST / long.len();
        let begun = Instant::now();
        for _ in 0..count {
            assert_eq!(logging.log.line().write(&long).unwrap(), long.len());
        }
        assert!(begun.elapsed() < SOON);
        let lost = logging.lost.count();
        let kept = u64::try_from(count).unwrap() - lost;
        // One is in the hands of the reader.
        let fits = u64::try_from(MOST / long.len()).unwrap();
        assert!(
            (fits..=fits + 1).contains(&kept),
            "{kept} of {count} are kept"
        );
        // The reader goes on: what waited comes whole, and the loss is told once, as soon as half of it is taken.
        let take = |many: u64| {
            for _ in 0..many {
                logging.lets.send(Ok(())).unwrap();
                assert_eq!(logging.took.recv_timeout(SOON).unwrap().len(), long.len());
            }
        };
        take(kept / 2 - 1);
        assert!(logging.flows.try_recv().is_err());
        take(3);
        assert_eq!(logging.flows.recv_timeout(SOON).unwrap(), lost);
        take(kept - kept / 2 - 2);
        logging.log.say(b"after\n");
        logging.lets.send(Ok(())).unwrap();
        assert_eq!(logging.took.recv_timeout(SOON).unwrap(), "after\n");
        logging.log.flush(SOON);
        assert!(logging.flows.try_recv().is_err());
    }

    #[test]
    fn a_reader_that_is_gone_costs_lines_alone() {
        let logging = logging();
        drop(logging.lets);
        for _ in 0..3 {
            logging.log.say(b"nobody\n");
        }
        logging.log.flush(SOON);
        assert_eq!(logging.lost.count(), 3);
        assert!(logging.flows.try_recv().is_err());
    }

    #[test]
    fn who_takes_nothing_just_now_is_waited_for() {
        let logging = logging();
        logging.log.say(b"late\n");
        logging
            .lets
            .send(Err(ErrorKind::WouldBlock.into()))
            .unwrap();
        logging.lets.send(Ok(())).unwrap();
        assert_eq!(logging.took.recv_timeout(SOON).unwrap(), "late\n");
        assert_eq!(logging.lost.count(), 0);
    }
}
