//! Where a thing is in the cluster, and which one it is: as a call names it.

use std::fmt;

use smol_str::SmolStr;

use super::object::Object;
use super::target::{DEPLOYMENT, POD, REVISION};
use crate::connect::arguments;
use crate::effect::Call;
use crate::value::{Target, Value};

/// The longest name.
const LONGEST: usize = 253;

/// A name that a thing in a cluster can have: nothing in it can lead to another place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(SmolStr);

/// A thing in a namespace.
#[derive(Clone, Debug)]
pub struct Place {
    pub namespace: Name,
    pub name: Name,
    /// Which of those that have had the name.
    pub uid: Option<SmolStr>,
}

impl Name {
    pub fn new(text: &str) -> Result<Name, String> {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = text.len() <= LONGEST
            && text.chars().all(known)
            && text.starts_with(edge)
            && text.ends_with(edge);
        match fits {
            true => Ok(Name(text.into())),
            false => Err(format!("nothing in a cluster can be called `{text}`")),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Place {
    pub fn new(namespace: &str, name: &str) -> Result<Place, String> {
        Ok(Place {
            namespace: Name::new(namespace)?,
            name: Name::new(name)?,
            uid: None,
        })
    }

    /// Where the API has it.
    pub fn path<T: Object>(&self) -> String {
        let Place {
            namespace, name, ..
        } = self;
        format!("/{}/namespaces/{namespace}/{}/{name}", T::GROUP, T::PLURAL)
    }

    /// Whether a thing that was found there is another than the one that is meant.
    pub fn is_other(&self, uid: &str) -> bool {
        self.uid.as_ref().is_some_and(|meant| meant != uid)
    }

    /// What a change needs to know.
    pub fn known_uid(&self) -> Result<&str, String> {
        let unknown = || format!("nobody has looked up which `{self}` is meant");
        self.uid.as_deref().ok_or_else(unknown)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.namespace, self.name)
    }
}

/// The texts `namespace` and `name`.
pub fn named(call: &Call) -> Result<Place, String> {
    let namespace = arguments::text(call, "namespace")?;
    Place::new(namespace, arguments::text(call, "name")?)
}

/// A pod that a call names.
pub fn pod(call: &Call, name: &str) -> Result<Place, String> {
    let target = target(call, name, POD)?;
    Ok(Place {
        uid: target.uid.clone(),
        ..within(target)?
    })
}

/// A deployment that a call names.
pub fn deployment(call: &Call, name: &str) -> Result<Place, String> {
    let target = target(call, name, DEPLOYMENT)?;
    Ok(Place {
        uid: target.uid.clone(),
        ..within(target)?
    })
}

/// The uid of a revision of this deployment that a call names.
pub fn revision(call: &Call, name: &str, of: &Place) -> Result<SmolStr, String> {
    let target = target(call, name, REVISION)?;
    let found = within(target)?;
    if (&found.namespace, &found.name) != (&of.namespace, &of.name) {
        return Err(format!("it is a revision of `{found}`, not of `{of}`"));
    }
    let unknown = || format!("nobody has looked up which revision of `{of}` is meant");
    target.uid.clone().ok_or_else(unknown)
}

fn target<'c>(call: &'c Call, name: &str, kind: &str) -> Result<&'c Target, String> {
    match arguments::value(call, name)? {
        Value::Target(target) if target.identity.kind() == kind => Ok(target),
        _ => Err(format!("`{name}` of {} is not a {kind}", call.name)),
    }
}

/// The namespace and what is in it.
fn within(target: &Target) -> Result<Place, String> {
    match target.identity.0.as_slice() {
        [namespace, name, ..] => Place::new(&namespace.key, &name.key),
        _ => Err(format!("`{}` is in no namespace", target.identity.key())),
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn a_name_leads_nowhere_else() {
        for good in ["shop", "w-1", "kube-root-ca.crt", "0"] {
            assert!(Name::new(good).is_ok(), "{good}");
        }
        let long = "a".repeat(254);
        for bad in ["", "..", ".", "a/b", "a?b", "A", "a_b", "-a", "a%2f", &long] {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
    }
}
