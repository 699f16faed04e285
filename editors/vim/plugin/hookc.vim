if exists('g:loaded_hookc')
  finish
endif
let g:loaded_hookc = 1

augroup hookc
  autocmd!
  " ALE, where it is installed, loads with this call.
  autocmd FileType hook ++once
        \ silent! call ale#fix#registry#Add('hookc', 'hook#ale_fix', ['hook'], 'Write hook files in the one layout.')
augroup END
