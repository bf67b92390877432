//! A connection that is kept until something was said on it, also when whoever serves it gives it up.
//!
//! What is no HTTP, or has a head that is too long, reaches no route: whoever serves the connection answers
//! it with a status and no body. None of the API's own failures has no body, so that such an answer is
//! known by its head; it is held back, and the API's own form goes out in its place.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::task::{Context, Poll, ready};

use axum::http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// One end of it; the last one that is dropped closes it.
#[derive(Clone, Debug)]
pub struct Kept {
    stream: Arc<TcpStream>,
    /// Whether something came since something was answered.
    asked: Arc<AtomicBool>,
    /// The status of the bare answer that was held back; 0 while there is none.
    held_back: Arc<AtomicU16>,
}

impl Kept {
    pub fn of(stream: TcpStream) -> Kept {
        Kept {
            stream: Arc::new(stream),
            asked: Arc::default(),
            held_back: Arc::default(),
        }
    }

    /// The status with which what came was refused below the routes, if it was.
    pub fn refused(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.held_back.load(Ordering::Relaxed)).ok()
    }

    /// Whether this is a bare refusal, which is held back.
    fn holds_back(&self, bytes: &[u8]) -> bool {
        let bare = bare_refusal(bytes);
        if let Some(status) = bare {
            self.held_back.store(status.as_u16(), Ordering::Relaxed);
            // It may have come with a call that was answered before.
            self.asked.store(true, Ordering::Relaxed);
        }
        bare.is_some()
    }

    /// Says this to whoever began to say something, as far as it goes out at once; gives whether somebody did.
    pub fn answer(&self, text: &str) -> bool {
        let asked = self.asked.load(Ordering::Relaxed);
        if asked {
            // It is a courtesy: who does not read it is not waited for.
            let _ = self.stream.try_write(text.as_bytes());
        }
        asked
    }
}

impl AsyncRead for Kept {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream.poll_read_ready(context))?;
            match self.stream.try_read(buffer.initialize_unfilled()) {
                Ok(count) => {
                    if count > 0 {
                        self.asked.store(true, Ordering::Relaxed);
                    }
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Kept {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.holds_back(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        loop {
            ready!(self.stream.poll_write_ready(context))?;
            match self.stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => {
                    self.asked.store(false, Ordering::Relaxed);
                    return Poll::Ready(written);
                }
            }
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [bytes] = bytes
            && self.holds_back(bytes)
        {
            return Poll::Ready(Ok(bytes.len()));
        }
        loop {
            ready!(self.stream.poll_write_ready(context))?;
            match self.stream.try_write_vectored(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => {
                    self.asked.store(false, Ordering::Relaxed);
                    return Poll::Ready(written);
                }
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What is written is with the system.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // It is closed when the last end of it is dropped, which is at once.
        Poll::Ready(Ok(()))
    }
}

/// The status of a refusal that is a head and nothing else.
fn bare_refusal(bytes: &[u8]) -> Option<StatusCode> {
    let head = std::str::from_utf8(bytes).ok()?;
    let mut lines = head.strip_suffix("\r\n\r\n")?.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.get(2..5)?;
    let status: StatusCode = status.parse().ok()?;
    let is_bare = lines.any(|line| line.eq_ignore_ascii_case("content-length: 0"));
    (status.is_client_error() && is_bare).then_some(status)
}
