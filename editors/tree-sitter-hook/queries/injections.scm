; Commands are shell text. The placeholders in it are children of the text, so the shell does not see them.
((command (string (string_text) @injection.content))
  (#set! injection.language "bash"))
((command (block (block_text) @injection.content))
  (#set! injection.language "bash"))
((command (raw_string (raw_text) @injection.content))
  (#set! injection.language "bash"))

; Bodies that begin like JSON.
((body (block (block_text) @injection.content))
  (#match? @injection.content "^\\s*[\\[{]")
  (#set! injection.language "json"))
((body (raw_string (raw_text) @injection.content))
  (#match? @injection.content "^\\s*[\\[{]")
  (#set! injection.language "json"))

((regex) @injection.content
  (#set! injection.language "regex"))
((comment) @injection.content
  (#set! injection.language "comment"))
