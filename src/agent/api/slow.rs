//! Bodies that never come: each has a time of its own, whatever the route does with it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, SizeHint};
use tokio::time::Sleep;

/// How long a body may take.
const BODY: Duration = Duration::from_secs(10);

/// The body did not come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "it did not come within {} s", BODY.as_secs())
    }
}

impl std::error::Error for TooSlow {}

/// The request with a body that fails when it takes too long.
pub async fn timed(request: Request) -> Request {
    request.map(|body| {
        Body::new(Timed {
            body,
            until: Box::pin(tokio::time::sleep(BODY)),
        })
    })
}

struct Timed {
    body: Body,
    until: Pin<Box<Sleep>>,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending => self
                .until
                .as_mut()
                .poll(context)
                .map(|()| Some(Err(axum::Error::new(TooSlow)))),
            ready => ready,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
