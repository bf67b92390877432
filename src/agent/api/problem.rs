//! Why a call failed: one form for all of the API, as RFC 9457 has it.
//!
//! `error` and `version` are this API's own, older form of the same; both stay.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json, json};

use super::refused::Why;
use crate::diag::Code;
use crate::host::{Gone, NotTaken, Unanswered};
use crate::value::{SHOWN_CHARACTERS, escape_text};

/// Why a call failed.
#[derive(Debug)]
pub struct Failed {
    pub status: StatusCode,
    pub code: Option<Code>,
    pub why: String,
    /// Members of its own, besides those that every failure has.
    pub more: Map<String, Json>,
}

impl Failed {
    /// A call that cannot be understood as it was made.
    pub fn call(why: impl Into<String>) -> Failed {
        Failed::of(StatusCode::BAD_REQUEST, why)
    }

    pub fn of(status: StatusCode, why: impl Into<String>) -> Failed {
        Failed {
            status,
            code: None,
            why: why.into(),
            more: Map::new(),
        }
    }

    pub fn with(status: StatusCode, code: Code, why: impl Into<String>) -> Failed {
        Failed {
            status,
            code: Some(code),
            why: why.into(),
            more: Map::new(),
        }
    }
}

impl Failed {
    /// What its form is called.
    pub const KIND: &str = "application/problem+json";

    /// What it says.
    pub fn form(&self) -> Json {
        let code = self.code.map(Code::as_str);
        let status = self.status.canonical_reason().unwrap_or("Error");
        let mut body = json!({
            "type": code.map_or("about:blank".to_owned(), |code| format!("urn:rbk:{code}")),
            "title": self.code.map_or(status, Code::title),
            "status": self.status.as_u16(),
            "detail": self.why,
            "version": 1,
            "error": {"code": code, "message": self.why},
        });
        if let Some(code) = code {
            body["code"] = code.into();
        }
        for (name, value) in &self.more {
            body[name] = value.clone();
        }
        body
    }
}

impl From<NotTaken> for Failed {
    fn from(not_taken: NotTaken) -> Failed {
        match not_taken {
            NotTaken::Gone => Gone.into(),
            NotTaken::Busy => Failed::of(
                StatusCode::TOO_MANY_REQUESTS,
                "too many events wait to be taken; nothing of this was accepted",
            ),
        }
    }
}

impl From<Gone> for Failed {
    fn from(_: Gone) -> Failed {
        // Senders try again after this one.
        Failed::with(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::StoreFailed,
            "the agent is stopping; nothing was accepted",
        )
    }
}

impl From<Unanswered> for Failed {
    fn from(unanswered: Unanswered) -> Failed {
        match unanswered {
            Unanswered::Gone => Gone.into(),
            Unanswered::Unread(why) => Failed::with(
                StatusCode::SERVICE_UNAVAILABLE,
                Code::StoreFailed,
                format!("the store cannot be read: {why}"),
            ),
            Unanswered::Damaged(why) => {
                Failed::with(StatusCode::INTERNAL_SERVER_ERROR, Code::StoreCorrupt, why)
            }
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.form().to_string()).into_response();
        response.extensions_mut().insert(Why {
            code: self.code,
            text: escape_text(&self.why, SHOWN_CHARACTERS),
        });
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static(Failed::KIND);
        headers.insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let how = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, how);
        }
        response
    }
}

/// There is nothing at this path.
pub async fn nothing_here() -> Failed {
    Failed::of(
        StatusCode::NOT_FOUND,
        "there is nothing here; `rbk agent --help` lists what the agent offers",
    )
}

/// There is something at this path, for another method.
pub async fn not_so() -> Failed {
    Failed::of(
        StatusCode::METHOD_NOT_ALLOWED,
        "this is not offered here; `rbk agent --help` lists what the agent offers",
    )
}

#[cfg(test)]
mod tests {
    use super::Failed;
    use crate::diag::Code;
    use crate::host::Unanswered;

    #[test]
    fn a_look_that_fails_says_what_failed() {
        let failed = Failed::from(Unanswered::Unread("disk I/O error".to_owned()));
        assert_eq!(failed.status, 503);
        assert_eq!(failed.code, Some(Code::StoreFailed));
        assert_eq!(failed.why, "the store cannot be read: disk I/O error");
    }
}
