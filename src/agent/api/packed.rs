//! Bodies that are packed (`Content-Encoding: gzip`): nothing here unpacks, and what is packed is not read as what it
//! is not.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use hyper::body::{Frame, SizeHint};

use super::asked::UNHEARD;
use crate::value::escape_text;

/// How much of a header is repeated.
const SHOWN: usize = 80;

/// The body is packed, in this way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed(pub String);

impl fmt::Display for Packed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Packed(how) = self;
        write!(
            out,
            "it is packed (`Content-Encoding: {how}`): send it without `Content-Encoding`"
        )
    }
}

impl std::error::Error for Packed {}

/// The request with a body that fails where it is packed, once all of it came: whoever sends it hears the answer.
pub async fn refused(request: Request) -> Request {
    let Some(packed) = packed(request.headers()) else {
        return request;
    };
    request.map(|body| {
        Body::new(Dropped {
            body,
            packed,
            left: UNHEARD,
        })
    })
}

fn packed(headers: &HeaderMap) -> Option<Packed> {
    let said = headers.get_all(header::CONTENT_ENCODING).iter();
    let said = said.map(HeaderValue::as_bytes).map(String::from_utf8_lossy);
    let said = said.collect::<Vec<_>>().join(", ");
    let mut ways = said.split(',').map(str::trim);
    let is_plain = ways.all(|way| way.is_empty() || way.eq_ignore_ascii_case("identity"));
    (!is_plain).then(|| Packed(escape_text(&said, SHOWN)))
}

struct Dropped {
    body: Body,
    packed: Packed,
    /// How much of it is read away before its sender is cut off.
    left: usize,
}

impl HttpBody for Dropped {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        loop {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    let length = frame.data_ref().map_or(0, Bytes::len);
                    if let Some(left) = self.left.checked_sub(length) {
                        self.left = left;
                        continue;
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {}
            }
            let packed = self.packed.clone();
            return Poll::Ready(Some(Err(axum::Error::new(packed))));
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    /// Data that is always there, and never ends.
    struct Endless;

    impl HttpBody for Endless {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            static PIECE: [u8; 1024 * 1024] = [0; 1024 * 1024];
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&PIECE)))))
        }
    }

    #[tokio::test]
    async fn what_never_ends_is_cut_off() {
        let request = Request::builder().header(header::CONTENT_ENCODING, "gzip");
        let request = refused(request.body(Body::new(Endless)).unwrap()).await;
        let read = request.into_body().frame().await;
        assert!(matches!(read, Some(Err(_))), "{read:?}");
    }

    #[test]
    fn what_is_plain_is_not_packed() {
        let of = |said: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for one in said {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(one));
            }
            packed(&headers).map(|Packed(how)| how)
        };
        for plain in [&[][..], &[""], &["identity"], &["Identity", " identity ,"]] {
            assert_eq!(of(plain), None, "{plain:?}");
        }
        assert_eq!(of(&["gzip"]).as_deref(), Some("gzip"));
        assert_eq!(of(&["identity", "br"]).as_deref(), Some("identity, br"));
    }
}
