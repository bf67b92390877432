//! `rbk doc`: the reference, the library, and a package's own pages.

mod site;

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::diag::near::nearest;
use crate::effect::Reason;
use crate::front;
use crate::report;
use crate::report::manual::{self, Page};

use site::Group;

use super::terminal::{Terminal, in_a_line};
use super::{CLEAN, FINDINGS, USAGE, check, explain, output, packages, versions};

const AFTER_HELP: &str = "\
Examples:
  rbk doc                       the topics there are
  rbk doc runbook               a page of the reference
  rbk doc k8s                   a module of the library
  rbk doc E0401                 the page of an error, as `rbk explain` has it
  rbk doc --package .           what is in a package, and what its runbooks may do
  rbk doc --output manual       all of it as a folder of HTML, with a search; no server needed";

/// Read the reference, the library, and what a package says about itself
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// A page of the reference, a module of the library, a code
    #[arg(conflicts_with_all = ["package", "output"])]
    topic: Option<String>,

    /// The package at this path
    #[arg(long, value_name = "PATH")]
    package: Option<PathBuf>,

    /// The form of the output
    #[arg(long, value_enum, default_value = "terminal")]
    format: Format,

    /// Write a folder of HTML
    #[arg(long, value_name = "DIR", conflicts_with = "format")]
    output: Option<PathBuf>,
}

/// Who reads a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people at a terminal
    Terminal,
    /// For tools that render Markdown
    Markdown,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let package = match &arguments.package {
        None => None,
        Some(path) => {
            let checked = packages::check_one(path);
            if checked.analysis.is_none() || !front::is_sound(&checked.diagnostics) {
                check::tell(&checked, terminal)?;
                return Ok(FINDINGS);
            }
            Some(of_package(&checked))
        }
    };
    if let Some(folder) = &arguments.output {
        return write(folder, package, terminal);
    }
    if let Some(page) = package {
        return say(&page.text(), arguments.format, terminal);
    }
    let Some(topic) = &arguments.topic else {
        return topics(terminal);
    };
    let name = topic.strip_prefix("std.").unwrap_or(topic);
    let mut pages = manual::reference().chain(manual::library());
    if let Some(page) = pages.find(|page| page.name == name) {
        return say(&page.text(), arguments.format, terminal);
    }
    if let Some(page) = explain::page(topic) {
        return say(page, arguments.format, terminal);
    }
    let known: Vec<String> = manual::reference()
        .chain(manual::library())
        .map(|page| page.name)
        .chain(explain::known().map(|(word, _)| word.to_owned()))
        .collect();
    let help = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`rbk doc` lists the topics".into(),
    };
    let topic = topic.escape_debug();
    terminal.complain(&format!("error: there is no page `{topic}`; {help}\n"))?;
    Ok(USAGE)
}

/// What a package says about itself, and what its runbooks may do.
fn of_package(checked: &packages::Checked) -> Page {
    let name = checked.name.clone().unwrap_or_default();
    let version = checked.version.clone().unwrap_or_default();
    let manifests = versions::manifests(checked).unwrap_or_default();
    let may_do = |runbook: &str| {
        let found = manifests.iter().find(|one| one.runbook == runbook)?;
        let one = std::slice::from_ref(found);
        Some(report::show(&report::report(
            &name,
            &version,
            one,
            Vec::new(),
            None,
        )))
    };
    let mut sections = vec![format!("# {name} {version}")];
    for file in &checked.files {
        sections.extend(manual::of_file(
            checked.sources.source(file.source),
            &may_do,
        ));
    }
    Page {
        // No page of the language has such a name.
        name: format!("package-{name}"),
        title: format!("the package {name}"),
        sections,
    }
}

fn topics(terminal: &mut Terminal) -> io::Result<u8> {
    terminal.say("The language:\n")?;
    for page in manual::reference() {
        terminal.say(&format!("  {:<14}  {}\n", page.name, page.title))?;
    }
    terminal.say("\nThe library:\n")?;
    for page in manual::library() {
        terminal.say(&format!("  {:<14}  {}\n", page.name, page.title))?;
    }
    terminal.say("\n`rbk explain --list` lists the codes; each has a page here, too.\n")?;
    Ok(CLEAN)
}

/// Shows a page. What an author wrote cannot speak to the terminal.
fn say(text: &str, format: Format, terminal: &mut Terminal) -> io::Result<u8> {
    let is_coloured = format == Format::Terminal && terminal.look().colour;
    for line in text.lines() {
        let line = in_a_line(line);
        terminal.say(&match is_coloured && line.starts_with('#') {
            true => format!("\x1b[1m{line}\x1b[0m\n"),
            false => format!("{line}\n"),
        })?;
    }
    Ok(CLEAN)
}

fn write(folder: &Path, package: Option<Page>, terminal: &mut Terminal) -> io::Result<u8> {
    let codes = explain::known().filter_map(|(word, title)| {
        // Pages of the language have the names of some reasons.
        let name = match Reason::from_word(word) {
            Some(_) => format!("reason-{word}"),
            None => word.to_owned(),
        };
        Some(Page {
            name,
            title: title.to_owned(),
            sections: vec![explain::page(word)?.to_owned()],
        })
    });
    let mut groups = vec![
        Group {
            title: "The language",
            pages: manual::reference().collect(),
        },
        Group {
            title: "The library",
            pages: manual::library().collect(),
        },
        Group {
            title: "Errors, lints and reasons",
            pages: codes.collect(),
        },
    ];
    if let Some(page) = package {
        groups.insert(
            0,
            Group {
                title: "The package",
                pages: vec![page],
            },
        );
    }
    if !site::is_free(folder) {
        let folder = in_a_line(&folder.to_string_lossy());
        let said = format!("error: `{folder}` holds something that `rbk doc` did not write\n");
        terminal.complain(&said)?;
        return Ok(FINDINGS);
    }
    let files = site::site(&groups);
    if !output::write_all(folder, &files, terminal)? {
        return Ok(FINDINGS);
    }
    let folder = in_a_line(&folder.to_string_lossy());
    terminal.say(&format!(
        "{} files in {folder}; open index.html\n",
        files.len()
    ))?;
    Ok(CLEAN)
}
