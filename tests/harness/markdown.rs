//! Markdown as far as pages of this package use it: headings and fenced blocks.

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// The nearest `##` heading above it.
    pub section: String,
    /// What stands behind the opening fence: `rbk error[E0301]`.
    pub tag: String,
    /// The line of the opening fence, from 1.
    pub line: usize,
    pub text: String,
}

impl Block {
    /// The tag's first word.
    pub fn language(&self) -> &str {
        self.tag.split([' ', ',']).next().unwrap_or_default()
    }
}

/// The fenced blocks of a page, in order.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut section = String::new();
    let mut open = false;
    for (index, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(_), true) => open = false,
            (Some(tag), false) => {
                open = true;
                blocks.push(Block {
                    section: section.clone(),
                    tag: tag.trim().into(),
                    line: index + 1,
                    text: String::new(),
                });
            }
            (None, true) => {
                let block = blocks.last_mut().unwrap();
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {
                if let Some(heading) = line.strip_prefix("## ") {
                    section = heading.trim().into();
                }
            }
        }
    }
    blocks
}

/// The `##` headings of a page, in order.
pub fn headings(page: &str) -> Vec<&str> {
    let lines = page.lines();
    lines
        .filter_map(|line| line.strip_prefix("## ").map(str::trim))
        .collect()
}
