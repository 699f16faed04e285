if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s
setlocal iskeyword+=-
setlocal expandtab shiftwidth=2 softtabstop=2 textwidth=100
setlocal formatoptions-=t formatoptions+=croql
let b:match_words = '{:},\[:\],(:)'
let b:undo_ftplugin = 'setlocal comments< commentstring< iskeyword< expandtab< shiftwidth< softtabstop<'
      \ . ' textwidth< formatoptions< | unlet! b:match_words'

" `:make` and the quickfix list, where no language server runs.
if !exists('g:hookc_no_compiler')
  setlocal makeprg=hookc\ check\ --format\ short\ %:S
  setlocal errorformat=%f:%l:%c:\ %trror[HK%n]:\ %m,%f:%l:%c:\ %tarning[HK%n]:\ %m,
        \%f:%l:%c:\ %tnfo[HK%n]:\ %m,%f:%l:%c:\ %tint[HK%n]:\ %m,%-G%.%#
  let b:undo_ftplugin .= ' | setlocal makeprg< errorformat<'
endif
