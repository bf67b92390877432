//! The standard input and output as a wire: one thread reads, one writes.
//!
//! In: bytes of the client. Out: its messages, and to it those of the server. Both sides wait for each other, so that
//! nothing piles up in between. What is no message is answered here, whatever the server does meanwhile.

use std::io::{self, BufWriter};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lsp_server::Message;

use super::notes;
use super::wire::{self, Broken, Incoming, Outgoing};

/// How many messages may wait between two threads.
const WAITING: usize = 16;

/// The server's end of a wire.
#[derive(Debug)]
pub struct Wire {
    incoming: Receiver<Message>,
    outgoing: SyncSender<Outgoing>,
}

/// The threads of a wire.
#[derive(Debug)]
pub struct Threads {
    reader: JoinHandle<Result<(), Broken>>,
    writer: JoinHandle<io::Result<()>>,
}

/// Nothing more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// The standard input and output.
///
/// # Errors
/// If the system has no thread for them.
pub fn stdio() -> io::Result<(Wire, Threads)> {
    let (to_server, incoming) = sync_channel(WAITING);
    let (outgoing, from_server) = sync_channel(WAITING);
    let refusals = outgoing.clone();
    let reader = thread::Builder::new()
        .name(String::from("reader"))
        .spawn(move || listen(&to_server, &refusals))?;
    let writer = thread::Builder::new()
        .name(String::from("writer"))
        .spawn(move || say(&from_server))?;
    Ok((Wire { incoming, outgoing }, Threads { reader, writer }))
}

fn listen(server: &SyncSender<Message>, client: &SyncSender<Outgoing>) -> Result<(), Broken> {
    let mut input = io::stdin().lock();
    loop {
        let is_sent = match wire::read(&mut input)? {
            Incoming::Message(message) => {
                let is_last =
                    matches!(&message, Message::Notification(note) if note.method == "exit");
                server.send(message).is_ok() && !is_last
            }
            Incoming::Bad(refused) => client.send(Outgoing::Refusal(refused)).is_ok(),
            Incoming::Lost(refused, lost) => {
                client.send(Outgoing::Refusal(refused)).is_ok()
                    && server.send(notes::lost(lost)).is_ok()
            }
            Incoming::End => false,
        };
        if !is_sent {
            return Ok(());
        }
    }
}

fn say(server: &Receiver<Outgoing>) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    server
        .iter()
        .try_for_each(|outgoing| outgoing.write(&mut output))
}

impl Wire {
    /// The next message, as soon as there is one.
    ///
    /// # Errors
    /// If none will come.
    pub fn next(&self) -> Result<Message, Gone> {
        self.incoming.recv().map_err(|_| Gone)
    }

    /// The next message, or none if none came for so long.
    ///
    /// # Errors
    /// If none will come.
    pub fn next_within(&self, time: Duration) -> Result<Option<Message>, Gone> {
        match self.incoming.recv_timeout(time) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Gone),
        }
    }

    /// A message that is there already.
    pub fn waiting(&self) -> Option<Message> {
        // Whoever waits for the next one notices where none will come.
        self.incoming.try_recv().ok()
    }

    /// Sends a message. A client that is gone reads nothing: whoever waits for its next message notices.
    pub fn send(&self, message: impl Into<Outgoing>) {
        let _ = self.outgoing.send(message.into());
    }
}

impl Threads {
    /// Waits until all is written, once the wire is dropped. Whether what was read could be understood.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn join(self) -> io::Result<Result<(), Broken>> {
        let gone = |_| io::Error::other("a thread of the server has ended with a panic");
        let read = self.reader.join().map_err(gone)?;
        self.writer.join().map_err(gone)??;
        Ok(read)
    }
}
