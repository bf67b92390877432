//! Messages on the wire: a header that says how long the body is, then the body, which is JSON.
//!
//! In: bytes as they come. Out: messages, or why what came is none. Nothing that a client says makes this take more
//! memory than the bounds below; what is no message is answered with an error, and the next one is read.

use std::io::{self, BufRead, Read, Write};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The longest header.
const MOST_HEADER: u64 = 16 * 1024;

/// The longest body that is read.
const MOST_BODY: u64 = 64 * 1024 * 1024;

/// How much of a body is looked at that is passed over: what it is about stands at its beginning.
const HEAD: u64 = 16 * 1024;

/// The longest body that is passed over. What says to be longer than this is no length that anybody means.
const MOST_SKIPPED: u64 = 1024 * 1024 * 1024;

/// What came.
#[derive(Debug)]
pub enum Incoming {
    Message(Message),
    /// It is no message; the next one can be read.
    Bad(Refused),
    /// It was too long, and may have told of a text.
    Lost(Refused, Lost),
    /// Nothing more will come.
    End,
}

/// What a message was about that was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The address of a text, as it stands in the message.
    Text(String),
    /// Whatever it was, nobody knows.
    Unknown,
}

/// Why something is no message.
#[derive(Debug)]
pub struct Refused {
    /// Of the request, if that could be read.
    id: Option<RequestId>,
    code: ErrorCode,
    why: String,
}

/// Nobody knows where the next message begins.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken(pub String);

/// What goes out.
#[derive(Debug)]
pub enum Outgoing {
    Message(Message),
    /// What was asked, as the JSON that it is: it may be long, and is written once.
    Answer(RequestId, Box<RawValue>),
    Refusal(Refused),
}

/// An answer on the wire.
#[derive(Serialize)]
struct Answered<'a> {
    jsonrpc: &'static str,
    id: &'a RequestId,
    result: &'a RawValue,
}

impl From<Message> for Outgoing {
    fn from(message: Message) -> Outgoing {
        Outgoing::Message(message)
    }
}

impl Outgoing {
    /// Writes it.
    ///
    /// # Errors
    /// If the other side is gone.
    pub fn write(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Outgoing::Message(message) => message.write(out),
            Outgoing::Answer(id, result) => {
                let (jsonrpc, id, result) = ("2.0", &id, &*result);
                let text = serde_json::to_string(&Answered {
                    jsonrpc,
                    id,
                    result,
                })?;
                write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
                out.flush()
            }
            Outgoing::Refusal(Refused {
                id: Some(id),
                code,
                why,
            }) => Message::from(Response::new_err(id, code as i32, why)).write(out),
            Outgoing::Refusal(Refused {
                id: None,
                code,
                why,
            }) => {
                let error = json!({ "code": code as i32, "message": why });
                let text = json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
                write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
                out.flush()
            }
        }
    }
}

/// Reads what comes next.
///
/// # Errors
/// If the header does not say where the next message begins.
pub fn read(input: &mut impl BufRead) -> Result<Incoming, Broken> {
    let Some(length) = header(input)? else {
        return Ok(Incoming::End);
    };
    if length > MOST_SKIPPED {
        return Err(Broken(format!(
            "a message says that it has {length} bytes, which is not a length of a message"
        )));
    }
    if length > MOST_BODY {
        return Ok(pass_over(input, length));
    }
    // What is said of the length is not believed before the bytes are there.
    let mut body = Vec::new();
    let read = input.by_ref().take(length).read_to_end(&mut body);
    if read.is_err() || body.len() as u64 != length {
        return Ok(Incoming::End);
    }
    Ok(message(&body))
}

/// Reads a body away that is too long. Its beginning says what it was about.
fn pass_over(input: &mut impl BufRead, length: u64) -> Incoming {
    let mut head = Vec::new();
    let read = input.by_ref().take(HEAD).read_to_end(&mut head);
    let rest = length - head.len() as u64;
    let skipped = io::copy(&mut input.by_ref().take(rest), &mut io::sink());
    if read.is_err() || !skipped.is_ok_and(|skipped| skipped == rest) {
        return Incoming::End;
    }
    let refused = Refused {
        id: None,
        code: ErrorCode::InvalidRequest,
        why: format!("a message of {length} bytes was passed over: one has at most {MOST_BODY}"),
    };
    match lost(&String::from_utf8_lossy(&head)) {
        Some(lost) => Incoming::Lost(refused, lost),
        None => Incoming::Bad(refused),
    }
}

/// Which text a message told of that begins like this; none if it told of no text.
fn lost(head: &str) -> Option<Lost> {
    let text = |key: &str| {
        let (_, behind) = head.split_once(key)?;
        let value = behind.trim_start().strip_prefix(':')?.trim_start();
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<String>();
        values.next()?.ok()
    };
    let tells = |method: &str| {
        let told = ["textDocument/didOpen", "textDocument/didChange"];
        told.contains(&method)
    };
    match (text("\"method\""), text("\"uri\"")) {
        (Some(method), _) if !tells(&method) => None,
        (Some(_), Some(uri)) => Some(Lost::Text(uri)),
        (Some(_), None) | (None, _) => Some(Lost::Unknown),
    }
}

/// How long the body is that follows; none where nothing more comes.
fn header(input: &mut impl BufRead) -> Result<Option<u64>, Broken> {
    let mut left = MOST_HEADER;
    let mut length = None;
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(left).read_until(b'\n', &mut line);
        if read.is_err() || (line.is_empty() && left > 0) {
            return Ok(None);
        }
        left -= line.len() as u64;
        if !line.ends_with(b"\n") {
            return match left {
                0 => Err(Broken(format!(
                    "the header of a message has more than {MOST_HEADER} bytes"
                ))),
                _ => Ok(None),
            };
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            let missing = || Broken(String::from("a message does not say its `Content-Length`"));
            return length.ok_or_else(missing).map(Some);
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(Broken(format!(
                "`{}` is not a line of a header: there is no `:` in it",
                short(line)
            )));
        };
        if name.trim().eq_ignore_ascii_case("content-length") {
            let value = value.trim();
            let number = value
                .parse()
                .map_err(|_| Broken(format!("`{}` is not a `Content-Length`", short(value))))?;
            length = Some(number);
        }
    }
}

/// The beginning of what a client wrote, in characters that can be shown.
fn short(text: &str) -> String {
    let begin: String = text.chars().take(40).collect();
    begin.escape_debug().to_string()
}

fn message(body: &[u8]) -> Incoming {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(why) => {
            let why = format!("this is not JSON: {why}");
            return bad(None, ErrorCode::ParseError, why);
        }
    };
    let invalid = |id, why: &str| bad(id, ErrorCode::InvalidRequest, String::from(why));
    let Value::Object(mut fields) = value else {
        return invalid(None, "a message is one object");
    };
    let id = fields.remove("id");
    let (is_answer, has_id) = (
        fields.contains_key("result") || fields.contains_key("error"),
        id.is_some(),
    );
    let id: Option<RequestId> = id.and_then(|id| serde_json::from_value(id).ok());
    let params = fields.remove("params").unwrap_or_default();
    match (fields.remove("method"), has_id, id) {
        (Some(Value::String(method)), true, Some(id)) => {
            Incoming::Message(Message::Request(Request { id, method, params }))
        }
        (Some(Value::String(method)), false, _) => {
            Incoming::Message(Message::Notification(Notification { method, params }))
        }
        (Some(Value::String(_)), true, None) => invalid(
            None,
            "the `id` of a request is a text or a whole number of 32 bits",
        ),
        (Some(_), _, id) => invalid(id, "`method` is a text"),
        // Nothing that is asked of the client waits for its answer, so that what stands in there makes no difference.
        (None, _, id) if is_answer => {
            let id = id.unwrap_or_else(|| RequestId::from(String::new()));
            Incoming::Message(Response::new_ok(id, Value::Null).into())
        }
        (None, _, id) => invalid(
            id,
            "there is no `method` in it, and neither `result` nor `error`",
        ),
    }
}

fn bad(id: Option<RequestId>, code: ErrorCode, why: String) -> Incoming {
    Incoming::Bad(Refused { id, code, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<String> {
        let mut input = bytes;
        let mut found = Vec::new();
        loop {
            found.push(match read(&mut input) {
                Ok(Incoming::Message(Message::Request(one))) => {
                    format!("{} {}", one.id, one.method)
                }
                Ok(Incoming::Message(Message::Notification(one))) => one.method,
                Ok(Incoming::Message(Message::Response(one))) => format!("answer {}", one.id),
                Ok(Incoming::Lost(one, of)) => format!("{} {of:?}", one.code as i32),
                Ok(Incoming::Bad(one)) => format!("{} {:?}", one.code as i32, one.id),
                Ok(Incoming::End) => return found,
                Err(Broken(why)) => {
                    found.push(why);
                    return found;
                }
            });
        }
    }

    fn framed(bodies: &[&str]) -> Vec<u8> {
        let frames = bodies
            .iter()
            .map(|body| format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        frames.collect::<String>().into_bytes()
    }

    #[test]
    fn what_is_no_message_is_passed_over() {
        let deep = "[".repeat(100_000);
        let bodies = [
            "{abc}",
            "",
            "42",
            "[]",
            &deep,
            r#"{"id": 1}"#,
            r#"{"id": {"a": 1}, "method": "x"}"#,
            r#"{"id": 1, "method": 2}"#,
            r#"{"id": null, "error": {}}"#,
            r#"{"id": "s", "method": "shutdown"}"#,
            r#"{"method": "exit"}"#,
        ];
        let wanted = [
            "-32700 None",
            "-32700 None",
            "-32600 None",
            "-32600 None",
            "-32700 None",
            "-32600 Some(RequestId(I32(1)))",
            "-32600 None",
            "-32600 Some(RequestId(I32(1)))",
            "answer \"\"",
            "\"s\" shutdown",
            "exit",
        ];
        assert_eq!(all(&framed(&bodies)), wanted);
    }

    #[test]
    fn what_is_passed_over_may_have_told_of_a_text() {
        let of = |method: &str| {
            format!(
                r#"{{"jsonrpc": "2.0", "method" : "{method}", "params": {{"textDocument": {{"uri":"file:///a%20b"}}, "#
            )
        };
        let text = Some(Lost::Text(String::from("file:///a%20b")));
        assert_eq!(lost(&of("textDocument/didChange")), text);
        assert_eq!(lost(&of("textDocument/didOpen")), text);
        assert_eq!(lost(&of("workspace/symbol")), None);
        assert_eq!(
            lost(r#"{"method":"textDocument/didChange""#),
            Some(Lost::Unknown)
        );
        assert_eq!(
            lost(r#"{"params": {"uri": "file:///a"}"#),
            Some(Lost::Unknown)
        );
        assert_eq!(lost("   "), Some(Lost::Unknown));
    }

    #[test]
    fn headers_are_read_as_the_protocol_says() {
        let body = r#"{"method":"a"}"#;
        let good = format!(
            "content-length: {}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{body}",
            body.len()
        );
        assert_eq!(all(good.as_bytes()), ["a"]);
        assert_eq!(all(b""), [""; 0]);
        assert_eq!(all(b"Content-Le"), [""; 0]);
        assert_eq!(all(b"Content-Length: 20\r\n\r\n{}"), [""; 0]);
    }

    #[test]
    fn a_header_that_says_no_length_ends_it() {
        let said = |header: &str| {
            all(format!("{header}\r\n\r\n{{}}").as_bytes())
                .pop()
                .unwrap()
        };
        assert!(said("Foo: bar").contains("`Content-Length`"));
        assert!(said("Content-Length: -5").contains("`-5`"));
        assert!(said("Content-Length: 99999999999999").contains("99999999999999 bytes"));
        assert!(said("GET / HTTP/1.1").contains("no `:`"));
        let long = format!("X: {}", "x".repeat(20_000));
        assert!(said(&long).contains("more than 16384 bytes"));
    }
}
