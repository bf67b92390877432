//! Requests to one API server: paced, each within the time of its call. A change whose fate is unknown is never sent again.
//!
//! The crate `kube` gives the connection and the credentials. What is asked is written here, so that every change names
//! who makes it, and so that nothing is sent again behind anybody's back.

use std::error::Error;
use std::sync::Arc;

use http::{Method, Request};
use http_body_util::{BodyExt, Limited};
use jiff::{SignedDuration, Timestamp};
use kube::client::{AuthError, Body};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, sleep};

use super::account::{self, Known};
use super::answer::{Kind, Refusal};
use super::object::{Metadata, Object};
use super::pace::Pace;
use super::place::{Name, Place};
use crate::connect::in_time;

/// Whose changes they are, as the cluster keeps it.
const MANAGER: &str = "rbk";
/// The longest answer.
const MOST: usize = 16 * 1024 * 1024;
/// Things a page of a list, and pages.
const PAGE: usize = 500;
const PAGES: usize = 20;
/// So much before they end credentials are asked for again.
const EARLY: SignedDuration = SignedDuration::from_secs(60);
/// How long is waited before a server that is busy is asked again.
const BUSY: Duration = Duration::from_secs(1);

/// One cluster.
pub struct Cluster {
    account: Arc<Known>,
    client: Mutex<Connection>,
    pace: Pace,
}

/// What requests go over.
enum Connection {
    None,
    /// It is being made, once for all who wait for it: that may start a command, and no second one beside it.
    Making(JoinHandle<Result<Made, Refusal>>),
    Made(Made),
}

/// A connection, and when its credentials have to be asked for again.
#[derive(Clone)]
struct Made {
    client: kube::Client,
    until: Option<Timestamp>,
}

impl Made {
    async fn make(account: Arc<Known>) -> Result<Made, Refusal> {
        let unreached = |why| Refusal::new(Kind::Unreached, why);
        let way = account::way(&account).await.map_err(unreached)?;
        let client = kube::Client::try_from(way.config);
        Ok(Made {
            client: client.map_err(|error| unreached(words(&error)))?,
            until: way.until.map(|until| until - EARLY),
        })
    }

    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Timestamp::now() >= until)
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
    pub fn new(account: Known) -> Cluster {
        Cluster {
            account: Arc::new(account),
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
        if matches!(&*kept, Connection::Made(made) if made.is_over()) {
            *kept = Connection::None;
        }
        if let Connection::None = *kept {
            *kept = Connection::Making(tokio::spawn(Made::make(Arc::clone(&self.account))));
        }
        let made = match &mut *kept {
            Connection::Made(made) => Ok(made.clone()),
            // Whoever goes away before it is there leaves it to the next one.
            Connection::Making(making) => match making.await {
                Ok(made) => made,
                Err(error) => Err(Refusal::new(Kind::Unreached, error.to_string())),
            },
            Connection::None => Err(Refusal::new(Kind::Unreached, "there is no connection")),
        };
        *kept = match &made {
            Ok(made) => Connection::Made(made.clone()),
            Err(_) => Connection::None,
        };
        made.map(|made| made.client)
    }

    async fn forget(&self) {
        *self.client.lock().await = Connection::None;
    }
}

impl Until<'_> {
    /// A thing as it is now.
    pub async fn get<T: Object>(&self, place: &Place) -> Result<T, Refusal> {
        let found: T = self.read(place.path::<T>()).await?;
        is_it(&found, &place.name)?;
        Ok(found)
    }

    /// A thing of the cluster itself as it is now.
    pub async fn get_global<T: Object>(&self, name: &Name) -> Result<T, Refusal> {
        let path = format!("/{}/{}/{name}", T::GROUP, T::PLURAL);
        let found: T = self.read(path).await?;
        is_it(&found, name)?;
        Ok(found)
    }

    /// All of a kind in a namespace.
    pub async fn list<T: Object>(&self, namespace: &Name) -> Result<Vec<T>, Refusal> {
        self.selected(namespace, &[]).await
    }

    /// Those of a kind in a namespace whose fields are so.
    pub async fn selected<T: Object>(
        &self,
        namespace: &Name,
        fields: &[(&str, &str)],
    ) -> Result<Vec<T>, Refusal> {
        match self.pages(namespace, fields).await {
            // It was changed so much meanwhile that no further page of it can be had.
            Err(refusal) if refusal.kind == Kind::Expired => self.pages(namespace, fields).await,
            pages => pages,
        }
    }

    async fn pages<T: Object>(
        &self,
        namespace: &Name,
        fields: &[(&str, &str)],
    ) -> Result<Vec<T>, Refusal> {
        let (mut items, mut more) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let (group, plural) = (T::GROUP, T::PLURAL);
            let query = page(&more, fields);
            let path = format!("/{group}/namespaces/{namespace}/{plural}?{query}");
            let page: Page<T> = self.read(path).await?;
            if page.items.iter().any(|item| item.metadata().uid.is_empty()) {
                let words = format!("the cluster's list of {plural} has things without a uid");
                return Err(Refusal::new(Kind::Unread, words));
            }
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

    /// What is no thing of the API but text.
    pub async fn text(&self, path: String) -> Result<Vec<u8>, Refusal> {
        let sent = Sent {
            method: Method::GET,
            path,
            body: None,
        };
        self.answered(&sent).await
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

    /// Takes exactly this one away. Whether the answer shows that it is gone, or on its way.
    pub async fn delete<T: Object>(&self, place: &Place, uid: &str) -> Result<bool, Refusal> {
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
        let answer = self.send(&sent).await?;
        let answer: Json = serde_json::from_slice(&answer).unwrap_or_default();
        let is_going =
            answer["metadata"]["uid"] == uid && !answer["metadata"]["deletionTimestamp"].is_null();
        let is_gone = answer["status"] == "Success" && answer["details"]["uid"] == uid;
        Ok(is_going || is_gone)
    }

    /// What the cluster says of the account itself: it is asked by something that is made and never kept.
    pub async fn review<T: DeserializeOwned>(
        &self,
        plural: &str,
        body: &Json,
    ) -> Result<T, Refusal> {
        let sent = Sent {
            method: Method::POST,
            path: format!("/apis/authorization.k8s.io/v1/{plural}"),
            body: Some(("application/json", body)),
        };
        self.asked(&sent).await
    }

    async fn read<T: DeserializeOwned>(&self, path: String) -> Result<T, Refusal> {
        let sent = Sent {
            method: Method::GET,
            path,
            body: None,
        };
        self.asked(&sent).await
    }

    async fn asked<T: DeserializeOwned>(&self, sent: &Sent<'_>) -> Result<T, Refusal> {
        parsed(&self.answered(sent).await?)
    }

    /// A look, again where the server was only busy.
    async fn answered(&self, sent: &Sent<'_>) -> Result<Vec<u8>, Refusal> {
        loop {
            match self.send(sent).await {
                Ok(answer) => return Ok(answer),
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

/// Refuses an answer that is not about what was asked for.
fn is_it<T: Object>(found: &T, name: &Name) -> Result<(), Refusal> {
    let metadata = found.metadata();
    match metadata.name == name.to_string() && !metadata.uid.is_empty() {
        true => Ok(()),
        false => {
            let words = format!("the cluster's answer is not about `{name}`");
            Err(Refusal::new(Kind::Unread, words))
        }
    }
}

/// The query for the page of a list that begins there.
fn page(more: &str, fields: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &PAGE.to_string());
    if !fields.is_empty() {
        let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
        let fields: Vec<String> = fields.collect();
        query.append_pair("fieldSelector", &fields.join(","));
    }
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

/// An error and its causes in one line; of credentials only that they cannot be had, since such an error may have them in
/// it.
pub fn words(error: &(dyn Error + 'static)) -> String {
    let mut words = vec![error.to_string()];
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        let is_auth = matches!(inner.downcast_ref(), Some(kube::Error::Auth(_)));
        if is_auth || inner.downcast_ref::<AuthError>().is_some() {
            return "the credentials cannot be had".to_owned();
        }
        let text = inner.to_string();
        // Many errors say what caused them in their own words already.
        if !words.iter().any(|said| said.contains(&text)) {
            words.push(text);
        }
        cause = inner.source();
    }
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_told_of_credentials() {
        let error = kube::Error::Auth(AuthError::AuthExec("s3cr3t".into()));
        assert_eq!(words(&error), "the credentials cannot be had");
    }
}
