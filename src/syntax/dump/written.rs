//! Places in the tree of which the text counts, and not where it is.

use serde::{Serialize, Serializer};

use crate::syntax::tree::{Expr, ExprKind, TextLiteral, TextPart};
use crate::text::Span;

/// The name under which such a place is handed over.
pub(super) const WRITTEN: &str = "written";

/// What is written there: `#[serde(serialize_with = "written")]`.
pub fn written<S: Serializer>(span: &Span, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(WRITTEN, &(span.start, span.end))
}

impl Serialize for Expr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            ExprKind::Number | ExprKind::Time => written(&self.span, serializer),
            kind => kind.serialize(serializer),
        }
    }
}

/// Where a string goes on in another line, or has an escape, is a matter of its form.
impl Serialize for TextLiteral {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut glued: Vec<TextPart> = Vec::new();
        for part in &self.parts {
            match (glued.last_mut(), part) {
                (Some(TextPart::Text(before)), TextPart::Text(more)) => {
                    *before = format!("{before}{more}").into();
                }
                _ => glued.push(part.clone()),
            }
        }
        serializer.collect_seq(glued)
    }
}
