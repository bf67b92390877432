//! What a need is about, in the form in which it is compared.
//!
//! In: a need as it comes from a call. Out: a whole capability, a name, a text, an address or a list
//! of arguments; or why nothing could ever grant it. An empty name is not everything: it is refused.

use std::borrow::Cow;

use super::Need;
use super::pattern::Address;
use crate::settings::capability::{self, Form};
use crate::value::{Tag, Target, Value};

/// See the head of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject<'n> {
    Whole,
    /// Also a target, by its keys from the outermost to its own with `/` between them.
    Text(Cow<'n, str>),
    Url(Address),
    Argv(Vec<&'n str>),
}

impl<'n> Subject<'n> {
    /// The subject of a need, or why nothing could grant it.
    pub fn of(need: &'n Need) -> Result<Subject<'n>, &'static str> {
        let known = capability::known().get(&need.capability);
        let form = *known.ok_or("the library knows no such capability")?;
        let subject = match (form, &need.of) {
            (Form::Whole, None) => Subject::Whole,
            (Form::Whole, Some(_)) => return Err("nothing narrows this capability"),
            (_, None) => return Err("it does not say of what"),
            (Form::Name, Some(Value::Target(target))) => Subject::Text(path(target)?.into()),
            (Form::Name | Form::Text, Some(Value::Text(text))) => {
                Subject::Text(text.as_str().into())
            }
            (Form::Url, Some(Value::Query(query))) if query.tag == Tag::Url => {
                Subject::Url(Address::parse(&query.text)?)
            }
            (Form::Argv, Some(Value::List(items))) => Subject::Argv(argv(items)?),
            (_, Some(_)) => return Err("it is of another type than the capability takes"),
        };
        match &subject {
            Subject::Text(text) if text.is_empty() => Err("an empty text names nothing"),
            _ => Ok(subject),
        }
    }
}

/// An outer key with `/` in it would read like another path, an empty one like the outer thing.
fn path(target: &Target) -> Result<String, &'static str> {
    let keys = target.identity.0.iter().map(|step| step.key.as_str());
    let keys = keys.collect::<Vec<_>>();
    let outer = keys.split_last().map_or([].as_slice(), |(_, outer)| outer);
    if keys.iter().any(|key| key.is_empty()) {
        return Err("a part of its name is empty");
    }
    if outer.iter().any(|key| key.contains('/')) {
        return Err("an outer part of its name contains `/`");
    }
    Ok(keys.join("/"))
}

fn argv(items: &[Value]) -> Result<Vec<&str>, &'static str> {
    let texts = items.iter().map(|item| match item {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let texts = texts.collect::<Option<Vec<_>>>();
    let texts = texts.ok_or("an argument is not a text")?;
    match texts.first() {
        None | Some(&"") => Err("it names no program"),
        Some(_) => Ok(texts),
    }
}
