//! Pictures of runbooks, as their texts and as plain data.

use super::{Checked, File, analyse, checked};
use crate::front;
use crate::graph;

/// The picture of one runbook.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its name.
    pub runbook: String,
    /// What each box is, and whether a run may end there.
    pub nodes: Vec<(String, bool)>,
    /// From, to.
    pub edges: Vec<(usize, usize)>,
    /// As a picture of its own.
    pub svg: String,
    /// In the language of Mermaid.
    pub mermaid: String,
    /// In the language of Graphviz.
    pub dot: String,
}

/// The pictures of all runbooks of a package, or what is wrong with it.
pub fn pictures(files: &[File<'_>]) -> Result<Vec<Picture>, Checked> {
    let (sources, analysis, diagnostics) = analyse(files);
    let sound = analysis.filter(|_| front::is_sound(&diagnostics));
    let Some(analysis) = sound else {
        return Err(checked(&diagnostics, &sources));
    };
    let manifests = front::manifests(&analysis, &sources);
    let runbooks = analysis.package.runbooks.iter().zip(&manifests);
    let pictures = runbooks.map(|(runbook, manifest)| {
        let graph = graph::graph(&analysis.package, runbook, manifest, &sources);
        let nodes = graph.nodes.iter();
        Picture {
            runbook: graph.title.clone(),
            nodes: nodes
                .map(|node| (format!("{:?}", node.kind), node.kind.is_end()))
                .collect(),
            edges: graph
                .edges
                .iter()
                .map(|edge| (edge.from, edge.to))
                .collect(),
            svg: graph::svg(&graph),
            mermaid: graph::mermaid(&graph),
            dot: graph::dot(&graph),
        }
    });
    Ok(pictures.collect())
}
