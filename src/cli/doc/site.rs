//! The manual as a folder of HTML that needs no server: a file for each page, an index, one script that searches.
//!
//! In: groups of pages. Out: names of files and their texts. What is written in a page may be hostile: HTML in it is
//! shown as it is written, a link leads to a page, to the web or nowhere, and no picture is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::report::manual::Page;

/// Pages under a heading.
pub struct Group {
    pub title: &'static str,
    pub pages: Vec<Page>,
}

/// The files of the folder.
pub fn site(groups: &[Group]) -> Vec<(String, String)> {
    let pages = || groups.iter().flat_map(|group| &group.pages);
    let known: BTreeSet<&str> = pages().map(|page| page.name.as_str()).collect();
    let mut files = vec![
        ("index.html".to_owned(), index(groups)),
        ("manual.css".to_owned(), STYLE.to_owned()),
        (SCRIPT.to_owned(), script(groups)),
    ];
    files.extend(pages().map(|page| {
        let mut places = BTreeMap::new();
        let sections = page.sections.iter();
        let body: String = sections
            .map(|section| rendered(section, &known, &mut places))
            .collect();
        (file(&page.name), whole(&page.title, &body))
    }));
    files
}

/// Whether nothing but an earlier manual is in a folder; one that is not there, or is none, is free.
pub fn is_free(folder: &Path) -> bool {
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    let script = fs::read_to_string(folder.join(SCRIPT));
    is_empty || script.is_ok_and(|script| script.starts_with(BEGIN))
}

/// The file of a page: what is not a letter of a plain name stands as `_`.
fn file(name: &str) -> String {
    let plain = name.chars().map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => letter,
        _ => '_',
    });
    format!("{}.html", plain.collect::<String>())
}

fn whole(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"manual.css\">\n</head>\n<body>\n<nav>\n<a href=\"index.html\">Contents</a>\n\
         <input id=\"search\" type=\"search\" placeholder=\"Search\" autocomplete=\"off\">\n<ul id=\"found\"></ul>\n\
         </nav>\n<main>\n{body}</main>\n<script src=\"search.js\"></script>\n</body>\n</html>\n"
    )
}

fn index(groups: &[Group]) -> String {
    let mut body = String::from("<h1>Contents</h1>\n");
    for group in groups {
        // Writing to a string cannot fail.
        let _ = write!(body, "<h2>{}</h2>\n<ul>\n", escaped(group.title));
        for page in &group.pages {
            let (file, name, title) = (file(&page.name), escaped(&page.name), escaped(&page.title));
            let _ = writeln!(body, "<li><a href=\"{file}\">{name}</a> {title}</li>");
        }
        body.push_str("</ul>\n");
    }
    whole("Contents", &body)
}

/// A section as HTML. `places` has the headings so far, each with how often it stood there.
fn rendered(section: &str, known: &BTreeSet<&str>, places: &mut BTreeMap<String, usize>) -> String {
    let mut leads_somewhere = true;
    let events = Parser::new_ext(section, Options::ENABLE_TABLES).filter_map(|event| {
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            // A picture would be fetched from elsewhere: what it shows is said.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let target = target(&dest_url, known);
                leads_somewhere = target.is_some();
                Event::Start(Tag::Link {
                    link_type,
                    dest_url: CowStr::from(target?),
                    title,
                    id,
                })
            }
            Event::End(TagEnd::Link) if !leads_somewhere => return None,
            event => event,
        })
    });
    let mut events: Vec<Event<'_>> = events.collect();
    name_places(&mut events, places);
    let mut shown = String::new();
    html::push_html(&mut shown, events.into_iter());
    shown
}

/// Gives each heading the name that a link says behind `#`.
fn name_places(events: &mut [Event<'_>], places: &mut BTreeMap<String, usize>) {
    let mut title: Option<String> = None;
    // From the end, so that a heading's words come before its begin.
    for event in events.iter_mut().rev() {
        match event {
            Event::End(TagEnd::Heading(_)) => title = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(title) = &mut title {
                    title.insert_str(0, text);
                }
            }
            Event::Start(Tag::Heading { id, .. }) => {
                *id = title.take().map(|title| CowStr::from(place(&title)));
            }
            _ => {}
        }
    }
    for event in events {
        if let Event::Start(Tag::Heading { id: Some(id), .. }) = event {
            let times = places.entry(id.to_string()).or_default();
            if *times > 0 {
                *id = CowStr::from(format!("{id}-{times}"));
            }
            *times += 1;
        }
    }
}

/// A heading as links to it write it.
fn place(title: &str) -> String {
    let letters = title.chars().filter_map(|letter| match letter {
        ' ' | '-' => Some('-'),
        '_' => Some('_'),
        letter => letter.is_alphanumeric().then_some(letter),
    });
    letters.flat_map(char::to_lowercase).collect()
}

/// Where a link leads; nowhere, if it is to neither a page nor the web.
fn target(to: &str, known: &BTreeSet<&str>) -> Option<String> {
    if to.starts_with("https://") || to.starts_with("http://") || to.starts_with('#') {
        return Some(to.to_owned());
    }
    let (path, place) = match to.split_once('#') {
        Some((path, place)) => (path, format!("#{place}")),
        None => (to, String::new()),
    };
    let name = path
        .strip_suffix(".md")
        .filter(|name| known.contains(name))?;
    Some(format!("{}{place}", file(name)))
}

fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            letter => shown.push(letter),
        }
    }
    shown
}

/// The script with all that it searches. Its strings are those of JSON; nothing in them ends a script.
fn script(groups: &[Group]) -> String {
    let pages = groups.iter().flat_map(|group| &group.pages);
    let rows: Vec<[String; 3]> = pages
        .map(|page| {
            [
                file(&page.name),
                format!("{} · {}", page.name, page.title),
                page.text(),
            ]
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    let rows = rows.replace('<', "\\u003c");
    let rows = rows
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    format!("{BEGIN}{rows};\n{SEARCH}")
}

/// The file of the script, and how it begins: what tells a manual from any other folder.
const SCRIPT: &str = "search.js";
const BEGIN: &str = "const pages = ";

const SEARCH: &str = r#"const box = document.getElementById("search");
const found = document.getElementById("found");
const lower = pages.map(([, title, text]) => [title.toLowerCase(), text.toLowerCase()]);
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter((word) => word);
  const score = ([title, text]) =>
    words.every((word) => title.includes(word) || text.includes(word))
      ? 1 + words.filter((word) => title.includes(word)).length
      : 0;
  const hits = words.length === 0 ? [] : lower
    .map((page, index) => [score(page), index])
    .filter(([points]) => points > 0)
    .sort(([a, i], [b, j]) => b - a || i - j)
    .slice(0, 30);
  found.replaceChildren(...hits.map(([, index]) => {
    const link = document.createElement("a");
    link.href = pages[index][0];
    link.textContent = pages[index][1];
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
});
"#;

const STYLE: &str = "\
body { margin: 0 auto; max-width: 50rem; padding: 1rem; font: 1rem/1.5 sans-serif; }
nav { border-bottom: 1px solid #999; padding-bottom: .5rem; }
nav input { margin-left: 1rem; width: 60%; font: inherit; }
pre { overflow-x: auto; padding: .5rem; background: #f3f3f3; }
code { font-family: monospace; }
table { border-collapse: collapse; }
td, th { border: 1px solid #ccc; padding: .2rem .5rem; text-align: left; vertical-align: top; }
@media (prefers-color-scheme: dark) {
  body { background: #1b1b1b; color: #ddd; }
  a { color: #8ab4f8; }
  pre { background: #2a2a2a; }
}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_author_writes_is_shown_and_does_nothing() {
        let hostile = "<script>alert(1)</script>\n\na <b onclick=x> [x](javascript:alert(1)) \
                       ![y](https://evil.example/p.png) [z](data:text/html,x)\n\n<!-- open";
        let page = Page {
            name: String::from("../a\"b"),
            title: String::from("</title><script>alert(2)</script>"),
            sections: vec![hostile.to_owned(), String::from("# behind it")],
        };
        let files = site(&[Group {
            title: "Package",
            pages: vec![page],
        }]);
        for (name, text) in &files {
            assert!(!name.contains(['/', '"']), "{name}");
            let scripts = text.matches("<script").count();
            let own = usize::from(name.ends_with(".html"));
            assert_eq!(scripts, own, "{name}: {text}");
            assert!(!text.contains("<b onclick"), "{text}");
            assert!(!text.contains("href=\"javascript"), "{text}");
            assert!(!text.contains("href=\"data"), "{text}");
            assert!(!text.contains("<img"), "{text}");
        }
        let (_, page) = files.last().cloned().unwrap_or_default();
        assert!(
            page.contains("<h1 id=\"behind-it\">behind it</h1>"),
            "{page}"
        );
    }

    #[test]
    fn pages_lead_to_each_other_and_links_elsewhere_are_words() {
        let known = BTreeSet::from(["ends"]);
        let mut places = BTreeMap::new();
        let text = "[a](ends.md#x) [b](other.md) [c](https://example.com) [d](#e)";
        let wanted = "<p><a href=\"ends.html#x\">a</a> b <a href=\"https://example.com\">c</a> \
                      <a href=\"#e\">d</a></p>\n";
        assert_eq!(rendered(text, &known, &mut places), wanted);
    }

    #[test]
    fn headings_are_places() {
        let mut places = BTreeMap::new();
        let shown = rendered(
            "## A `verify`, \"so\"\n\n## x\n\n## x",
            &BTreeSet::new(),
            &mut places,
        );
        assert!(shown.contains("<h2 id=\"a-verify-so\">"), "{shown}");
        assert!(
            shown.contains("<h2 id=\"x\">x</h2>\n<h2 id=\"x-1\">x</h2>"),
            "{shown}"
        );
    }
}
