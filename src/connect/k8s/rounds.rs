//! A change of a deployment, planned anew where somebody was faster than it and changed nothing that it rests on.
//!
//! Each request has a precondition, so that one that was refused was certainly not done; only then there is another one.

use serde_json::Value as Json;

use super::Undone;
use super::answer::{Kind, Refusal};
use super::client::{Form, Until};
use super::deployment::before;
use super::object::{Deployment, DeploymentSpec};
use super::place::Place;

/// How often a change is planned anew where only the controllers were faster.
const MOST: usize = 5;

/// The rounds of one change.
pub struct Rounds<'a> {
    until: &'a Until<'a>,
    place: &'a Place,
    /// What the first plan was made for. A generation says less: in older clusters it moves with annotations, too.
    seen: Option<DeploymentSpec>,
    refusal: Option<Refusal>,
    left: usize,
}

/// What is asked for in a round.
pub struct Change {
    pub subresource: &'static str,
    pub form: Form,
    pub body: Json,
    /// Where the answer has what was asked for, and what that is.
    pub wanted: (String, Json),
    /// Where it has what was there before, and what that was: then the cluster dropped what was asked for.
    pub former: (&'static str, Json),
}

impl<'a> Rounds<'a> {
    pub fn new(until: &'a Until<'a>, place: &'a Place) -> Rounds<'a> {
        Rounds {
            until,
            place,
            seen: None,
            refusal: None,
            left: MOST,
        }
    }

    /// The deployment as it is before the next request.
    pub async fn next(&mut self) -> Result<Deployment, Undone> {
        if self.left == 0 {
            let refusal = self.refusal.take();
            return Err(refusal.map_or(Undone::Unknown, Undone::of));
        }
        self.left -= 1;
        let deployment = before(self.until, self.place, self.seen.as_ref()).await?;
        self.seen = Some(deployment.spec.clone());
        Ok(deployment)
    }

    /// Asks for a change. Whether it was made; else it was refused, and may be planned anew.
    pub async fn ask(&mut self, change: Change) -> Result<bool, Undone> {
        let Change {
            subresource,
            form,
            body,
            wanted,
            former,
        } = change;
        let answer = self
            .until
            .patch::<Deployment>(self.place, subresource, form, &body)
            .await;
        match answer {
            Ok(now) if now.pointer(&wanted.0) == Some(&wanted.1) => Ok(true),
            Ok(now) if now.pointer(former.0) == Some(&former.1) => {
                Err(Undone::NotApplied(format!(
                    "the cluster took the change to `{}` and dropped what it says",
                    self.place
                )))
            }
            // The cluster made something else of it.
            Ok(_) => Err(Undone::Unknown),
            Err(refusal) if form.is_outrun(refusal.kind) => {
                self.refusal = Some(refusal);
                Ok(false)
            }
            Err(refusal) => Err(Undone::of(refusal)),
        }
    }
}

impl Form {
    /// Whether a refusal may mean that somebody was faster.
    fn is_outrun(self, kind: Kind) -> bool {
        match self {
            Form::Merge => kind == Kind::Conflict,
            // A step that does not fit is told as what cannot be.
            Form::Steps => kind == Kind::Conflict || kind == Kind::Invalid,
        }
    }
}
