" Files of runbooks.
autocmd BufRead,BufNewFile *.rbk setfiletype rbk
