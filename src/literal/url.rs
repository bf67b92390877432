//! `url"…"`: absolute web addresses whose host is a constant.
//!
//! In: a scanned literal. Out: the positions of its holes, or diagnostics. The parts are cut apart
//! here, because that gives the columns; the `url` crate, which any client will use, then has to
//! read the very same address, so that nothing is rewritten behind the author's back.

use std::ops::Range;

use url::Url;

use super::scan::{Literal, STAND_IN};
use crate::diag::{Code, Diagnostic};
use crate::value::HolePosition;

/// The longest address, in bytes.
const LENGTH: usize = 4096;

/// The parts of an address as ranges of its text.
struct Parts {
    authority: Range<usize>,
    path: Range<usize>,
    query: Range<usize>,
    fragment: Range<usize>,
}

/// Checks the literal; the positions of its holes if it is right.
pub(super) fn check(literal: &Literal, found: &mut Vec<Diagnostic>) -> Option<Vec<HolePosition>> {
    let before = found.len();
    let mut address = Address { literal, found };
    if let Some(parts) = address.cut() {
        address.authority(&parts.authority);
        address.characters(&parts.path, "/:@");
        address.segments(&parts.path);
        address.characters(&parts.query, "/:@?");
        address.characters(&parts.fragment, "/:@?");
        address.holes(&parts);
        if address.found.len() == before {
            address.normal_form(&parts);
        }
    }
    (found.len() == before).then(|| {
        let query = literal.text.find('?').unwrap_or(literal.text.len());
        let position = |at| match at < query {
            true => HolePosition::UrlSegment,
            false => HolePosition::UrlValue,
        };
        literal.holes.iter().map(|hole| position(hole.at)).collect()
    })
}

/// A literal under examination.
struct Address<'a> {
    literal: &'a Literal,
    found: &'a mut Vec<Diagnostic>,
}

impl Address<'_> {
    /// Cuts the address into its parts; says so if it is not absolute.
    fn cut(&mut self) -> Option<Parts> {
        let text = self.literal.text.as_str();
        if text.len() > LENGTH {
            self.wrong(LENGTH..text.len(), "it is too long", "leave this out");
            return None;
        }
        let scheme = ["https://", "http://"]
            .into_iter()
            .find(|scheme| text.starts_with(scheme));
        let Some(scheme) = scheme else {
            if let Some(hole) = self.literal.hole_at(0) {
                let label = "would decide which host is asked";
                self.found.push(self.literal.misplaced(hole, label));
                return None;
            }
            let end = text.find("://").map_or(0, |at| at + 3);
            let why = "it does not begin with `https://` or `http://`";
            self.wrong(
                0..end,
                why,
                "write the whole address, the host included: `https://api.internal/health`",
            );
            return None;
        };
        let find = |from: usize, marks: &[char]| {
            let rest = text.get(from..).and_then(|rest| rest.find(marks));
            rest.map_or(text.len(), |at| from + at)
        };
        let authority = scheme.len()..find(scheme.len(), &['/', '?', '#']);
        let path = authority.end..find(authority.end, &['?', '#']);
        let fragment_at = find(path.end, &['#']);
        let after = |at: usize| (at + 1).min(text.len());
        Some(Parts {
            query: after(path.end).min(fragment_at)..fragment_at,
            fragment: after(fragment_at)..text.len(),
            authority,
            path,
        })
    }

    /// `host`, `host:port`, `[::1]:port`; nothing that names a user.
    fn authority(&mut self, range: &Range<usize>) {
        let text = &self.literal.text[range.clone()];
        if let Some(at) = text.rfind('@') {
            let why = "it names a user";
            let help = "give credentials to the action as a `Secret`: an address is printed";
            self.wrong(range.start..range.start + at + 1, why, help);
            return;
        }
        let (host, port) = match text.rfind(':').filter(|_| !text.ends_with(']')) {
            Some(at) => (&text[..at], Some(range.start + at + 1..range.end)),
            None => (text, None),
        };
        let host_range = range.start..range.start + host.len();
        if host.is_empty() {
            self.wrong(
                host_range,
                "the host is missing",
                "write the host behind `://`",
            );
        } else if !host.contains(STAND_IN) {
            self.host(host, &host_range);
        }
        let Some(port) = port.filter(|port| !self.literal.text[port.clone()].contains(STAND_IN))
        else {
            return;
        };
        let number = self.literal.text[port.clone()].parse::<u16>();
        if !number.is_ok_and(|number| number > 0) {
            self.wrong(
                port,
                "the port is not a number from 1 to 65535",
                "fix or drop it",
            );
        }
    }

    /// Labels of letters, digits and hyphens, or an address in brackets.
    fn host(&mut self, host: &str, range: &Range<usize>) {
        let address = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        if let Some(address) = address {
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                self.wrong(
                    range.clone(),
                    "this is not an IPv6 address",
                    "write it as in `[2001:db8::1]`",
                );
            }
            return;
        }
        let help = "a host holds lower-case letters, digits, hyphens and dots";
        let allowed = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || "-.".contains(character)
        };
        if let Some((at, character)) = host
            .char_indices()
            .find(|(_, character)| !allowed(*character))
        {
            let place = range.start + at..range.start + at + character.len_utf8();
            let why = format!("the host contains `{}`", character.escape_default());
            self.wrong(place, &why, help);
            return;
        }
        let mut start = range.start;
        for label in host.split('.') {
            let place = start..start + label.len();
            start = place.end + 1;
            if label.is_empty()
                || label.len() > 63
                || label.starts_with('-')
                || label.ends_with('-')
            {
                self.wrong(
                    place,
                    "a part of the host is empty, too long or begins or ends with `-`",
                    help,
                );
            }
        }
    }

    /// Only characters that may stand there, and `%` with two hexadecimal digits.
    fn characters(&mut self, range: &Range<usize>, marks: &str) {
        let text = &self.literal.text[range.clone()];
        for (at, character) in text.char_indices() {
            let allowed = character.is_ascii_alphanumeric()
                || character == STAND_IN
                || "-._~!$&'()*+,;=%".contains(character)
                || marks.contains(character);
            let place = range.start + at..range.start + at + character.len_utf8();
            if !allowed {
                let mut bytes = [0; 4];
                let bytes = character.encode_utf8(&mut bytes).bytes();
                let encoded: String = bytes.map(|byte| format!("%{byte:02X}")).collect();
                let why = format!("`{}` may not stand here", character.escape_debug());
                self.instead(place, &why, &encoded);
                return;
            }
            let digits = text.as_bytes().get(at + 1..at + 3);
            let encoded = digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
            if character == '%' && !encoded {
                self.instead(place, "`%` needs two hexadecimal digits", "%25");
                return;
            }
        }
    }

    /// No `.`, `..` and no empty segment but the last: each client reads them differently.
    fn segments(&mut self, range: &Range<usize>) {
        let text = &self.literal.text[range.clone()];
        let mut start = range.start + 1;
        let segments: Vec<&str> = text.split('/').skip(1).collect();
        for (index, segment) in segments.iter().enumerate() {
            let place = start..start + segment.len();
            start = place.end + 1;
            let last = index + 1 == segments.len();
            let plain = segment.replace("%2e", ".").replace("%2E", ".");
            if matches!(plain.as_str(), "." | "..") || (segment.is_empty() && !last) {
                let why = format!("the path contains the segment `{segment}`");
                self.wrong(place, &why, "write the path that is meant");
                return;
            }
            if segment.contains(STAND_IN) && segment.contains('%') {
                // `%2e` beside a hole that is filled with `.` would be `..` to a client.
                let why = "a part of the path that is filled in has a `%` beside its hole";
                let help = "write the character itself, or put a `/` between it and the hole";
                self.wrong(place, why, help);
                return;
            }
        }
    }

    /// Holes stand in the path, or in the query behind a `=`.
    fn holes(&mut self, parts: &Parts) {
        for hole in &self.literal.holes {
            let label = if parts.path.contains(&hole.at) {
                continue;
            } else if parts.query.contains(&hole.at) {
                let pair = &self.literal.text[parts.query.start..hole.at];
                let pair = pair.rsplit('&').next().unwrap_or_default();
                if pair.contains('=') {
                    continue;
                }
                "would name a parameter of the query"
            } else if parts.fragment.contains(&hole.at) {
                "the part behind `#` is never sent"
            } else {
                "would decide which host is asked"
            };
            self.found.push(self.literal.misplaced(hole, label));
        }
    }

    /// The client must read what is written, not rewrite it.
    fn normal_form(&mut self, parts: &Parts) {
        let whole = 0..self.literal.text.len();
        let mut text = self.literal.text.replace(STAND_IN, "x");
        if parts.path.is_empty() {
            // An address without a path is one with the path `/`.
            text.insert(parts.path.start, '/');
        }
        match Url::parse(&text) {
            Err(error) => self.wrong(whole, &error.to_string(), "write an absolute address"),
            Ok(url) if url.as_str() == text => {}
            Ok(url) if self.literal.holes.is_empty() => {
                self.instead(whole, "a client would rewrite it", url.as_str());
            }
            Ok(_) => {
                let help =
                    "leave the port out if it is the usual one, write the host in its plain form";
                self.wrong(whole, "a client would rewrite it", help);
            }
        }
    }

    fn wrong(&mut self, range: Range<usize>, why: &str, help: &str) {
        let span = self.literal.span(range.start, range.end);
        let message = format!("the URL is not valid: {why}");
        let found = Diagnostic::new(Code::UrlInvalid, message, span, "here");
        self.found.push(found.help(help));
    }

    /// Like `wrong`, where one text is right.
    fn instead(&mut self, range: Range<usize>, why: &str, text: &str) {
        let span = self.literal.span(range.start, range.end);
        let (message, help) = (
            format!("the URL is not valid: {why}"),
            format!("write `{text}`"),
        );
        let found = Diagnostic::new(Code::UrlInvalid, message, span, "here");
        self.found
            .push(found.help(help.clone()).fix(help, span, text));
    }
}
