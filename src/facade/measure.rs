//! The work alone, with nothing shown, for benches: each gives the number of findings.

use crate::front;
use crate::syntax;
use crate::text::Sources;

/// Parses a text as a file.
pub fn parse(text: &str) -> usize {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    syntax::parse(sources.source(source)).diagnostics.len()
}

/// Parses and checks a text as a package of one file.
pub fn check(text: &str) -> usize {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    let server = crate::literal::Server::default();
    front::analyse(&mut sources, &[source], ("measured", "1.0.0"), &server)
        .diagnostics
        .len()
}

/// Parses a text as a file and brings it into the one layout; 1 if it refuses.
pub fn format(text: &str) -> usize {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    usize::from(front::format(sources.source(source)).is_err())
}
