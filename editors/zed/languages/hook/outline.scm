(hook ["pre" "post"] @context name: (_) @name) @item
(hold "hold" @context name: (_) @name) @item
(template "template" @context name: (_) @name) @item
(pod "pod" @context name: (_) @name) @item
(function "function" @context name: (_) @name) @item
(param "param" @context name: (_) @name) @item
(secret "secret" @context name: (_) @name) @item
(policy "policy" @context name: (_) @name) @item
(test "test" @context name: (_) @name) @item
(comment) @annotation
