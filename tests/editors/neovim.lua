-- Run by run.py inside Neovim. Waiting is for a condition, with a deadline.
local function await(what, condition)
  if not vim.wait(15000, condition, 20) then error('not within 15s: ' .. what, 0) end
end

local function ask(client, method, params)
  local answer = client.request_sync(method, params, 15000, 0)
  if not answer or answer.err or not answer.result then error(method .. ': ' .. vim.inspect(answer), 0) end
  return answer.result
end

local function same(what, expected, found)
  if not vim.deep_equal(expected, found) then
    error(('%s: expected %s, found %s'):format(what, vim.inspect(expected), vim.inspect(found)), 0)
  end
end

-- Puts the cursor on the first place of `text`, `behind` characters further.
local function go_to(text, behind)
  vim.fn.cursor(1, 1)
  if vim.fn.search('\\V' .. text, 'cW') == 0 then error('no ' .. text .. ' in the file', 0) end
  vim.fn.cursor(vim.fn.line('.'), vim.fn.col('.') + (behind or 0))
end

local function open(file)
  vim.cmd('edit ' .. file)
  same('file type of ' .. file, 'hook', vim.bo.filetype)
  local client
  await('a client for ' .. file, function()
    client = vim.lsp.get_client_by_id(next(vim.lsp.buf_get_clients(0)) or -1)
    return client and client.initialized
  end)
  return client
end

local function text_of_buffer() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') end

local function group_at(text, behind)
  go_to(text, behind)
  return vim.fn.synIDattr(vim.fn.synID(vim.fn.line('.'), vim.fn.col('.'), 1), 'name')
end

local function check()
  vim.cmd('syntax on')
  require('hookc').setup()

  local client = open('bad.hook')
  await('the finding', function() return #vim.diagnostic.get(0) == 1 end)
  local finding = vim.diagnostic.get(0)[1]
  same('place of the finding', { 2, 4, 2, 9 }, { finding.lnum, finding.col, finding.end_lnum, finding.end_col })
  same('severity', vim.diagnostic.severity.ERROR, finding.severity)
  same('source and code', { 'hookc', 'HK0005' }, { finding.source, finding.user_data.lsp.code })
  go_to('bakup')
  vim.cmd('normal! ciwbackup')
  await('no finding once it is mended', function() return #vim.diagnostic.get(0) == 0 end)
  vim.cmd('undo')
  await('the finding again', function() return #vim.diagnostic.get(0) == 1 end)
  vim.bo.modified = false

  same('one client for both files', client.id, open('orders.hook').id)
  same('comments', '# %s', vim.bo.commentstring)
  same('syntax of a statement', 'hookStatement', group_at('hold backup'))
  same('syntax of a name', '', group_at('orders-db'))

  go_to('${limit}', 3)
  local hover = ask(client, 'textDocument/hover', vim.lsp.util.make_position_params(0, client.offset_encoding))
  assert(vim.inspect(hover.contents):find('duration'), 'hover does not say the type: ' .. vim.inspect(hover))
  vim.lsp.buf.definition()
  await('the jump to the param', function() return vim.fn.line('.') == 3 end)

  go_to('postgres.ready', 10)
  vim.lsp.buf.definition()
  await('the jump into the standard library', function() return vim.api.nvim_buf_get_name(0):find('hookc:/std/postgres.hook', 1, true) end)
  await('its text', function() return text_of_buffer():find('template ready', 1, true) end)
  same('file type of a virtual document', 'hook', vim.bo.filetype)
  same('a virtual document cannot be changed', false, vim.bo.modifiable)
  vim.cmd('buffer orders.hook')

  go_to('in pod orders-db', 7)
  local items = ask(client, 'textDocument/completion', vim.lsp.util.make_position_params(0, client.offset_encoding))
  local labels = vim.tbl_map(function(item) return item.label end, items.items or items)
  assert(vim.tbl_contains(labels, 'orders-db'), 'completion does not offer the pod: ' .. vim.inspect(labels))

  local edits = ask(client, 'textDocument/formatting', vim.lsp.util.make_formatting_params())
  vim.lsp.util.apply_text_edits(edits, 0, client.offset_encoding)
  same('formatted', '  exec in pod orders-db "pause-writes"', vim.fn.getline(8))

  vim.cmd('HookcPlan')
  await('the plan', function() return text_of_buffer():find('writes paused', 1, true) end)
  vim.cmd('bwipeout!')

  vim.lsp.stop_client(client.id)
  await('the end of the server', function() return client.is_stopped() end)
end

local good, failure = pcall(check)
io.stdout:write(good and 'neovim: ok\n' or 'neovim: ' .. tostring(failure) .. '\n')
vim.cmd(good and 'qall!' or 'cquit!')
