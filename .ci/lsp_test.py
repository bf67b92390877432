"""`rbk lsp` with the client of pytest-lsp, once as an editor that is told of diagnostics, once as one that asks."""

import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

PACKAGE = pathlib.Path(os.environ["PACKAGE"])
FILE = PACKAGE / "checkout.rbk"
URI = FILE.as_uri()
DOCUMENT = types.TextDocumentIdentifier(uri=URI)


def opened(text):
    document = types.TextDocumentItem(uri=URI, language_id="rbk", version=1, text=text)
    return types.DidOpenTextDocumentParams(text_document=document)


def place(text, before):
    """Just behind the first mention of a text that is ASCII up to there on its line."""
    at = text.index(before) + len(before)
    line = text.count("\n", 0, at)
    return types.Position(line=line, character=at - (text.rfind("\n", 0, at) + 1))


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[os.environ["RBK"], "lsp"]), params=["neovim", "visual_studio_code"])
async def client(request, lsp_client: LanguageClient):
    root = types.WorkspaceFolder(uri=PACKAGE.as_uri(), name="quickstart")
    capabilities = client_capabilities(request.param)
    params = types.InitializeParams(capabilities=capabilities, workspace_folders=[root], root_uri=root.uri)
    lsp_client.pulls = capabilities.text_document.diagnostic is not None

    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(_: types.RegistrationParams):
        return None

    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


async def found(client, version):
    """The errors in this version of the file."""
    if client.pulls:
        params = types.DocumentDiagnosticParams(text_document=DOCUMENT)
        items = (await client.text_document_diagnostic_async(params)).items
    else:
        told = None
        while told is None or (told.uri, told.version) != (URI, version):
            told = await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        items = told.diagnostics
    return [one for one in items if one.severity == types.DiagnosticSeverity.Error]


@pytest.mark.asyncio
async def test_a_mistake_is_found_and_mended(client: LanguageClient):
    text = FILE.read_text().replace("lag() < 100", "lagg() < 100")
    client.text_document_did_open(opened(text))
    errors = await found(client, 1)
    assert [one.code for one in errors] == ["E0201"], errors
    params = types.CodeActionParams(
        text_document=DOCUMENT, range=errors[0].range, context=types.CodeActionContext(diagnostics=errors)
    )
    actions = await client.text_document_code_action_async(params)
    assert any("lag" in action.title for action in actions), actions

    start = place(text, "cleared if lag")
    change = types.TextDocumentContentChangePartial(
        range=types.Range(start=start, end=types.Position(line=start.line, character=start.character + 1)), text=""
    )
    document = types.VersionedTextDocumentIdentifier(uri=URI, version=2)
    client.text_document_did_change(types.DidChangeTextDocumentParams(text_document=document, content_changes=[change]))
    assert await found(client, 2) == []


@pytest.mark.asyncio
async def test_what_is_asked_is_answered(client: LanguageClient):
    text = FILE.read_text()
    client.text_document_did_open(opened(text))
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(text_document=DOCUMENT))
    assert "stuck_worker" in [symbol.name for symbol in symbols]
    folds = await client.text_document_folding_range_async(types.FoldingRangeParams(text_document=DOCUMENT))
    assert len(folds) > 10
    tokens = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(text_document=DOCUMENT))
    assert len(tokens.data) % 5 == 0 and len(tokens.data) > 500
    params = types.CompletionParams(text_document=DOCUMENT, position=place(text, "let worker = k8s."))
    items = await client.text_document_completion_async(params)
    assert "pod" in [item.label for item in items]
    params = types.SignatureHelpParams(text_document=DOCUMENT, position=place(text, "k8s.pod(namespace, "))
    signature = await client.text_document_signature_help_async(params)
    assert signature.signatures[0].label.startswith("k8s.pod(") and signature.active_parameter == 1
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(text_document=DOCUMENT))
    assert any("k8s.Pod" in lens.command.title for lens in lenses), lenses
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    params = types.DocumentFormattingParams(text_document=DOCUMENT, options=options)
    assert not await client.text_document_formatting_async(params)


@pytest.mark.asyncio
async def test_a_name_is_known_wherever_it_stands(client: LanguageClient):
    text = FILE.read_text()
    client.text_document_did_open(opened(text))
    found = place(text, "cleared if la")
    at = {"text_document": DOCUMENT, "position": found}
    declared = await client.text_document_definition_async(types.DefinitionParams(**at))
    assert (declared.uri, declared.range.start.line) == (URI, place(text, "watch lag").line)
    context = types.ReferenceContext(include_declaration=True)
    mentions = await client.text_document_references_async(types.ReferenceParams(**at, context=context))
    assert len(mentions) > 2 and declared in mentions
    hover = await client.text_document_hover_async(types.HoverParams(**at))
    assert "watch lag(" in hover.contents.value

    at["position"] = place(text, "let worker = k8s.po")
    declared = await client.text_document_definition_async(types.DefinitionParams(**at))
    assert declared.uri.endswith("/k8s.rbk")
    hover = await client.text_document_hover_async(types.HoverParams(**at))
    assert "extern probe pod(" in hover.contents.value


@pytest.mark.asyncio
async def test_a_name_becomes_another(client: LanguageClient):
    text = FILE.read_text()
    client.text_document_did_open(opened(text))
    at = {"text_document": DOCUMENT, "position": place(text, "cleared if la")}
    asked = await client.text_document_prepare_rename_async(types.PrepareRenameParams(**at))
    assert asked.placeholder == "lag"
    edit = await client.text_document_rename_async(types.RenameParams(**at, new_name="behind"))
    edits = edit.document_changes[0].edits if edit.document_changes else edit.changes[URI]
    assert len(edits) == text.count("lag(")


@pytest.mark.asyncio
async def test_what_nobody_wrote_is_told(client: LanguageClient):
    text = FILE.read_text()
    client.text_document_did_open(opened(text))
    whole = types.Range(start=types.Position(line=0, character=0), end=types.Position(line=text.count("\n"), character=0))
    hints = await client.text_document_inlay_hint_async(types.InlayHintParams(text_document=DOCUMENT, range=whole))
    assert ": k8s.Pod" in [hint.label for hint in hints]
    assert any(hint.label.startswith("at most ") for hint in hints)
