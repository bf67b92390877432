//! Texts that were mended before the parse, and the way back to the places in the source.
//!
//! In: a range of the source and replacements in it. Out: the mended text, and for each offset in it the
//! offset in the source. Without replacements it is a plain shift.

use std::ops::Range;

/// Puts `text` in the place of the bytes `start..end` of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub range: Range<usize>,
    pub text: String,
}

/// Where a text stands in its source.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    base: usize,
    /// For each replacement: where it stands in the mended text, and in the source.
    seams: Vec<(Range<usize>, Range<usize>)>,
}

impl Place {
    /// A text that stands unchanged at `base`.
    pub fn at(base: usize) -> Self {
        Place {
            base,
            seams: Vec::new(),
        }
    }

    /// Whether anything was replaced.
    pub fn is_patched(&self) -> bool {
        !self.seams.is_empty()
    }

    /// The source offset of a span's start. Inside a replacement: where the replaced bytes began.
    pub fn start(&self, offset: usize) -> usize {
        self.map(offset, |seam| seam.start)
    }

    /// The source offset of a span's end. Inside a replacement: where the replaced bytes ended.
    pub fn end(&self, offset: usize) -> usize {
        // An end that touches a replacement from the left lies before it.
        self.map(offset, |seam| seam.end)
    }

    fn map(&self, offset: usize, inside: fn(&Range<usize>) -> usize) -> usize {
        let after = self
            .seams
            .partition_point(|(mended, _)| mended.start < offset);
        match after.checked_sub(1).and_then(|index| self.seams.get(index)) {
            None => self.base + offset,
            Some((mended, original)) if offset < mended.end => inside(original),
            Some((mended, original)) => original.end + (offset - mended.end),
        }
    }
}

/// The bytes `range` of `source` with all splices done. Splices are in order and do not overlap.
pub(super) fn mend(source: &str, range: Range<usize>, splices: &[Splice]) -> (String, Place) {
    let mut text = String::with_capacity(range.len() + 16);
    let mut place = Place::at(range.start);
    let mut at = range.start;
    for splice in splices {
        let Some(kept) = source.get(at..splice.range.start) else {
            continue;
        };
        text.push_str(kept);
        let start = text.len();
        text.push_str(&splice.text);
        place.seams.push((start..text.len(), splice.range.clone()));
        at = splice.range.end;
    }
    text.push_str(source.get(at..range.end).unwrap_or_default());
    (text, place)
}
