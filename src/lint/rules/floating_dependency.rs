//! A dependency whose revision is the name of a branch: what it is changes from day to day.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::project::WantedFrom;

pub static RULE: Rule = Rule {
    code: Code::FloatingDependency,
    name: "floating-dependency",
    needs: Data::Nothing,
    fixes: Fixes::None,
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
            out.push(found.help("name a tag or a commit"));
        }
    }
}
