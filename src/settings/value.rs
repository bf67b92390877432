//! What single values mean and why they cannot be: addresses, names, paths, variables.
//!
//! In: a text. Out: its meaning, or a label to stand under it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use smol_str::SmolStr;
use url::Url;

use super::{CallerKind, LogForm};
use crate::value::{Duration, escape_text};

/// The longest name of anything.
const LONGEST: usize = 200;
/// How much of a text is repeated in a message.
const SHOWN: usize = 64;

/// A name from the file, made short and safe.
pub fn shown(name: &str) -> String {
    escape_text(name, SHOWN)
}

/// `a`, `b` and `c`
pub fn listed(names: &[&str]) -> String {
    let names = names.iter().map(|name| format!("`{name}`"));
    let names = names.collect::<Vec<_>>();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// A variable that could be called after the key.
pub fn variable(key: &str) -> String {
    let name = key.chars().take(SHOWN).map(|c| match c {
        c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase(),
        _ => '_',
    });
    let name = name.collect::<String>();
    match env(&name) {
        Ok(name) => name,
        Err(_) => "SECRET".into(),
    }
}

/// A length of time that is not nothing.
pub fn length(text: &str) -> Result<Duration, String> {
    match Duration::parse(text) {
        Some(length) if length > Duration::ZERO => Ok(length),
        Some(_) | None => Err("a length of time such as `90s`, `10m`, `4h`".into()),
    }
}

pub fn listen(text: &str) -> Result<SocketAddr, String> {
    let address = text.parse();
    address.map_err(|_| "an IP address with a port: `127.0.0.1:7117`, `[::1]:7117`".into())
}

pub fn log_form(text: &str) -> Result<LogForm, String> {
    match text {
        "text" => Ok(LogForm::Text),
        "json" => Ok(LogForm::Json),
        _ => Err("either `text` or `json`".into()),
    }
}

/// Whether an address names a user or a password.
pub fn names_user(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
}

/// An address that is posted to.
pub fn url(text: &str) -> Result<Url, String> {
    let wrong = "an address such as `https://hooks.example.com/page`";
    if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(wrong.into());
    }
    let url = Url::parse(text).map_err(|_| wrong.to_owned())?;
    match url.scheme() {
        "http" | "https" if url.has_host() => {}
        _ => return Err(wrong.into()),
    }
    match url.fragment() {
        Some(_) => Err("the part behind `#` is never sent".into()),
        None => Ok(url),
    }
}

/// An address that paths are put behind.
pub fn base_url(text: &str) -> Result<Url, String> {
    let url = url(text).map_err(|label| match label.contains('#') {
        true => label,
        false => "an address such as `http://127.0.0.1:9090`".into(),
    })?;
    match url.query() {
        Some(_) => Err("an address without a query".into()),
        None => Ok(url),
    }
}

/// An IP address or a DNS name.
pub fn address(text: &str) -> Result<SmolStr, String> {
    let is_label = |label: &str| {
        let letter = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let ends = label.starts_with('-') || label.ends_with('-');
        matches!(label.len(), 1..=63) && !ends && label.chars().all(letter)
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    let last = name.rsplit('.').next().unwrap_or_default();
    // A name that ends in a number would be read as an IPv4 address by some.
    let is_number = last.chars().all(|c| c.is_ascii_digit());
    let is_name = name.len() <= 253 && name.split('.').all(is_label) && !is_number;
    match text.parse::<IpAddr>().is_ok() || is_name {
        true => Ok(text.into()),
        false => Err("an IP address or a DNS name, without a port".into()),
    }
}

/// A name by which the agent is called; they are compared in small letters.
pub fn dns_name(text: &str) -> Result<String, String> {
    match address(text) {
        Ok(name) if name.parse::<IpAddr>().is_err() => {
            let name = name.to_ascii_lowercase();
            Ok(name.strip_suffix('.').unwrap_or(&name).to_owned())
        }
        Ok(_) | Err(_) => Err("a DNS name without a port: `rbk.example.com`".into()),
    }
}

pub fn caller_kind(text: &str) -> Result<CallerKind, String> {
    CallerKind::from_word(text).ok_or_else(|| "one of `send`, `view` and `operate`".into())
}

pub fn any(text: &str) -> Result<SmolStr, String> {
    match text.len() > LONGEST || text.contains(char::is_control) {
        true => Err(format!("at most {LONGEST} bytes, no control characters")),
        false => Ok(text.into()),
    }
}

/// A path that is there to be opened.
pub fn path(text: &str) -> Result<String, String> {
    match text {
        "" => Err("the path is empty".into()),
        text if text.contains(char::is_control) => Err("a path without control characters".into()),
        text => Ok(text.into()),
    }
}

/// A program is started by its absolute path, so that nobody can put another in its place.
pub fn program(text: &str) -> Result<PathBuf, String> {
    let text = path(text)?;
    let climbs = text.split('/').any(|part| part == "..");
    match text.starts_with('/') && !text.ends_with('/') && !climbs {
        true => Ok(text.into()),
        false => Err("an absolute path without `..`: `/usr/bin/systemctl`".into()),
    }
}

/// The name of a variable.
pub fn env(text: &str) -> Result<String, String> {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    match starts && text.len() <= LONGEST && text.chars().all(letter) {
        true => Ok(text.into()),
        false => Err("the name of a variable: letters, digits and `_`".into()),
    }
}

/// A name as the language has them.
pub fn identifier(text: &str) -> Result<SmolStr, String> {
    match identifier_problem(text) {
        None => Ok(text.into()),
        Some(problem) => Err(problem.into()),
    }
}

/// Why nothing in a package can be called this.
pub fn identifier_problem(text: &str) -> Option<&'static str> {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
    let fits = starts && text.len() <= LONGEST && text.chars().all(letter);
    (!fits).then_some("a name of a package: small letters, digits and `_`")
}

/// Why nobody can be called this.
pub fn name_problem(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("the name is empty"),
        text if text.len() > LONGEST => Some("the name is longer than 200 bytes"),
        text if text.contains(char::is_control) => Some("a name has no control characters"),
        text if text.trim() != text => Some("a name has no blanks at its ends"),
        _ => None,
    }
}

/// Why no host can be called this.
pub fn host_problem(text: &str) -> Option<&'static str> {
    match text.contains('/') {
        // In a grant it stands before what is on the host: `cache-1/redis`.
        true => Some("the name of a host has no `/`"),
        false => name_problem(text),
    }
}

/// Why no list of arguments can begin with this.
pub fn program_problem(text: &str) -> Option<&'static str> {
    match text.starts_with('-') || text.contains(char::is_whitespace) {
        true => Some("the name of a program has no blanks and no `-` at its start"),
        false => name_problem(text),
    }
}
