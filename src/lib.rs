//! `rbk`: the runbook language, its checker, and the machine that runs it.
//!
//! Text becomes a tree, the tree is checked into a typed tree, that is compiled into a program,
//! and the program is run by a machine that never touches the world itself: it says what it needs
//! and is told what came of it. Everything above the line is pure and deterministic; only the
//! rooms below it do I/O.
//!
//! # Floors
//!
//! An import goes to a lower floor only, never up, never sideways. A test reads this table.
//!
//! ```text
//! text/       sources, spans, line index: the only owner of offsets              0
//! steps/      work of the front end, counted in a test build                  0
//! value/      run-time values, units, checked arithmetic, limits                 0
//! diag/       code registry, diagnostics, fixes, renderers, explain/*.md         1
//! effect/     levels, scopes, integrity, calls, outcomes as plain data           1
//! library/    stdlib/*.rbk, embedded; the pure functions of the machine, by name 1
//! syntax/     split, tokens, pest rules -> tree + diagnostics, walker            2
//! literal/    one file per tag: re, url, promql, cron -> template with holes     2
//! rule/       rules that a test build takes out by name                          2
//! planted/    faults that a test build puts into the agent by name               2
//! program/    the compiled artefact: code, constants, spans, content hash        2
//! project/    manifest, which files make a package                               3
//! fmt/        tree + trivia -> text; parses its own output again                 3
//! vm/         frames, step, resume; builtins/                                    3
//! typed/      the checked tree: names resolved, types known; data only           3
//! run/        one run as a state machine: intents, outcomes, retries, undo       4
//! analysis/   effects, phases, paths, blast, taint, times: proofs over the typed tree  4
//! check/      names, types, effects, findings, paths, blast, taint               5
//! journal/    what a store must do, as plain data                                5
//! settings/   agent.toml: endpoints, hosts, grants, contacts, secrets by reference        5
//! lint/       findings of experience over a sound package; what comments allow       6
//! compile/    typed tree -> program                                              6
//! engine/     the agent's mind: match, open, grant, drive, tell; actions out     6
//! testing/    `test` blocks in virtual time                                      7
//! simulate/   whole agents under a script of what happens around them, in virtual time  7
//! report/     what a runbook may do, in words and JSON                           7
//! graph/      the flow of a runbook as a picture: SVG, Mermaid, DOT              7
//! front/      the front end in one call                                          8
//! ide/        what an editor asks, on plain data: outlines, completion, actions   9
//! ------------ I/O begins here (cargo feature `host`, on by default) ------------
//! connect/    one provider per file: prom, http, tcp, exec; and how people are told  8
//! store/      sqlite: the journal's verbs on disk                                8
//! host/       files, the clock, and the loop that lets an engine drive the world     9
//! agent/      the daemon: what it offers over HTTP, and its life                     10
//! lsp/        the language server: protocol only, a file per request              10
//! facade/     what the test binary, benches and fuzz targets may call            11
//! cli/        a file per subcommand: arguments and one function                  11
//! ```

#![cfg_attr(
    not(all(feature = "host", feature = "facade")),
    expect(
        dead_code,
        unused_imports,
        reason = "only the command line, or only the tests, call some of the outermost functions"
    )
)]

// pest's generated code names it, as its `std` feature is off.
extern crate alloc;

#[cfg(feature = "host")]
mod agent;
mod analysis;
mod check;
#[cfg(feature = "host")]
mod cli;
mod compile;
#[cfg(feature = "host")]
mod connect;
mod diag;
mod effect;
mod engine;
#[cfg(feature = "facade")]
pub mod facade;
mod fmt;
mod front;
mod graph;
#[cfg(feature = "host")]
mod host;
mod ide;
mod journal;
mod library;
mod lint;
mod literal;
#[cfg(feature = "host")]
mod lsp;
mod planted;
mod program;
mod project;
mod report;
mod rule;
mod run;
mod settings;
#[cfg(feature = "facade")]
mod simulate;
mod steps;
#[cfg(feature = "host")]
mod store;
mod syntax;
mod testing;
mod text;
mod typed;
mod value;
mod vm;

/// Runs the command line: the whole of the `rbk` binary.
#[cfg(feature = "host")]
pub fn main() -> std::process::ExitCode {
    cli::main()
}
