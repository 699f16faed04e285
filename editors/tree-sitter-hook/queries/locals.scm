(source_file) @local.scope
(template) @local.scope

(param name: (identifier) @local.definition.var)
(secret name: (identifier) @local.definition.var)
(parameter name: (identifier) @local.definition.parameter)
(clause capture: (identifier) @local.definition.var)
(template name: (identifier) @local.definition.function)
(pod name: (identifier) @local.definition)
(function name: (identifier) @local.definition)
(import name: (identifier) @local.definition.import)

(identifier) @local.reference
