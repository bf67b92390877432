//! The contract of the store: every kind of fact, what it looks like in bytes, and its page.

use crate::journal::{Class, Kind, Read, decode, encode, facts, samples};

/// A sample of a kind of fact as today's bytes.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The name of its kind.
    pub name: &'static str,
    /// The version that is written today.
    pub version: u8,
    /// What stays.
    pub open: Vec<u8>,
    /// What may be erased.
    pub personal: Vec<u8>,
}

/// The name and today's version of every kind, in order.
pub fn kinds() -> Vec<(&'static str, u8)> {
    facts()
        .iter()
        .map(|kind| (kind.name, kind.version))
        .collect()
}

/// The samples of every kind, in order.
pub fn written() -> Vec<Sample> {
    let samples = samples().into_iter();
    samples
        .map(|(name, fact)| {
            let version = fact.kind().version;
            let encoded = encode(&[fact]);
            Sample {
                name,
                version,
                open: encoded.open,
                personal: encoded.personal,
            }
        })
        .collect()
}

/// The name of the kind of a fact in bytes, if they can be read.
pub fn read(open: &[u8], personal: Option<&[u8]>) -> Option<&'static str> {
    let read = decode(open, personal)?;
    match read.as_slice() {
        [Read::Fact(fact)] => Some(fact.kind().name),
        _ => None,
    }
}

/// The groups of the page: the first number of each, and what it is about.
const GROUPS: &[(u16, &str)] = &[
    (1, "What arrives"),
    (10, "Incidents"),
    (20, "Runs"),
    (30, "Changes"),
    (40, "People"),
    (50, "What people stop"),
    (60, "The agent"),
    (70, "Debts"),
];

const INTRODUCTION: &str = "# Facts

What an agent records of everything that happens: a line for each kind, with its number, which never means anything else.
The facts of a batch become durable together with what follows from them, before anything is done or anybody is
answered; their order is that of the batches. A test keeps this page in step with the code.

*T*: told in the timeline of its incident. *A*: belongs to the audit. A field in *italics* names a person or was written
outside: it is kept apart and can be erased, and the rest of the fact can still be read. What is in (brackets) is kept in
a record of its own. Facts of a later version of the tool are left alone; those of earlier ones are read for ever.
";

/// The page of the reference.
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (place, (first, title)) in GROUPS.iter().enumerate() {
        let next = GROUPS.get(place + 1).map_or(u16::MAX, |(next, _)| *next);
        let head = "| no | fact | | what | fields |\n|---|---|---|---|---|\n";
        page.push_str(&format!("\n## {title}\n\n{head}"));
        let own = facts().iter();
        for kind in own.filter(|kind| (*first..next).contains(&kind.number)) {
            page.push_str(&line(kind));
        }
    }
    page
}

fn line(kind: &Kind) -> String {
    let fields = kind.fields.iter().map(|field| match field.class {
        Class::Plain => format!("`{}`", field.name),
        Class::Person | Class::Text => format!("*{}*", field.name),
        Class::Carried => format!("({})", field.name),
    });
    let fields: Vec<String> = fields.collect();
    let flags = [(kind.is_told(), "T"), (kind.is_audited(), "A")];
    let flags = flags.iter().filter(|(is_so, _)| *is_so);
    let flags: Vec<&str> = flags.map(|(_, flag)| *flag).collect();
    format!(
        "| {} | `{}` | {} | {} | {} |\n",
        kind.number,
        kind.name,
        flags.join(" "),
        kind.doc.trim(),
        fields.join(", ")
    )
}
