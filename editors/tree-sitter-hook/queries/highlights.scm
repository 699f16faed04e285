; Words, by their roles in grammar/keywords.def.

; Statements
[
  "language" "import" "param" "secret" "pod" "function" "target" "template" "together" "hold" "pre" "post" "policy" "test"
  "environment" "operation" "exclusive"
] @keyword

; Expressions
["and" "or" "not" "in" "contains" "matches" "startswith" "endswith"] @keyword.operator
["if" "then" "else"] @keyword.conditional
["true" "false"] @boolean
(null) @constant.builtin

; Actions
["http" "tcp" "exec" "scale" "wait" "use"] @function.builtin

; Clauses, properties, rules
[
  "timeout" "retry" "on" "expect" "when" "ready" "capture" "header" "body" "json" "form" "env" "stdin" "tls" "follow" "by"
  "after"
] @keyword
[
  "namespace" "labels" "owner" "container" "image" "command" "account" "volume" "cpu" "memory" "user" "release" "until" "at"
] @keyword
["forbid" "warn" "require" "except" "given"] @keyword

; Types
["string" "int" "bool" "duration" "size" "url" "hostname" "regex" "port" "selector" "workload" "list"] @type.builtin
(type) @type.builtin

; Other words
[
  "a" "acquired" "all" "always" "answers" "applies" "as" "attempts" "available" "back" "backoff" "backup" "because" "claim"
  "cluster" "configmap" "connect" "continue" "crash" "did" "during" "error" "every" "exactly" "exists" "fail" "failed"
  "fails" "failure" "file" "for" "from" "get" "gone" "hangs" "held" "holds" "hook" "hooks" "https" "insecure" "interrupt"
  "is" "key" "kubernetes" "least" "local" "made" "matching" "most" "namespaces" "once" "one" "only" "operator" "path"
  "prints" "ran" "read" "redirects" "released" "releases" "restore" "run" "scheme" "session" "single" "skip" "skipped"
  "status" "stderr" "stdout" "still" "succeeded" "succeeds" "success" "takes" "this" "to" "up" "usable" "usage" "was"
  "where" "with"
] @keyword

; Names
(identifier) @variable
(property) @property
(param name: (identifier) @variable.parameter)
(parameter name: (identifier) @variable.parameter)
(template name: (identifier) @function)
(call function: (identifier) @function.call)
(use template: (qualified_name (identifier) @function.call .))
(import name: (identifier) @module)
(import from: (qualified_name (identifier) @module))
(kind) @type
(workload_name) @constant

; Literals
(comment) @comment
[(string) (raw_string) (block)] @string
(regex) @string.regexp
(escape) @string.escape
[(integer) (decimal) (duration) (size) (date)] @number

["==" "!=" "<=" ">=" "<" ">" "=" "??" ".."] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ":" "."] @punctuation.delimiter
(splice ["${" "}"] @punctuation.special)
