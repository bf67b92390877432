//! Patterns: what one entry of a grant covers, how it is read, matched, and written again.
//!
//! A `*` at the end stands for any further text, `\*` there for the star itself. What stands for
//! further text never covers control characters and never a segment `..`: a name that somebody
//! else could have written must not climb out of what was granted.

use url::{Position, Url};

/// A text, or the beginning of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: String,
    /// Whether more may follow.
    open: bool,
}

impl Glob {
    /// Reads a pattern as it is written in settings.
    pub fn parse(written: &str) -> Glob {
        if let Some(text) = written.strip_suffix("\\*") {
            return Glob::exact(format!("{text}*"));
        }
        match written.strip_suffix('*') {
            Some(text) => Glob {
                text: text.into(),
                open: true,
            },
            None => Glob::exact(written),
        }
    }

    /// The pattern that covers this text alone.
    pub fn exact(text: impl Into<String>) -> Glob {
        Glob {
            text: text.into(),
            open: false,
        }
    }

    /// Whether it covers nothing, as an empty text is never granted.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && !self.open
    }

    /// Whether it is a lone `*`.
    pub fn is_star(&self) -> bool {
        self.text.is_empty() && self.open
    }

    /// Whether it ends in a star that stands for more.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The text, or the beginning of texts.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Whether it covers every text that begins so.
    pub fn covers_all(&self, start: &str) -> bool {
        self.open && start.starts_with(&self.text)
    }

    /// Whether it covers some text that begins so.
    pub fn may_begin(&self, start: &str) -> bool {
        self.text.starts_with(start) || self.covers_all(start)
    }

    /// How many bytes of what it covers are said.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// As it is written in settings.
    pub fn written(&self) -> String {
        match (self.open, self.text.strip_suffix('*')) {
            (true, _) => format!("{}*", self.text),
            (false, Some(text)) => format!("{text}\\*"),
            (false, None) => self.text.clone(),
        }
    }

    /// Whether it covers the text.
    pub fn covers(&self, text: &str) -> bool {
        self.covers_if(text, is_plain)
    }

    /// The same, where `is_plain` says which texts a star may stand for. It is shown the segment in
    /// which the star stands from its beginning, so that no `..` hides across the border.
    fn covers_if(&self, text: &str, is_plain: fn(&str) -> bool) -> bool {
        if !self.open {
            return text == self.text;
        }
        let from = self.text.rfind(is_separator).map_or(0, |at| at + 1);
        text.starts_with(&self.text) && text.get(from..).is_some_and(is_plain)
    }
}

/// One place of a list of arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    This(String),
    /// Exactly one argument that is no option.
    Any,
}

impl Place {
    /// Whether it covers the argument. A star never covers an option, nor nothing.
    pub fn covers(&self, argument: &str) -> bool {
        match self {
            Place::This(text) => text == argument,
            Place::Any => !argument.is_empty() && !argument.starts_with('-') && is_plain(argument),
        }
    }

    /// As it is written in settings.
    pub fn written(&self) -> String {
        match self {
            Place::This(text) => Glob::exact(text.as_str()).written(),
            Place::Any => "*".into(),
        }
    }
}

/// An address as a client reads it: whom it asks, and for what. The part behind `#` is never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `https://status.example.com`, with the port if it is not the usual one.
    origin: String,
    /// The path with the query.
    rest: String,
}

impl Address {
    /// Reads an address by the rules of clients.
    pub fn parse(text: &str) -> Result<Address, &'static str> {
        let is_odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        if text.contains(is_odd) {
            return Err("an address holds no blanks, control characters or `\\`");
        }
        let url = Url::parse(text).map_err(|_| "this is not an absolute address")?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("an address begins with `https://` or `http://` and a host");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address names no user");
        }
        Ok(Address {
            origin: url[..Position::BeforePath].into(),
            rest: url[Position::BeforePath..Position::AfterQuery].into(),
        })
    }

    /// With its origin.
    pub fn whole(&self) -> String {
        format!("{}{}", self.origin, self.rest)
    }
}

/// Addresses of one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlPattern {
    origin: String,
    rest: Glob,
}

impl UrlPattern {
    /// Reads a pattern as it is written in settings.
    pub fn parse(written: &str) -> Result<UrlPattern, String> {
        let Glob { text, open } = Glob::parse(written);
        let address = Address::parse(&text)?;
        if text.contains('#') {
            return Err("the part behind `#` is never sent".into());
        }
        let behind_scheme = text.find("://").map_or(0, |at| at + 3);
        let has_path = text
            .get(behind_scheme..)
            .is_some_and(|rest| rest.contains('/'));
        if open && !has_path {
            return Err(format!("a `*` stands in the path: `{}/*`", address.origin));
        }
        let whole = address.whole();
        if text != whole && (has_path || format!("{text}/") != whole) {
            let star = if open { "*" } else { "" };
            return Err(format!("a client reads this as `{whole}{star}`"));
        }
        Ok(UrlPattern {
            origin: address.origin,
            rest: Glob {
                text: address.rest,
                open,
            },
        })
    }

    /// The pattern that covers this address alone.
    pub fn exact(address: &Address) -> UrlPattern {
        UrlPattern {
            origin: address.origin.clone(),
            rest: Glob::exact(address.rest.as_str()),
        }
    }

    /// Whether it covers the address.
    pub fn covers(&self, address: &Address) -> bool {
        self.origin == address.origin && self.rest.covers_if(&address.rest, is_plain_encoded)
    }

    /// Whether it covers every address that begins so.
    pub fn covers_all(&self, start: &str) -> bool {
        start
            .strip_prefix(self.origin.as_str())
            .is_some_and(|rest| self.rest.covers_all(rest))
    }

    /// Whether it covers some address that begins so.
    pub fn may_begin(&self, start: &str) -> bool {
        match start.strip_prefix(self.origin.as_str()) {
            Some(rest) => self.rest.may_begin(rest),
            None => self.origin.starts_with(start),
        }
    }

    /// Whether more may follow.
    pub fn is_open(&self) -> bool {
        self.rest.is_open()
    }

    /// As it is written in settings.
    pub fn written(&self) -> String {
        format!("{}{}", self.origin, self.rest.written())
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '/' | '\\')
}

/// No control characters, no segment that climbs.
fn is_plain(text: &str) -> bool {
    !text.contains(char::is_control) && text.split(is_separator).all(|segment| segment != "..")
}

/// The same for the end of an address, however often it is encoded. Some servers cut a segment at
/// `;`, some put a query back into a path.
fn is_plain_encoded(text: &str) -> bool {
    /// What is encoded more often is refused.
    const ROUNDS: usize = 4;
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let parts = text.split([';', '?', '&', '=', '#']);
        if !parts.into_iter().all(is_plain) {
            return false;
        }
        match decoded(&text) {
            Some(inner) => text = inner,
            None => return true,
        }
    }
    false
}

/// The text with every `%2e` and its like replaced by what it stands for; none if there is none.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut found = false;
    while let Some((&byte, behind)) = rest.split_first() {
        let pair = match (byte, behind) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match pair {
            Some((high, low)) => {
                found = true;
                bytes.push(high * 16 + low);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    found.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn digit(byte: u8) -> Option<u8> {
    // A hexadecimal digit is less than 16.
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}
