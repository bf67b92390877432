//! What each answer of an API server means: whether it was done, and in which words it is told.

use std::fmt;

use serde::Deserialize;

/// An answer that is none of what was asked for, or none at all.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub kind: Kind,
    words: String,
}

/// What came instead of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody took the request: no connection, a certificate that is not trusted, no credentials to be had.
    Unreached,
    /// It was not sent before the deadline.
    Unsent,
    /// Cut off, late, or an error of the server's own.
    Lost,
    /// 401
    Credentials,
    /// 403
    Forbidden,
    /// 403: its namespace is on its way out.
    Terminating,
    /// 404 of an object.
    Absent,
    /// 404 of a whole kind.
    Unserved,
    /// 409: something of this name is there.
    Taken,
    /// 409: a precondition does not hold.
    Conflict,
    /// 410
    Expired,
    /// 422, also of a precondition in a JSON patch.
    Invalid,
    /// 429 of flow control.
    Busy,
    /// 429 of a budget of pods.
    Budget,
    /// 500 of several budgets for one pod, which never passes.
    Budgets,
    /// 504 of a replica of the server that is behind.
    Behind,
    /// Any other refusal: a mistake in what was sent, or a server that is too old for it.
    Misfit,
    /// It was taken, and what came back is not what the API promises.
    Unread,
}

/// Whether what was refused can have been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    No,
    Unknown,
}

/// The answer of an API server that refuses.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Status {
    message: String,
    reason: String,
    details: Details,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Details {
    name: String,
    causes: Vec<Cause>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Cause {
    reason: String,
}

impl Refusal {
    /// There is no answer.
    pub fn new(kind: Kind, words: impl Into<String>) -> Refusal {
        Refusal {
            kind,
            words: words.into(),
        }
    }

    /// An answer with such a code and body.
    pub fn of(code: u16, body: &[u8]) -> Refusal {
        let status: Option<Status> = serde_json::from_slice(body).ok();
        let plain = String::from_utf8_lossy(body);
        let words = match &status {
            Some(status) if !status.message.is_empty() => status.message.as_str(),
            Some(_) | None => plain.trim(),
        };
        let words = format!("the cluster answered {code}: {words}");
        Refusal::new(kind(code, &status.unwrap_or_default()), words)
    }

    /// Whether the request can have taken effect, if it asked for a change.
    pub fn done(&self) -> Done {
        self.kind.meaning().done
    }

    /// Whether it says that there is no such thing.
    pub fn is_absence(&self) -> bool {
        self.kind == Kind::Absent
    }

    /// Whether the same look may go well a moment later.
    pub fn passes(&self) -> bool {
        self.kind.meaning().passes
    }
}

/// What follows from an answer.
struct Meaning {
    done: Done,
    passes: bool,
    /// What is said besides the server's words.
    more: &'static str,
}

impl Kind {
    fn meaning(self) -> Meaning {
        let no = |more| Meaning {
            done: Done::No,
            passes: false,
            more,
        };
        match self {
            Kind::Unreached
            | Kind::Unsent
            | Kind::Credentials
            | Kind::Forbidden
            | Kind::Absent
            | Kind::Taken
            | Kind::Expired
            | Kind::Invalid
            | Kind::Budget
            | Kind::Misfit => no(""),
            Kind::Terminating => no("; its namespace is being deleted"),
            Kind::Unserved => no("; this cluster does not serve what was asked for"),
            Kind::Conflict => no("; somebody changed it meanwhile"),
            Kind::Budgets => no("; this stays so until one of the budgets is taken away"),
            Kind::Busy => Meaning {
                passes: true,
                ..no("")
            },
            Kind::Behind => Meaning {
                done: Done::Unknown,
                passes: true,
                more: "",
            },
            Kind::Lost | Kind::Unread => Meaning {
                done: Done::Unknown,
                ..no("")
            },
        }
    }
}

fn kind(code: u16, status: &Status) -> Kind {
    let mut causes = status.details.causes.iter();
    let mut is_caused_by = |reason: &str| causes.any(|cause| cause.reason == reason);
    match code {
        401 => Kind::Credentials,
        403 if is_caused_by("NamespaceTerminating") => Kind::Terminating,
        403 => Kind::Forbidden,
        404 if status.details.name.is_empty() => Kind::Unserved,
        404 => Kind::Absent,
        409 if status.reason == "AlreadyExists" => Kind::Taken,
        409 => Kind::Conflict,
        410 => Kind::Expired,
        422 => Kind::Invalid,
        429 if is_caused_by("DisruptionBudget") => Kind::Budget,
        429 => Kind::Busy,
        500 if status.message.contains("more than one PodDisruptionBudget") => Kind::Budgets,
        504 if is_caused_by("ResourceVersionTooLarge") => Kind::Behind,
        // Of others between here and there nobody knows what they passed on.
        300..=399 | 400 | 405 | 406 | 411 | 412 | 413 | 414 | 415 | 431 => Kind::Misfit,
        _ => Kind::Lost,
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = self.kind.meaning().more;
        write!(out, "{}{more}", self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer as the server of the tests gives it, and what it means.
    #[test]
    fn each_answer_means_one_thing() {
        let named = r#"{"message":"m","reason":"NotFound","details":{"name":"w-1"}}"#;
        let cause = |reason: &str| {
            format!(r#"{{"message":"m","details":{{"causes":[{{"reason":"{reason}"}}]}}}}"#)
        };
        let several = r#"{"message":"This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."}"#;
        for (code, body, kind, done) in [
            (400, "{}", Kind::Misfit, Done::No),
            (401, "Unauthorized", Kind::Credentials, Done::No),
            (403, "{}", Kind::Forbidden, Done::No),
            (
                403,
                &cause("NamespaceTerminating"),
                Kind::Terminating,
                Done::No,
            ),
            (404, named, Kind::Absent, Done::No),
            (404, "404 page not found", Kind::Unserved, Done::No),
            (409, r#"{"reason":"AlreadyExists"}"#, Kind::Taken, Done::No),
            (409, r#"{"reason":"Conflict"}"#, Kind::Conflict, Done::No),
            (410, r#"{"reason":"Expired"}"#, Kind::Expired, Done::No),
            (408, "", Kind::Lost, Done::Unknown),
            (415, "{}", Kind::Misfit, Done::No),
            (425, "", Kind::Lost, Done::Unknown),
            (499, "", Kind::Lost, Done::Unknown),
            (422, "{}", Kind::Invalid, Done::No),
            (429, &cause("DisruptionBudget"), Kind::Budget, Done::No),
            (429, "Too many requests", Kind::Busy, Done::No),
            (500, "etcdserver: leader changed", Kind::Lost, Done::Unknown),
            (500, several, Kind::Budgets, Done::No),
            (502, "<html>", Kind::Lost, Done::Unknown),
            (503, "", Kind::Lost, Done::Unknown),
            (
                504,
                &cause("ResourceVersionTooLarge"),
                Kind::Behind,
                Done::Unknown,
            ),
            (504, "{}", Kind::Lost, Done::Unknown),
        ] {
            let refusal = Refusal::of(code, body.as_bytes());
            assert_eq!(
                (refusal.kind, refusal.done()),
                (kind, done),
                "{code} {body}"
            );
            assert!(refusal.to_string().contains(&code.to_string()));
        }
    }
}
