-- How Neovim from 0.11 on starts the server.
return {
  cmd = { 'rbk', 'lsp' },
  filetypes = { 'rbk' },
  root_markers = { 'rbk.toml', '.git' },
}
