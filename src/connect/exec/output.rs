//! What a program says: kept up to a limit, and read to its end, so that the program never waits.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;

use crate::value::TEXT_BYTES;

/// How much of it is told.
pub const MOST: usize = TEXT_BYTES;

/// One stream of output, read beside the program.
pub struct Stream {
    kept: Arc<Mutex<Kept>>,
    reader: JoinHandle<()>,
}

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    more: bool,
}

impl Stream {
    /// Reads the pipe until it ends, keeps `most` bytes, and lets the rest go.
    pub fn read(pipe: Option<impl AsyncRead + Send + Unpin + 'static>, most: usize) -> Stream {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let filled = kept.clone();
        let reader = tokio::spawn(async move {
            let Some(mut pipe) = pipe else { return };
            let mut part = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = pipe.read(&mut part).await {
                let mut kept = filled.lock().unwrap_or_else(PoisonError::into_inner);
                let room = most.saturating_sub(kept.bytes.len());
                kept.bytes.extend(part.iter().take(count.min(room)));
                kept.more |= count > room;
            }
        });
        Stream { kept, reader }
    }

    /// Waits until the pipe has ended.
    pub async fn ended(&mut self) {
        // The reader cannot fail, and nobody but `Drop` stops it.
        drop((&mut self.reader).await);
    }

    /// What was kept so far, and whether there was more.
    pub fn take(&self) -> (Vec<u8>, bool) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (std::mem::take(&mut kept.bytes), kept.more)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
