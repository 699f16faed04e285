" Vim and Neovim use this one file. Its words are those of grammar/keywords.def, each under its role; a test compares.
if exists('b:current_syntax')
  finish
endif

syntax include @hookShell syntax/sh.vim
unlet! b:current_syntax
syntax include @hookJson syntax/json.vim
unlet! b:current_syntax

syntax case match
syntax iskeyword @,48-57,_,-

syntax keyword hookStatement language import param secret pod function target template together hold pre post policy
      \ test environment operation exclusive
syntax keyword hookExpression and or not in matches startswith endswith true false null if then else
" `contains` is an argument of `syntax keyword` wherever it stands.
syntax match hookExpression /\<contains\>/
syntax keyword hookAction http tcp exec scale wait use
syntax keyword hookClause timeout retry on expect when ready capture header body json form env stdin tls follow by after
syntax keyword hookProperty namespace labels owner container image command account volume cpu memory user release until
      \ at
syntax keyword hookRule forbid warn require except given
syntax keyword hookType string int bool duration size url hostname regex port selector workload list
syntax keyword hookWord a acquired all always answers applies as attempts available back backoff backup because claim
      \ cluster configmap connect continue crash did during error every exactly exists fail failed fails failure file for
      \ from get gone hangs held holds hook hooks https insecure interrupt is key kubernetes least local made matching
      \ most namespaces once one only operator path prints ran read redirects released releases restore run scheme
      \ session single skip skipped status stderr stdout still succeeded succeeds success takes this to up usable usage
      \ was where with

" A member and a workload keep their words for themselves.
syntax match hookMember /\.\h\%(\w\|-\w\@=\)*/
syntax match hookWorkload /\<\a[A-Za-z0-9.-]*\/[A-Za-z0-9$]\@=\%(\${\)\@!/
syntax match hookCall /\<\h\%(\w\|-\w\@=\)*(\@=/
syntax match hookOperator /[=!<>]=\|[<>=]\|??\|\.\./

syntax match hookNumber /\<-\=\d\+\%(\.\d\+\)\=\>/
syntax match hookNumber /\<\%(\d\+\%(ms\|s\|m\|h\|d\)\)\+\>/
syntax match hookNumber /\<\d\+\%([KMGT]iB\|[kMG]B\|B\)\>/
syntax match hookNumber /\<\d\{4}-\d\d-\d\d\>/
syntax match hookRegex /\%(\<\%(matches\|prints\)\s\+\|string(\)\@<=\/\%(\\.\|[^/\\]\)\+\//

syntax match hookEscape contained /\\\%(["\\nrt$/]\|u{\x\+}\)/
syntax match hookEscape contained /\\\${\@=/
syntax cluster hookValue contains=hookString,hookRaw,hookBlock,hookExpression,hookMember,hookCall,hookOperator,hookNumber
syntax region hookSplice matchgroup=hookSpliceMark start=/\\\@<!\${/ end=/}/ contained containedin=@hookShell,@hookJson
      \ contains=@hookValue
syntax region hookSplice matchgroup=hookSpliceMark start=/\${/ end=/}/ contains=@hookValue

syntax region hookString start=/"/ end=/"\|$/ skip=/\\./ contains=hookEscape,hookSplice
syntax region hookRaw start=/'/ end=/'\|$/
syntax region hookBlock start=/"""/ end=/"""/ contains=hookEscapeBlock,hookSplice keepend
syntax match hookEscapeBlock contained /\\\${\@=/

" Commands are shell text, bodies that look like it are JSON.
syntax region hookCommand matchgroup=hookQuote start=/\%(\<exec\>[^"'[\n#]*\)\@<="""/ end=/"""/ keepend
      \ contains=@hookShell,hookSplice,hookEscapeBlock
syntax region hookJsonBlock matchgroup=hookQuote start=/\%(\<body\s\+\)\@<="""\%(\_s*[[{]\)\@=/ end=/"""/ keepend
      \ contains=@hookJson,hookSplice

syntax match hookComment /#.*$/ contains=hookIgnore,hookTodo,@Spell
syntax match hookIgnore contained /hookc: ignore\%(-file\)\=/
syntax keyword hookTodo contained TODO FIXME

syntax sync minlines=200

highlight default link hookStatement Statement
highlight default link hookExpression Operator
highlight default link hookAction Function
highlight default link hookClause Keyword
highlight default link hookProperty Keyword
highlight default link hookRule Keyword
highlight default link hookType Type
highlight default link hookWord Keyword
highlight default link hookMember Identifier
highlight default link hookWorkload Type
highlight default link hookCall Function
highlight default link hookOperator Operator
highlight default link hookNumber Number
highlight default link hookRegex String
highlight default link hookEscape SpecialChar
highlight default link hookEscapeBlock SpecialChar
highlight default link hookSpliceMark PreProc
highlight default link hookString String
highlight default link hookRaw String
highlight default link hookBlock String
highlight default link hookQuote String
highlight default link hookComment Comment
highlight default link hookIgnore PreProc
highlight default link hookTodo Todo

let b:current_syntax = 'hook'
