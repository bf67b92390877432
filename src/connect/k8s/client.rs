//! Requests to one API server: paced, each within the time of its call, each sent once.
//!
//! The crate `kube` gives the connection and the credentials. What is asked is written here, so that every change names
//! who makes it, and so that nothing is sent again behind anybody's back.

use std::error::Error;

use http::{Method, Request};
use http_body_util::{BodyExt, Limited};
use kube::client::{AuthError, Body};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Duration, Instant, sleep};

use super::account;
use super::answer::{Kind, Refusal};
use super::object::{Metadata, Object};
use super::pace::Pace;
use super::place::{Name, Place};
use crate::connect::in_time;
use crate::settings::Account;

/// Whose changes they are, as the cluster keeps it.
const MANAGER: &str = "rbk";
/// The longest answer.
const MOST: usize = 16 * 1024 * 1024;
/// Things a page of a list, and pages.
const PAGE: usize = 500;
const PAGES: usize = 20;
/// How long is waited before a server that is busy is asked again.
const BUSY: Duration = Duration::from_secs(1);

/// One cluster.
pub struct Cluster {
    account: Account,
    client: Mutex<Connection>,
    pace: Pace,
}

/// What requests go over.
enum Connection {
    None,
    /// It is being made, once for all who wait for it: that may start a command, and no second one beside it.
    Making(JoinHandle<Result<kube::Client, Refusal>>),
    Made(kube::Client),
}

impl Connection {
    async fn make(account: Account) -> Result<kube::Client, Refusal> {
        let unreached = |why| Refusal::new(Kind::Unreached, why);
        let config = account::config(&account).await.map_err(unreached)?;
        // It may run a command for the credentials.
        let made = spawn_blocking(move || kube::Client::try_from(config)).await;
        let made = made.map_err(|error| unreached(error.to_string()))?;
        made.map_err(|error| unreached(words(&error)))
    }
}

/// The same for as long as somebody waits.
pub struct Until<'a> {
    cluster: &'a Cluster,
    deadline: Instant,
}

/// How the body of a patch is meant.
#[derive(Clone, Copy)]
pub enum Form {
    /// What is named is replaced.
    Merge,
    /// Steps, of which each has to fit.
    Steps,
}

/// What is sent.
struct Sent<'a> {
    method: Method,
    path: String,
    body: Option<(&'static str, &'a Json)>,
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(default)]
    metadata: Metadata,
    items: Vec<T>,
}

impl Cluster {
    pub fn new(account: Account) -> Cluster {
        Cluster {
            account,
            client: Mutex::new(Connection::None),
            pace: Pace::new(),
        }
    }

    pub fn until(&self, deadline: Instant) -> Until<'_> {
        Until {
            cluster: self,
            deadline,
        }
    }

    async fn client(&self) -> Result<kube::Client, Refusal> {
        let mut kept = self.client.lock().await;
        if let Connection::None = *kept {
            *kept = Connection::Making(tokio::spawn(Connection::make(self.account.clone())));
        }
        let made = match &mut *kept {
            Connection::Made(client) => Ok(client.clone()),
            // Whoever goes away before it is there leaves it to the next one.
            Connection::Making(making) => match making.await {
                Ok(made) => made,
                Err(error) => Err(Refusal::new(Kind::Unreached, error.to_string())),
            },
            Connection::None => Err(Refusal::new(Kind::Unreached, "there is no connection")),
        };
        *kept = match &made {
            Ok(client) => Connection::Made(client.clone()),
            Err(_) => Connection::None,
        };
        made
    }

    async fn forget(&self) {
        *self.client.lock().await = Connection::None;
    }
}

impl Until<'_> {
    /// A thing as it is now.
    pub async fn get<T: Object>(&self, place: &Place) -> Result<T, Refusal> {
        self.read(place.path::<T>()).await
    }

    /// A thing of the cluster itself as it is now.
    pub async fn get_global<T: Object>(&self, name: &Name) -> Result<T, Refusal> {
        self.read(format!("/{}/{}/{name}", T::GROUP, T::PLURAL))
            .await
    }

    /// All of a kind in a namespace.
    pub async fn list<T: Object>(&self, namespace: &Name) -> Result<Vec<T>, Refusal> {
        let (mut items, mut more) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let (group, plural) = (T::GROUP, T::PLURAL);
            let query = page(&more);
            let path = format!("/{group}/namespaces/{namespace}/{plural}?{query}");
            let page: Page<T> = self.read(path).await?;
            items.extend(page.items);
            more = page.metadata.more;
            if more.is_empty() {
                return Ok(items);
            }
        }
        let words = format!(
            "there are more than {} {} in `{namespace}`",
            PAGE * PAGES,
            T::PLURAL
        );
        Err(Refusal::new(Kind::Unread, words))
    }

    /// Changes parts of a thing; what it is then.
    pub async fn patch<T: Object>(
        &self,
        place: &Place,
        subresource: &str,
        form: Form,
        body: &Json,
    ) -> Result<Json, Refusal> {
        let path = place.path::<T>();
        let content = match form {
            Form::Merge => "application/merge-patch+json",
            Form::Steps => "application/json-patch+json",
        };
        let answer = self
            .send(&Sent {
                method: Method::PATCH,
                path: format!("{path}{subresource}?fieldManager={MANAGER}&fieldValidation=Strict"),
                body: Some((content, body)),
            })
            .await?;
        parsed(&answer)
    }

    /// Takes exactly this one away.
    pub async fn delete<T: Object>(&self, place: &Place, uid: &str) -> Result<(), Refusal> {
        let body = serde_json::json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": { "uid": uid },
        });
        let sent = Sent {
            method: Method::DELETE,
            path: place.path::<T>(),
            body: Some(("application/json", &body)),
        };
        self.send(&sent).await.map(drop)
    }

    /// A look, again where the server was only busy.
    async fn read<T: DeserializeOwned>(&self, path: String) -> Result<T, Refusal> {
        let sent = Sent {
            method: Method::GET,
            path,
            body: None,
        };
        loop {
            match self.send(&sent).await {
                Ok(answer) => return parsed(&answer),
                Err(refusal) if refusal.passes() && Instant::now() + BUSY < self.deadline => {
                    sleep(BUSY).await;
                }
                Err(refusal) => return Err(refusal),
            }
        }
    }

    /// Sends it once, or a second time where the first one was turned away for credentials that are no good any more.
    async fn send(&self, sent: &Sent<'_>) -> Result<Vec<u8>, Refusal> {
        match self.once(sent).await {
            Err(refusal) if refusal.kind == Kind::Credentials => {
                self.cluster.forget().await;
                self.once(sent).await
            }
            answer => answer,
        }
    }

    async fn once(&self, sent: &Sent<'_>) -> Result<Vec<u8>, Refusal> {
        let late = || Refusal::new(Kind::Unsent, "the time was over before it was sent");
        let client = in_time(self.deadline, self.cluster.client()).await;
        let client = client.ok_or_else(|| {
            let why = "the time was over before there were credentials and a connection";
            Refusal::new(Kind::Unsent, why)
        })??;
        if !self.cluster.pace.place(self.deadline).await {
            return Err(late());
        }
        let request = Request::builder()
            .method(sent.method.clone())
            .uri(&sent.path);
        let request = match &sent.body {
            None => request.body(Body::empty()),
            Some((content, body)) => request
                .header(http::header::CONTENT_TYPE, *content)
                .body(Body::from(body.to_string().into_bytes())),
        };
        let request = request.map_err(|error| Refusal::new(Kind::Unsent, error.to_string()))?;
        let answer = in_time(self.deadline, client.send(request)).await;
        let answer = answer.ok_or_else(|| Refusal::new(Kind::Lost, "no answer came in time"))?;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let kind = how_far(&error);
                if kind == Sending::Broken {
                    self.cluster.forget().await;
                }
                return Err(Refusal::new(kind.means(), words(&error)));
            }
        };
        let answer = in_time(self.deadline, body(answer)).await;
        answer.unwrap_or_else(|| Err(Refusal::new(Kind::Lost, "the answer did not end in time")))
    }
}

/// The query for the page of a list that begins there.
fn page(more: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &PAGE.to_string());
    if !more.is_empty() {
        query.append_pair("continue", more);
    }
    query.finish()
}

/// The body of an answer that is a yes.
async fn body(answer: http::Response<Body>) -> Result<Vec<u8>, Refusal> {
    let code = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), MOST).collect().await;
    match (code, body) {
        (200..=299, Ok(body)) => Ok(body.to_bytes().to_vec()),
        (200..=299, Err(error)) => {
            let words = format!("the answer broke off: {}", words(&*error));
            Err(Refusal::new(Kind::Unread, words))
        }
        (code, body) => {
            let body = body.map(|body| body.to_bytes()).unwrap_or_default();
            Err(Refusal::of(code, &body))
        }
    }
}

fn parsed<T: DeserializeOwned>(answer: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(answer).map_err(|error| {
        let words = format!("the cluster's answer cannot be read: {error}");
        Refusal::new(Kind::Unread, words)
    })
}

/// How far a request came that has no answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// No byte of it can have reached the server.
    Unsent,
    /// The server may have it.
    Sent,
    /// The client itself is of no use any more. It may have had the request.
    Broken,
}

impl Sending {
    fn means(self) -> Kind {
        match self {
            Sending::Unsent => Kind::Unreached,
            Sending::Sent | Sending::Broken => Kind::Lost,
        }
    }
}

fn how_far(error: &kube::Error) -> Sending {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return match error.is_connect() {
                true => Sending::Unsent,
                false => Sending::Sent,
            };
        }
        let is_auth = error.downcast_ref::<AuthError>().is_some();
        let known = error.downcast_ref::<kube::Error>();
        if is_auth
            || matches!(
                known,
                Some(kube::Error::Auth(_) | kube::Error::BuildRequest(_))
            )
        {
            return Sending::Unsent;
        }
        if matches!(known, Some(kube::Error::HyperError(_))) {
            return Sending::Sent;
        }
        cause = error.source();
    }
    Sending::Broken
}

/// An error and its causes in one line; nothing of what is told of credentials, which may have them in it.
pub fn words(error: &(dyn Error + 'static)) -> String {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        let by_kube = match inner.downcast_ref::<kube::Error>() {
            Some(kube::Error::Auth(auth)) => Some(auth),
            Some(_) | None => None,
        };
        if let Some(auth) = by_kube.or_else(|| inner.downcast_ref::<AuthError>()) {
            return account::without(auth);
        }
        cause = inner.source();
    }
    let mut words = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // Many errors say what caused them in their own words already.
        if !words.iter().any(|said| said.contains(&text)) {
            words.push(text);
        }
        cause = inner.source();
    }
    words.join(": ")
}
