//! `else again` and the clause `again`, which bounds it.

use crate::diag::{Code, Diagnostic};
use crate::typed::{Runbook, StmtKind, VerifyElse};

use super::kind::BlockKind;

/// `else again` and the clause `again` belong together.
pub fn check_runbook(runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    let mut used = false;
    for (kind, block) in super::blocks(runbook) {
        if kind != BlockKind::Remedy {
            continue;
        }
        block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Verify(verify) = &stmt.kind
                && verify.otherwise == VerifyElse::Again
            {
                used = true;
                if runbook.again.is_none() {
                    out.push(
                        Diagnostic::new(
                            Code::AgainWithoutBound,
                            "`else again` needs the clause `again at most N`",
                            verify.span,
                            "diagnoses again, without a bound",
                        )
                        .help("add `again at most 2` to the runbook: every run ends"),
                    );
                }
            }
        });
    }
    if runbook.again.is_some() && !used {
        out.push(
            Diagnostic::new(
                Code::AgainUnused,
                format!("runbook `{}` never says `else again`", runbook.name),
                runbook.name_span,
                "its clause `again` has no effect",
            )
            .help("remove the clause, or end a `verify` with `else again`"),
        );
    }
}
