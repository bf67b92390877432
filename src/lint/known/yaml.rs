//! YAML as a tree of texts, lists and maps: as much of it as rule files need.
//!
//! In: a text. Out: its documents, or what is wrong and on which line. What aliases stand for is counted as if it
//! were written out, so that a small file cannot become a large tree.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser};

/// The most nodes of all documents.
const NODES: usize = 1_000_000;
/// How deep they may stand in each other.
const DEPTH: usize = 64;

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yaml {
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// What stands under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Yaml> {
        match self {
            Yaml::Map(entries) => {
                let mut entries = entries.iter();
                entries
                    .find(|(name, _)| name == key)
                    .map(|(_, value)| value)
            }
            Yaml::Text(_) | Yaml::List(_) => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Yaml::Text(text) => Some(text),
            Yaml::List(_) | Yaml::Map(_) => None,
        }
    }

    pub fn list(&self) -> &[Yaml] {
        match self {
            Yaml::List(list) => list,
            Yaml::Text(_) | Yaml::Map(_) => &[],
        }
    }

    pub fn entries(&self) -> &[(String, Yaml)] {
        match self {
            Yaml::Map(entries) => entries,
            Yaml::Text(_) | Yaml::List(_) => &[],
        }
    }

    fn nodes(&self) -> usize {
        let below: usize = match self {
            Yaml::Text(_) => 0,
            Yaml::List(list) => list.iter().map(Yaml::nodes).sum(),
            Yaml::Map(entries) => entries.iter().map(|(_, value)| 1 + value.nodes()).sum(),
        };
        1 + below
    }
}

/// A list or a map that is not at its end.
struct Open {
    anchor: usize,
    is_map: bool,
    list: Vec<Yaml>,
    entries: Vec<(String, Yaml)>,
    key: Option<String>,
}

/// The documents of a text.
///
/// # Errors
/// What is wrong, in words, behind its line.
pub fn read(text: &str) -> Result<Vec<Yaml>, String> {
    let mut reader = Reader {
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: Vec::new(),
        nodes: 0,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|why| {
            let at = why.marker().line();
            format!("line {at}: {}", why.info())
        })?;
        let line = span.start.line();
        reader
            .take(event)
            .map_err(|why| format!("line {line}: {why}"))?;
    }
    Ok(reader.documents)
}

struct Reader {
    open: Vec<Open>,
    anchors: HashMap<usize, Yaml>,
    documents: Vec<Yaml>,
    nodes: usize,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, _, anchor, _) => {
                self.close(anchor, Yaml::Text(text.into_owned()), 1)
            }
            Event::Alias(anchor) => {
                let Some(found) = self.anchors.get(&anchor).cloned() else {
                    return Err("an alias of nothing");
                };
                let nodes = found.nodes();
                self.close(0, found, nodes)
            }
            Event::SequenceStart(anchor, _) => self.begin(anchor, false),
            Event::MappingStart(anchor, _) => self.begin(anchor, true),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) if open.is_map => self.close(open.anchor, Yaml::Map(open.entries), 1),
                Some(open) => self.close(open.anchor, Yaml::List(open.list), 1),
                None => Err("an end of nothing"),
            },
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin(&mut self, anchor: usize, is_map: bool) -> Result<(), &'static str> {
        if self.open.len() >= DEPTH {
            return Err("nested too deeply");
        }
        self.open.push(Open {
            anchor,
            is_map,
            list: Vec::new(),
            entries: Vec::new(),
            key: None,
        });
        Ok(())
    }

    /// Puts a node that is whole where it belongs.
    fn close(&mut self, anchor: usize, node: Yaml, nodes: usize) -> Result<(), &'static str> {
        self.nodes += nodes;
        if anchor != 0 {
            // What is kept for aliases is as large as what is written.
            self.nodes += node.nodes();
            self.anchors.insert(anchor, node.clone());
        }
        if self.nodes > NODES {
            return Err("the file is too large");
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        if !open.is_map {
            open.list.push(node);
            return Ok(());
        }
        match open.key.take() {
            Some(key) => open.entries.push((key, node)),
            None => match node {
                Yaml::Text(key) => open.key = Some(key),
                Yaml::List(_) | Yaml::Map(_) => return Err("a key that is not text"),
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_what_they_stand_for() {
        let read = read("a: &x [1, {b: c}]\nd: *x\n---\n- |\n  e\n  f\n").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].get("a"), read[0].get("d"));
        assert_eq!(read[1].list()[0].text(), Some("e\nf\n"));
    }

    #[test]
    fn a_small_file_becomes_no_large_tree() {
        let mut text = String::from("a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n");
        for at in 1..20 {
            let of = at - 1;
            text.push_str(&format!(
                "a{at}: &a{at} [*a{of},*a{of},*a{of},*a{of},*a{of},*a{of},*a{of},*a{of}]\n"
            ));
        }
        assert!(read(&text).unwrap_err().contains("too large"));
        assert!(read(&"[".repeat(100)).is_err());
        assert!(read("a: [1").is_err());
    }
}
