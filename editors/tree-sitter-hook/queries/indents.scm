[
  (hook)
  (hold)
  (release)
  (pod)
  (function)
  (policy)
  (test)
  (together)
  (template)
  (environment)
  (object)
  (list)
  (arguments)
  (parameters)
] @indent.begin

["}" "]" ")"] @indent.branch
(block) @indent.ignore
