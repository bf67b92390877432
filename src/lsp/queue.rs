//! What waits to be answered.
//!
//! In: messages as they come. Out: changes at once, then requests in their order. A request that was cancelled while it
//! waited is not worked on; one about a place in a text that changed behind it asks about a text that is gone.

use std::collections::VecDeque;

use gen_lsp_types::{CancelParams, Id};
use lsp_server::{Message, Notification, Request, RequestId};

/// How many messages wait at most; the client is left to wait with the others.
const MOST: usize = 4_096;

/// What is to be done next.
#[derive(Debug)]
pub enum Next {
    Tell(Notification),
    Answer(Request),
    /// It was cancelled while it waited.
    Cancelled(RequestId),
    /// Its text changed while it waited.
    Outdated(RequestId),
}

/// What waits.
#[derive(Debug, Default)]
pub struct Queue {
    notifications: VecDeque<Notification>,
    requests: VecDeque<Request>,
    gone: VecDeque<Next>,
}

impl Queue {
    /// Whether another message may wait.
    pub fn has_room(&self) -> bool {
        self.notifications.len() + self.requests.len() + self.gone.len() < MOST
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.notifications.is_empty() && self.requests.is_empty() && self.gone.is_empty()
    }

    /// Whether something is told that may change what is known.
    pub fn has_news(&self) -> bool {
        !self.notifications.is_empty()
    }

    /// Takes in a message; answers of the client need none.
    pub fn push(&mut self, message: Message) {
        match message {
            Message::Request(request) => self.requests.push_back(request),
            Message::Notification(note) if note.method == "$/cancelRequest" => self.cancel(note),
            Message::Notification(note) => {
                if note.method == "textDocument/didChange" {
                    self.outdate(&note);
                }
                self.notifications.push_back(note);
            }
            Message::Response(_) => {}
        }
    }

    /// What is to be done next, if anything is.
    pub fn next(&mut self) -> Option<Next> {
        let note = self.notifications.pop_front().map(Next::Tell);
        note.or_else(|| self.gone.pop_front())
            .or_else(|| self.requests.pop_front().map(Next::Answer))
    }

    fn cancel(&mut self, note: Notification) {
        let Ok(params) = serde_json::from_value::<CancelParams>(note.params) else {
            return;
        };
        let id = match params.id {
            Id::Int(number) => RequestId::from(number),
            Id::String(name) => RequestId::from(name),
        };
        let before = self.requests.len();
        self.requests.retain(|request| request.id != id);
        if self.requests.len() < before {
            self.gone.push_back(Next::Cancelled(id));
        }
    }

    /// Takes out what asks about a place in a text that changes now.
    fn outdate(&mut self, note: &Notification) {
        let text = |params: &serde_json::Value| params.pointer("/textDocument/uri").cloned();
        let changed = text(&note.params);
        let asks = |request: &Request| {
            let places = ["/position", "/positions", "/range"];
            let has_place = places
                .iter()
                .any(|place| request.params.pointer(place).is_some());
            has_place && text(&request.params) == changed
        };
        let (old, left) = self.requests.drain(..).partition(asks);
        self.requests = left;
        let old: VecDeque<Request> = old;
        self.gone
            .extend(old.into_iter().map(|request| Next::Outdated(request.id)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(id: i32, params: serde_json::Value) -> Message {
        Message::Request(Request::new(RequestId::from(id), String::from("x"), params))
    }

    fn note(method: &str, params: serde_json::Value) -> Message {
        Message::Notification(Notification::new(String::from(method), params))
    }

    #[test]
    fn changes_come_first_and_what_is_cancelled_is_not_worked_on() {
        let mut queue = Queue::default();
        let text = json!({ "uri": "file:///a" });
        queue.push(request(1, json!({ "textDocument": text, "position": {} })));
        queue.push(request(2, json!({ "textDocument": text })));
        queue.push(request(3, json!({})));
        queue.push(note("$/cancelRequest", json!({ "id": 3 })));
        queue.push(note(
            "textDocument/didChange",
            json!({ "textDocument": text }),
        ));
        let order = std::iter::from_fn(|| queue.next());
        let order = order.map(|next| match next {
            Next::Tell(note) => note.method,
            Next::Answer(request) => format!("answer {}", request.id),
            Next::Cancelled(id) => format!("cancelled {id}"),
            Next::Outdated(id) => format!("outdated {id}"),
        });
        let order: Vec<String> = order.collect();
        assert_eq!(
            order,
            [
                "textDocument/didChange",
                "cancelled 3",
                "outdated 1",
                "answer 2"
            ]
        );
    }
}
