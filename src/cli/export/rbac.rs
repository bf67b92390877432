//! `rbk export rbac`: the roles and their bindings that the runbooks of a package need in a cluster, and nothing more.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use clap::ValueEnum;
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use crate::connect::{Reach, Right, Wanted, is_cluster_name, wanted};
use crate::diag::{Diagnostic, human};
use crate::front;
use crate::program::Program;
use crate::program::manifest::Manifest;
use crate::text::Sources;
use crate::value::escape_text;

use super::yaml;
use crate::cli::terminal::Terminal;
use crate::cli::{CLEAN, FINDINGS, packages, versions};

/// Write the roles that an agent of the package needs in a cluster, and nothing more
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    package: packages::One,

    /// The service account of the agent
    #[arg(long, value_name = "NAME", default_value = "rbk", value_parser = name)]
    account: String,

    /// The namespace of that account
    #[arg(long, value_name = "NAME", default_value = "rbk", value_parser = name)]
    namespace: String,

    /// The form of the output
    #[arg(long, value_enum, default_value = "yaml")]
    format: Format,
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A document for each, with comments
    Yaml,
    /// One list of all
    Json,
}

fn name(text: &str) -> Result<String, String> {
    match is_cluster_name(text) {
        true => Ok(text.to_owned()),
        false => Err("that is not a name in a cluster: a-z, 0-9 and `-`".into()),
    }
}

/// The API of roles.
const GROUP: &str = "rbac.authorization.k8s.io";
/// The most errors that are shown of a package that has some.
const MOST_SHOWN: usize = 20;
/// How much of a line of a comment is written, in characters.
const MOST_NOTED: usize = 2_000;

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let checked = packages::check_one(&arguments.package.path);
    let known = checked.analysis.as_ref().zip(versions::manifests(&checked));
    let Some((analysis, manifests)) = known else {
        return refused(&checked.diagnostics, &checked.sources, terminal);
    };
    let programs = match front::compile(analysis) {
        Ok(programs) => programs,
        Err(diagnostics) => return refused(&diagnostics, &checked.sources, terminal),
    };
    terminal.say(&text(&programs, &manifests, arguments))?;
    Ok(CLEAN)
}

/// The output is for another program: what is wrong goes elsewhere.
fn refused(found: &[Diagnostic], sources: &Sources, terminal: &mut Terminal) -> io::Result<u8> {
    let shown: Vec<Diagnostic> = found.iter().take(MOST_SHOWN).cloned().collect();
    let look = terminal.error_look();
    terminal.complain(&human::render(&shown, sources, look))?;
    Ok(FINDINGS)
}

fn text(programs: &[Program], manifests: &[Manifest], arguments: &Arguments) -> String {
    let wanted = wanted(programs, manifests);
    let parts = parts(&wanted, arguments);
    match arguments.format {
        Format::Json => {
            let items: Vec<&Json> = parts.iter().flat_map(|part| &part.objects).collect();
            let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
            format!("{list:#}\n")
        }
        Format::Yaml if parts.is_empty() => {
            "# No runbook of this package calls Kubernetes: no right is needed.\n".into()
        }
        Format::Yaml => {
            let documents = parts.iter().map(|part| {
                let documents = part.objects.iter().map(yaml::document);
                part.comment.clone() + &documents.collect::<String>()
            });
            documents.collect()
        }
    }
}

/// A role with its binding, and what is to be said of it.
struct RolePart {
    comment: String,
    objects: [Json; 2],
}

fn parts(wanted: &Wanted, arguments: &Arguments) -> Vec<RolePart> {
    let each = wanted.rights.iter().map(|(reach, rights)| {
        let runbooks: BTreeSet<&str> = rights
            .values()
            .flatten()
            .map(|name| name.as_str())
            .collect();
        let runbooks: Vec<&str> = runbooks.into_iter().collect();
        let mut comment = noted(&format!("For {}.", runbooks.join(", ")));
        if *reach == Reach::Everywhere {
            comment +=
                &noted("In all namespaces, since which are meant is known only at run time:");
            let whys = wanted.whys.iter().map(|((runbook, why), calls)| {
                let calls: Vec<&str> = calls.iter().map(|call| call.as_str()).collect();
                noted(&format!("- {runbook}: {why} ({})", calls.join(", ")))
            });
            comment.extend(whys);
        }
        RolePart {
            comment,
            objects: objects(reach, rights, arguments),
        }
    });
    each.collect()
}

/// A line of a comment. What an author wrote must not end it: what stands below is applied.
fn noted(text: &str) -> String {
    format!("# {}\n", escape_text(text, MOST_NOTED))
}

/// Both are called after the account, so that those of two agents are not taken for one.
fn objects(
    reach: &Reach,
    rights: &BTreeMap<Right, BTreeSet<SmolStr>>,
    arguments: &Arguments,
) -> [Json; 2] {
    let Arguments {
        account, namespace, ..
    } = arguments;
    let (role, binding, place) = match reach {
        Reach::Namespace(name) => ("Role", "RoleBinding", Some(name.as_str())),
        Reach::Everywhere => ("ClusterRole", "ClusterRoleBinding", None),
    };
    let mut metadata = json!({ "name": format!("{namespace}:{account}") });
    if let Some(place) = place {
        metadata["namespace"] = place.into();
    }
    let reference = json!({ "apiGroup": GROUP, "kind": role, "name": metadata["name"] });
    let subject = json!({ "kind": "ServiceAccount", "name": account, "namespace": namespace });
    let version = format!("{GROUP}/v1");
    [
        json!({ "apiVersion": version, "kind": role, "metadata": metadata, "rules": rules(rights) }),
        json!({
            "apiVersion": version, "kind": binding, "metadata": metadata,
            "roleRef": reference, "subjects": [subject],
        }),
    ]
}

/// A rule for each resource, with its verbs.
fn rules(rights: &BTreeMap<Right, BTreeSet<SmolStr>>) -> Vec<Json> {
    let mut verbs: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for right in rights.keys() {
        let known = verbs.entry((right.group, right.resource)).or_default();
        known.push(right.verb.word());
    }
    let rules = verbs.into_iter().map(|((group, resource), verbs)| {
        json!({ "apiGroups": [group], "resources": [resource], "verbs": verbs })
    });
    rules.collect()
}
