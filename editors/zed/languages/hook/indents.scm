(_ "{" "}" @end) @indent
(_ "[" "]" @end) @indent
(_ "(" ")" @end) @indent
[(hook) (hold) (release) (pod) (function) (policy) (test)] @indent
