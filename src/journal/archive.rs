//! What people look at: the same file as the journal, read over connections of its own.

use super::{
    Arrival, DeadLetter, Entry, Error, EventId, Incident, IncidentId, Journal, LetterId, Page,
    Remains,
};

/// What was kept, in pages. Every method sees all batches that were committed before; one who reads holds
/// up nobody who decides.
pub trait Archive {
    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, Error>;
    /// Incidents, newest first: all that are not done if `open`, else all; at most `most`.
    fn incidents(&self, open: bool, most: usize) -> Result<Vec<Incident>, Error>;
    /// A page of the same list: those with a lower number than `before`, and how long the list is.
    fn page_of_incidents(
        &self,
        open: bool,
        before: Option<IncidentId>,
        most: usize,
    ) -> Result<Page<Result<Incident, Remains>>, Error>;
    /// What is left of an incident that cannot be read.
    fn remains(&self, id: IncidentId) -> Result<Option<Remains>, Error>;
    /// What happened in an incident, oldest first, from this number on.
    fn timeline(&self, incident: IncidentId, from: u64) -> Result<Vec<Entry>, Error>;
    fn event(&self, id: EventId) -> Result<Option<Arrival>, Error>;
    /// A page of them, the last written first: those with a lower number than `before`.
    fn dead_letters(
        &self,
        before: Option<LetterId>,
        most: usize,
    ) -> Result<Page<(LetterId, DeadLetter)>, Error>;
    fn dead_letter(&self, id: LetterId) -> Result<Option<DeadLetter>, Error>;
}

/// One store that is both.
pub trait Records: Journal + Archive {}

impl<T: Journal + Archive> Records for T {}
