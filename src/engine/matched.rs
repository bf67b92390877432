//! What the runbooks make of something that has arrived: which triggers take it, and what they bind.
//! Nothing is decided yet; the keys say which incidents are needed for that.

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::fit::{Passed, fit, from_alert, from_event, from_request, no_parameter};
use super::runbooks::Found;
use super::{Arriving, Engine};
use crate::diag::Code;
use crate::journal::{Alert, IncidentId};
use crate::value::Value;

/// Something that has arrived, with what the runbooks make of it.
pub enum Matched {
    Alert(Alert, Vec<Match>),
    Named {
        name: SmolStr,
        json: String,
        parsed: Parsed,
        matches: Vec<Match>,
    },
    Request {
        runbook: SmolStr,
        json: String,
        by: SmolStr,
        roles: Vec<SmolStr>,
        parsed: Parsed,
        /// None if no runbook of this name takes requests.
        matches: Option<Match>,
    },
}

/// The words say why it is not JSON.
pub type Parsed = Result<Json, String>;

/// A trigger, and whether it takes something.
pub struct Match {
    pub found: Found,
    /// What it binds.
    pub fits: Result<Vec<Value>, Passed>,
}

impl Engine {
    pub(super) fn matched(&self, arriving: Arriving) -> Matched {
        match arriving {
            Arriving::Alert(alert) => {
                let matches = self.match_alert(&alert);
                Matched::Alert(alert, matches)
            }
            Arriving::Named { name, json } => {
                let parsed = parsed(&json);
                let found = self.runbooks.on_event(&name).iter();
                let matches =
                    found.filter_map(|found| self.match_event(*found, parsed.as_ref().ok()?));
                Matched::Named {
                    matches: matches.collect(),
                    name,
                    json,
                    parsed,
                }
            }
            Arriving::Request {
                runbook,
                json,
                by,
                roles,
            } => {
                let parsed = parsed(&json);
                let found = self.runbooks.on_request(&runbook);
                let matches = found.and_then(|found| self.match_request(found, &parsed));
                Matched::Request {
                    runbook,
                    json,
                    by,
                    roles,
                    parsed,
                    matches,
                }
            }
        }
    }

    /// Of several triggers of a runbook the first one that fits counts.
    fn match_alert(&self, alert: &Alert) -> Vec<Match> {
        let mut matches: Vec<Match> = Vec::new();
        for found in self.runbooks.on_alert(alert) {
            let is_taken = matches
                .iter()
                .any(|one| one.found.runbook == found.runbook && one.fits.is_ok());
            let Some((loaded, trigger)) = self.runbooks.at(found).filter(|_| !is_taken) else {
                continue;
            };
            let fits = fit(&loaded.program, trigger, |binding| {
                from_alert(binding, alert)
            });
            matches.push(Match { found, fits });
        }
        matches
    }

    fn match_event(&self, found: Found, parsed: &Json) -> Option<Match> {
        let (loaded, trigger) = self.runbooks.at(found)?;
        let fits = fit(&loaded.program, trigger, |binding| {
            from_event(binding, parsed)
        });
        Some(Match { found, fits })
    }

    fn match_request(&self, found: Found, parsed: &Parsed) -> Option<Match> {
        let (loaded, trigger) = self.runbooks.at(found)?;
        let program = &loaded.program;
        let fits = match parsed {
            Ok(parsed) => match no_parameter(program, trigger, parsed) {
                // One that is missing may be the one that is misspelt.
                Some(why) => Err(Passed::Failed(Code::EventMalformed, why)),
                None => {
                    let mut names = program.metadata.bindings.iter();
                    fit(program, trigger, |binding| {
                        from_request(program, binding, names.next(), parsed)
                    })
                }
            },
            Err(_) => Err(Passed::NotSo),
        };
        Some(Match { found, fits })
    }

    /// The newest incidents of the keys that it is about.
    pub(super) fn newest_for<'e>(
        &'e self,
        matched: &'e Matched,
    ) -> impl Iterator<Item = IncidentId> + 'e {
        let (many, one) = match matched {
            Matched::Alert(_, matches) | Matched::Named { matches, .. } => {
                (matches.as_slice(), None)
            }
            Matched::Request { matches, .. } => (Default::default(), matches.as_ref()),
        };
        let event = self.model.next_event();
        many.iter().chain(one).filter_map(move |one| {
            let bindings = one.fits.as_ref().ok()?;
            self.newest_at(one.found, bindings, event)
        })
    }
}

fn parsed(json: &str) -> Parsed {
    serde_json::from_str(json).map_err(|error| format!("it is not JSON: {error}"))
}
