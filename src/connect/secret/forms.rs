//! The forms in which a secret may come back: as it is, in base64, in hexadecimal, or escaped for a
//! URL or for JSON.
//!
//! Escapes are not spelled in advance, as every writer chooses others: the text is read without
//! them, and what is found is traced back.

use std::ops::Range;

use memchr::memmem;

/// A text without its escapes: its bytes, and for each, and for the end, the place it came from.
pub struct View {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

/// How escapes of URLs and of JSON may be read, where there are any.
pub fn views(text: &[u8]) -> Vec<View> {
    let mut views = Vec::new();
    if text.contains(&b'%') || text.contains(&b'+') {
        views.push(view(text, percent));
        views.push(view(text, |rest| match rest.first() {
            Some(b'+') => Some((vec![b' '], 1)),
            Some(_) | None => percent(rest),
        }));
    }
    if text.contains(&b'\\') {
        views.push(view(text, json));
    }
    views
}

/// Where the secret stands in the text, in whatever form.
pub fn places(text: &[u8], views: &[View], secret: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut look = |form: &[u8]| {
        let finder = memmem::Finder::new(form);
        found.extend(finder.find_iter(text).map(|at| at..at + form.len()));
    };
    look(secret.as_bytes());
    for form in encoded(secret.as_bytes()) {
        look(form.as_bytes());
    }
    let finder = memmem::Finder::new(secret);
    for view in views {
        for at in finder.find_iter(&view.bytes) {
            let place = |at: usize| view.places.get(at).copied().unwrap_or(text.len());
            found.push(place(at)..place(at + secret.len()));
        }
    }
    found
}

fn view(text: &[u8], read: impl Fn(&[u8]) -> Option<(Vec<u8>, usize)>) -> View {
    let mut view = View {
        bytes: Vec::with_capacity(text.len()),
        places: Vec::with_capacity(text.len() + 1),
    };
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let (meant, length) = read(&text[at..]).unwrap_or((vec![byte], 1));
        view.places.extend(meant.iter().map(|_| at));
        view.bytes.extend(meant);
        at += length;
    }
    view.places.push(at);
    view
}

/// `%2f` at the beginning: what it stands for, and its length.
fn percent(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let digits = rest.strip_prefix(b"%")?.get(..2)?;
    let digits = std::str::from_utf8(digits).ok()?;
    Some((vec![u8::from_str_radix(digits, 16).ok()?], 3))
}

/// `\n` or `\u00e9` at the beginning: what it stands for, and its length.
fn json(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let plain = match rest.strip_prefix(b"\\")?.first()? {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        same @ (b'"' | b'\\' | b'/') => *same,
        b'u' => {
            let high = unit(rest)?;
            let pair = rest.get(6..).and_then(unit);
            let (units, length) = match (char::from_u32(u32::from(high)), pair) {
                (None, Some(low)) => (vec![high, low], 12),
                _ => (vec![high], 6),
            };
            return Some((String::from_utf16(&units).ok()?.into_bytes(), length));
        }
        _ => return None,
    };
    Some((vec![plain], 2))
}

/// The number of `\u00e9`.
fn unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The secret in hexadecimal, and in base64 wherever in a longer text it stands.
fn encoded(secret: &[u8]) -> Vec<String> {
    let small: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![small.to_uppercase(), small];
    let alone = base64(secret);
    forms.push(alone.trim_end_matches('=').to_owned());
    for before in 0..3 {
        let mut text = vec![0; before];
        text.extend(secret);
        let whole = base64(&text);
        // What lies at both ends is mixed with its neighbours.
        let first = [0, 2, 3][before];
        let last = text.len() / 3 * 4 + [0, 1, 2][text.len() % 3];
        forms.push(whole.get(first..last).unwrap_or(&whole).to_owned());
    }
    let in_urls = forms
        .iter()
        .map(|form| form.replace('+', "-").replace('/', "_"));
    let in_urls: Vec<String> = in_urls.collect();
    forms.extend(in_urls);
    forms.sort();
    forms.dedup();
    forms
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() {
                sign.into()
            } else {
                '='
            });
        }
    }
    text
}
