let s:statements = ['language', 'import', 'param', 'secret', 'pod', 'function', 'target', 'template', 'together', 'hold',
      \ 'pre', 'post', 'policy', 'test', 'environment', 'operation', 'exclusive']
let s:statement = '^\s*\%(' . join(s:statements, '\|') . '\)\>[:.]\@!-\@!'

" The words that begin a statement where they stand first on a line.
function! hook#statements() abort
  return s:statements
endfunction

function! s:in_block(line) abort
  return synIDattr(synID(a:line, 1, 1), 'name') =~# '^hook\%(Block\|Command\|JsonBlock\)'
        \ || synIDattr(synID(a:line, 1, 0), 'name') =~# '^\%(sh\|json\)'
endfunction

" The layout of `hookc fmt`: two blanks under a statement and for each open bracket; a release's clauses under it.
function! hook#indent(line) abort
  if s:in_block(a:line)
    return -1
  endif
  let before = prevnonblank(a:line - 1)
  if before == 0
    return 0
  endif
  let text = getline(a:line)
  let previous = getline(before)
  let opened = previous =~# '[{[(]\s*\%(#.*\)\=$'
  let indent = indent(before) + (opened ? shiftwidth() : 0)
  if text =~# '^\s*[]})]'
    return indent - shiftwidth()
  endif
  if text =~# s:statement
    return opened ? indent : s:statement_indent(before)
  endif
  if !opened && (previous =~# s:statement || previous =~# '^\s*release\>') && a:line == before + 1
    return indent + shiftwidth()
  endif
  return indent
endfunction

" Statements of one group stand in one column.
function! s:statement_indent(line) abort
  let line = a:line
  while line > 0
    if getline(line) =~# s:statement && !s:in_block(line)
      return indent(line) + (getline(line) =~# '^\s*together\s*{\s*$' ? shiftwidth() : 0)
    endif
    if getline(line) =~# '^\s*}' && !s:in_block(line)
      return indent(line)
    endif
    let line -= 1
  endwhile
  return 0
endfunction

function! hook#ale_fix(buffer) abort
  return {'command': ale#Escape(ale#Var(a:buffer, 'hook_hookc_executable')) . ' fmt --stdin-filename %s -'}
endfunction
