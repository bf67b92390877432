//! The loop: takes messages in, answers them, tells what is wrong with the files.
//!
//! In: a wire. Out: nothing but messages. All changes that wait are taken in before a request is answered or anything
//! is checked, so that only the newest text is. What lints say follows once the author pauses. A panic is the answer to
//! one request, not the end.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use gen_lsp_types as lsp;
use gen_lsp_types::Request as _;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::ide::Desk;
use crate::text::Source;

use super::client::Client;
use super::lines::Lines;
use super::pipes::{Gone, Wire};
use super::queue::{Next, Queue};
use super::wire::Outgoing;
use super::world::{World, path_of};
use super::{
    actions, completion, definition, diagnostics, folding, formatting, highlight, hover, inlay,
    lenses, notes, pages, references, rename, selection, signature, symbols, tokens,
};

/// How long the author pauses before lints are asked.
const PAUSE: Duration = Duration::from_millis(200);

/// Lints that take no longer are asked at once.
const AT_ONCE: Duration = Duration::from_millis(20);

/// What the server knows.
#[derive(Debug)]
pub struct Server {
    pub client: Client,
    pub world: World,
    pub told: diagnostics::Told,
    pub painted: tokens::Painted,
    /// How long lints took the last time.
    settling: Duration,
    /// What goes out when the message is done.
    pub out: Vec<Outgoing>,
    asked: i32,
}

/// Why a request has no answer.
#[derive(Debug)]
pub struct Failure {
    code: ErrorCode,
    message: String,
}

impl Failure {
    /// The request asks for what cannot be.
    pub fn params(message: impl Into<String>) -> Failure {
        Failure {
            code: ErrorCode::InvalidParams,
            message: message.into(),
        }
    }

    /// It cannot be done now.
    pub fn refused(message: impl Into<String>) -> Failure {
        Failure {
            code: ErrorCode::RequestFailed,
            message: message.into(),
        }
    }
}

/// How a request is answered.
type Answer = fn(&mut Server, Value) -> Result<Box<RawValue>, Failure>;

/// Every request that is answered.
const ANSWERS: &[(&str, Answer)] = &[
    ("textDocument/diagnostic", |server, params| {
        answer::<lsp::DocumentDiagnosticRequest>(server, params, diagnostics::pull)
    }),
    ("textDocument/formatting", |server, params| {
        answer::<lsp::DocumentFormattingRequest>(server, params, formatting::format)
    }),
    ("textDocument/documentSymbol", |server, params| {
        answer::<lsp::DocumentSymbolRequest>(server, params, symbols::document)
    }),
    ("workspace/symbol", |server, params| {
        answer::<lsp::WorkspaceSymbolRequest>(server, params, symbols::workspace)
    }),
    ("textDocument/foldingRange", |server, params| {
        answer::<lsp::FoldingRangeRequest>(server, params, folding::fold)
    }),
    ("textDocument/selectionRange", |server, params| {
        answer::<lsp::SelectionRangeRequest>(server, params, selection::grow)
    }),
    ("textDocument/semanticTokens/full", |server, params| {
        answer::<lsp::SemanticTokensRequest>(server, params, tokens::full)
    }),
    (
        "textDocument/semanticTokens/full/delta",
        |server, params| answer::<lsp::SemanticTokensDeltaRequest>(server, params, tokens::delta),
    ),
    ("textDocument/semanticTokens/range", |server, params| {
        answer::<lsp::SemanticTokensRangeRequest>(server, params, tokens::range)
    }),
    ("textDocument/codeAction", |server, params| {
        answer::<lsp::CodeActionRequest>(server, params, actions::offer)
    }),
    ("textDocument/codeLens", |server, params| {
        answer::<lsp::CodeLensRequest>(server, params, lenses::show)
    }),
    ("textDocument/completion", |server, params| {
        answer::<lsp::CompletionRequest>(server, params, completion::complete)
    }),
    ("textDocument/definition", |server, params| {
        answer::<lsp::DefinitionRequest>(server, params, definition::go)
    }),
    ("textDocument/references", |server, params| {
        answer::<lsp::ReferencesRequest>(server, params, references::find)
    }),
    ("textDocument/documentHighlight", |server, params| {
        answer::<lsp::DocumentHighlightRequest>(server, params, highlight::show)
    }),
    ("textDocument/hover", |server, params| {
        answer::<lsp::HoverRequest>(server, params, hover::show)
    }),
    ("textDocument/prepareRename", |server, params| {
        answer::<lsp::PrepareRenameRequest>(server, params, rename::prepare)
    }),
    ("textDocument/rename", |server, params| {
        answer::<lsp::RenameRequest>(server, params, rename::rename)
    }),
    ("textDocument/inlayHint", |server, params| {
        answer::<lsp::InlayHintRequest>(server, params, inlay::show)
    }),
    ("textDocument/signatureHelp", |server, params| {
        answer::<lsp::SignatureHelpRequest>(server, params, signature::help)
    }),
    ("workspace/textDocumentContent", |server, params| {
        answer::<lsp::TextDocumentContentRequest>(server, params, pages::read)
    }),
    #[cfg(feature = "harness")]
    ("rbk/panic", |_, _| panic!("as it was asked to")),
];

fn answer<R: lsp::Request>(
    server: &mut Server,
    params: Value,
    by: fn(&mut Server, R::Params) -> Result<R::Result, Failure>,
) -> Result<Box<RawValue>, Failure>
where
    R::Params: DeserializeOwned,
    R::Result: Serialize,
{
    let params = serde_json::from_value(params).map_err(|why| Failure::params(why.to_string()))?;
    let result = by(server, params)?;
    to_raw_value(&result).map_err(|why| Failure::refused(why.to_string()))
}

/// Speaks with a client until it ends. Whether it ended as it should: it said so before it left.
pub fn serve(wire: &Wire) -> bool {
    match greet(wire) {
        Some(client) => Server::new(client).run(wire),
        None => false,
    }
}

/// Waits for the request that comes before all others, and answers it; none if the client leaves before.
fn greet(wire: &Wire) -> Option<Client> {
    loop {
        let request = match wire.next() {
            Ok(Message::Request(request)) => request,
            Ok(Message::Notification(note)) if note.method == "exit" => return None,
            Ok(Message::Notification(_) | Message::Response(_)) => continue,
            Err(Gone) => return None,
        };
        let refuse = |code: ErrorCode, why: String| {
            let response = Response::new_err(request.id.clone(), code as i32, why);
            wire.send(Message::from(response));
        };
        if request.method != lsp::InitializeRequest::METHOD.to_string() {
            let why = format!("`{}` comes before `initialize`", request.method);
            refuse(ErrorCode::ServerNotInitialized, why);
            continue;
        }
        let params: lsp::InitializeParams = match serde_json::from_value(request.params) {
            Ok(params) => params,
            Err(why) => {
                refuse(ErrorCode::InvalidParams, why.to_string());
                continue;
            }
        };
        let client = Client::of(&params);
        let result = lsp::InitializeResult {
            capabilities: client.offer(),
            server_info: Some(lsp::ServerInfo {
                name: String::from("rbk"),
                version: Some(String::from(env!("CARGO_PKG_VERSION"))),
            }),
        };
        wire.send(Message::from(Response::new_ok(request.id, result)));
        return Some(client);
    }
}

/// Has what is there already wait in the queue, as far as there is room.
fn take_in(wire: &Wire, queue: &mut Queue) {
    while let Some(message) = queue.has_room().then(|| wire.waiting()).flatten() {
        queue.push(message);
    }
}

impl Server {
    fn new(client: Client) -> Server {
        Server {
            client,
            world: World::default(),
            told: diagnostics::Told::default(),
            painted: tokens::Painted::default(),
            settling: Duration::ZERO,
            out: Vec::new(),
            asked: 0,
        }
    }

    /// The client is ready: looks at the folders that are worked on, and has their files watched.
    pub fn begin(&mut self) {
        for root in self.client.roots.clone() {
            self.world.add_root(&root);
        }
        if self.client.watches {
            self.ask::<lsp::RegistrationRequest>(notes::watched());
        }
    }

    /// Until the client leaves; whether it said so before.
    fn run(&mut self, wire: &Wire) -> bool {
        let queue = RefCell::new(Queue::default());
        // A message that comes meanwhile waits with the others; an edit makes lints of the text before it worthless.
        let is_wanted = || {
            take_in(wire, &mut queue.borrow_mut());
            !queue.borrow().has_news()
        };
        let mut is_over = false;
        loop {
            self.catch_up();
            self.settle_soon(&is_wanted);
            diagnostics::tell(self);
            self.flush(wire);
            if queue.borrow().is_empty() {
                let waited = match self.world.is_settled() {
                    true => wire.next().map(Some),
                    false => wire.next_within(PAUSE),
                };
                match waited {
                    Ok(Some(message)) => queue.borrow_mut().push(message),
                    Ok(None) => {
                        self.settle(&is_wanted);
                        continue;
                    }
                    Err(Gone) => return false,
                }
            }
            loop {
                take_in(wire, &mut queue.borrow_mut());
                let next = queue.borrow_mut().next();
                let Some(next) = next else { break };
                match next {
                    Next::Tell(note) if note.method == "exit" => return is_over,
                    Next::Answer(request)
                        if request.method == lsp::ShutdownRequest::METHOD.to_string() =>
                    {
                        is_over = true;
                        let done = Response::new_ok(request.id, Value::Null);
                        self.out.push(Message::from(done).into());
                    }
                    next => self.work(next, is_over, &is_wanted),
                }
                self.flush(wire);
            }
        }
    }

    fn work(&mut self, next: Next, is_over: bool, is_wanted: &dyn Fn() -> bool) {
        match next {
            Next::Tell(_) if is_over => {}
            Next::Tell(note) => self.tell(note),
            Next::Answer(request) if is_over => {
                let why = "the server was told to shut down";
                self.refuse(request.id, ErrorCode::InvalidRequest, why);
            }
            Next::Answer(request) => self.answer(request, is_wanted),
            Next::Cancelled(id) => self.refuse(id, ErrorCode::RequestCanceled, "cancelled"),
            Next::Outdated(id) => {
                self.refuse(id, ErrorCode::ContentModified, "the text has changed since");
            }
        }
    }

    /// Asks the lints, unless that takes so long that the author would notice.
    fn settle_soon(&mut self, is_wanted: &dyn Fn() -> bool) {
        if self.settling <= AT_ONCE {
            self.settle(is_wanted);
        }
    }

    fn settle(&mut self, is_wanted: &dyn Fn() -> bool) {
        let begin = Instant::now();
        let settled = catch_unwind(AssertUnwindSafe(|| self.world.settle(is_wanted)));
        match settled {
            Ok(true) if self.world.is_settled() => self.settling = begin.elapsed(),
            // It was called off, and would have taken longer.
            Ok(true) => self.settling = self.settling.max(begin.elapsed()),
            Ok(false) => {}
            Err(_) => self.recover(),
        }
    }

    /// Has the packages take in what was typed.
    fn catch_up(&mut self) {
        if catch_unwind(AssertUnwindSafe(|| self.world.catch_up())).is_err() {
            self.recover();
        }
    }

    /// After a panic nobody knows what holds: the files are read anew.
    fn recover(&mut self) {
        // What is broken for good stays as it is.
        let _ = catch_unwind(AssertUnwindSafe(|| self.world.reload()));
    }

    fn tell(&mut self, note: Notification) {
        let told = catch_unwind(AssertUnwindSafe(|| notes::take(self, note)));
        if told.is_err() {
            self.recover();
        }
    }

    fn answer(&mut self, request: Request, is_wanted: &dyn Fn() -> bool) {
        self.catch_up();
        let Request { id, method, params } = request;
        // What a runbook may do is known with the lints, and lenses are asked for once a text.
        if method == lsp::CodeLensRequest::METHOD.to_string() {
            self.settle(is_wanted);
        }
        let mut answers = ANSWERS.iter();
        let Some((_, answer)) = answers.find(|(name, _)| *name == method) else {
            let why = format!("`{method}` is not known");
            return self.refuse(id, ErrorCode::MethodNotFound, &why);
        };
        if self.is_lost(&method, &params) {
            return self.refuse(id, ErrorCode::RequestFailed, notes::OUT_OF_STEP);
        }
        match catch_unwind(AssertUnwindSafe(|| answer(self, params))) {
            Ok(Ok(result)) => self.out.push(Outgoing::Answer(id, result)),
            Ok(Err(failure)) => self.refuse(id, failure.code, &failure.message),
            Err(_) => {
                let why =
                    "this is a fault of rbk itself; what it printed says where, please report it";
                self.refuse(id, ErrorCode::InternalError, why);
            }
        }
    }

    /// Whether a change of the text that is asked about was lost. That alone is what is wrong with it then.
    fn is_lost(&self, method: &str, params: &Value) -> bool {
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
        let uri: Option<lsp::Uri> = uri.and_then(|uri| uri.parse().ok());
        let is_lost = uri.is_some_and(|uri| self.world.lost().contains(&path_of(&uri)));
        is_lost && method != lsp::DocumentDiagnosticRequest::METHOD.to_string()
    }

    fn refuse(&mut self, id: RequestId, code: ErrorCode, why: &str) {
        let response = Response::new_err(id, code as i32, String::from(why));
        self.out.push(Message::from(response).into());
    }

    /// The text of a file that is open, or of a package that is.
    pub fn text(&self, uri: &lsp::Uri) -> Option<&Source> {
        let (desk, file) = self.world.place(uri)?;
        desk.source(file)
    }

    /// The desk of a place, with the file and the offset there.
    pub fn at(&self, place: &lsp::TextDocumentPositionParams) -> Option<(&Desk, usize, usize)> {
        let (desk, file) = self.world.place(&place.text_document.uri)?;
        let lines = Lines::of(&desk.source(file)?.text, self.client.encoding);
        Some((desk, file, lines.offset(place.position)))
    }

    /// Tells the client something.
    pub fn notify<N: lsp::Notification>(&mut self, params: N::Params) {
        let method = N::METHOD.to_string();
        self.out
            .push(Message::from(Notification::new(method, params)).into());
    }

    /// Asks the client something; its answer makes no difference.
    pub fn ask<R: lsp::Request>(&mut self, params: R::Params) {
        let id = RequestId::from(self.asked);
        self.asked += 1;
        let method = R::METHOD.to_string();
        self.out
            .push(Message::from(Request::new(id, method, params)).into());
    }

    fn flush(&mut self, wire: &Wire) {
        for message in self.out.drain(..) {
            wire.send(message);
        }
    }
}
