//! The demo, as a newcomer sees it: one command, two faults, nothing left behind.

use std::process::Command;

use libtest_mimic::Trial;

use crate::harness::fixture::trial;

pub fn trials() -> Vec<Trial> {
    vec![trial(
        "demo/heals one fault and pages for the other",
        heals_and_pages,
    )]
}

fn heals_and_pages() {
    let temporary = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    let output = command
        .arg("demo")
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    let page = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{out}\n{page}");
    let mut rest = &*out;
    // In this order: noticed, diagnosed, healed, verified; then noticed, novel, paged.
    for part in [
        "LedgerUnhealthy fires, its check of liveness fails",
        "found frozen",
        "do exec.apply",
        ": applied",
        "verified",
        "Nobody was told",
        "LedgerUnhealthy fires, its check of books fails",
        "novel",
        "paged builder because novel",
        "page delivered to demo:builder",
    ] {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("no {part:?} in\n{out}"));
        rest = &rest[at + part.len()..];
    }
    assert!(page.contains("PAGE for builder (sev2)"), "{page}");
    assert!(page.contains("the books are out of balance"), "{page}");
    // As it stands, it reaches this agent and no other.
    assert!(
        page.contains("answer with: rbk incident ack --agent http://127.0.0.1:"),
        "{page}"
    );
    let left: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}
