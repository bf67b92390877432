//! What falls out of checks that are made anyway: it is found there, and has its level and its suppression here.

use crate::diag::Code;
use crate::lint::rule::{Data, Fixes, Rule, Sees};

const fn rule(code: Code, name: &'static str, needs: Data, fixes: Fixes) -> Rule {
    Rule {
        code,
        name,
        needs,
        fixes,
        sees: Sees::Elsewhere,
    }
}

pub static UNUSED_LET: Rule = rule(Code::UnusedLet, "unused-let", Data::Nothing, Fixes::None);
pub static UNUSED_USE: Rule = rule(Code::UnusedUse, "unused-use", Data::Nothing, Fixes::Safe);
pub static SHORT_CHAIN: Rule = rule(Code::ShortChain, "short-chain", Data::Nothing, Fixes::None);
pub static AGAIN_UNUSED: Rule = rule(
    Code::AgainUnused,
    "again-unused",
    Data::Nothing,
    Fixes::None,
);
pub static REMEDY_NEVER_ACTS: Rule = rule(
    Code::RemedyNeverActs,
    "remedy-never-acts",
    Data::Nothing,
    Fixes::None,
);
pub static BLAST_LINE_UNUSED: Rule = rule(
    Code::BlastLineUnused,
    "blast-line-unused",
    Data::Nothing,
    Fixes::Unsafe,
);
pub static FOREIGN_TEMPLATE: Rule = rule(
    Code::ForeignTemplate,
    "foreign-template",
    Data::Nothing,
    Fixes::Unsafe,
);
pub static CRON_EITHER_DAY: Rule = rule(
    Code::CronEitherDay,
    "cron-either-day",
    Data::Nothing,
    Fixes::None,
);
pub static UNTESTED_FINDING: Rule = rule(
    Code::UntestedFinding,
    "untested-finding",
    Data::Tests,
    Fixes::None,
);
pub static UNTESTED_FAILURE: Rule = rule(
    Code::UntestedFailure,
    "untested-failure",
    Data::Tests,
    Fixes::None,
);
pub static UNTESTED_UNDO: Rule = rule(
    Code::UntestedUndo,
    "untested-undo",
    Data::Tests,
    Fixes::None,
);
pub static UNTESTED_DOUBT: Rule = rule(
    Code::UntestedDoubt,
    "untested-doubt",
    Data::Tests,
    Fixes::None,
);
pub static IDLE_GIVEN: Rule = rule(Code::IdleGiven, "idle-given", Data::Tests, Fixes::Unsafe);
pub static UNUSED_GRANT: Rule = rule(Code::UnusedGrant, "unused-grant", Data::Agent, Fixes::None);
pub static WIDE_GRANT: Rule = rule(Code::WideGrant, "wide-grant", Data::Agent, Fixes::None);
pub static MISSING_PROGRAM: Rule = rule(
    Code::MissingProgram,
    "missing-program",
    Data::Agent,
    Fixes::None,
);
pub static UNNEEDED_ALLOW: Rule = rule(
    Code::UnneededAllow,
    "unneeded-allow",
    Data::Nothing,
    Fixes::Safe,
);
pub static ALLOW_WITHOUT_REASON: Rule = rule(
    Code::AllowWithoutReason,
    "allow-without-reason",
    Data::Nothing,
    Fixes::Safe,
);
pub static UNKNOWN_ALLOW: Rule = rule(
    Code::UnknownAllow,
    "unknown-allow",
    Data::Nothing,
    Fixes::Unsafe,
);
