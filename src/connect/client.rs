//! The HTTP client that all connectors share: no redirects, no proxies, no cookies, no second try of a
//! change.
//!
//! In: a request, how long to wait, how much to read. Out: the answer, or whether anything can have
//! reached the other side. Never follows what an answer says.
//!
//! What only looks keeps its connections for the next look; where a kept one turns out to be dead, a new
//! one is made. Whatever may change something begins with a connection of its own: of a kept one that is
//! dead nobody could say whether the request was read.

use std::time::Duration;

use reqwest::{Method, Request, RequestBuilder, Response};

use super::lack::{self, LOOK_AGAIN, is_caused_by_lack};
use super::late::in_time;
use super::secret::SecretText;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// Connections to one server that are kept for the next look, and how long.
const KEPT: usize = 16;
const KEPT_FOR: Duration = Duration::from_secs(10);

/// A client. Clones share it.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// Keeps its connections.
    keeping: reqwest::Client,
    /// Why certificates cannot be checked, where they cannot.
    without_roots: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    /// Where a redirect leads, and how long to wait: as the other side says it.
    pub location: String,
    pub retry_after: String,
    /// The beginning of the body, at least as much as was asked for if there is that much.
    pub body: Vec<u8>,
    /// Whether there was more of it.
    pub more: bool,
    /// Why the body is not complete, if it broke off.
    pub broken: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub struct NoAnswer {
    pub why: String,
    /// Whether the request can have reached the other side.
    pub sent: bool,
}

impl Client {
    /// The client; fails only if not even plain HTTP can be spoken.
    pub fn new() -> Result<Client, String> {
        // Whoever installed one before is as good: the call says so by failing.
        drop(rustls::crypto::ring::default_provider().install_default());
        match (builder().build(), keeping().build()) {
            (Ok(http), Ok(keeping)) => Ok(Client {
                http,
                keeping,
                without_roots: None,
            }),
            // A machine without certificates can still speak plain HTTP.
            (Err(error), _) | (_, Err(error)) => {
                let bare = |builder: reqwest::ClientBuilder| {
                    let bare = builder.tls_certs_only([]).build();
                    bare.map_err(|error| words(&error))
                };
                Ok(Client {
                    http: bare(builder())?,
                    keeping: bare(keeping())?,
                    without_roots: Some(words(&error)),
                })
            }
        }
    }

    /// A request without a body.
    pub fn get(&self, url: &str) -> RequestBuilder {
        self.http.request(Method::GET, url)
    }

    /// A request to take something away.
    pub fn delete(&self, url: &str) -> RequestBuilder {
        self.http.request(Method::DELETE, url)
    }

    /// A request with a body of this type.
    pub fn post(&self, url: &str, content_type: &str, body: String) -> RequestBuilder {
        let request = self.http.request(Method::POST, url).body(body);
        match content_type.is_empty() {
            true => request,
            false => request.header(reqwest::header::CONTENT_TYPE, content_type),
        }
    }

    /// Sends a request, and reads at most `most` bytes of the answer's body.
    pub async fn ask(
        &self,
        request: RequestBuilder,
        patience: Duration,
        most: usize,
    ) -> Result<Answer, NoAnswer> {
        self.answer(request, patience, most, Way::Fresh).await
    }

    /// The same for a request that changes nothing.
    pub async fn look(
        &self,
        request: RequestBuilder,
        patience: Duration,
        most: usize,
    ) -> Result<Answer, NoAnswer> {
        self.answer(request, patience, most, Way::Kept).await
    }

    async fn answer(
        &self,
        request: RequestBuilder,
        patience: Duration,
        most: usize,
        way: Way,
    ) -> Result<Answer, NoAnswer> {
        let deadline = tokio::time::Instant::now() + patience;
        let late = format!("no answer within {}", seconds(patience));
        let sent = self.send(request, way, lack::as_long(patience));
        let response = match in_time(deadline, sent).await {
            Some(Ok(response)) => response,
            Some(Err(error)) => return Err(self.no_answer(&error)),
            None => {
                return Err(NoAnswer {
                    why: late,
                    sent: true,
                });
            }
        };
        let header = |name| {
            let value = response.headers().get(name);
            let value = value.map(|value| String::from_utf8_lossy(value.as_bytes()));
            value.unwrap_or_default().into_owned()
        };
        let mut answer = Answer {
            status: response.status().as_u16(),
            content_type: header(reqwest::header::CONTENT_TYPE),
            location: header(reqwest::header::LOCATION),
            retry_after: header(reqwest::header::RETRY_AFTER),
            body: Vec::new(),
            more: false,
            broken: None,
        };
        let read = read(response, &mut answer, most);
        if in_time(deadline, read).await.is_none() {
            answer.broken = Some(late);
        }
        Ok(answer)
    }

    async fn send(
        &self,
        request: RequestBuilder,
        way: Way,
        patience: Duration,
    ) -> Result<Response, reqwest::Error> {
        let request = request.build()?;
        let client = match way {
            Way::Fresh => &self.http,
            Way::Kept => &self.keeping,
        };
        let again = request.try_clone();
        match (send(client, request, patience).await, way, again) {
            (Err(error), Way::Kept, Some(again)) if is_dead(&error) => {
                send(&self.http, again, patience).await
            }
            (sent, Way::Fresh | Way::Kept, _) => sent,
        }
    }

    fn no_answer(&self, error: &reqwest::Error) -> NoAnswer {
        let mut why = words(error);
        if is_lack(error) {
            why = lack::too_busy(&why);
        }
        if let Some(missing) = &self.without_roots
            && error.is_connect()
        {
            why = format!("{why} (no certificates were found on this machine: {missing})");
        }
        NoAnswer {
            why,
            // A request that could not even be built is not sent either.
            sent: !(error.is_connect() || error.is_builder()),
        }
    }
}

/// The bearer that a request carries, if there is one.
pub fn with_bearer(request: RequestBuilder, bearer: Option<&SecretText>) -> RequestBuilder {
    match bearer {
        Some(secret) => request.bearer_auth(secret.expose()),
        None => request,
    }
}

/// The base of an API as a URL without a slash at its end.
pub fn base(url: &str) -> Result<String, String> {
    let parsed = url::Url::parse(url).map_err(|error| format!("`{url}` is not a URL: {error}"))?;
    let plain = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
    match plain && parsed.query().is_none() && parsed.fragment().is_none() {
        true => Ok(parsed.as_str().trim_end_matches('/').to_owned()),
        false => Err(format!(
            "`{url}` is not the plain address of an HTTP server"
        )),
    }
}

/// Over which connection a request goes.
#[derive(Clone, Copy)]
enum Way {
    Fresh,
    /// One that is open already, if there is one.
    Kept,
}

/// Sends it, and sends it again where it was never sent for a lack of the agent's own.
async fn send(
    client: &reqwest::Client,
    request: Request,
    patience: Duration,
) -> Result<Response, reqwest::Error> {
    let until = tokio::time::Instant::now() + patience;
    let mut request = request;
    loop {
        let again = request.try_clone();
        match (client.execute(request).await, again) {
            (Err(error), Some(again)) if is_lack(&error) && tokio::time::Instant::now() < until => {
                tokio::time::sleep(LOOK_AGAIN).await;
                request = again;
            }
            (sent, _) => return sent,
        }
    }
}

fn is_lack(error: &reqwest::Error) -> bool {
    error.is_connect() && is_caused_by_lack(error)
}

/// Whether the other side had closed the connection before it answered anything.
fn is_dead(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(inner) = inner.downcast_ref::<hyper::Error>() {
            return inner.is_incomplete_message() || inner.is_canceled() || inner.is_closed();
        }
        if let Some(inner) = inner.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind;
            return matches!(
                inner.kind(),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted
            );
        }
        cause = inner.source();
    }
    false
}

fn keeping() -> reqwest::ClientBuilder {
    let builder = builder().pool_max_idle_per_host(KEPT);
    builder.pool_idle_timeout(KEPT_FOR)
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("rbk/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
}

/// Reads the body until it ends, breaks off, or there is enough of it.
async fn read(mut response: reqwest::Response, answer: &mut Answer, most: usize) {
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => answer.body.extend_from_slice(&chunk),
            Ok(None) => return,
            Err(error) => {
                answer.broken = Some(words(&error));
                return;
            }
        }
        if answer.body.len() > most {
            answer.body.truncate(most);
            answer.more = true;
            return;
        }
    }
}

/// The error and its causes in one line, without the URL: that may hold what nobody should read.
fn words(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    match causes.is_empty() {
        true if error.is_builder() => "the request makes no sense".into(),
        true => "the request failed".into(),
        false => causes.join(": "),
    }
}

/// `2.5 s`
pub fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_millis() as f64 / 1000.0)
}
