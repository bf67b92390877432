//! A graph in the language of Mermaid, as many sites and editors show it.

use super::{Graph, Shape, Tone};

/// The whole text.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart TD\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let lines: Vec<String> = node.lines.iter().map(|line| escaped(line)).collect();
        let (open, close) = match node.kind.shape() {
            Shape::Box => ("[", "]"),
            Shape::Round => ("([", "])"),
            Shape::Choice => ("{{", "}}"),
        };
        let text = lines.join("<br/>");
        out.push_str(&format!("  n{index}{open}\"{text}\"{close}\n"));
    }
    for edge in &graph.edges {
        let label = match edge.label.as_str() {
            "" => String::new(),
            label => format!("|\"{}\"|", escaped(label)),
        };
        out.push_str(&format!("  n{} -->{label} n{}\n", edge.from, edge.to));
    }
    for tone in Tone::ALL {
        out.push_str(&class(graph, tone));
    }
    out
}

/// The boxes of one tone, by their outline: it is seen on a light and on a dark page.
fn class(graph: &Graph, tone: Tone) -> String {
    let colour = match tone {
        Tone::Plain => return String::new(),
        Tone::Ask => "#8250df",
        Tone::Act => "#bc4c00",
        Tone::Proof => "#0969da",
        Tone::Good => "#1a7f37",
        Tone::Human => "#cf222e",
    };
    let nodes = graph.nodes.iter().enumerate();
    let names = nodes.filter(|(_, node)| node.kind.tone() == tone);
    let names: Vec<String> = names.map(|(index, _)| format!("n{index}")).collect();
    if names.is_empty() {
        return String::new();
    }
    let word = tone.word();
    let names = names.join(",");
    format!("  classDef {word} stroke:{colour},stroke-width:2px\n  class {names} {word}\n")
}

/// As text between quotes, with `#34;` for what would mean something there. Two `%` or `$` would begin a
/// comment or a formula.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for character in text.chars() {
        let is_second = matches!(character, '%' | '$') && character == before;
        match character {
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' => out.push_str(&code(character)),
            second if is_second => out.push_str(&code(second)),
            plain => out.push(plain),
        }
        before = character;
    }
    out
}

fn code(character: char) -> String {
    format!("#{};", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_means_anything() {
        assert_eq!(
            escaped(r#"a "b" #quot; <b>"#),
            "a #34;b#34; #35;quot; #60;b#62;"
        );
        assert_eq!(escaped("5% %%{x}%% $$"), "5% %#37;{x}%#37; $#36;");
    }
}
