-- The language server in Neovim, from 0.7 on: `require('hookc').setup()`.
local M = {}

M.defaults = {
  cmd = { 'hookc', 'lsp' },
  filetypes = { 'hook' },
  root_markers = { 'hookc.toml', '.git' },
  settings = {},
}

local options = M.defaults

local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ':p:h')
  local at = folder
  while true do
    for _, marker in ipairs(options.root_markers) do
      local name = at .. '/' .. marker
      if vim.fn.filereadable(name) == 1 or vim.fn.isdirectory(name) == 1 then return at end
    end
    local up = vim.fn.fnamemodify(at, ':h')
    if up == at then return folder end
    at = up
  end
end

local function clients(buffer)
  if vim.lsp.get_clients then return vim.lsp.get_clients({ name = 'hookc', bufnr = buffer }) end
  local found = {}
  for _, client in pairs(buffer and vim.lsp.buf_get_clients(buffer) or vim.lsp.get_active_clients()) do
    if client.name == 'hookc' then table.insert(found, client) end
  end
  return found
end

-- Methods of clients take the client itself from 0.11 on.
local function call(client, method, ...)
  if vim.fn.has('nvim-0.11') == 1 then return client[method](client, ...) end
  return client[method](...)
end

-- Before 0.11: one client for each root. 0.8 brought vim.lsp.start, which finds a client that runs.
local function start(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  if name == '' or name:match('hookc:/') then return end
  local config = vim.tbl_extend('force', options, { name = 'hookc', root_dir = root_of(name) })
  if vim.lsp.start then
    vim.lsp.start(config)
    return
  end
  for _, client in ipairs(clients()) do
    if client.config.root_dir == config.root_dir then
      vim.lsp.buf_attach_client(buffer, client.id)
      return
    end
  end
  local id = vim.lsp.start_client(config)
  if id then vim.lsp.buf_attach_client(buffer, id) end
end

local function fill(buffer, text)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text:gsub('\n$', ''), '\n', { plain = true }))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].readonly = true
  vim.bo[buffer].modified = false
end

-- A virtual document: a module of the standard library, a plan, an outcome table.
local function read_virtual(buffer, uri)
  vim.bo[buffer].buftype = 'nofile'
  vim.bo[buffer].swapfile = false
  local client = clients()[1]
  if not client then
    fill(buffer, 'hookc is not running: open a hook file first.')
    return
  end
  local answer = call(client, 'request_sync', 'workspace/textDocumentContent', { uri = uri }, 5000, buffer)
  if answer and answer.result then
    fill(buffer, answer.result.text)
  else
    fill(buffer, 'hookc: ' .. (answer and answer.err and answer.err.message or 'no answer'))
  end
  if uri:match('%.hook$') then vim.bo[buffer].filetype = 'hook' end
end

-- command: 'hookc.check', 'hookc.plan', 'hookc.simulate', 'hookc.test'. Shows what the server says in a split.
function M.show(command)
  local buffer = vim.api.nvim_get_current_buf()
  local client = clients(buffer)[1]
  if not client then
    vim.notify('hookc is not running for this buffer', vim.log.levels.WARN)
    return
  end
  local arguments = { vim.uri_from_bufnr(buffer) }
  local params = { command = command, arguments = arguments }
  call(client, 'request', 'workspace/executeCommand', params, function(failure, result)
    if failure then
      vim.notify('hookc: ' .. failure.message, vim.log.levels.ERROR)
      return
    end
    vim.cmd('botright new')
    local shown = vim.api.nvim_get_current_buf()
    vim.bo[shown].buftype = 'nofile'
    vim.bo[shown].bufhidden = 'wipe'
    fill(shown, result.text)
  end, buffer)
end

function M.restart()
  local buffer = vim.api.nvim_get_current_buf()
  for _, client in ipairs(clients()) do call(client, 'stop') end
  vim.wait(5000, function() return #clients() == 0 end, 20)
  if vim.lsp.config then vim.lsp.enable('hookc') else start(buffer) end
end

function M.setup(given)
  options = vim.tbl_deep_extend('force', M.defaults, given or {})
  local group = vim.api.nvim_create_augroup('hookc', { clear = true })
  vim.api.nvim_create_autocmd('BufReadCmd', {
    group = group,
    pattern = { 'hookc:/*', '*/hookc:/*' }, -- older versions put the working directory before it
    callback = function(event) read_virtual(event.buf, event.match:match('hookc:/.*$')) end,
  })
  for name, command in pairs({ HookcPlan = 'plan', HookcSimulate = 'simulate', HookcTest = 'test', HookcCheck = 'check' }) do
    vim.api.nvim_create_user_command(name, function() M.show('hookc.' .. command) end, {})
  end
  vim.api.nvim_create_user_command('HookcRestart', M.restart, {})
  if vim.lsp.config then
    vim.lsp.config('hookc', options)
    vim.lsp.enable('hookc')
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = options.filetypes,
    callback = function(event) start(event.buf) end,
  })
end

return M
