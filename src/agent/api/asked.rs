//! What a call says: its path, its query and its body, with the API's own words when they cannot be read.

use std::collections::BTreeSet;
use std::fmt;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{self, FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use super::Failed;
use super::packed::Packed;
use super::slow::TooSlow;
use crate::value::escape_text;

/// How much of a query is repeated.
const SHOWN: usize = 80;

/// The longest page of a list, which is also what is given unless told otherwise.
const MOST: usize = 500;

/// The largest body of all.
pub const BODY_BYTES: usize = 64 * 1024 * 1024;

/// So much of a body that is too large is dropped before its sender is cut off.
pub const UNHEARD: usize = 128 * 1024 * 1024;

/// The query of a call; an unknown name in it is a mistake.
#[derive(Debug)]
pub struct Asked<T>(pub T);

/// A call that takes no query.
#[derive(Debug, serde::Deserialize)]
pub struct Nothing {}

impl Query for Nothing {
    const NAMES: &[(&str, Kind)] = &[];
}

/// The part of the path that names something.
#[derive(Debug)]
pub struct Name(pub String);

/// What a query may say.
pub trait Query: DeserializeOwned {
    const NAMES: &[(&str, Kind)];
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    /// `true` or `false`
    Flag,
}

/// Why a query cannot be understood, if that is so.
fn mistake(said: &[(String, String)], names: &[(&str, Kind)]) -> Option<String> {
    let mut before = BTreeSet::new();
    said.iter().find_map(|(name, text)| {
        let shown = |text: &str| escape_text(text, SHOWN);
        let known = names.iter().find(|(known, _)| known == name);
        let Some((_, kind)) = known else {
            let known: Vec<_> = names
                .iter()
                .map(|(known, _)| format!("`{known}`"))
                .collect();
            let known = match known.is_empty() {
                true => "this call takes no query".to_owned(),
                false => format!("known are {}", known.join(", ")),
            };
            return Some(format!("nothing is called `{}` here: {known}", shown(name)));
        };
        if !before.insert(name) {
            return Some(format!("`{name}` is given twice"));
        }
        let (fits, wanted) = match kind {
            Kind::Number => (text.parse::<u64>().is_ok(), "a number"),
            Kind::Flag => (
                matches!(text.as_str(), "true" | "false"),
                "`true` or `false`",
            ),
        };
        (!fits).then(|| format!("`{name}` is {wanted}, and not `{}`", shown(text)))
    })
}

impl<S: Send + Sync, T: Query> FromRequestParts<S> for Asked<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let unread = || Failed::call("its query cannot be read");
        let said = extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let extract::Query(said) = said.map_err(|_| unread())?;
        if let Some(why) = mistake(&said, T::NAMES) {
            return Err(Failed::call(why));
        }
        let asked = extract::Query::from_request_parts(parts, state).await;
        asked
            .map(|extract::Query(asked)| Asked(asked))
            .map_err(|_| unread())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Name(name)),
            Err(_) => Err(Failed::call("its path cannot be read")),
        }
    }
}

/// How long a page of a list is to be.
pub fn most(limit: Option<usize>) -> Result<usize, Failed> {
    match limit {
        None => Ok(MOST),
        Some(limit @ 1..=MOST) => Ok(limit),
        Some(_) => Err(Failed::call(format!("`limit` is from 1 to {MOST}"))),
    }
}

/// Why a body was not read to its end.
#[derive(Clone, Debug)]
pub enum Unread {
    TooSlow,
    TooLarge {
        most: usize,
    },
    /// Its head says so: nothing of it was read.
    SaysTooLarge {
        most: usize,
        said: u64,
    },
    BrokeOff {
        why: String,
    },
    /// It came, and is packed.
    Packed(Packed),
}

impl fmt::Display for Unread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::TooSlow => write!(out, "the body: {TooSlow}"),
            Unread::TooLarge { most } => write!(out, "the body has more than {most} bytes"),
            Unread::SaysTooLarge { most, said } => write!(
                out,
                "the body has {said} bytes, says its `Content-Length`, and at most {most} are taken; nothing of it was \
                 read"
            ),
            Unread::BrokeOff { why } => write!(out, "the body broke off: {why}"),
            Unread::Packed(packed) => write!(out, "the body: {packed}"),
        }
    }
}

impl From<Unread> for Failed {
    fn from(unread: Unread) -> Failed {
        let status = match &unread {
            Unread::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Unread::TooLarge { .. } | Unread::SaysTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Unread::BrokeOff { .. } => StatusCode::BAD_REQUEST,
            Unread::Packed(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        };
        Failed::of(status, unread.to_string())
    }
}

/// The next piece of a body; none at its end.
pub async fn piece(body: &mut Body) -> Result<Option<Bytes>, Unread> {
    loop {
        match body.frame().await {
            None => return Ok(None),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => return Ok(Some(data)),
                // Trailers say nothing here.
                Err(_) => continue,
            },
            Some(Err(error)) => {
                if cause::<TooSlow>(&error).is_some() {
                    return Err(Unread::TooSlow);
                }
                if let Some(packed) = cause::<Packed>(&error) {
                    return Err(Unread::Packed(packed.clone()));
                }
                let why = error.to_string();
                return Err(Unread::BrokeOff { why });
            }
        }
    }
}

/// A body that may be read, as far as its head says how long it is. What comes of another one is dropped, for as long as
/// a body may take: its sender would not hear the answer if nobody read on.
pub fn bounded(mut body: Body) -> Result<Body, Unread> {
    let (said, most) = (body.size_hint().lower(), BODY_BYTES);
    if u64::try_from(most).is_ok_and(|most| said <= most) {
        return Ok(body);
    }
    tokio::spawn(async move {
        let mut left = UNHEARD;
        while let Ok(Some(piece)) = piece(&mut body).await
            && left > piece.len()
        {
            left -= piece.len();
        }
    });
    Err(Unread::SaysTooLarge { most, said })
}

/// The whole body, or what came of it before it failed.
pub async fn whole(body: Body, most: usize) -> Result<Vec<u8>, (Unread, Vec<u8>)> {
    let mut body = bounded(body).map_err(|unread| (unread, Vec::new()))?;
    let mut bytes = Vec::new();
    loop {
        match piece(&mut body).await {
            Ok(None) => return Ok(bytes),
            Ok(Some(data)) if bytes.len() + data.len() <= most => bytes.extend_from_slice(&data),
            Ok(Some(_)) => return Err((Unread::TooLarge { most }, bytes)),
            Err(unread) => return Err((unread, bytes)),
        }
    }
}

/// What of this kind is behind an error.
fn cause<E: std::error::Error + 'static>(error: &axum::Error) -> Option<&E> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
