-- File type, syntax and indentation are Vim's, from the folder beside this one.
local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h')
local vim_files = vim.fn.fnamemodify(here, ':h') .. '/vim'
if not vim.tbl_contains(vim.opt.runtimepath:get(), vim_files) then vim.opt.runtimepath:append(vim_files) end
vim.cmd('augroup filetypedetect | runtime ftdetect/hook.vim | augroup END')
