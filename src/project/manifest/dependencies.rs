//! The table `[dependencies]` of a manifest: other packages, each by a path or by a git repository.
//!
//! In: the table as it was read. Out: what is wanted, and what is wrong with it. A URL or a revision goes to
//! `git` one day: neither may be an option of it, nor name a transport that runs programs.

use smol_str::SmolStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Reader;
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::text::Span;

const KEYS: [&str; 3] = ["path", "git", "rev"];
/// The longest path, URL or revision, in bytes.
const LONGEST: usize = 1_000;

/// A package that another one depends on, as its manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// As it is used: `use shop_common.{builder}`.
    pub name: SmolStr,
    pub from: WantedFrom,
    /// Where the manifest says so.
    pub at: Span,
    /// Where its revision stands, with the quotes; of git only.
    pub rev_at: Option<Span>,
}

/// Where a package is to come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedFrom {
    /// A folder, from that of the package which says so.
    Path(String),
    Git(Git),
}

/// A revision of a repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Git {
    pub url: String,
    /// A tag or a commit.
    pub rev: String,
}

impl Git {
    /// The commit that the revision is, where it says one.
    pub fn commit(&self) -> Option<&str> {
        is_commit(&self.rev).then_some(self.rev.as_str())
    }
}

/// Whether it is a whole commit: 40 hexadecimal digits, or 64.
pub fn is_commit(text: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    matches!(text.len(), 40 | 64) && text.bytes().all(hex)
}

impl Reader<'_> {
    /// What the package depends on.
    pub(super) fn dependencies(&mut self, table: &DeTable<'_>) -> Vec<Wanted> {
        let Some(value) = table.get("dependencies") else {
            return Vec::new();
        };
        let Some(table) = value.get_ref().as_table() else {
            let message = "`dependencies` has a value that cannot be";
            let label = "a table belongs here: `[dependencies]`, a package a line below it";
            self.report(Code::ManifestValue, message, value.span(), label);
            return Vec::new();
        };
        let mut wanted = Vec::new();
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            if let Some(problem) = use_problem(name) {
                let message = format!("`{name}` cannot name a dependency");
                self.report(Code::ManifestValue, message, key.span(), &problem);
                continue;
            }
            if let Some(from) = self.from(name, value) {
                let rev = value
                    .get_ref()
                    .as_table()
                    .and_then(|table| table.get("rev"));
                wanted.push(Wanted {
                    name: name.into(),
                    from,
                    at: self.span(key.span()),
                    rev_at: rev.map(|rev| self.span(rev.span())),
                });
            }
        }
        wanted.sort_by(|a, b| a.name.cmp(&b.name));
        wanted
    }

    /// Where one package is to come from.
    fn from(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<WantedFrom> {
        let Some(table) = value.get_ref().as_table() else {
            let message = format!("`{name}` does not say where the package is");
            let label = "write `{ path = \"../common\" }`, or `{ git = \"https://...\", rev = \"v1.0.0\" }`";
            self.report(Code::ManifestValue, message, value.span(), label);
            return None;
        };
        self.unknown_keys(table, &KEYS, &format!("the dependency `{name}`"));
        let key = |key: &str| table.get_key_value(key).map(|(key, _)| key.span());
        match (key("path"), key("git"), key("rev")) {
            (Some(_), Some(git), _) => {
                let message = format!("`{name}` has a `path` and a `git`");
                self.report(
                    Code::ManifestValue,
                    message,
                    git,
                    "a package comes from one place",
                );
                None
            }
            (Some(_), None, Some(rev)) => {
                let message = format!("`{name}` has a `path` and a `rev`");
                self.report(
                    Code::ManifestValue,
                    message,
                    rev,
                    "a folder has no revision",
                );
                None
            }
            (Some(_), None, None) => {
                let path = self.text(table, "path", path_problem)?;
                Some(WantedFrom::Path(path))
            }
            (None, Some(_), None) => {
                let message = format!("`{name}` has a `git` and no `rev`");
                let label = "add the tag or the commit: `rev = \"v1.0.0\"`";
                self.say_incomplete(message, value, label);
                None
            }
            (None, Some(_), Some(_)) => {
                let url = self.text(table, "git", url_problem);
                let rev = self.text(table, "rev", rev_problem);
                Some(WantedFrom::Git(Git {
                    url: url?,
                    rev: rev?,
                }))
            }
            (None, None, _) => {
                let message = format!("`{name}` does not say where the package is");
                self.say_incomplete(message, value, "a `path` or a `git` belongs here");
                None
            }
        }
    }

    fn say_incomplete(&mut self, message: String, value: &Spanned<DeValue<'_>>, label: &str) {
        let span = self.span(value.span());
        let found = Diagnostic::new(Code::ManifestIncomplete, message, span, label);
        self.diagnostics.push(found);
    }
}

/// Why a package cannot be used under this name, if it cannot.
fn use_problem(name: &str) -> Option<String> {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !starts || name.len() > 64 || !name.chars().all(letter) {
        return Some("a name that `use` takes: small letters, digits and `_`".into());
    }
    let library = name == library::ROOT || library::module(name).is_some();
    library.then(|| "the library is called so: take another name".into())
}

fn path_problem(path: &str) -> Option<String> {
    let drive = path.as_bytes().get(1) == Some(&b':');
    let why = match path {
        "" => "a folder belongs here: `../common`",
        _ if path.starts_with(['/', '\\', '~']) || drive => {
            "a path goes from the package's folder, so that it holds on every machine: `../common`"
        }
        _ if path.contains('\\') => "a path is written with `/`",
        _ if path.len() > LONGEST || path.chars().any(char::is_control) => "this is not a path",
        _ => return None,
    };
    Some(why.into())
}

/// Whether a repository may be a folder: a test has no server of its own, and no product is built with this.
const FOLDERS: bool = cfg!(feature = "harness");

fn url_problem(url: &str) -> Option<String> {
    url_problem_in(url, FOLDERS).map(str::to_owned)
}

fn url_problem_in(url: &str, folders: bool) -> Option<&'static str> {
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && url.len() <= LONGEST;
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let whole_host = rest.split('/').next().unwrap_or_default();
    let (user, host) = whole_host.rsplit_once('@').unwrap_or(("", whole_host));
    match scheme {
        _ if !plain => Some("a URL has no blanks and no special characters"),
        "https" if whole_host.contains('@') => Some(SECRET_IN_URL),
        "ssh" if user.contains([':', '%']) => Some(SECRET_IN_URL),
        "https" | "ssh" if host.is_empty() || host.starts_with('-') || user.starts_with('-') => {
            Some("the URL has no host")
        }
        "https" | "ssh" => spelling_problem(scheme, host, rest),
        "file" if folders => spelling_problem(scheme, host, rest),
        _ => Some("a URL begins with `https://` or `ssh://`"),
    }
}

const SECRET_IN_URL: &str = "a URL says nothing secret: `git` has its own store for that";

/// Why it is another spelling of a URL: two spellings of one repository would be two sources.
fn spelling_problem(scheme: &str, host: &str, rest: &str) -> Option<&'static str> {
    let dots = |part: &str| part == "." || part == "..";
    let port = host.rsplit_once(':').map(|(_, port)| port);
    match scheme {
        _ if rest.contains(['#', '?']) => {
            Some("a URL names a whole repository: `rev` says which revision, without `#` and `?`")
        }
        _ if host.contains('%') || host.chars().any(|c| c.is_ascii_uppercase()) => {
            Some("a host is written in small letters, without `%`")
        }
        "https" if port == Some("443") => Some("this is the port of `https` anyway: leave it out"),
        "ssh" if port == Some("22") => Some("this is the port of `ssh` anyway: leave it out"),
        _ if rest.ends_with('/') || rest.contains("//") || rest.split('/').any(dots) => {
            Some("a URL has one spelling: no `/` at its end, and no `//`, `/./` or `/../` in it")
        }
        _ => None,
    }
}

fn rev_problem(rev: &str) -> Option<String> {
    let letter = |c: char| c.is_ascii_alphanumeric() || "._/+-".contains(c);
    let fits = rev.starts_with(|c: char| c.is_ascii_alphanumeric())
        && rev.len() <= LONGEST
        && rev.chars().all(letter)
        && !rev.contains("..")
        && !rev.contains("//")
        && !rev.ends_with(['/', '.']);
    (!fits).then(|| "a tag or a whole commit belongs here: `v1.0.0`".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a product says of a URL.
    fn of_product(url: &str) -> Option<&'static str> {
        url_problem_in(url, false)
    }

    #[test]
    fn a_product_takes_no_folder() {
        for url in [
            "file:///srv/common.git",
            "file://host/common.git",
            "FILE:///srv/common.git",
        ] {
            let said = of_product(url);
            assert_eq!(
                said,
                Some("a URL begins with `https://` or `ssh://`"),
                "{url}"
            );
        }
        let is_product = cfg!(not(feature = "harness"));
        assert_eq!(url_problem("file:///srv/common.git").is_some(), is_product);
    }

    #[test]
    fn a_url_says_nothing_secret() {
        for url in [
            "https://a:b@example.com/x",
            "https://a@example.com/x",
            "ssh://a:b@example.com/x",
            "ssh://a%3Ab@example.com/x",
            "ssh://a:b@c@example.com/x",
        ] {
            assert_eq!(of_product(url), Some(SECRET_IN_URL), "{url}");
        }
        assert_eq!(of_product("ssh://git@example.com/x"), None);
    }

    #[test]
    fn a_repository_has_one_spelling() {
        for url in [
            "https://example.com/a/common.git",
            "https://example.com:8443/common.git",
            "ssh://git@example.com:2222/~me/common.git",
        ] {
            assert_eq!(of_product(url), None, "{url}");
        }
        for url in [
            "https://example.com/common.git#v1",
            "https://example.com/common.git?ref=v1",
            "https://example.com/common.git/",
            "https://example.com//common.git",
            "https://example.com/./common.git",
            "https://example.com/a/../common.git",
            "https://example.com/common.git/.",
            "https://Example.com/common.git",
            "https://example.com:443/common.git",
            "ssh://git@example.com:22/common.git",
            "ssh://%65xample.com/common.git",
        ] {
            assert!(of_product(url).is_some(), "{url}");
        }
    }
}
