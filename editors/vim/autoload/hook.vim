let s:statements = ['language', 'import', 'param', 'secret', 'pod', 'function', 'target', 'template', 'together', 'hold',
      \ 'pre', 'post', 'policy', 'test', 'environment', 'operation', 'exclusive']
let s:statement = '^\s*\%(' . join(s:statements, '\|') . '\)\>[:.]\@!-\@!'

let s:continued = '^\s*\%(\%(because\|and\|or\|then\|else\)\>\|??\)'

" The words that begin a statement where they stand first on a line.
function! hook#statements() abort
  return s:statements
endfunction

function! s:in_block(line) abort
  let groups = map(synstack(a:line, 1), 'synIDattr(v:val, "name")')
  return match(groups, '^hook\%(Block\|Command\|JsonBlock\|Quote\)$') >= 0
endfunction

" The layout of `hookc fmt`: two blanks under a statement and for each open bracket; a release's clauses under it.
function! hook#indent(line) abort
  if s:in_block(a:line)
    return -1
  endif
  let above = prevnonblank(a:line - 1)
  let before = above
  while before > 1 && (s:in_block(before) || getline(before) =~# s:continued)
    let before -= 1
  endwhile
  if before == 0
    return 0
  endif
  let text = getline(a:line)
  let previous = getline(before)
  let opened = previous =~# '[{[(]\s*\%(#.*\)\=$'
  let indent = indent(before) + (opened ? shiftwidth() : 0)
  if text =~# '^\s*[]})]'
    return max([0, s:outer(a:line)])
  endif
  if text =~# s:statement
    return s:outer(a:line) + shiftwidth()
  endif
  if !opened && (previous =~# s:statement || previous =~# '^\s*release\>') && a:line == above + 1
    return indent + shiftwidth()
  endif
  return indent
endfunction

" The column of the line with the bracket that is open at the line, or one step left of the margin.
function! s:outer(line) abort
  call cursor(a:line, 1)
  let opener = searchpair('[{[(]', '', '[]})]', 'bnW', 's:skipped()')
  return opener == 0 ? -shiftwidth() : indent(opener)
endfunction

function! s:skipped() abort
  let group = synIDattr(synID(line('.'), col('.'), 1), 'name')
  return group =~# '^\%(sh\|json\|hook\%(Comment\|String\|Raw\|Block\|Splice\)\)'
endfunction

function! hook#ale_fix(buffer) abort
  call ale#Set('hook_hookc_executable', 'hookc')
  return {'command': ale#Escape(ale#Var(a:buffer, 'hook_hookc_executable')) . ' fmt --stdin-filename %s -'}
endfunction
