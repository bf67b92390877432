//! `textDocument/codeLens`: run a test, and what a runbook may do.
//!
//! The commands are the client's: `rbk.test` and `rbk.report` take the package's folder and a name.

use gen_lsp_types::{CodeLens, CodeLensParams, Command};

use crate::ide::{self, LensKind};

use super::lines::Lines;
use super::server::{Failure, Server};

pub fn show(server: &mut Server, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>, Failure> {
    let Some((desk, file)) = server.world.place(&params.text_document.uri) else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let root = desk.root().to_string_lossy().into_owned();
    let lenses = ide::lenses(desk, file).into_iter().map(|lens| {
        let (command, name) = match lens.kind {
            LensKind::Run { filter } => ("rbk.test", filter),
            LensKind::May { runbook } => ("rbk.report", runbook),
        };
        CodeLens {
            range: lines.range(lens.range),
            command: Some(Command {
                title: lens.title,
                tooltip: None,
                command: String::from(command),
                arguments: Some(vec![root.clone().into(), name.into()]),
            }),
            data: None,
        }
    });
    Ok(Some(lenses.collect()))
}
