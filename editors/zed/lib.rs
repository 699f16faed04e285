use zed_extension_api::{self as zed, settings::LspSettings, LanguageServerId, Result, Worktree};

struct Hook;

impl zed::Extension for Hook {
    fn new() -> Self {
        Hook
    }

    // The program of the settings (`lsp.hookc.binary.path`), else hookc on the PATH of the worktree.
    fn language_server_command(&mut self, server: &LanguageServerId, worktree: &Worktree) -> Result<zed::Command> {
        let configured = LspSettings::for_worktree(server.as_ref(), worktree)?.binary.and_then(|binary| binary.path);
        let command = configured
            .or_else(|| worktree.which("hookc"))
            .ok_or("hookc is not on the PATH; set lsp.hookc.binary.path")?;
        Ok(zed::Command { command, args: vec!["lsp".into()], env: worktree.shell_env() })
    }
}

zed::register_extension!(Hook);
