//! Compiled programs, as people read them.

use super::{Checked, File, analyse, checked};
use crate::front;

/// Checks the files as one package and lists the program of each of its runbooks, or says what is
/// wrong.
pub fn listing(files: &[File<'_>]) -> Result<String, Checked> {
    let (sources, analysis, diagnostics) = analyse(files);
    let sound = analysis.filter(|_| front::is_sound(&diagnostics));
    let Some(analysis) = sound else {
        return Err(checked(&diagnostics, &sources));
    };
    let programs = match front::compile(&analysis) {
        Ok(programs) => programs,
        Err(refused) => return Err(checked(&refused, &sources)),
    };
    let listings = programs.iter().map(|program| match program.validate() {
        Ok(()) => program.listing().to_string(),
        Err(invalid) => format!("not a program: {invalid}\n"),
    });
    Ok(listings.collect::<Vec<_>>().join("\n"))
}
