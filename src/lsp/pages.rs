//! `workspace/textDocumentContent`: texts that lie in no file, the pages of codes and the modules of the library.
//!
//! A client that opens no such text gets the library as files in the cache.

use gen_lsp_types::{TextDocumentContentParams, TextDocumentContentResult, Uri};

use crate::diag::Code;
use crate::host::Cache;
use crate::library::{self, Module};

use super::client::Client;
use super::server::{Failure, Server};

/// Of their addresses: `rbk:/explain/E0301.md`, `rbk:/library/k8s.rbk`.
pub const SCHEME: &str = "rbk";

/// Where the page of a code is.
pub fn page(code: Code) -> Option<Uri> {
    Uri::parse(&format!("{SCHEME}:/explain/{}.md", code.as_str())).ok()
}

/// Where a module of the library can be read.
pub fn module(client: &Client, module: &Module) -> Option<Uri> {
    if client.reads_pages {
        return Uri::parse(&format!("{SCHEME}:/library/{}.rbk", module.name)).ok();
    }
    Uri::from_file_path(Cache::of_user().library(module)?).ok()
}

pub fn read(
    _: &mut Server,
    params: TextDocumentContentParams,
) -> Result<TextDocumentContentResult, Failure> {
    let text = text(params.uri.path());
    let text = text.ok_or_else(|| Failure::params(format!("there is no page {}", params.uri)))?;
    Ok(TextDocumentContentResult {
        text: String::from(text),
    })
}

fn text(path: &str) -> Option<&'static str> {
    if let Some(name) = path.strip_prefix("/library/") {
        return Some(library::module(name.strip_suffix(".rbk")?)?.text);
    }
    let name = path.strip_prefix("/explain/")?.strip_suffix(".md")?;
    let mut codes = Code::ALL.iter();
    codes
        .find(|code| code.as_str() == name)
        .map(|code| code.page())
}
