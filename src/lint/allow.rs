//! Comments that allow a finding where it stands: `// allow NAME: reason`.
//!
//! In: the comments of files, and findings. Out: the findings that stay, those that were allowed with their reasons,
//! and what is wrong with the comments themselves. A comment covers the node that begins on its own line or, standing
//! alone, on the next one. Only lints are allowed: a comment about anything else names nothing.

mod cover;

use std::fmt;

use crate::diag::near::nearest;
use crate::diag::{Allowed, Applicability, Code, Diagnostic};
use crate::project::{Level, Levels};
use crate::syntax::tree::{Comment, File};
use crate::text::{Sources, Span};

use super::known::Known;
use super::rule::{Data, Fixes};
use super::rules::ALL;

/// The word behind `//`.
const WORD: &str = "allow";
/// How many words a reason has at least.
const LEAST: usize = 2;

/// A comment that allows something.
#[derive(Clone, Debug)]
pub struct Allow {
    /// Without the blanks around it.
    span: Span,
    /// As it is written.
    name: String,
    /// The lint that it allows, if it says why.
    allowed: Option<Code>,
    name_at: Span,
    reason: String,
    /// Words stand behind the name, but no colon.
    says_more: bool,
    /// The node that it covers, the comment's own line where none begins.
    covers: Span,
    used: bool,
}

/// The comments of files that allow something.
pub fn unsettled(sources: &Sources, trees: &[File]) -> Vec<Allow> {
    let mut allows = Vec::new();
    for tree in trees {
        for comment in &tree.comments {
            allows.extend(read(sources, tree, comment));
        }
    }
    allows
}

fn read(sources: &Sources, tree: &File, comment: &Comment) -> Option<Allow> {
    let text = sources.slice(comment.span);
    let (named, reason) = said(text)?;
    let at = text.find(named)?;
    let text = text.trim_end();
    let behind = text
        .get(at + named.len()..)
        .unwrap_or_default()
        .trim_start();
    let code = Code::lint(named).filter(|code| !is_about_comments(*code));
    Some(Allow {
        allowed: code.filter(|_| is_reason(reason)),
        says_more: !behind.is_empty() && !behind.starts_with(':'),
        span: comment.span.inside(0, text.len()),
        name: named.to_owned(),
        name_at: comment.span.inside(at, at + named.len()),
        reason: reason.trim().to_owned(),
        covers: cover::of(sources, tree, comment),
        used: false,
    })
}

/// Whether a comment allows something, or would like to: it is for the checker, not for people.
pub fn is_allow(comment: &str) -> bool {
    said(comment).is_some()
}

/// The name and the reason that a comment says.
fn said(comment: &str) -> Option<(&str, &str)> {
    let rest = comment.strip_prefix("//")?.trim_start();
    let rest = rest.strip_prefix(WORD)?;
    // Other words of people may begin so: a name is one word behind a blank.
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let words = rest.strip_prefix(' ')?.trim_start();
    let end = words.find(|c| !is_name(c)).unwrap_or(words.len());
    let (named, behind) = words.split_at_checked(end)?;
    match behind.trim_start().strip_prefix(':') {
        Some(reason) if !named.is_empty() => Some((named, reason)),
        // A word alone, or with others, is prose, unless it is that of a lint.
        Some(_) | None => (Code::lint(named).is_some() || is_code(named)).then_some((named, "")),
    }
}

/// `L0504`: lints are allowed by their names.
fn is_code(word: &str) -> bool {
    let number = word.strip_prefix('L').unwrap_or_default();
    number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Allow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.name, self.reason)
    }
}

impl Allow {
    fn allows(&self, found: &Diagnostic) -> bool {
        self.allowed == Some(found.code) && self.covers.holds(found.primary.span)
    }

    fn has_reason(&self) -> bool {
        is_reason(&self.reason)
    }
}

/// Whether a reason has words enough.
fn is_reason(reason: &str) -> bool {
    let words = reason.split_whitespace();
    let words = words.filter(|word| word.contains(char::is_alphanumeric));
    words.count() >= LEAST
}

/// Gives findings their levels, and their fixes what the rule says of them; takes out those that are off or allowed.
pub fn settle(levels: &Levels, allows: &mut [Allow], found: &mut Vec<Diagnostic>) -> Vec<Allowed> {
    let mut allowed = Vec::new();
    let mut kept = Vec::with_capacity(found.len());
    for mut found in found.drain(..) {
        if !found.code.is_lint() {
            kept.push(found);
            continue;
        }
        let Level::Said(level) = levels.of(found.code) else {
            continue;
        };
        if ALL
            .iter()
            .any(|rule| rule.code == found.code && rule.fixes == Fixes::Safe)
        {
            for fix in &mut found.fixes {
                fix.applicability = Applicability::Safe;
            }
        }
        found.level = Some(level).filter(|level| *level != found.code.kind());
        match allows.iter_mut().find(|allow| allow.allows(&found)) {
            Some(allow) => {
                allow.used = true;
                let reason = allow.reason.clone();
                allowed.push(Allowed { found, reason });
            }
            None => kept.push(found),
        }
    }
    *found = kept;
    allowed
}

/// What is wrong with the comments themselves, when everything was settled.
pub fn problems(
    sources: &Sources,
    levels: &Levels,
    known: &Known,
    allows: &[Allow],
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for allow in allows {
        let whole = whole(sources, allow.span);
        let Some(code) = Code::lint(&allow.name).filter(|code| !is_about_comments(*code)) else {
            out.push(unknown(allow, whole));
            continue;
        };
        if !allow.has_reason() {
            let message = format!("the comment allows `{}` and says no reason", allow.name);
            let found = Diagnostic::new(
                Code::AllowWithoutReason,
                message,
                allow.span,
                "allows nothing",
            );
            let found = found.help(format!(
                "say why in two words or more: `// allow {}: the reason`",
                allow.name
            ));
            out.push(match allow.says_more {
                true => found,
                false => found.fix("drop the comment", whole, ""),
            });
        } else if !allow.used && is_found_here(code, known) && levels.of(code) != Level::Off {
            let message = format!("there is no `{}` here to allow", allow.name);
            let found = Diagnostic::new(Code::UnneededAllow, message, allow.span, "allows nothing");
            out.push(
                found
                    .help("drop the comment")
                    .fix("drop the comment", whole, ""),
            );
        }
    }
    out
}

/// Whether it was looked for. What tests and an agent show comes later.
fn is_found_here(code: Code, known: &Known) -> bool {
    let is_here = |needs: Data| match needs {
        Data::Nothing | Data::Rules | Data::Metrics | Data::Day => known.has(needs),
        Data::Tests | Data::Agent => false,
    };
    ALL.iter()
        .any(|rule| rule.code == code && is_here(rule.needs))
}

fn is_about_comments(code: Code) -> bool {
    [
        Code::UnneededAllow,
        Code::AllowWithoutReason,
        Code::UnknownAllow,
    ]
    .contains(&code)
}

fn unknown(allow: &Allow, whole: Span) -> Diagnostic {
    let names: Vec<String> = Code::lints().map(Code::kebab).collect();
    if Code::lint(&allow.name).is_some() {
        let message = format!("`{}` cannot be allowed", allow.name);
        let found = Diagnostic::new(Code::UnknownAllow, message, allow.name_at, "not allowed");
        return found
            .help("it is about such comments: fix or drop the comment that it names")
            .fix("drop the comment", whole, "");
    }
    if let Some(code) = Code::lints().find(|code| code.as_str() == allow.name) {
        let message = format!("a lint is allowed by its name, not by `{}`", allow.name);
        let found = Diagnostic::new(Code::UnknownAllow, message, allow.name_at, "a code");
        let help = format!(
            "one name a comment: `// allow {}: the reason`",
            code.kebab()
        );
        return match allow.says_more {
            true => found.help(help),
            false => found
                .help(help)
                .fix("write its name", allow.name_at, code.kebab()),
        };
    }
    let message = format!("there is no lint `{}`", allow.name);
    let found = Diagnostic::new(Code::UnknownAllow, message, allow.name_at, "not known");
    match nearest(&allow.name, names.iter().map(String::as_str)) {
        Some(near) => found
            .help(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), allow.name_at, near)
            .safe(),
        // It may be prose, so that nothing drops it unasked.
        None => found
            .help("`rbk lint --list` names them all; an error cannot be allowed")
            .fix("drop the comment", whole, ""),
    }
}

/// A comment with what goes with it: its line if it stands alone, else the blanks before it.
fn whole(sources: &Sources, comment: Span) -> Span {
    let text = &sources.source(comment.source).text;
    let (start, end) = (comment.start as usize, comment.end as usize);
    let before = text.get(..start).unwrap_or_default();
    let kept = before.trim_end_matches([' ', '\t']).len();
    match kept == 0 || before.get(..kept).is_some_and(|kept| kept.ends_with('\n')) {
        true => {
            let rest = text.get(end..).unwrap_or_default();
            let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
            Span::new(comment.source, kept, end + line)
        }
        false => Span::new(comment.source, kept, end),
    }
}
