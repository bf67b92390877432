//! Sentences whose parts know who wrote them: ours are text, the user's are code.

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Our own words.
    Text(String),
    /// Words of the user's.
    Code(String),
}

/// A sentence, or a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Vec<Piece>);

impl Words {
    /// Our own words alone.
    pub fn text(text: impl Into<String>) -> Words {
        Words(vec![Piece::Text(text.into())])
    }

    /// Words of the user's alone.
    pub fn code(text: impl Into<String>) -> Words {
        Words(vec![Piece::Code(text.into())])
    }

    /// Adds our own words.
    pub fn then(mut self, text: impl Into<String>) -> Words {
        self.0.push(Piece::Text(text.into()));
        self
    }

    /// Adds words of the user's.
    pub fn and_code(mut self, text: impl Into<String>) -> Words {
        self.0.push(Piece::Code(text.into()));
        self
    }

    /// Several in a row, with commas.
    pub fn list<T: Into<String>>(codes: impl IntoIterator<Item = T>) -> Words {
        let mut words = Words::default();
        for (index, code) in codes.into_iter().enumerate() {
            if index > 0 {
                words = words.then(", ");
            }
            words = words.and_code(code);
        }
        match words.0.is_empty() {
            true => Words::text("none"),
            false => words,
        }
    }
}
