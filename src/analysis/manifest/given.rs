//! What a `do` line is given, as people read it: the text of the source, and what the names in it stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use super::Made;
use super::amount::{Lets, bound, lets};
use crate::text::one_line;
use crate::typed::{Expr, ExprKind, FindingId, LocalId, Remedy, Runbook, StmtKind};
use crate::value::Value;

/// The longest text, in characters.
const LONGEST: usize = 300;

/// What the diagnosis hands over at each place that finds something, by the finding and the number of the parameter.
pub type Found = BTreeMap<(FindingId, usize), BTreeSet<String>>;

/// What the parameters of a body stand for.
pub type Handed = BTreeMap<LocalId, String>;

pub fn found(made: &Made<'_>, runbook: &Runbook) -> Found {
    let mut found = Found::new();
    let Some(body) = &runbook.diagnose else {
        return found;
    };
    let lets = lets(&body.block);
    body.block.for_each_stmt(&mut |stmt| {
        if let StmtKind::Found { finding, args } = &stmt.kind {
            for (index, arg) in args.iter().enumerate() {
                let text = text(made, &lets, &Handed::new(), arg);
                found.entry((*finding, index)).or_default().insert(text);
            }
        }
    });
    found
}

/// Of one remedy.
pub fn handed(remedy: &Remedy, found: &Found) -> Handed {
    let each = (0..remedy.params).filter_map(|index| {
        let texts = found.get(&(remedy.finding?, index as usize))?;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        Some((LocalId(index), short(texts.join(" or "))))
    });
    each.collect()
}

/// An argument on one line; what is constant as its value: `["op": mode] where mode = "restart"`.
pub fn text(made: &Made<'_>, lets: &Lets<'_>, handed: &Handed, arg: &Expr) -> String {
    let arg = bound(lets, arg);
    if let ExprKind::Local(local) = arg.kind
        && let Some(text) = handed.get(&local)
    {
        return text.clone();
    }
    let mut text = alone(made, arg);
    let mut told = BTreeSet::new();
    arg.for_each(&mut |part| {
        let ExprKind::Local(local) = part.kind else {
            return;
        };
        let stands_for = match (lets.get(&local), handed.get(&local)) {
            (Some(value), _) => alone(made, bound(lets, value)),
            (None, Some(text)) => text.clone(),
            (None, None) => return,
        };
        let name = one_line(made.sources.slice(part.span));
        if name != stands_for && told.insert(local) {
            let before = if told.len() == 1 { " where" } else { "," };
            text.push_str(&format!("{before} {name} = {stands_for}"));
        }
    });
    short(text)
}

/// Without what its names stand for.
fn alone(made: &Made<'_>, arg: &Expr) -> String {
    match arg.constant(made.package) {
        Some(value) => begins(value),
        None => one_line(made.sources.slice(arg.span)),
    }
}

/// As much of a value as is shown: it may be as large as a package.
fn begins(value: &Value) -> String {
    struct Begin(String);
    impl fmt::Write for Begin {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.push_str(text);
            match self.0.len() > 4 * LONGEST {
                true => Err(fmt::Error),
                false => Ok(()),
            }
        }
    }
    let mut begin = Begin(String::new());
    // The only error is that there is enough of it.
    let _ = write!(begin, "{value}");
    begin.0
}

fn short(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
