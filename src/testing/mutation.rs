//! Whether a test shows that the change heals: with the changes taken away, no verify may pass.
//!
//! A test whose world heals by itself would pass with any remedy, also with none.

use super::case::Case;
use super::drive::drive;
use super::record::Record;
use super::{Options, source};
use crate::diag::{Code, Diagnostic};
use crate::effect::End;
use crate::run::Event;
use crate::typed::{Cause, ReplyKind};

/// Verifies of one test that are looked at; a loop over many elements repeats itself.
const MOST: usize = 8;

/// Runs the test again, once per passed verify, with the changes before it reported applied but
/// causing nothing. A verify that passes all the same is a problem.
pub fn check(case: &Case<'_>, options: &Options, record: &Record) -> Vec<Diagnostic> {
    let healed = match record.end() {
        Some((_, End::Resolved | End::Mitigated { .. })) => true,
        Some((
            _,
            End::Cleared { .. }
            | End::SelfResolved
            | End::Handed { .. }
            | End::Cancelled
            | End::Again,
        ))
        | None => false,
    };
    if !healed {
        return Vec::new();
    }
    let verifies = (0..record.verified().min(MOST)).filter(|verify| {
        // Without a change before it, a verify proves nothing about one.
        record
            .effects
            .iter()
            .any(|effect| effect.after_verifies == *verify)
    });
    let mut faked = verifies.filter(|verify| {
        let driven = drive(case, options, Some(*verify));
        driven.problems.is_empty() && driven.record.verified() > *verify
    });
    faked
        .next()
        .map(|verify| problem(case, record, verify))
        .into_iter()
        .collect()
}

fn problem(case: &Case<'_>, record: &Record, verify: usize) -> Diagnostic {
    let message = "the verify passes even if the change does nothing: this test would not notice a remedy that does not help";
    let diagnostic = Diagnostic::new(
        Code::VerifiesWithoutChange,
        message,
        case.test.title_span,
        "in this test",
    );
    let mut passed = record.events().filter_map(|event| match event {
        Event::Verified { verify } => Some(*verify),
        _ => None,
    });
    let place = passed
        .nth(verify)
        .and_then(|index| case.program.verifies.get(index.index()));
    let diagnostic = match place {
        Some(verify) => diagnostic.and(verify.place, "this verify"),
        None => diagnostic,
    };
    let change = record
        .effects
        .iter()
        .find(|effect| effect.after_verifies == verify);
    let change = change.map_or("...".to_owned(), |effect| effect.call.name.to_string());
    let timed = case.test.observations.iter().find_map(|given| {
        given
            .replies
            .iter()
            .find(|reply| matches!(reply.cause, Cause::After(_) | Cause::OnRead(_)))
    });
    match timed.map(|reply| &reply.kind) {
        Some(ReplyKind::Value(value)) => {
            let value = source::value(case, value);
            diagnostic.help(format!(
                "let the change bring it about: `then {value} once did {change}`"
            ))
        }
        Some(ReplyKind::Fails(_) | ReplyKind::NoData) | None => diagnostic.help(format!(
            "give what the verify reads as bad, `then` good `once did {change}`"
        )),
    }
}
