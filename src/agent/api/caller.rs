//! Whoever calls: known by a token, and allowed what its kinds say.
//!
//! An agent that names no callers listens to its own machine alone; there nobody is asked who they are.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use smol_str::SmolStr;
use subtle::ConstantTimeEq;

use super::Failed;
use crate::diag::Code;
use crate::host::Known;
use crate::settings::CallerKind;

/// Whoever calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// None where nobody is asked who they are.
    pub name: Option<SmolStr>,
    pub roles: Vec<SmolStr>,
    kinds: Vec<CallerKind>,
}

impl Caller {
    /// Who asks, in the records.
    pub fn asks(&self) -> SmolStr {
        let name = self.name.clone();
        name.unwrap_or_else(|| "somebody on this machine".into())
    }
}

/// Who has this token; nobody if it is no caller's. `None` of the callers is asked where there are none.
pub fn caller(callers: &[Known], headers: &HeaderMap) -> Option<Caller> {
    if callers.is_empty() {
        return Some(Caller {
            name: None,
            roles: Vec::new(),
            kinds: CallerKind::ALL.to_vec(),
        });
    }
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, given) = given.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let known = callers
        .iter()
        .find(|known| same(known.token.expose(), given.trim_start()))?;
    Some(Caller {
        name: Some(known.name.clone()),
        roles: known.roles.clone(),
        kinds: known.kinds.clone(),
    })
}

/// Lets through whoever may do this.
pub async fn may(State(kind): State<CallerKind>, request: Request, next: Next) -> Response {
    let failed = match request.extensions().get::<Caller>() {
        Some(caller) if caller.kinds.contains(&kind) => return next.run(request).await,
        Some(caller) => {
            let name = caller.name.as_deref().unwrap_or_default();
            let why = format!(
                "`{name}` may not do this: its `kinds` in agent.toml do not name \"{}\"",
                kind.word()
            );
            Failed::with(StatusCode::FORBIDDEN, Code::CallerMayNot, why)
        }
        None => {
            let why = "send `Authorization: Bearer …` with the token of one of [[callers]]";
            Failed::with(StatusCode::UNAUTHORIZED, Code::UnknownCaller, why)
        }
    };
    failed.into_response()
}

/// Whether both are the same; how much of a wrong one is right does not show in the time that this takes.
fn same(known: &str, given: &str) -> bool {
    known.as_bytes().ct_eq(given.as_bytes()).into()
}
