//! The top of the picture: what sets the runbook off, and the bounds of all that follows.

use super::words::line;
use super::{Flow, Kind, Open};
use crate::program::manifest::{Time, Touch};
use crate::typed::{Notice, Recurs};

impl Flow<'_> {
    /// A box for each trigger, and the one that all of them lead to.
    pub(super) fn head(&mut self) -> usize {
        let runbook = self.runbook;
        let mut open: Vec<Open> = Vec::new();
        for trigger in &runbook.triggers {
            let node = self.put(Kind::Trigger, self.trigger(trigger), Vec::new());
            open.extend(self.one(node));
        }
        let lines = self.bounds();
        self.put(Kind::Runbook, lines, open)
    }

    fn bounds(&self) -> Vec<String> {
        let runbook = self.runbook;
        let mut lines = vec![self.title(), self.key()];
        let blast = runbook.blast.iter().map(|bound| self.words(bound.span));
        let caps = runbook.caps.iter().map(|cap| self.words(cap.span));
        lines.extend(blast.chain(caps).map(|words| format!("blast: {words}")));
        lines.extend(self.manifest.authority.touches.iter().map(touch));
        let Time { machine, human } = &self.manifest.authority.time;
        lines.push(match runbook.ends_within {
            Some((ends, _)) => format!("works at most {machine}, said to end within {ends}"),
            None => format!("works at most {machine}"),
        });
        if human.millis() > 0 {
            lines.push(format!("waits for people at most {human}"));
        }
        if let Some(again) = runbook.again {
            lines.push(format!("again at most {again}"));
        }
        lines.extend(runbook.recurs.iter().map(|recurs| self.recurs(recurs)));
        lines.extend(runbook.tells.iter().map(|tell| self.words(tell.span)));
        lines
    }

    /// What follows in place of the remedies.
    fn recurs(&self, recurs: &Recurs) -> String {
        let Recurs {
            times,
            within,
            then,
        } = recurs;
        let then = match then {
            Notice::Page { roles, text: _ } => format!("page {}", self.roles(roles)),
            Notice::Hand(hand) => format!("hand {}", self.roles(&hand.roles)),
        };
        line(&format!("recurs {times} within {within}, then only {then}"))
    }

    fn title(&self) -> String {
        let Some(product) = self.runbook.product else {
            return self.named();
        };
        let product = &self.package.products[product.index()].name;
        line(&format!("{} for {product}", self.named()))
    }

    fn named(&self) -> String {
        let name = &self.runbook.name;
        match self.runbook.version {
            Some(version) => line(&format!("runbook {name} {version}")),
            None => line(&format!("runbook {name}")),
        }
    }

    fn key(&self) -> String {
        match self.manifest.authority.key.as_slice() {
            [] => "one incident at a time".to_owned(),
            [one] => line(&format!("incident per {one}")),
            several => line(&format!("incident per ({})", several.join(", "))),
        }
    }
}

/// What was proven of one type of target.
fn touch(touch: &Touch) -> String {
    let Touch {
        target,
        run,
        at_once,
        calls,
    } = touch;
    let calls = match calls {
        1 => "1 changing call".to_owned(),
        calls => format!("{calls} changing calls"),
    };
    line(&format!(
        "touches {target}: at most {run} a run, {at_once} at once, {calls}"
    ))
}
