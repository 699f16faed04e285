autocmd BufNewFile,BufRead *.hook setfiletype hook
