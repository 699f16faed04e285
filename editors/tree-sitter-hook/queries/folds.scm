[
  (hook)
  (hold)
  (together)
  (template)
  (pod)
  (function)
  (environment)
  (policy)
  (test)
  (object)
  (list)
  (block)
] @fold
