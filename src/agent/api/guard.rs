//! What every call has to pass, whoever makes it: that it is meant for this agent, that no page of
//! another origin makes it, that its body is said to be JSON.
//!
//! A browser on the agent's machine reaches it, too. A page can have it send what needs no asking
//! before, from any origin (`Origin` and `Sec-Fetch-Site` say so), and it can give its own name the
//! agent's address (rebinding: then `Host` is that name). An address cannot be rebound, and nobody
//! but its caller has a token, so both may stand for a host by any name.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Failed, Shared, caller};
use crate::diag::Code;
use crate::value::escape_text;

/// How much of a header is repeated.
const SHOWN: usize = 80;

/// Lets through what passes, with its caller if that is known.
pub async fn guard(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let rules = shared.door.rules();
    let caller = caller::caller(&rules.callers, request.headers());
    // Without callers there is no token that could prove anything.
    let proven = caller.as_ref().is_some_and(|caller| caller.name.is_some());
    let passed = meant(&request, &rules.names, proven)
        .and_then(|host| own_origin(request.headers(), host.as_ref()))
        .and_then(|()| is_json(&request));
    if let Err(failed) = passed {
        return failed.into_response();
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

type Passed<T> = Result<T, Failed>;

/// The host that the call is meant for, if this agent is it. Only what is older than HTTP/1.1 names none.
fn meant(request: &Request, names: &[String], proven: bool) -> Passed<Option<Authority>> {
    let unread = |why: &str| Err(Failed::with(StatusCode::BAD_REQUEST, Code::OtherHost, why));
    let hosts: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    let said = match hosts.as_slice() {
        [] if request.version() < Version::HTTP_11 => None,
        [host] => match host.to_str().ok().and_then(|text| text.parse().ok()) {
            Some(host) => Some(host),
            None => return unread("its `Host` cannot be read"),
        },
        [] | [_, _, ..] => return unread("say one `Host`"),
    };
    // A target that is a whole address counts before the header.
    let target = request.uri().authority().cloned();
    let all = [said.as_ref(), target.as_ref()];
    for host in all.into_iter().flatten() {
        if !proven && !is_own(host, names) {
            let name = escape_text(host.host(), SHOWN);
            let why = format!(
                "this agent is not known as `{name}`: call it by its address, or add the name to \
                 `names` in agent.toml"
            );
            let status = StatusCode::MISDIRECTED_REQUEST;
            return Err(Failed::with(status, Code::OtherHost, why));
        }
    }
    Ok(target.or(said))
}

/// Whether a host is an address, this machine, or one of the names.
fn is_own(host: &Authority, names: &[String]) -> bool {
    if host.as_str().contains('@') {
        return false;
    }
    let host = host.host().to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok() || names.iter().any(|own| own == host)
}

/// Only a browser says where the page is from that calls.
fn own_origin(headers: &HeaderMap, host: Option<&Authority>) -> Passed<()> {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let own_site = matches!(site, None | Some(b"none" | b"same-origin"));
    let own_page = |origin: &HeaderValue| {
        let (origin, host) = (origin.to_str().ok(), host);
        let (scheme, page) = origin.and_then(|origin| origin.split_once("://"))?;
        let port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let (page, host): (Authority, _) = (page.parse().ok()?, host?);
        let same_host = page.host().eq_ignore_ascii_case(host.host());
        let of = |authority: &Authority| authority.port_u16().unwrap_or(port);
        (same_host && of(&page) == of(host)).then_some(())
    };
    let mut origins = headers.get_all(header::ORIGIN).iter();
    if own_site && origins.all(|origin| own_page(origin).is_some()) {
        return Ok(());
    }
    let why = "a page of another origin may not call the agent";
    let failed = Failed::with(StatusCode::FORBIDDEN, Code::OtherOrigin, why);
    Err(failed)
}

/// Whatever changes something says that its body is JSON, also an empty one: a page could send anything else without
/// being asked.
fn is_json(request: &Request) -> Passed<()> {
    let reads = matches!(
        *request.method(),
        Method::POST | Method::PUT | Method::PATCH | Method::DELETE
    );
    if !reads {
        return Ok(());
    }
    let mut kinds = request.headers().get_all(header::CONTENT_TYPE).iter();
    let kind = kinds.next().and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    let is_json = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    if is_json && kinds.next().is_none() {
        return Ok(());
    }
    let why = "send it with `Content-Type: application/json`, also where the body is empty";
    let failed = Failed::of(StatusCode::UNSUPPORTED_MEDIA_TYPE, why);
    Err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_known_name_are_this_agent() {
        let names = ["rbk.shop.svc".to_owned()];
        let own = |host: &str| is_own(&host.parse().unwrap(), &names);
        for host in [
            "127.0.0.1",
            "127.0.0.1:7117",
            "10.1.2.3:80",
            "[::1]:7117",
            "LOCALHOST:1",
            "localhost.",
            "rbk.shop.svc:7117",
            "RBK.shop.svc.",
        ] {
            assert!(own(host), "{host}");
        }
        for host in [
            "evil.example.com",
            "localhost.evil.example.com",
            "rbk.shop.svc.evil.com",
            "127.0.0.1.evil.com",
            "x@127.0.0.1",
            "0x7f.1",
        ] {
            assert!(!own(host), "{host}");
        }
    }

    #[test]
    fn only_the_agents_own_pages_call() {
        let host: Authority = "127.0.0.1:7117".parse().unwrap();
        let asked = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            own_origin(&headers, Some(&host)).is_ok()
        };
        assert!(asked("origin", "http://127.0.0.1:7117"));
        assert!(asked("sec-fetch-site", "none"));
        for origin in [
            "null",
            "",
            "http://127.0.0.1",
            "http://127.0.0.1:3000",
            "http://localhost:7117",
            "https://evil.example.com",
            "file://",
            "ftp://127.0.0.1:7117",
        ] {
            assert!(!asked("origin", origin), "{origin:?}");
        }
        assert!(!asked("sec-fetch-site", "cross-site"));
        assert!(!asked("sec-fetch-site", "same-site"));
    }
}
