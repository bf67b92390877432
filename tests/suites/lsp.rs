//! Sessions of an editor with the built binary, over its standard input and output.
//!
//! A fixture `x.session` first lays out files, then plays the client, one message a line:
//!
//! ```text
//! --- rbk.toml                 a file with the lines below it
//! ? initialize { ... }         a request; what comes up to its answer is shown
//! ! textDocument/didOpen {..}  a notification
//! = METHOD                     waits until the server says something of this method
//! ```
//!
//! `@main.rbk` stands for the address of a file, `@@main.rbk` for its text.

mod bad;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use libtest_mimic::Trial;
use lsp_server::{Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use crate::harness::fixture::{self, Fixture, trial};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    let mut trials = fixture::trials("lsp", "session", check);
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        trials.push(trial(format!("lsp/long texts in {encoding}"), move || {
            long(encoding)
        }));
    }
    trials.extend(bad::trials());
    #[cfg(feature = "harness")]
    trials.push(trial("lsp/a panic is an answer", a_panic_is_an_answer));
    trials
}

/// A client with its server.
struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: i32,
}

impl Client {
    fn start(folder: &Path) -> Client {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
        command.arg("lsp").current_dir(folder).env_clear();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Client {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            asked: 0,
        }
    }

    fn send(&mut self, message: Message) {
        message.write(self.input.as_mut().unwrap()).unwrap();
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(Notification::new(method.to_owned(), params).into());
    }

    fn request(&mut self, method: &str, params: Value) -> RequestId {
        self.asked += 1;
        let id = RequestId::from(self.asked);
        self.send(Request::new(id.clone(), method.to_owned(), params).into());
        id
    }

    /// Sends what may be no message.
    fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    /// The next message as it came: an answer to what could not be read has no id.
    fn next_raw(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "the server is gone"
            );
            match line.trim().strip_prefix("Content-Length: ") {
                Some(value) => length = value.parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Leaves as a client should.
    fn leave(mut self) {
        self.ask("shutdown", Value::Null).unwrap();
        self.notify("exit", Value::Null);
        assert_eq!(self.end(), (Some(0), String::new()));
    }

    /// The messages up to the one that was waited for.
    fn until(&mut self, wanted: impl Fn(&Message) -> bool) -> Vec<Message> {
        let mut read = Vec::new();
        loop {
            let message = Message::read(&mut self.output)
                .unwrap()
                .expect("the server is gone");
            let is_wanted = wanted(&message);
            read.push(message);
            if is_wanted {
                return read;
            }
        }
    }

    /// The answer to a request, or its error.
    fn ask(&mut self, method: &str, params: Value) -> Result<Value, i32> {
        let id = self.request(method, params);
        let read =
            self.until(|message| matches!(message, Message::Response(found) if found.id == id));
        match read.into_iter().last() {
            Some(Message::Response(found)) => found.response_result.map_err(|error| error.code),
            other => panic!("{other:?}"),
        }
    }

    /// The exit code and what was complained of.
    fn end(mut self) -> (Option<i32>, String) {
        drop(self.input.take());
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

fn check(fixture: &Fixture) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().canonicalize().unwrap();
    let text = fixture.text();
    let mut lines = text.lines().peekable();
    let mut client = None;
    let mut shown = String::new();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("--- ") {
            let mut body = String::new();
            while let Some(line) = lines
                .next_if(|line| !line.starts_with(['?', '!', '=']) && !line.starts_with("--- "))
            {
                body.push_str(line);
                body.push('\n');
            }
            fs::write(place.join(name), body).unwrap();
            continue;
        }
        let client = client.get_or_insert_with(|| Client::start(&place));
        let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (method, params) = rest.split_once(' ').unwrap_or((rest, "null"));
        let read = match head {
            "?" => {
                let id = client.request(method, filled(params, &place));
                client
                    .until(|message| matches!(message, Message::Response(found) if found.id == id))
            }
            "!" => {
                client.notify(method, filled(params, &place));
                Vec::new()
            }
            "=" => client.until(|message| said(message) == Some(method)),
            _ => continue,
        };
        writeln!(shown, "{line}").unwrap();
        for message in read {
            shown.push_str(&show(&message, &place));
        }
    }
    let (code, said) = client.unwrap().end();
    writeln!(shown, "--- exit {code:?}\n{said}").unwrap();
    snapshot::assert_matches(fixture, &shown);
}

fn said(message: &Message) -> Option<&str> {
    match message {
        Message::Request(found) => Some(&found.method),
        Message::Notification(found) => Some(&found.method),
        Message::Response(_) => None,
    }
}

/// The parameters with addresses and texts of files put in.
fn filled(params: &str, place: &Path) -> Value {
    fn fill(value: &mut Value, place: &Path) {
        match value {
            Value::String(text) => {
                if let Some(name) = text.strip_prefix("@@") {
                    *text = fs::read_to_string(place.join(name)).unwrap();
                } else if let Some(name) = text.strip_prefix('@') {
                    *text = format!("file://{}", place.join(name).display());
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|one| fill(one, place)),
            Value::Object(all) => all.values_mut().for_each(|one| fill(one, place)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut params = serde_json::from_str(params).unwrap_or_else(|why| panic!("{why}: {params}"));
    fill(&mut params, place);
    params
}

fn show(message: &Message, place: &Path) -> String {
    let text = serde_json::to_string_pretty(message).unwrap();
    let text = text.replace(&format!("file://{}", place.display()), "[folder]");
    let text = text.replace(&place.display().to_string(), "[folder]");
    let text = text.replace(env!("CARGO_PKG_VERSION"), "[version]");
    text + "\n"
}

/// Ten thousand lines with letters of all widths and all line ends.
fn long_text() -> String {
    let mut text = String::from("//! Län gä 😀\r\n\r\n");
    for number in 0..2_500 {
        writeln!(
            text,
            "/// é {number} 😀\r\nconst text_{number} = \"ü😀{number}\"  // ä\n\r"
        )
        .unwrap();
    }
    text
}

/// After many edits of a long text, what is known of the file is what a server knows that reads it anew.
fn long(encoding: &str) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().canonicalize().unwrap();
    let uri = format!("file://{}", place.join("long.rbk").display());
    let mut text = long_text();
    let mut client = Client::start(&place);
    let capabilities = json!({ "general": { "positionEncodings": [encoding] }, "textDocument": { "diagnostic": {} } });
    let result = client
        .ask("initialize", json!({ "capabilities": capabilities }))
        .unwrap();
    assert_eq!(result["capabilities"]["positionEncoding"], encoding);
    client.notify("initialized", json!({}));
    client.notify("textDocument/didOpen", open(&uri, &text));
    let units = |text: &str| match encoding {
        "utf-8" => text.len(),
        "utf-16" => text.encode_utf16().count(),
        _ => text.chars().count(),
    };
    let mut random = crate::harness::random::Random::new(3);
    for version in 2..30 {
        let typed = random.pick(&["x", "é", "😀", "\r\n", "\"", ""]);
        let mut at = random.below(text.len());
        while !text.is_char_boundary(at) || text[..at].ends_with('\r') {
            at -= 1;
        }
        let end = at
            + text[at..]
                .chars()
                .next()
                .filter(|letter| !"\r\n".contains(*letter))
                .map_or(0, char::len_utf8);
        let position = |at: usize| {
            let before = &text[..at];
            let before = before.replace("\r\n", "\n").replace('\r', "\n");
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            json!({ "line": before.matches('\n').count(), "character": units(&before[start..]) })
        };
        let change =
            json!({ "range": { "start": position(at), "end": position(end) }, "text": typed });
        text.replace_range(at..end, typed);
        let document = json!({ "uri": uri, "version": version });
        client.notify(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": [change] }),
        );
    }
    let asked = json!({ "textDocument": { "uri": uri } });
    let mut told = Vec::new();
    for _ in 0..2 {
        let all = [
            "textDocument/diagnostic",
            "textDocument/documentSymbol",
            "textDocument/semanticTokens/full",
        ];
        let mut found: Vec<Value> = all
            .iter()
            .map(|method| client.ask(method, asked.clone()).unwrap())
            .collect();
        found.iter_mut().for_each(|found| {
            drop(
                found
                    .as_object_mut()
                    .and_then(|found| found.remove("resultId")),
            )
        });
        told.push(found);
        client.notify("textDocument/didClose", asked.clone());
        client.notify("textDocument/didOpen", open(&uri, &text));
    }
    assert!(
        told[0] == told[1],
        "what is known after edits is not what is known of the text"
    );
    client.ask("shutdown", Value::Null).unwrap();
    client.notify("exit", Value::Null);
    assert_eq!(client.end(), (Some(0), String::new()));
}

fn open(uri: &str, text: &str) -> Value {
    json!({ "textDocument": { "uri": uri, "languageId": "rbk", "version": 1, "text": text } })
}

/// One request that brings the program down has an error for its answer; the next one is answered as ever.
#[cfg(feature = "harness")]
fn a_panic_is_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path());
    client
        .ask("initialize", json!({ "capabilities": {} }))
        .unwrap();
    client.notify("initialized", json!({}));
    assert_eq!(client.ask("rbk/panic", Value::Null), Err(-32603));
    assert_eq!(
        client.ask("workspace/symbol", json!({ "query": "" })),
        Ok(json!([]))
    );
    assert_eq!(client.ask("rbk/nothing", Value::Null), Err(-32601));
    client.ask("shutdown", Value::Null).unwrap();
    assert_eq!(
        client.ask("workspace/symbol", json!({ "query": "" })),
        Err(-32600)
    );
    client.notify("exit", Value::Null);
    let (code, said) = client.end();
    assert_eq!(code, Some(0));
    assert!(said.contains("as it was asked to"), "{said}");
}
