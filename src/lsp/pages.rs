//! `workspace/textDocumentContent`: the page of a code, for whoever follows the link of a diagnostic.

use gen_lsp_types::{TextDocumentContentParams, TextDocumentContentResult, Uri};

use crate::diag::Code;

use super::server::{Failure, Server};

/// Of the addresses of pages: `rbk:/explain/E0301.md`.
pub const SCHEME: &str = "rbk";

/// Where the page of a code is.
pub fn page(code: Code) -> Option<Uri> {
    Uri::parse(&format!("{SCHEME}:/explain/{}.md", code.as_str())).ok()
}

pub fn read(
    _: &mut Server,
    params: TextDocumentContentParams,
) -> Result<TextDocumentContentResult, Failure> {
    let wanted = params.uri.path().strip_prefix("/explain/");
    let wanted = wanted.and_then(|name| name.strip_suffix(".md"));
    let mut codes = Code::ALL.iter();
    let code = codes.find(|code| Some(code.as_str()) == wanted);
    let code = code.ok_or_else(|| Failure::params(format!("there is no page {}", params.uri)))?;
    Ok(TextDocumentContentResult {
        text: String::from(code.page()),
    })
}
