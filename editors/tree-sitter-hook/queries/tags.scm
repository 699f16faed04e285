(template name: (identifier) @name) @definition.function
(param name: (identifier) @name) @definition.constant
(secret name: (identifier) @name) @definition.constant
(pod name: (_) @name) @definition.class
(function name: (_) @name) @definition.class
(hook name: (_) @name) @definition.method
(hold name: (_) @name) @definition.method
(test name: (_) @name) @definition.function

(use template: (qualified_name) @name) @reference.call
(pod_reference name: (_) @name) @reference.class
