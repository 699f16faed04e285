# Run by run.py inside Kakoune.
try %{
    source "%sh{ printf %s $HOOKC_EDITORS }/kakoune/hook.kak"
    # A colour whose regular expression is wrong fails here.
    require-module hook-language
    edit orders.hook
    define-command same -params 3 %{
        evaluate-commands %sh{ [ "$2" = "$3" ] || echo 'fail "%arg{1}: expected %arg{2}, found %arg{3}"' }
    }
    same 'file type' hook "%opt{filetype}"
    same 'comments' '#' "%opt{comment_line}"
    format
    execute-keys 8gx
    same 'formatted line' '  exec in pod orders-db "pause-writes"' "%sh{ printf %s ""$kak_selection"" }"
    # Clauses stand under their statement.
    execute-keys -with-hooks '7gox<esc>xs\S+<ret>'
    same 'column of a clause' 3 "%val{cursor_column}"
    echo -to-file /dev/stdout "kakoune: ok
"
    quit! 0
} catch %{
    echo -to-file /dev/stdout "kakoune: %val{error}
"
    quit! 1
}
