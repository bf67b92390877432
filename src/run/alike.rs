//! What tells two runs apart that may go on differently: all of a run, but how it numbered what it asked for and what
//! it has used of its meter.

use super::act::Stage;
use super::frame::Frame;
use super::{Input, Run};
use crate::value::Time;
use crate::vm::Meter;

impl Run {
    /// Bytes that are the same for two runs of one program, with what is on its way to each, only if both go on alike
    /// whatever they are told. Answers that nobody waits for are left out; a run that is about to use up its meter
    /// counts as one that is not, since code that is checked cannot.
    pub fn alike<'i>(&self, pending: impl Iterator<Item = (Time, &'i Input)>) -> Vec<u8> {
        let mut run = self.clone();
        run.meter = Meter::default();
        run.reserve = run.reserve.map(|_| Meter::default());
        for frame in &mut run.frames {
            if let Frame::Code(code) = frame {
                code.fill_meter();
            }
        }
        run.next_id = 0;
        let mut ids: Vec<u64> = run.ids().into_iter().map(|id| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let rank = |id: u64| ids.binary_search(&id).ok().map(|rank| rank as u64);
        for id in run.ids() {
            *id = rank(*id).unwrap_or_default();
        }
        let awaited = pending.filter_map(|(time, input)| match input.id() {
            None => Some((time, input.clone())),
            Some(id) => rank(id).map(|rank| (time, input.clone().with_id(rank))),
        });
        let awaited: Vec<(Time, Input)> = awaited.collect();
        postcard::to_stdvec(&(run, awaited)).expect("a run is plain data and always serialises")
    }

    /// Every number of a request that the run still knows.
    fn ids(&mut self) -> Vec<&mut u64> {
        let mut ids: Vec<&mut u64> = self.tells.iter_mut().map(|timed| timed.id_mut()).collect();
        for frame in &mut self.frames {
            match frame {
                Frame::Observing(observing) => ids.extend(observing.ids_mut()),
                Frame::Acting(acting) => ids.extend(acting.stage.id_mut()),
                Frame::Verifying(verifying) => ids.extend(verifying.id_mut()),
                Frame::Pausing(pausing) => ids.push(pausing.id_mut()),
                Frame::Course(_)
                | Frame::Code(_)
                | Frame::Planning(_)
                | Frame::Guarding(_)
                | Frame::Undoing(_)
                | Frame::Counting(_)
                | Frame::Rating(_) => {}
            }
        }
        ids
    }
}

impl Stage {
    /// What it waits for.
    fn id_mut(&mut self) -> Option<&mut u64> {
        match self {
            Stage::Checking | Stage::Held | Stage::Counting => None,
            Stage::Intending(id)
            | Stage::Performing { id, .. }
            | Stage::Repeating(id)
            | Stage::Ripening(id)
            | Stage::Asking(id)
            | Stage::Retrying(id)
            | Stage::Again(id) => Some(id),
        }
    }
}
