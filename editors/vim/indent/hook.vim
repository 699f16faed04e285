if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=hook#indent(v:lnum) autoindent
setlocal indentkeys=0},0],0),!^F,o,O
let b:undo_indent = 'setlocal indentexpr< indentkeys< autoindent<'
for s:word in hook#statements()
  execute 'setlocal indentkeys+=0=' . s:word
endfor
