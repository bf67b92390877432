-- `rbk lsp` with the client of Neovim, started by the plugin that users install: what a builder does with a file.
-- In: `RBK`, the program; `PACKAGE`, a copy of examples/quickstart that may be changed. Out: an exit code.

local file = vim.env.PACKAGE .. '/checkout.rbk'

local function fail(what)
  io.stderr:write(what .. '\n')
  vim.cmd('cquit!')
end

local function check(holds, what)
  if not holds then
    fail(what)
  end
end

local function until_so(what, is_so)
  if not vim.wait(20000, is_so, 20) then
    fail('waited in vain: ' .. what)
  end
end

-- Neovim gathers changes for a while before it sends them.
local function settle()
  vim.wait(500, function()
    return false
  end)
end

-- The answer of the server to one request.
local function ask(method, params)
  settle()
  local answers, why = vim.lsp.buf_request_sync(0, method, params, 20000)
  check(answers, method .. ': ' .. tostring(why))
  local _, answer = next(answers)
  check(answer and not answer.error, method .. ': ' .. vim.inspect(answer))
  return answer.result
end

-- Puts the cursor on the first character of the first mention of a text.
local function go_to(text)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  check(vim.fn.search('\\V' .. text, 'cW') > 0, 'not there: ' .. text)
end

local function errors()
  return vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })
end

local function lines()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

vim.cmd('edit ' .. vim.fn.fnameescape(file))
check(vim.bo.filetype == 'rbk', 'the file type is ' .. vim.bo.filetype)
until_so('a server', function()
  return #vim.lsp.get_active_clients() == 1
end)
local client = vim.lsp.get_active_clients()[1]
until_so('an answer to initialize', function()
  return client.server_capabilities and client.server_capabilities.hoverProvider
end)
check(client.config.root_dir == vim.env.PACKAGE, 'the root is ' .. tostring(client.config.root_dir))
check(#errors() == 0, 'errors in a good file')

-- A mistake is shown at its place while it is typed, and gone when it is taken back.
vim.cmd([[silent %s/lag() < 100/lagg() < 100/]])
until_so('an error', function()
  return #errors() == 1
end)
local found = errors()[1]
check(found.message:find('lagg', 1, true), found.message)
local line = vim.api.nvim_buf_get_lines(0, found.lnum, found.lnum + 1, false)[1]
check(line:sub(found.col + 1, found.col + 4) == 'lagg', 'the error is at ' .. line:sub(found.col + 1))

-- The fix that comes with it.
local params = vim.lsp.util.make_range_params()
params.range = {
  start = { line = found.lnum, character = found.col },
  ['end'] = { line = found.lnum, character = found.col },
}
params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(0, found.lnum) }
local fix
for _, action in ipairs(ask('textDocument/codeAction', params)) do
  if action.kind == 'quickfix' and action.edit then
    fix = fix or action
  end
end
check(fix, 'no fix')
vim.lsp.util.apply_workspace_edit(fix.edit, client.offset_encoding)
check(lines():find('lag() < 100', 1, true), 'the fix was not applied')
until_so('no error', function()
  return #errors() == 0
end)

-- What is known of a name, and where it is defined: in the file, and in the library.
go_to('lag() < 100')
local hover = ask('textDocument/hover', vim.lsp.util.make_position_params())
check(vim.inspect(hover):find('watch lag', 1, true), vim.inspect(hover))
vim.lsp.buf.definition()
until_so('the definition', function()
  return vim.api.nvim_get_current_line():find('watch lag', 1, true)
end)
go_to('prom.value')
vim.cmd('normal! 5l')
local there = ask('textDocument/definition', vim.lsp.util.make_position_params())
check(vim.inspect(there):find('prom.rbk', 1, true), vim.inspect(there))

-- Words that fit where the cursor is.
local written = lines()
go_to('watch lag')
vim.cmd('normal! O')
vim.api.nvim_set_current_line('  se')
vim.api.nvim_win_set_cursor(0, { vim.api.nvim_win_get_cursor(0)[1], 4 })
local words = {}
local answer = ask('textDocument/completion', vim.lsp.util.make_position_params())
for _, item in ipairs(answer.items or answer) do
  words[item.label] = true
end
check(words.severity, 'no `severity` among ' .. vim.inspect(vim.tbl_keys(words)))
vim.cmd('silent undo')
check(lines() == written, 'a line was left')
settle()

-- A name is another one everywhere.
go_to('lag() =')
vim.lsp.buf.rename('backlog')
until_so('another name', function()
  return lines():find('backlog() < 100', 1, true)
end)
check(not lines():find('[^_]lag%('), 'a mention was left')

-- Layout is that of `rbk fmt`.
vim.cmd([[silent %s/^  /      /]])
local wanted = vim.fn.system({ vim.env.RBK, 'fmt', '-' }, lines() .. '\n')
vim.lsp.buf.formatting_sync(nil, 20000)
check(lines() .. '\n' == wanted, 'laid out otherwise than `rbk fmt` does:\n' .. wanted)

-- The server ends with the editor.
client.stop()
until_so('the end of the server', function()
  return #vim.lsp.get_active_clients() == 0
end)
vim.cmd('qall!')
