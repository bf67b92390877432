//! Annotations: `// error[E0301]` at the end of a line says that exactly this is reported there.
//!
//! Several may stand side by side: `// error[E0301] warning[L0001]`. Where a line cannot carry a
//! comment, inside an unterminated string say, the next line does: `//^ error[E0104]`.

use std::fmt::Write;

/// Something said about a line: `error`, `E0301`, and the line from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    pub line: u32,
    pub kind: String,
    pub code: String,
}

/// What the annotations in the text say, in order of their lines.
pub fn expected(text: &str) -> Vec<Remark> {
    expected_behind("//", text)
}

/// The same where a comment begins with another mark.
pub fn expected_behind(mark: &str, text: &str) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(at) = line.rfind(mark) else { continue };
        let comment = line[at..].trim_start_matches(['/', '#']);
        let (above, comment) = match comment.strip_prefix('^') {
            Some(rest) => (1, rest),
            None => (0, comment),
        };
        let words = comment.split([' ', ',']).filter(|word| !word.is_empty());
        let parsed = words.map(parse).collect::<Option<Vec<_>>>();
        for (kind, code) in parsed.unwrap_or_default() {
            let line = (index + 1 - above) as u32;
            remarks.push(Remark { line, kind, code });
        }
    }
    remarks.sort();
    remarks
}

/// Fails with both lists side by side unless they say the same.
pub fn assert_same(name: &str, expected: &[Remark], found: &[Remark], shown: &str) {
    if expected == found {
        return;
    }
    let mut report = format!("{name}: not what the annotations say\n");
    for remark in missing(expected, found) {
        let Remark { line, kind, code } = remark;
        writeln!(report, "  line {line}: {kind}[{code}] is not reported").unwrap();
    }
    for remark in missing(found, expected) {
        let Remark { line, kind, code } = remark;
        writeln!(report, "  line {line}: {kind}[{code}] is reported").unwrap();
    }
    panic!("{report}\n{shown}");
}

/// What `from` has and `other` has not, each as often as it is missing.
fn missing(from: &[Remark], other: &[Remark]) -> Vec<Remark> {
    let mut rest = other.to_vec();
    let mut missing = Vec::new();
    for remark in from {
        match rest.iter().position(|other| other == remark) {
            Some(at) => drop(rest.remove(at)),
            None => missing.push(remark.clone()),
        }
    }
    missing
}

/// `error[E0301]` as its two words.
fn parse(word: &str) -> Option<(String, String)> {
    let (kind, code) = word.strip_suffix(']')?.split_once('[')?;
    let known = ["error", "warning", "note", "fault"].contains(&kind);
    known.then(|| (kind.into(), code.into()))
}
