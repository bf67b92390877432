//! `textDocument/signatureHelp`: the signature of the call that the cursor is in.

use gen_lsp_types::{
    ActiveParameter, ParameterInformation, ParameterInformationLabel, SignatureHelp,
    SignatureHelpParams, SignatureInformation,
};

use crate::ide;

use super::completion::markdown;
use super::lines::{Encoding, Lines};
use super::server::{Failure, Server};

pub fn help(
    server: &mut Server,
    params: SignatureHelpParams,
) -> Result<Option<SignatureHelp>, Failure> {
    let place = params.text_document_position_params;
    let Some((desk, file)) = server.world.place(&place.text_document.uri) else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let Some(found) = ide::signature(desk, file, lines.offset(place.position)) else {
        return Ok(None);
    };
    // Places in a label are UTF-16, whatever was agreed on for texts.
    let units =
        |end: usize| Encoding::Utf16.length(found.label.get(..end).unwrap_or_default()) as u32;
    let parameters = found.params.iter().map(|param| ParameterInformation {
        label: ParameterInformationLabel::Tuple((units(param.range.start), units(param.range.end))),
        documentation: None,
    });
    let active = found.active.map(|index| ActiveParameter::Int(index as u32));
    let parameters = parameters.collect();
    Ok(Some(SignatureHelp {
        signatures: vec![SignatureInformation {
            parameters: Some(parameters),
            documentation: markdown(found.doc),
            label: found.label,
            active_parameter: active,
        }],
        active_signature: Some(0),
        active_parameter: active,
    }))
}
