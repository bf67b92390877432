//! Deadlines of answers. The agent itself may stand still over one (stopped, suspended, starved): what
//! lay ready all along is taken before the deadline is believed.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

/// Past each deadline it is looked once more for so long: whoever carries the answer here may be woken at
/// the same moment as whoever waits for it.
const ONCE_MORE: Duration = Duration::from_millis(100);
/// So much past a deadline nobody looks unless the whole agent had stood still.
const STOOD_STILL: Duration = Duration::from_millis(500);
/// How long it is then looked once more: all that has waited goes on at once.
const ALL_AT_ONCE: Duration = Duration::from_secs(2);

/// What comes until the deadline, or had come when the agent looks again; nothing if it is late.
pub async fn in_time<Answer>(
    deadline: Instant,
    answer: impl Future<Output = Answer>,
) -> Option<Answer> {
    let mut answer = pin!(answer);
    if let Ok(answer) = timeout_at(deadline, &mut answer).await {
        return Some(answer);
    }
    let more = match deadline.elapsed() > STOOD_STILL {
        true => ALL_AT_ONCE,
        false => ONCE_MORE,
    };
    timeout(more, answer).await.ok()
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::oneshot;

    use super::*;

    /// The thread stands still, and with it everything: the answer is carried on by a task that has to
    /// be woken, too, and takes a few turns.
    async fn stands_still(patience: Duration, still: Duration) -> Option<()> {
        let (send, answer) = oneshot::channel();
        let (ready, lies) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let _ = lies.await;
            tokio::time::sleep(Duration::from_millis(5)).await;
            let _ = send.send(());
        });
        let deadline = Instant::now() + patience;
        tokio::spawn(async move {
            std::thread::sleep(still);
            let _ = ready.send(());
        });
        in_time(deadline, answer).await.and_then(Result::ok)
    }

    #[tokio::test]
    async fn what_lay_ready_while_the_agent_stood_still_is_taken() {
        let patience = Duration::from_millis(50);
        for still in [60, 700] {
            let still = Duration::from_millis(still);
            assert!(stands_still(patience, still).await.is_some(), "{still:?}");
        }
    }

    #[tokio::test]
    async fn what_never_comes_is_given_up_soon() {
        let begun = Instant::now();
        let none = in_time(begun + Duration::from_millis(20), pending::<()>()).await;
        assert!(none.is_none());
        assert!(begun.elapsed() < STOOD_STILL, "{:?}", begun.elapsed());
    }
}
