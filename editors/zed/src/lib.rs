//! Tells Zed how the server of the language is started.

use zed_extension_api::{self as zed, LanguageServerId, Result, Worktree};

struct Rbk;

impl zed::Extension for Rbk {
    fn new() -> Self {
        Rbk
    }

    fn language_server_command(
        &mut self,
        _: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<zed::Command> {
        let command = worktree
            .which("rbk")
            .ok_or("`rbk` is not in PATH: install it, then reload the extension")?;
        Ok(zed::Command {
            command,
            args: vec!["lsp".into()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Rbk);
