//! Where one line ends and another begins: a token that belongs to the line above, a comma that is missing between two.
//!
//! In: the token. Out: what is said of it, and how the text is read from then on.

use std::ops::Range;

use super::Recovery;
use crate::diag::{Code, Diagnostic};
use crate::syntax::patch::Splice;
use crate::syntax::teach;

impl Recovery<'_> {
    /// A token that begins a line in the middle of a statement.
    pub(super) fn joint(&mut self, index: usize) {
        let Some(token) = self.tokens().at(index) else {
            return;
        };
        let Some(above) = index
            .checked_sub(1)
            .and_then(|above| self.tokens().at(above))
        else {
            return;
        };
        if let Some((found, splices)) = teach::dashed_list(&self.scene, index) {
            // The dashes behind the first one are told with it.
            if !self.is_told(above.end..token.end) {
                let dashes = splices.iter().map(|splice| splice.range.start);
                let told: Vec<usize> = dashes.map(|at| self.scene.place_of(at)).collect();
                self.told.extend(told);
                self.said.push(found);
                self.splices.extend(splices);
            }
            return;
        }
        if let Some((found, splices)) = self.out_of_place(index, above.end..token.end) {
            let told = splices.iter().map(|splice| splice.range.start);
            let told: Vec<usize> = told.map(|at| self.scene.place_of(at)).collect();
            self.told.extend(told);
            self.said.extend(found);
            self.splices.extend(splices);
            return;
        }
        self.joints.insert(index);
        // `every: 15s` below `verify:` is told with it, and so was what is left out before it.
        let key = self.tokens().word(index + 1) == ":";
        if !key && !self.is_told(above.end..token.end) {
            self.said.push(self.scene.line_start(
                index,
                above.end..token.start,
                token.comment_before,
            ));
        }
    }

    /// What does not go on with the line above, though it begins so: what is said, if nothing was yet, and how the text is
    /// read from then on.
    fn out_of_place(
        &self,
        index: usize,
        gap: Range<usize>,
    ) -> Option<(Option<Diagnostic>, Vec<Splice>)> {
        let (found, splices) = teach::dash_below(&self.scene, index)
            .or_else(|| teach::waiver_below(&self.scene, index))?;
        Some(((!self.is_told(gap)).then_some(found), splices))
    }

    pub(super) fn missing_comma(&mut self, index: usize) {
        let Some(above) = index
            .checked_sub(1)
            .and_then(|above| self.tokens().at(above))
        else {
            return;
        };
        let place = self.scene.span(above.end..above.end);
        self.said.push(
            Diagnostic::new(
                Code::Syntax,
                "expected `,`",
                place,
                "a comma is missing here",
            )
            .fix("add a comma", place, ","),
        );
        self.splices.push(Splice {
            range: above.end..above.end,
            text: ",".into(),
        });
    }
}
