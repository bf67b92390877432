//! What the client can do, and what it is offered.
//!
//! In: the parameters of `initialize`. Out: a [`Client`], and the capabilities of this server for it.

use gen_lsp_types::{
    ChangeNotifications, CodeActionKind, CodeActionOptions, CodeActionProvider, CodeLensOptions,
    CompletionOptions, DefinitionProvider, DiagnosticOptions, DiagnosticProvider,
    DocumentFormattingProvider, DocumentHighlightProvider, DocumentSymbolProvider,
    FoldingRangeProvider, Full, HoverProvider, InitializeParams, InlayHintProvider,
    ReferencesProvider, RenameOptions, RenameProvider, SelectionRangeProvider,
    SemanticTokensFullDelta, SemanticTokensLegend, SemanticTokensOptions,
    SemanticTokensOptionsRange, SemanticTokensProvider, ServerCapabilities, SignatureHelpOptions,
    TextDocumentContent, TextDocumentContentOptions, TextDocumentSync, TextDocumentSyncKind,
    TextDocumentSyncOptions, Uri, WorkspaceFolders, WorkspaceFoldersServerCapabilities,
    WorkspaceOptions, WorkspaceSymbolProvider,
};

use super::lines::Encoding;
use super::pages::SCHEME;
use super::tokens;

/// What was agreed on.
#[derive(Clone, Debug)]
pub struct Client {
    pub encoding: Encoding,
    /// It asks for diagnostics; else they are sent.
    pub pulls: bool,
    /// It asks again for diagnostics when it is told to.
    pub refreshes: bool,
    /// It takes what belongs to a diagnostic.
    pub related: bool,
    /// It opens texts that the server makes.
    pub reads_pages: bool,
    /// Edits may name the version that they are for.
    pub versioned_edits: bool,
    /// Edits may ask to be confirmed.
    pub confirms: bool,
    /// Outlines may have entries inside of others.
    pub nested_symbols: bool,
    /// It watches files for the server.
    pub watches: bool,
    /// The folders that are worked on.
    pub roots: Vec<Uri>,
}

impl Client {
    pub fn of(params: &InitializeParams) -> Client {
        let all = &params.capabilities;
        let text = all.text_document.clone().unwrap_or_default();
        let workspace = all.workspace.clone().unwrap_or_default();
        let edits = workspace.workspace_edit.unwrap_or_default();
        let general = all.general.clone().unwrap_or_default();
        let offered = general.position_encodings.unwrap_or_default();
        let published = text.publish_diagnostics.unwrap_or_default();
        let related = published.diagnostics_capabilities.related_information;
        let pulled = text.diagnostic.clone().unwrap_or_default();
        let pulled = pulled.diagnostics_capabilities.related_information;
        let watched = workspace.did_change_watched_files.unwrap_or_default();
        let symbols = text.document_symbol.unwrap_or_default();
        Client {
            encoding: Encoding::among(&offered),
            pulls: text.diagnostic.is_some(),
            refreshes: workspace
                .diagnostics
                .is_some_and(|found| found.refresh_support == Some(true)),
            related: related == Some(true) || pulled == Some(true),
            reads_pages: workspace.text_document_content.is_some(),
            versioned_edits: edits.document_changes == Some(true),
            confirms: edits.change_annotation_support.is_some(),
            nested_symbols: symbols.hierarchical_document_symbol_support == Some(true),
            watches: watched.dynamic_registration == Some(true),
            roots: roots(params),
        }
    }

    /// What this server does for it.
    pub fn offer(&self) -> ServerCapabilities {
        let sync = TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            ..TextDocumentSyncOptions::default()
        };
        let folders = WorkspaceFoldersServerCapabilities {
            supported: Some(true),
            change_notifications: Some(ChangeNotifications::Bool(true)),
        };
        let pages = TextDocumentContentOptions {
            schemes: vec![String::from(SCHEME)],
        };
        let pages = self
            .reads_pages
            .then_some(TextDocumentContent::Options(pages));
        let pull = DiagnosticOptions {
            identifier: Some(String::from("rbk")),
            inter_file_dependencies: true,
            workspace_diagnostics: false,
            ..DiagnosticOptions::default()
        };
        let pull = self
            .pulls
            .then_some(DiagnosticProvider::DiagnosticOptions(pull));
        ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(TextDocumentSync::Options(sync)),
            diagnostic_provider: pull,
            document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
            document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
            workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
            hover_provider: Some(HoverProvider::Bool(true)),
            inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
            rename_provider: Some(RenameProvider::RenameOptions(RenameOptions {
                prepare_provider: Some(true),
                ..RenameOptions::default()
            })),
            definition_provider: Some(DefinitionProvider::Bool(true)),
            references_provider: Some(ReferencesProvider::Bool(true)),
            document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
            folding_range_provider: Some(FoldingRangeProvider::Bool(true)),
            selection_range_provider: Some(SelectionRangeProvider::Bool(true)),
            semantic_tokens_provider: Some(colours()),
            code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
                code_action_kinds: Some(vec![
                    CodeActionKind::QuickFix,
                    CodeActionKind::RefactorExtract,
                ]),
                ..CodeActionOptions::default()
            })),
            code_lens_provider: Some(CodeLensOptions::default()),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(vec![String::from(".")]),
                ..CompletionOptions::default()
            }),
            signature_help_provider: Some(SignatureHelpOptions {
                trigger_characters: Some(vec![String::from("("), String::from(",")]),
                ..SignatureHelpOptions::default()
            }),
            workspace: Some(WorkspaceOptions {
                workspace_folders: Some(folders),
                text_document_content: pages,
                ..WorkspaceOptions::default()
            }),
            ..ServerCapabilities::default()
        }
    }
}

fn colours() -> SemanticTokensProvider {
    SemanticTokensProvider::SemanticTokensOptions(SemanticTokensOptions {
        legend: SemanticTokensLegend {
            token_types: tokens::types(),
            token_modifiers: tokens::modifiers(),
        },
        range: Some(SemanticTokensOptionsRange::Bool(true)),
        full: Some(Full::SemanticTokensFullDelta(SemanticTokensFullDelta {
            delta: Some(true),
        })),
        ..SemanticTokensOptions::default()
    })
}

/// The folders that are worked on: the newer way to name them comes first.
fn roots(params: &InitializeParams) -> Vec<Uri> {
    let folders = &params.workspace_folders_initialize_params.workspace_folders;
    match folders {
        Some(WorkspaceFolders::WorkspaceFolderList(folders)) => {
            folders.iter().map(|folder| folder.uri.clone()).collect()
        }
        Some(WorkspaceFolders::Null) | None => {
            #[expect(deprecated, reason = "older clients name their folder so")]
            let root = params.root_uri.clone();
            root.into_iter().collect()
        }
    }
}
