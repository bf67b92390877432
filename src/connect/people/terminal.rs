//! A terminal: for trying things out, and for whoever sits beside the agent.

use std::io::Write;
use std::sync::Mutex;

use crate::connect::{Messenger, Pending, Undelivered};
use crate::journal::{Message, MessageKind, Retry};
use crate::value::{SHOWN_CHARACTERS, escape_text};

/// Writes messages, one after the other.
pub struct Terminal {
    out: Mutex<Box<dyn Write + Send>>,
}

impl Terminal {
    pub fn new(out: Box<dyn Write + Send>) -> Terminal {
        Terminal {
            out: Mutex::new(out),
        }
    }
}

impl Messenger for Terminal {
    fn kind(&self) -> &'static str {
        "terminal"
    }

    fn deliver<'a>(&'a self, message: &'a Message) -> Pending<'a, Result<(), Undelivered>> {
        let written = match self.out.lock() {
            Ok(mut out) => out
                .write_all(page(message).as_bytes())
                .and_then(|()| out.flush())
                .map_err(|error| error.to_string()),
            Err(_) => Err("somebody broke down while writing to it".to_owned()),
        };
        let written = written.map_err(|why| Undelivered {
            why: format!("the terminal cannot be written to: {why}"),
            retry: Retry::REFUSED,
        });
        Box::pin(std::future::ready(written))
    }
}

/// The message as one reads it in the middle of the night.
pub fn page(message: &Message) -> String {
    let word = match message.kind {
        MessageKind::Page => "PAGE",
        MessageKind::Task => "TASK",
        MessageKind::Note => "NOTE",
        MessageKind::Acknowledged => "ACKNOWLEDGED",
        MessageKind::Resolved => "RESOLVED",
    };
    let to = match message.roles.as_slice() {
        // It concerns the agent itself.
        [] => String::new(),
        roles => format!(" for {}", roles.join(", ")),
    };
    let title = escape_text(&message.title, SHOWN_CHARACTERS);
    let text = escape_text(&message.text, SHOWN_CHARACTERS);
    let mut page = format!(
        "\n{word}{to} ({}): {title}\n  {text}\n",
        message.severity.word()
    );
    let asks = matches!(message.kind, MessageKind::Page | MessageKind::Task);
    if asks {
        let notes = &message.notes;
        for note in notes.texts.iter().chain(&notes.links) {
            let note = format!("{}: {}", note.name, note.text);
            page.push_str(&format!("    {}\n", escape_text(&note, SHOWN_CHARACTERS)));
        }
        for line in &message.evidence {
            page.push_str(&format!(
                "    {}\n",
                escape_text(&line.text, SHOWN_CHARACTERS)
            ));
        }
        page.push_str(&format!("  answer with: {}\n", message.answer));
    }
    page
}
