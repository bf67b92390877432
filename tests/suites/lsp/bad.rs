//! What a client may send that is no message, or is too much: each has its answer, and the server goes on or says why not.

use std::fmt::Write as _;

use libtest_mimic::Trial;
use lsp_server::Message;
use serde_json::{Value, json};

use super::{Client, open, said};
use crate::harness::fixture::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("lsp/what is no message is answered", not_a_message),
        trial("lsp/a message that is too long is passed over", too_long),
        trial("lsp/a text whose change is lost is not spoken of", lost),
        trial("lsp/a header that says no length ends it", no_length),
        trial("lsp/of very many findings the worst are said", very_many),
        trial("lsp/of very many brackets the innermost are selected", deep),
    ]
}

fn framed(body: &[u8]) -> Vec<u8> {
    let head = format!("Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A client with a server that was greeted.
fn greeted() -> (tempfile::TempDir, Client) {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path());
    client
        .ask("initialize", json!({ "capabilities": {} }))
        .unwrap();
    client.notify("initialized", json!({}));
    (folder, client)
}

/// Whatever stands in a frame has an answer with its error, and the server goes on: before it was greeted and after.
fn not_a_message() {
    let deep = "[".repeat(100_000);
    let frames: [(&[u8], i32, Value); 9] = [
        (b"{abc}", -32700, Value::Null),
        (b"", -32700, Value::Null),
        (b"\"\xff\xfe\"", -32700, Value::Null),
        (deep.as_bytes(), -32700, Value::Null),
        (b"42", -32600, Value::Null),
        (b"[]", -32600, Value::Null),
        (br#"{"id": {"a": 1}, "method": "foo"}"#, -32600, Value::Null),
        (br#"{"id": 7, "params": []}"#, -32600, json!(7)),
        (br#"{"id": "a", "method": 1}"#, -32600, json!("a")),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path());
    let answers = |client: &mut Client| {
        for (frame, code, id) in &frames {
            client.send_raw(&framed(frame));
            let answer = client.next_raw();
            let shown = String::from_utf8_lossy(&frame[..frame.len().min(40)]);
            assert_eq!(
                (&answer["id"], &answer["error"]["code"]),
                (id, &json!(code)),
                "{shown}"
            );
        }
    };
    answers(&mut client);
    let symbols = json!({ "query": "" });
    assert_eq!(client.ask("workspace/symbol", symbols.clone()), Err(-32002));
    assert_eq!(client.ask("initialize", json!(3)), Err(-32602));
    client.notify("rbk/unknown", json!({}));
    client
        .ask("initialize", json!({ "capabilities": {} }))
        .unwrap();
    client.notify("initialized", json!({}));
    answers(&mut client);
    // What tells nothing that can be read is left, as the protocol asks.
    client.notify("textDocument/didOpen", Value::Null);
    client.notify("textDocument/didChange", json!({ "textDocument": 3 }));
    client.send_raw(&framed(
        br#"{"id": null, "error": {"code": 1, "message": ""}}"#,
    ));
    assert_eq!(
        client.ask("textDocument/hover", json!({ "x": 1 })),
        Err(-32602)
    );
    assert_eq!(client.ask("textDocument/nonsense", json!({})), Err(-32601));
    assert_eq!(client.ask("workspace/symbol", symbols), Ok(json!([])));
    client.leave();
}

/// It is read away without being kept, and answered.
fn too_long() {
    let (_folder, mut client) = greeted();
    let long = vec![b' '; 64 * 1024 * 1024 + 1];
    client.send_raw(&framed(&long));
    let answer = client.next_raw();
    assert_eq!(answer["id"], Value::Null);
    assert_eq!(answer["error"]["code"], -32600);
    assert_eq!(
        client.ask("workspace/symbol", json!({ "query": "" })),
        Ok(json!([]))
    );
    client.leave();
}

/// The user is told, and whatever is asked about it is refused, until the text is known again.
fn lost() {
    let (folder, mut client) = greeted();
    let place = folder.path().canonicalize().unwrap().join("a.rbk");
    let uri = format!("file://{}", place.display());
    let asked = json!({ "textDocument": { "uri": uri } });
    let symbols = |client: &mut Client| client.ask("textDocument/documentSymbol", asked.clone());
    let change = |client: &mut Client, version: i32, change: Value| {
        let document = json!({ "uri": uri, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        client.notify("textDocument/didChange", params);
    };
    client.notify("textDocument/didOpen", open(&uri, "const a = 1\n"));
    assert_eq!(symbols(&mut client).unwrap().as_array().unwrap().len(), 1);
    let head = format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{uri}","version":2}},"#
    );
    let mut long = head.into_bytes();
    long.resize(64 * 1024 * 1024 + 1, b' ');
    client.send_raw(&framed(&long));
    let refused = |client: &mut Client| loop {
        // Findings of the text may come before it.
        let answer = client.next_raw();
        if answer.get("error").is_some() {
            break answer["error"]["code"].clone();
        }
    };
    assert_eq!(refused(&mut client), -32600);
    let Some(Message::Notification(told)) = client
        .until(|message| said(message) == Some("window/showMessage"))
        .pop()
    else {
        unreachable!("a notification was waited for");
    };
    let message = told.params["message"].as_str().unwrap();
    assert!(
        message.contains(&uri) && message.contains("opened again"),
        "{message}"
    );
    let Some(Message::Notification(told)) = client
        .until(|message| said(message) == Some("textDocument/publishDiagnostics"))
        .pop()
    else {
        unreachable!("a notification was waited for");
    };
    assert_eq!(told.params["diagnostics"].as_array().unwrap().len(), 1);
    assert_eq!(symbols(&mut client), Err(-32803));
    // A place in a text that is not known is none.
    let start = json!({ "line": 0, "character": 0 });
    let part = json!({ "range": { "start": start, "end": start }, "text": "const b = 2\n" });
    change(&mut client, 3, part.clone());
    assert_eq!(symbols(&mut client), Err(-32803));
    change(&mut client, 4, json!({ "text": "const c = 3\n" }));
    change(&mut client, 5, part);
    assert_eq!(symbols(&mut client).unwrap().as_array().unwrap().len(), 2);
    // Nobody knows what this was.
    client.send_raw(&framed(&vec![b' '; 64 * 1024 * 1024 + 1]));
    assert_eq!(refused(&mut client), -32600);
    client.until(|message| said(message) == Some("window/showMessage"));
    assert_eq!(symbols(&mut client), Err(-32803));
    client.notify("textDocument/didOpen", open(&uri, "const a = 1\n"));
    assert_eq!(symbols(&mut client).unwrap().as_array().unwrap().len(), 1);
    client.leave();
}

/// Nobody knows where the next message begins: the server says so and ends, whatever length is claimed.
fn no_length() {
    for (header, wanted) in [
        ("Foo: bar", "a message does not say its `Content-Length`"),
        ("Content-Length: -5", "`-5` is not a `Content-Length`"),
        ("Content-Length: 99999999999999", "99999999999999 bytes"),
        (
            "Content-Length: 99999999999999999999999",
            "is not a `Content-Length`",
        ),
        ("GET / HTTP/1.1", "not a line of a header"),
    ] {
        let (_folder, mut client) = greeted();
        client.send_raw(format!("{header}\r\n\r\n{{}}").as_bytes());
        let (code, said) = client.end();
        assert_eq!(code, Some(1), "{header}");
        assert!(
            said.starts_with("error: the editor does not keep to the protocol: ")
                && said.contains(wanted),
            "{header}: {said}"
        );
    }
}

/// The note comes with a count, and no warning takes the place of an error.
fn very_many() {
    let (folder, mut client) = greeted();
    let uri = format!(
        "file://{}",
        folder
            .path()
            .canonicalize()
            .unwrap()
            .join("a.rbk")
            .display()
    );
    let mut text = String::new();
    for number in 0..700 {
        writeln!(text, "const c_{number} = lost_{number}").unwrap();
    }
    client.notify("textDocument/didOpen", open(&uri, &text));
    let wanted = |message: &Message| said(message) == Some("textDocument/publishDiagnostics");
    let Some(Message::Notification(told)) = client.until(wanted).pop() else {
        unreachable!("a notification was waited for");
    };
    let told = told.params["diagnostics"].as_array().unwrap().clone();
    assert_eq!(told.len(), 501);
    let (more, worst) = told.split_last().unwrap();
    assert!(worst.iter().all(|one| one["severity"] == 1));
    assert_eq!(more["severity"], 3);
    let message = more["message"].as_str().unwrap();
    assert!(message.starts_with("200 more findings"), "{message}");
    client.leave();
}

/// What lies in very many brackets has as many ranges as can be read, and the server goes on.
fn deep() {
    let (folder, mut client) = greeted();
    let many = 20_000;
    let text = format!("const a = {}1{}\n", "(".repeat(many), ")".repeat(many));
    let path = folder.path().join("main.rbk");
    std::fs::write(&path, &text).unwrap();
    let uri = format!("file://{}", path.display());
    client.notify("textDocument/didOpen", open(&uri, &text));
    let place = json!({ "line": 0, "character": many + 10 });
    let asked = json!({ "textDocument": { "uri": uri }, "positions": [place] });
    for _ in 0..2 {
        let answer = client
            .ask("textDocument/selectionRange", asked.clone())
            .unwrap();
        let mut range = &answer[0];
        let mut ranges = 0;
        while !range.is_null() {
            range = &range["parent"];
            ranges += 1;
        }
        assert_eq!(ranges, 100);
    }
}
