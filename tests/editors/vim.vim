" Run by run.py: colours, indentation, and ALE against the language server.
let s:failures = []
function! s:same(what, expected, found) abort
  if a:expected !=# a:found
    call add(s:failures, a:what . ': expected ' . string(a:expected) . ', found ' . string(a:found))
  endif
endfunction

function! s:end() abort
  call writefile(empty(s:failures) ? ['vim: ok'] : s:failures, '/dev/stdout')
  execute 'cquit' empty(s:failures) ? 0 : 1
endfunction

function! s:group(text) abort
  call cursor(1, 1)
  call search('\V' . a:text, 'cW')
  return synIDattr(synID(line('.'), col('.'), 1), 'name')
endfunction

" Waits for a condition; callbacks of jobs run meanwhile.
function! s:await(what, condition) abort
  let start = reltime()
  while !a:condition()
    if reltimefloat(reltime(start)) > 15
      call add(s:failures, 'not within 15s: ' . a:what)
      return 0
    endif
    sleep 20m
  endwhile
  return 1
endfunction

let g:ale_completion_enabled = 0
let g:ale_lint_on_text_changed = 'always'
let g:ale_lint_delay = 0
set hidden nomore shortmess+=F
" ALE begins when the buffers below are gone: it does not expect that one ends while its server starts.
let g:ale_enabled = 0
filetype plugin indent on
syntax on
silent! packadd ale
runtime! plugin/hookc.vim

edit orders.hook
call s:same('file type', 'hook', &filetype)
call s:same('comments', '# %s', &commentstring)
call s:same('statement', 'hookStatement', s:group('hold backup'))
call s:same('type', 'hookType', s:group('duration'))
call s:same('command', 'hookString', s:group('"disk full'))
call s:same('name', '', s:group('orders-db'))
call s:same('placeholder', 'hookSpliceMark', s:group('${limit}'))

" Shell and JSON in their blocks, and the language in their placeholders.
enew
setfiletype hook
call setline(1, ['pre backup exec local """', '  if true; then echo ${limit}; fi', '"""', 'post backup http post "u" body """',
      \ '{ "state": [1, null] }', '"""', 'param last: int = 1'])
call s:same('shell in a block', 'shConditional', s:group('if true'))
call s:same('placeholder in a block', 'hookSpliceMark', s:group('${limit}'))
call s:same('JSON in a block', 'jsonNull', s:group('null'))
call s:same('a statement after blocks', 'hookStatement', s:group('param'))
bwipeout!

" What `hookc fmt` wrote comes out of the indentation as it went in.
for s:file in glob(expand('<sfile>:p:h:h:h') . '/examples/*.hook', 0, 1)
  execute 'edit' fnameescape(s:file)
  let s:before = getline(1, '$')
  for s:line in range(1, line('$'))
    if getline(s:line) !~# '^\s*\%(#\|$\)\|^\s\+\%(release\|until\|at\|because\|and\|or\|then\|else\)\>'
      silent execute s:line . 'normal! =='
    endif
  endfor
  for s:line in range(1, line('$'))
    call s:same(fnamemodify(s:file, ':t') . ':' . s:line, s:before[s:line - 1], getline(s:line))
  endfor
  bwipeout!
endfor

" The quickfix list from what `hookc check --format short` prints.
edit bad.hook
silent make!
call s:same('quickfix', [[3, 5, 'e']], map(filter(getqflist(), 'v:val.valid'), '[v:val.lnum, v:val.col, v:val.type]'))

if exists(':ALEInfo')
  edit! bad.hook
  ALEEnable
  call ale#Queue(0)
  if s:await('the finding', {-> !empty(ale#engine#GetLoclist(bufnr('')))})
    let s:finding = ale#engine#GetLoclist(bufnr(''))[0]
    call s:same('place of the finding', [3, 5, 9, 'E'],
          \ [s:finding.lnum, s:finding.col, s:finding.end_col, s:finding.type])
    call s:same('code', 'HK0005', get(s:finding, 'code', ''))
  endif
  let b:ale_fixers = ['hookc']
  edit! orders.hook
  let b:ale_fixers = ['hookc']
  ALEFix
  call s:await('the formatted line', {-> getline(8) ==# '  exec in pod orders-db "pause-writes"'})
else
  call add(s:failures, 'ALE is not installed')
endif
call s:end()
