//! A dependency whose revision is the name of a branch: what it is changes from day to day.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::project::WantedFrom;

pub static RULE: Rule = Rule {
    code: Code::FloatingDependency,
    name: "floating-dependency",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Package], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Package = node else {
        return;
    };
    for wanted in cx.input.wanted {
        let WantedFrom::Git(git) = &wanted.from else {
            continue;
        };
        let rev = git.rev.strip_prefix("refs/heads/").unwrap_or(&git.rev);
        let is_branch = rev.len() < git.rev.len()
            || ["main", "master", "trunk", "develop", "dev", "HEAD"].contains(&rev);
        if is_branch {
            let message = format!("`{}` is taken from a branch", wanted.name);
            let label = format!("`{}` moves", git.rev);
            let found = Diagnostic::new(Code::FloatingDependency, message, wanted.at, label);
            let found = found.help("name a tag or a commit");
            let locked = cx.input.lock.and_then(|lock| lock.dependency(&wanted.name));
            let commit = locked.filter(|locked| locked.rev.as_ref() == Some(&git.rev));
            let commit = commit.and_then(|locked| locked.commit.as_deref());
            out.push(match commit.zip(wanted.rev_at) {
                Some((commit, at)) => found.fix(
                    "stay at the commit that is locked",
                    at,
                    format!("\"{commit}\""),
                ),
                None => found,
            });
        }
    }
}
