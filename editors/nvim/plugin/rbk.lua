-- Starts the server and the tree-sitter colours for runbooks, as far as this Neovim and this machine have them.
-- Colours without tree-sitter, indentation and the file type come from `editors/vim`.

if vim.g.loaded_rbk then
  return
end
vim.g.loaded_rbk = true

-- `vim.g.rbk_program` says where the program is, if not in `PATH`.
local function program()
  return vim.g.rbk_program or 'rbk'
end

if vim.lsp.enable then
  if vim.g.rbk_program then
    vim.lsp.config('rbk', { cmd = { program(), 'lsp' } })
  end
  vim.lsp.enable('rbk')
end

-- The package around a file: where its `rbk.toml` is.
local function root(file)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local manifest = vim.fn.findfile('rbk.toml', vim.fn.escape(folder, ' ,;\\') .. ';')
  return manifest == '' and folder or vim.fn.fnamemodify(manifest, ':p:h')
end

-- One server for each package.
local clients = {}

local function attach(buffer)
  if vim.lsp.enable or vim.fn.executable(program()) == 0 then
    return
  end
  local folder = root(vim.api.nvim_buf_get_name(buffer))
  if not clients[folder] then
    clients[folder] = vim.lsp.start_client({
      name = 'rbk',
      cmd = { program(), 'lsp' },
      root_dir = folder,
      on_exit = function()
        clients[folder] = nil
      end,
    })
  end
  if clients[folder] then
    vim.lsp.buf_attach_client(buffer, clients[folder])
  end
end

local function colour(buffer)
  -- No parser, or one that is too new for this Neovim: the colours of `editors/vim` stay.
  if vim.treesitter.start and pcall(vim.treesitter.start, buffer, 'rbk') then
    vim.opt_local.foldexpr = 'v:lua.vim.treesitter.foldexpr()'
  end
end

vim.api.nvim_create_autocmd('FileType', {
  pattern = 'rbk',
  group = vim.api.nvim_create_augroup('rbk', {}),
  callback = function(found)
    attach(found.buf)
    colour(found.buf)
  end,
})
