# Hooks for backup and restore. The words are those of grammar/keywords.def, each under its role; a test compares.

hook global BufCreate .*[.]hook %{
    set-option buffer filetype hook
}

hook global WinSetOption filetype=hook %{
    require-module hook-language
    hook window InsertChar \n -group hook-language-indent hook-language-indent-on-new-line
    hook -once -always window WinSetOption filetype=.* %{ remove-hooks window hook-language-.+ }
}

hook -group hook-language-highlight global WinSetOption filetype=hook %{
    add-highlighter window/hook-language ref hook-language
    hook -once -always window WinSetOption filetype=.* %{ remove-highlighter window/hook-language }
}

hook global BufSetOption filetype=hook %{
    set-option buffer comment_line '#'
    set-option buffer indentwidth 2
    set-option buffer formatcmd 'hookc fmt -'
    set-option buffer lintcmd 'run() { hookc check --quiet --format short "$1"; }; run'
    # kakoune-lsp, where it is loaded.
    try %{
        set-option buffer lsp_servers %{
            [hookc]
            command = "hookc"
            args = ["lsp"]
            root_globs = ["hookc.toml", ".git"]
        }
    }
}

provide-module hook-language %§
require-module sh

add-highlighter shared/hook-language regions
add-highlighter shared/hook-language/code default-region group
add-highlighter shared/hook-language/comment region '#' $ fill comment
add-highlighter shared/hook-language/command region 'exec[^"\n]*?\K"""' '"""' group
add-highlighter shared/hook-language/block region '"""' '"""' group
add-highlighter shared/hook-language/string region '"' (?<!\\)(\\\\)*" group
add-highlighter shared/hook-language/raw region "'" "'|$" fill string

add-highlighter shared/hook-language/command/ fill string
add-highlighter shared/hook-language/command/ ref sh
add-highlighter shared/hook-language/block/ fill string
add-highlighter shared/hook-language/string/ fill string
add-highlighter shared/hook-language/command/ regex (?<!\\)\$\{[^}\n]*\} 0:variable
add-highlighter shared/hook-language/block/ regex (?<!\\)\$\{[^}\n]*\} 0:variable
add-highlighter shared/hook-language/string/ regex (?<!\\)\$\{[^}\n]*\} 0:variable

add-highlighter shared/hook-language/code/number regex (?<![\w-])-?\d[\w.-]* 0:value
add-highlighter shared/hook-language/code/workload regex \b[A-Za-z][A-Za-z0-9.-]*/(?=[A-Za-z0-9$]) 0:type
add-highlighter shared/hook-language/code/statement regex (?<![\w.-])(language|import|param|secret|pod|function|target|template|together|hold|pre|post|policy|test|environment|operation|exclusive)(?![\w-]) 0:keyword
add-highlighter shared/hook-language/code/expression regex (?<![\w.-])(and|or|not|in|contains|matches|startswith|endswith|true|false|null|if|then|else)(?![\w-]) 0:operator
add-highlighter shared/hook-language/code/action regex (?<![\w.-])(http|tcp|exec|scale|wait|use)(?![\w-]) 0:function
add-highlighter shared/hook-language/code/clause regex (?<![\w.-])(timeout|retry|on|expect|when|ready|capture|header|body|json|form|env|stdin|tls|follow|by|after)(?![\w-]) 0:keyword
add-highlighter shared/hook-language/code/property regex (?<![\w.-])(namespace|labels|owner|container|image|command|account|volume|cpu|memory|user|release|until|at)(?![\w-]) 0:keyword
add-highlighter shared/hook-language/code/rule regex (?<![\w.-])(forbid|warn|require|except|given)(?![\w-]) 0:keyword
add-highlighter shared/hook-language/code/type regex (?<![\w.-])(string|int|bool|duration|size|url|hostname|regex|port|selector|workload|list)(?![\w-]) 0:type
add-highlighter shared/hook-language/code/word regex (?<![\w.-])(a|acquired|all|always|answers|applies|as|attempts|available|back|backoff|backup|because|claim|cluster|configmap|connect|continue|crash|did|during|error|every|exactly|exists|fail|failed|fails|failure|file|for|from|get|gone|hangs|held|holds|hook|hooks|https|insecure|interrupt|is|key|kubernetes|least|local|made|matching|most|namespaces|once|one|only|operator|path|prints|ran|read|redirects|released|releases|restore|run|scheme|session|single|skip|skipped|status|stderr|stdout|still|succeeded|succeeds|success|takes|this|to|up|usable|usage|was|where|with)(?![\w-]) 0:keyword

define-command -hidden hook-language-indent-on-new-line %{
    evaluate-commands -draft -itersel %{
        try %{ execute-keys -draft <semicolon> K <a-&> }
        # Clauses stand under their statement, entries in their brackets.
        try %{ execute-keys -draft k x <a-k> ^\h*(?:pre|post|hold|pod|function|policy|test|release)(?![\w:.-]) <ret> j <a-gt> }
        try %{ execute-keys -draft k x <a-k> ^\h*(?!pre|post|hold|pod|function|policy|test|release)[^#\n]*[\[\x7B(]\h*$ <ret> j <a-gt> }
    }
}
§
