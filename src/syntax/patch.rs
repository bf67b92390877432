//! Texts that were mended before the parse, and the way back to the places in the source.
//!
//! In: a text and replacements in it. Out: the mended text, and for each offset in it the offset in the
//! source, also when a mended text is mended again. Without replacements it is a plain shift.

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
    /// One layer for each time that the text was mended, the first one first.
    layers: Vec<Vec<Seam>>,
}

/// A replacement: where it stands in the mended text, and in the text before.
#[derive(Clone, Debug)]
struct Seam {
    mended: Range<usize>,
    before: Range<usize>,
}

impl Place {
    /// A text that stands unchanged at `base`.
    pub fn at(base: usize) -> Self {
        Place {
            base,
            layers: Vec::new(),
        }
    }

    /// Whether anything was replaced.
    pub fn is_mended(&self) -> bool {
        !self.layers.is_empty()
    }

    /// The source offset of a span's start. Inside a replacement: where the replaced bytes began.
    pub fn start(&self, offset: usize) -> usize {
        self.map(offset, |seam| seam.start)
    }

    /// The source offset of a span's end. Inside a replacement: where the replaced bytes ended.
    pub fn end(&self, offset: usize) -> usize {
        self.map(offset, |seam| seam.end)
    }

    fn map(&self, offset: usize, inside: fn(&Range<usize>) -> usize) -> usize {
        let layers = self.layers.iter().rev();
        self.base + layers.fold(offset, |offset, layer| cross(layer, offset, inside))
    }

    /// The text with the splices done, and its place. Splices are in order and do not overlap.
    pub fn mend(&self, text: &str, splices: &[Splice]) -> (String, Place) {
        let (mended, layer) = replace(text, 0..text.len(), splices);
        let mut place = self.clone();
        place.layers.push(layer);
        (mended, place)
    }

    /// A part of a text with the splices done, and its place.
    pub fn mend_part(&self, text: &str, part: Range<usize>, splices: &[Splice]) -> (String, Place) {
        let begin = Seam {
            mended: 0..0,
            before: 0..part.start,
        };
        let (mended, mut layer) = replace(text, part, splices);
        layer.insert(0, begin);
        let mut place = self.clone();
        place.layers.push(layer);
        (mended, place)
    }
}

/// From an offset in the mended text to the one in the text before.
fn cross(layer: &[Seam], offset: usize, inside: fn(&Range<usize>) -> usize) -> usize {
    // The first seam of a part is empty and moves even the offset 0; any other one that begins at the
    // offset lies behind it.
    let passed = |seam: &Seam| seam.mended.start < offset || seam.mended.end == 0;
    let after = layer.partition_point(passed);
    match after.checked_sub(1).and_then(|index| layer.get(index)) {
        None => offset,
        Some(seam) if offset < seam.mended.end => inside(&seam.before),
        Some(seam) => seam.before.end + (offset - seam.mended.end),
    }
}

fn replace(text: &str, part: Range<usize>, splices: &[Splice]) -> (String, Vec<Seam>) {
    let mut mended = String::with_capacity(part.len() + 16);
    let mut layer = Vec::with_capacity(splices.len());
    let mut at = part.start;
    for splice in splices {
        let Some(kept) = text.get(at..splice.range.start) else {
            continue;
        };
        mended.push_str(kept);
        let start = mended.len();
        mended.push_str(&splice.text);
        layer.push(Seam {
            mended: start..mended.len(),
            before: splice.range.clone(),
        });
        at = splice.range.end;
    }
    mended.push_str(text.get(at..part.end).unwrap_or_default());
    (mended, layer)
}
