//! Compiled programs, as people read them.

use std::path::Path;

use super::{Checked, File, checked, memory};
use crate::compile::compile;
use crate::front;
use crate::project;
use crate::text::{SourceId, Sources};
use crate::typed::RunbookId;

/// Checks the files as one package and lists the program of each of its runbooks, or says what is
/// wrong.
pub fn listing(files: &[File<'_>]) -> Result<String, Checked> {
    let mut sources = Sources::default();
    let (package, mut diagnostics) =
        project::load(&memory::Memory::new(files), Path::new("."), &mut sources);
    let Some(package) = package else {
        return Err(checked(&diagnostics, &sources));
    };
    let ids: Vec<SourceId> = package.files.iter().map(|file| file.source).collect();
    let (name, version) = (package.name(), package.version());
    let analysis = front::analyse(&mut sources, &ids, &name, &version);
    diagnostics.extend(analysis.diagnostics.iter().cloned());
    if !front::is_sound(&diagnostics) {
        return Err(checked(&diagnostics, &sources));
    }
    let runbooks = (0..analysis.package.runbooks.len()).map(|index| RunbookId(index as u32));
    let listings = runbooks.map(|id| match compile(&analysis.package, &analysis.facts, id) {
        Ok(program) => match program.validate() {
            Ok(()) => program.listing().to_string(),
            Err(invalid) => format!("not a program: {invalid}\n"),
        },
        Err(too_large) => format!("{too_large}\n"),
    });
    Ok(listings.collect::<Vec<_>>().join("\n"))
}
