//! A graph as SVG: one file without scripts or anything from elsewhere, for light and dark pages.

use super::layout::{self, Item, LETTER, LINE, Link, What};
use super::{Graph, Kind, Shape, Tone};

/// The colours of a tone: the outline and the ground, on a light page and on a dark one.
fn colours(tone: Tone) -> [&'static str; 4] {
    match tone {
        Tone::Plain => ["#818b98", "#f6f8fa", "#656c76", "#161b22"],
        Tone::Ask => ["#8250df", "#fbefff", "#a371f7", "#201a33"],
        Tone::Act => ["#bc4c00", "#fff1e5", "#db6d28", "#2b1a10"],
        Tone::Proof => ["#0969da", "#ddf4ff", "#4493f8", "#0f2138"],
        Tone::Good => ["#1a7f37", "#dafbe1", "#3fb950", "#0f2a18"],
        Tone::Human => ["#cf222e", "#ffebe9", "#f85149", "#311417"],
    }
}

/// The whole file.
pub fn svg(graph: &Graph) -> String {
    let layout = layout::layout(graph);
    let (width, height) = (number(layout.width), number(layout.height));
    let title = escaped(&graph.title);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"rbk\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>runbook {title}</title>\n{}\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n",
        style()
    );
    for link in &layout.links {
        out.push_str(&arrow(link));
    }
    for item in &layout.items {
        out.push_str(&match item.what {
            What::Box(node) => boxed(item, node, graph.nodes[node].kind),
            What::Label => label(item),
            What::Bend => String::new(),
        });
    }
    out.push_str("</svg>\n");
    out
}

fn style() -> String {
    let mut light = String::new();
    let mut dark = String::new();
    for tone in Tone::ALL {
        let word = tone.word();
        let [line, ground, dark_line, dark_ground] = colours(tone);
        let rule = |line: &str, ground: &str| {
            format!(".rbk .{word} .shape{{stroke:{line};fill:{ground}}}\n")
        };
        light.push_str(&rule(line, ground));
        dark.push_str(&rule(dark_line, dark_ground));
    }
    format!(
        "<style>\n\
         .rbk text{{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:12px;white-space:pre;fill:#1f2328}}\n\
         .rbk .head{{font-weight:bold}}\n\
         .rbk .shape{{stroke-width:1.4}}\n\
         .rbk .page,.rbk .back{{fill:#fff}}\n\
         .rbk .arrow{{fill:none;stroke:#818b98;stroke-width:1.2}}\n\
         .rbk .tip{{fill:#818b98}}\n\
         .rbk .label text{{fill:#59636e}}\n\
         {light}@media (prefers-color-scheme:dark){{\n\
         .rbk text{{fill:#e6edf3}}\n\
         .rbk .page,.rbk .back{{fill:#0d1117}}\n\
         .rbk .arrow{{stroke:#7d8590}}\n\
         .rbk .tip{{fill:#7d8590}}\n\
         .rbk .label text{{fill:#9198a1}}\n\
         {dark}}}\n\
         </style>\n"
    )
}

/// How long the tip of an arrow is, and half as wide.
const TIP: (f64, f64) = (7.0, 3.5);

fn arrow(link: &Link) -> String {
    let Link {
        from: (x1, y1),
        bend,
        to: (x2, y2),
        is_head,
    } = *link;
    let end = if is_head { y2 - TIP.0 } else { y2 };
    let middle = (bend + end) / 2.0;
    let [x1, y1, bend, x2, y2, end, middle] = [x1, y1, bend, x2, y2, end, middle].map(number);
    let path = format!(
        "<path class=\"arrow\" d=\"M{x1} {y1}L{x1} {bend}C{x1} {middle} {x2} {middle} {x2} {end}\"/>\n"
    );
    if !is_head {
        return path;
    }
    let (left, right) = (number(link.to.0 - TIP.1), number(link.to.0 + TIP.1));
    format!("{path}<path class=\"tip\" d=\"M{left} {end}L{right} {end}L{x2} {y2}Z\"/>\n")
}

fn boxed(item: &Item, node: usize, kind: Kind) -> String {
    let left = item.x - item.width / 2.0;
    let tone = kind.tone().word();
    let mut out = format!(
        "<g id=\"n{node}\" class=\"box {tone}\">{}",
        shape(item, kind)
    );
    for (row, line) in item.lines.iter().enumerate() {
        let y = item.y + 8.0 + LINE * row as f64 + 12.0;
        let head = match row == 0 && kind.has_heading() {
            true => " class=\"head\"",
            false => "",
        };
        let words = line.trim_start();
        let indent = (line.len() - words.len()) as f64 * LETTER;
        let text = escaped(words);
        let (x, y) = (number(left + 12.0 + indent), number(y));
        out.push_str(&format!("\n<text{head} x=\"{x}\" y=\"{y}\">{text}</text>"));
    }
    out.push_str("</g>\n");
    out
}

/// The outline; a choice has its sides cut to points.
fn shape(item: &Item, kind: Kind) -> String {
    let (left, top) = (item.x - item.width / 2.0, item.y);
    let round = match kind.shape() {
        Shape::Box => 3.0,
        Shape::Round => 14.0,
        Shape::Choice => {
            let (right, bottom) = (left + item.width, top + item.height);
            let cut = 8.0;
            let corners = [
                (left + cut, top),
                (right - cut, top),
                (right, (top + bottom) / 2.0),
                (right - cut, bottom),
                (left + cut, bottom),
                (left, (top + bottom) / 2.0),
            ];
            let corners = corners.map(|(x, y)| format!("{},{}", number(x), number(y)));
            return format!(
                "<polygon class=\"shape\" points=\"{}\"/>",
                corners.join(" ")
            );
        }
    };
    let [left, top, width, height, round] = [left, top, item.width, item.height, round].map(number);
    format!(
        "<rect class=\"shape\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
    )
}

/// The words of an arrow, with the page behind them.
fn label(item: &Item) -> String {
    let (left, width) = (number(item.x - item.width / 2.0), number(item.width));
    let (top, height) = (number(item.y), number(item.height));
    let mut out = format!(
        "<g class=\"label\"><rect class=\"back\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>"
    );
    let letters = (item.width - 8.0) / LETTER;
    for (row, line) in item.lines.iter().enumerate() {
        let free = (letters - line.trim_start().chars().count() as f64).max(0.0) * LETTER;
        let x = number(item.x - item.width / 2.0 + 4.0 + free / 2.0);
        let y = number(item.y + LINE * row as f64 + 12.0);
        let text = escaped(line.trim_start());
        out.push_str(&format!("\n<text x=\"{x}\" y=\"{y}\">{text}</text>"));
    }
    out.push_str("</g>\n");
    out
}

/// With one digit behind the point, where it is not 0.
fn number(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    format!("{tenths}")
}

/// As text of XML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // XML has no place for them, and nothing spelled out is one of them.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_means_anything() {
        assert_eq!(
            escaped("a < b & \"c\"]]>"),
            "a &lt; b &amp; &quot;c&quot;]]&gt;"
        );
        assert_eq!(number(12.04), "12");
        assert_eq!(number(0.25), "0.3");
    }
}
