//! Which labels the two sides of an operator are matched by.

/// `on (a) group_left (b)`, `ignoring (a)`
#[derive(Clone, Debug)]
pub(super) struct Matching {
    pub on: bool,
    pub labels: Vec<String>,
    /// `group_left(b)`, or nothing.
    pub groups: String,
}

impl Matching {
    /// Whether it says no more than that all labels are matched, for sides that have these at most.
    pub fn is_whole(&self, sides: [Option<&Vec<String>>; 2]) -> bool {
        if !self.groups.is_empty() {
            return false;
        }
        let known = |side: &Option<&Vec<String>>, fits: &dyn Fn(&String) -> bool| {
            side.is_some_and(|labels| labels.iter().all(fits))
        };
        match self.on {
            true => sides
                .iter()
                .all(|side| known(side, &|label| self.labels.contains(label))),
            false => {
                self.labels.is_empty()
                    || sides
                        .iter()
                        .all(|side| known(side, &|label| !self.labels.contains(label)))
            }
        }
    }

    /// Whether everything matches everything.
    pub fn is_of_none(&self) -> bool {
        self.on && self.labels.is_empty()
    }

    pub fn text(&self) -> String {
        let word = if self.on { "on" } else { "ignoring" };
        format!("{word}({}){}", self.labels.join(","), self.groups)
    }

    /// The labels that a result has at most.
    pub fn kept(&self, left: Option<&Vec<String>>) -> Option<Vec<String>> {
        match (self.groups.is_empty(), self.on) {
            (true, true) => Some(self.labels.clone()),
            (true, false) => left.cloned(),
            (false, _) => None,
        }
    }
}
