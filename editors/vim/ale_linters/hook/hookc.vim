" ALE finds this file by its place. The fixer is registered by plugin/hookc.vim.
call ale#Set('hook_hookc_executable', 'hookc')

function! ale_linters#hook#hookc#Root(buffer) abort
  let marker = ale#path#FindNearestFile(a:buffer, 'hookc.toml')
  if !empty(marker)
    return fnamemodify(marker, ':h')
  endif
  let git = ale#path#FindNearestDirectory(a:buffer, '.git')
  return empty(git) ? fnamemodify(bufname(a:buffer), ':p:h') : fnamemodify(git, ':h:h')
endfunction

call ale#linter#Define('hook', {
      \ 'name': 'hookc',
      \ 'lsp': 'stdio',
      \ 'executable': {buffer -> ale#Var(buffer, 'hook_hookc_executable')},
      \ 'command': '%e lsp',
      \ 'language': 'hook',
      \ 'project_root': function('ale_linters#hook#hookc#Root'),
      \ })
