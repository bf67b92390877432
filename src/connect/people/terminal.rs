//! A terminal: for trying things out, and for whoever sits beside the agent.

use std::io::Write;
use std::sync::{Arc, Mutex, TryLockError};

use crate::connect::{Messenger, Pending, Undelivered};
use crate::journal::{Message, MessageKind, Retry};
use crate::value::{SHOWN_CHARACTERS, escape_text};

const BROKE_DOWN: &str = "somebody broke down while writing to it";

/// Writes messages, one after the other. One that takes nothing keeps nobody else waiting.
pub struct Terminal {
    out: Out,
}

type Out = Arc<Mutex<Box<dyn Write + Send>>>;

impl Terminal {
    pub fn new(out: Box<dyn Write + Send>) -> Terminal {
        Terminal {
            out: Arc::new(Mutex::new(out)),
        }
    }
}

impl Messenger for Terminal {
    fn kind(&self) -> &'static str {
        "terminal"
    }

    fn deliver<'a>(&'a self, message: &'a Message) -> Pending<'a, Result<(), Undelivered>> {
        let (out, page) = (self.out.clone(), page(message));
        Box::pin(async move {
            let written = tokio::task::spawn_blocking(move || write(&out, &page)).await;
            written.unwrap_or_else(|_| Err(undelivered(BROKE_DOWN, Retry::REFUSED)))
        })
    }
}

fn write(out: &Out, page: &str) -> Result<(), Undelivered> {
    let mut out = match out.try_lock() {
        Ok(out) => out,
        // It goes on at the next key.
        Err(TryLockError::WouldBlock) => {
            let why = "it has not taken what was written before";
            return Err(undelivered(why, Retry::SOON));
        }
        Err(TryLockError::Poisoned(_)) => return Err(undelivered(BROKE_DOWN, Retry::REFUSED)),
    };
    let written = out.write_all(page.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| undelivered(&error.to_string(), Retry::REFUSED))
}

fn undelivered(why: &str, retry: Retry) -> Undelivered {
    Undelivered {
        why: format!("the terminal cannot be written to: {why}"),
        retry,
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
        if !message.answer.is_empty() {
            page.push_str(&format!("  answer with: {}\n", message.answer));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Severity;
    use crate::journal::Notes;
    use crate::value::Time;

    #[test]
    fn what_nobody_answers_says_no_way_to() {
        let message = |answer: &str| Message {
            kind: MessageKind::Page,
            incident: None,
            thread: "agent/clock".into(),
            at: Time::from_millis(0).unwrap(),
            package: "shop".into(),
            runbook: "agent".into(),
            severity: Severity::Sev2,
            title: "the clock was set".into(),
            text: "by two hours".into(),
            reason: None,
            roles: Vec::new(),
            evidence: Vec::new(),
            answer: answer.into(),
            notes: Notes::default(),
        };
        assert_eq!(
            page(&message("")),
            "\nPAGE (sev2): the clock was set\n  by two hours\n"
        );
        assert!(page(&message("rbk ack 1")).ends_with("\n  answer with: rbk ack 1\n"));
    }

    #[test]
    fn one_that_is_slow_is_tried_again_soon() {
        let out: Out = Arc::new(Mutex::new(Box::new(std::io::sink())));
        let stalls = out.lock().unwrap();
        let refused = write(&out, "a page").unwrap_err();
        assert_eq!(refused.retry, Retry::SOON, "{}", refused.why);
        drop(stalls);
        assert!(write(&out, "a page").is_ok());
    }
}
