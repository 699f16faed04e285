// The grammar of the language for tree-sitter, after grammar/hook.ebnf. Words mean something only where the parser expects
// them, so names need no list of their own. More parses here than is right: the compiler says what is wrong.

const list1 = (rule) => seq(rule, repeat(seq(',', rule)));
const entries = (rule) => optional(seq(list1(rule), optional(',')));

module.exports = grammar({
  name: 'hook',

  word: ($) => $.identifier,
  extras: ($) => [/\s/, '\uFEFF', $.comment],
  supertypes: ($) => [$._statement, $._action],

  rules: {
    source_file: ($) => repeat($._statement),

    _statement: ($) =>
      choice(
        $.edition, $.import, $.param, $.secret, $.pod, $.function, $.target, $.environment, $.operation_rule,
        $.exclusive, $.template, $.together, $.hold, $.hook, $.policy, $.test,
      ),

    comment: () => token(seq('#', /.*/)),

    // Values and the cluster
    edition: ($) => seq('language', $.integer),
    import: ($) =>
      seq('import', field('from', choice($._string, $.qualified_name)), optional(seq('as', field('name', $.identifier)))),
    param: ($) =>
      seq('param', field('name', $.identifier), ':', field('type', $._type),
        optional(seq('=', field('default', $._expression))), optional(seq('usage', $._string))),
    secret: ($) =>
      seq('secret', field('name', $.identifier), optional(seq(':', field('type', $._type))), 'from', $._source),
    environment: ($) => seq('environment', field('name', $._name), '{', repeat(seq($.setting, optional(','))), '}'),
    setting: ($) => seq(field('name', $.identifier), '=', field('value', $._expression)),
    operation_rule: ($) => seq('operation', $._operation, 'succeeds', 'when', $._expression),
    exclusive: ($) => seq('exclusive', $._string, optional(seq('wait', $._argument))),
    target: ($) => seq('target', $.workload, optional(seq('namespace', $._name))),
    pod: ($) => seq('pod', field('name', $._name), repeat($.pod_property)),
    pod_property: ($) =>
      choice(seq('namespace', $._name), seq('labels', $._text), seq('owner', $.workload), seq('container', $._name), $.spread),
    spread: ($) =>
      seq('on', choice('one', seq('all',
        optional(choice(seq('exactly', $._argument), seq('at', 'least', $._argument))),
        optional(choice(seq('at', 'once'), seq('one', 'by', 'one')))))),
    function: ($) =>
      seq('function', field('name', $._name), optional(seq('from', 'cluster', $._string)), repeat($.function_property)),
    function_property: ($) =>
      choice(
        seq('image', $._text), seq('command', $.list), seq('namespace', $._name), seq('account', $._name), $.env,
        seq('volume', $._name, 'from', choice('secret', 'configmap', 'claim'), $._text, 'at', $._text,
          optional(seq('read', 'only'))),
        seq('cpu', $._argument), seq('memory', $._argument), seq('user', $._argument),
      ),
    env: ($) => seq('env', field('name', $.identifier), choice(seq('from', $._source), seq('=', $._argument))),
    _source: ($) =>
      choice(seq('env', $.identifier), seq('file', $._string), seq('kubernetes', $._string, 'key', $._string)),

    _type: ($) => choice($.type, $.list_type, $.string_type, $.int_type),
    type: () =>
      choice('bool', 'duration', 'size', 'url', 'hostname', 'port', 'regex', 'selector', 'json', 'pod', 'function', 'workload'),
    list_type: ($) => seq('list', '<', $._type, '>'),
    string_type: ($) => seq('string', optional(seq('(', choice($.regex, list1($._string)), ')'))),
    int_type: ($) => seq('int', optional(seq('(', $._argument, '..', $._argument, ')'))),

    // Sentences
    hook: ($) =>
      seq(choice('pre', 'post'), $._operation, optional($.outcome), field('name', optional($._string)), $._action,
        repeat($.clause)),
    _operation: () => choice('backup', 'restore'),
    outcome: () => choice('always', seq('on', choice('success', 'failure'))),
    hold: ($) => seq('hold', $._operation, field('name', optional($._string)), $._hold_body),
    _hold_body: ($) => seq(optional('session'), $._action, repeat($.clause), repeat($.release), repeat($.closing)),
    release: ($) =>
      prec.right(seq('release', optional(seq('only', 'if', 'acquired')),
        choice(seq('scale', 'back'), seq('stdin', $._text), $._action), repeat($.clause))),
    closing: ($) =>
      choice(seq('until', choice($._string, seq('operation', 'prints', $.regex))), seq('at', 'most', $._argument)),
    together: ($) => seq('together', '{', repeat(choice($.hook, $.hold, $.together)), '}'),
    template: ($) =>
      seq('template', optional('hold'), field('name', $.identifier), optional($.parameters), optional($.usable), '{',
        $._hold_body, '}'),
    parameters: ($) => seq('(', entries($.parameter), ')'),
    parameter: ($) =>
      seq(field('name', $.identifier), ':', field('type', $._type), optional(seq('=', field('default', $._expression)))),
    usable: ($) =>
      seq('usable', 'in', choice(seq('all', 'namespaces'), seq('this', 'namespace'), seq('namespaces', 'matching', $._string))),

    _action: ($) => choice($.http, $.tcp, $.exec, $.scale, $.wait, $.use),
    http: ($) =>
      seq('http', choice('get', 'post'), choice(
        seq('at', $.pod_reference, 'port', $._port, 'path', $._text, optional(seq('scheme', choice('https', 'http')))),
        field('url', $._text))),
    tcp: ($) => seq('tcp', 'connect', choice(seq('at', $.pod_reference, 'port', $._port), field('address', $._text))),
    exec: ($) =>
      choice(
        seq('exec', 'in', $.pod_reference, $.command),
        prec.right(seq('exec', 'in', 'function', field('function', $._name), optional($.command))),
        seq('exec', optional(choice('local', seq('by', 'operator'))), $.command),
      ),
    command: ($) => choice($._text, $.list),
    pod_reference: ($) => seq('pod', field('name', $._name), optional(seq('container', $._name)), optional($.spread)),
    scale: ($) => prec.right(seq('scale', $.workload, 'to', $._argument, optional(seq('if', 'exists')))),
    wait: ($) =>
      seq('wait', choice($.pod_reference, $.workload),
        choice('ready', 'available', 'gone', seq('where', $._expression))),
    use: ($) => prec.right(seq('use', field('template', $.qualified_name), optional($.arguments))),
    arguments: ($) => seq('(', entries($.field), ')'),

    clause: ($) =>
      choice(
        seq('timeout', $._argument),
        prec.right(seq('retry', $._argument, optional(seq('every', $._argument,
          optional(seq('backoff', $._argument, optional(seq('up', 'to', $._argument)))))))),
        seq('on', 'error', choice('fail', 'warn', 'continue', 'skip')),
        seq('expect', $._expression),
        seq('when', $._expression),
        seq('ready', 'once', $._expression),
        seq('capture', $._captured, 'as', optional('secret'), field('capture', $.identifier)),
        seq('header', $._string, $._text),
        seq('body', $.body),
        seq('json', choice($.object, $.list)),
        seq('form', $.object),
        $.env,
        seq('stdin', $._text),
        seq('tls', choice('insecure', $.arguments)),
        seq('follow', 'redirects'),
        seq('by', 'operator'),
        seq('after', list1($._string)),
      ),
    body: ($) => $._text,
    _captured: ($) => choice('stdout', 'stderr', 'status', seq('header', $._string), seq('json', repeat($._step)), 'body'),
    _step: ($) => choice(seq('.', alias($.identifier, $.property)), seq('[', $._expression, ']')),

    // Expressions
    _expression: ($) =>
      choice(
        $.binary, $.unary, $.conditional, $.parenthesized, $.member, $.index, $.call, $.list, $.object, $.workload,
        $.duration, $.size, $.decimal, $.integer, $._string, $.boolean, $.null, $.identifier,
      ),
    unary: ($) => prec(3, seq('not', $._expression)),
    binary: ($) =>
      choice(
        prec.left(1, seq($._expression, 'or', $._expression)),
        prec.left(2, seq($._expression, 'and', $._expression)),
        prec.left(4, seq($._expression, choice('==', '!=', '<=', '>=', '<', '>', 'contains', 'startswith', 'endswith'), $._expression)),
        prec.left(4, seq($._expression, optional('not'), 'in', choice($._expression, $.range))),
        prec.left(4, seq($._expression, 'matches', choice($._expression, $.regex))),
        prec.left(5, seq($._expression, '??', $._expression)),
      ),
    range: ($) => prec.left(4, seq($._expression, '..', $._expression)),
    conditional: ($) => prec.right(seq('if', $._expression, 'then', $._expression, 'else', $._expression)),
    parenthesized: ($) => seq('(', $._expression, ')'),
    member: ($) => prec(6, seq($._expression, '.', alias($.identifier, $.property))),
    index: ($) => prec(6, seq($._expression, '[', $._expression, ']')),
    call: ($) => prec(7, seq(field('function', $.identifier), '(', entries($._expression), ')')),
    list: ($) => seq('[', entries($._expression), ']'),
    object: ($) => seq('{', entries($.field), '}'),
    field: ($) => seq(field('key', choice(alias($.identifier, $.property), $._string)), ':', field('value', $._expression)),
    boolean: () => choice('true', 'false'),
    null: () => 'null',

    // A literal or a placeholder, never a bare name
    _text: ($) => choice($._string, $.splice),
    _argument: ($) => choice($.duration, $.size, $.decimal, $.integer, $._string, $.splice),
    _port: ($) => choice($.integer, $._name),
    _name: ($) => choice($.identifier, $._string, $.splice),
    qualified_name: ($) => prec.right(seq($.identifier, repeat(seq('.', $.identifier)))),

    // Policies and tests
    policy: ($) => seq('policy', field('name', $._string), optional(seq('applies', 'to', list1($._string))), repeat($.rule)),
    rule: ($) =>
      choice(
        seq(choice('forbid', 'warn'), $.subject, optional(seq('where', $._expression)), optional($.because)),
        seq('require', 'a', choice('pre', 'post'), optional($._operation), optional($.outcome), 'hook', optional($.because)),
        seq('require', $._expression, optional(seq('for', $._scope)), optional($.because)),
        seq('except', $._string, $.because, optional(seq('until', $.date))),
      ),
    because: ($) => seq('because', $._string),
    subject: () => choice('http', 'tcp', 'exec', 'scale', 'wait', 'function', 'pod', 'hold', 'secret'),
    _scope: ($) => choice(seq(choice('pre', 'post', 'all'), optional($._operation), 'hooks'), 'holds', 'releases', $.subject),
    test: ($) =>
      seq('test', field('name', $._string), optional(seq('for', 'every', 'single', 'failure')), repeat(choice($.given, $.expectation))),
    given: ($) =>
      seq('given', choice(
        seq($._operation, $.script),
        seq('param', $.identifier, '=', $._expression),
        seq(choice('session', 'target'), '.', alias($.identifier, $.property), '=', $._expression),
        seq(choice('crash', 'interrupt'), 'during', choice($._operation, $._named)),
        seq($._named, $.script),
        seq('http', choice('get', 'post'), $._text, $.script),
        seq('tcp', 'connect', $._text, $.script),
        seq('exec', 'in', choice('pod', 'function'), $._name, $.script),
      )),
    _named: ($) => seq(choice('hook', 'hold', 'release'), $._string),
    script: ($) =>
      choice(
        seq('answers', $._reply, repeat(seq('then', $._reply))), 'succeeds', seq('fails', optional($._string)),
        seq('takes', $._argument), 'hangs',
      ),
    _reply: ($) => seq($.integer, optional(seq('with', $._text))),
    expectation: ($) =>
      seq('expect', choice(
        seq('hook', $._string, choice('succeeded', 'failed', seq('ran', optional(seq('after', $._string))),
          seq('made', $.integer, 'attempts'), seq('did', 'not', 'run'))),
        seq('hold', $._string, choice(seq('was', 'released'), seq('is', 'still', 'held'))),
        seq('session', choice('failed', 'succeeded', 'skipped')),
      )),

    // Tokens
    identifier: () => /[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9][A-Za-z0-9_]*)*/,
    workload: ($) =>
      seq($.kind, choice(alias(token.immediate(/[A-Za-z0-9][A-Za-z0-9_.-]*/), $.workload_name), alias($._inner_splice, $.splice))),
    kind: () => /[A-Za-z_][A-Za-z0-9_.-]*\//,
    splice: ($) => seq('${', $._expression, '}'),
    _inner_splice: ($) => seq(alias(token.immediate(prec(2, '${')), '${'), $._expression, '}'),
    _string: ($) => choice($.block, $.string, $.raw_string),
    // The text is one node, so that another language can be read in it around its placeholders.
    string: ($) => seq('"', optional($.string_text), token.immediate('"')),
    string_text: ($) =>
      repeat1(choice(token.immediate(prec(1, /[^"\\\n$]+/)), token.immediate(prec(1, '$')), $.escape, alias($._inner_splice, $.splice))),
    escape: () => token.immediate(/\\(["\\nrt$/]|u\{[0-9A-Fa-f]+\})/),
    block: ($) => seq('"""', optional($.block_text), token.immediate(prec(2, '"""'))),
    block_text: ($) =>
      repeat1(choice(token.immediate(prec(1, /[^"\\$]+/)), token.immediate(prec(1, /["$\\]/)), token.immediate(prec(1, '""')),
        alias(token.immediate(prec(2, '\\${')), $.escape), alias($._inner_splice, $.splice))),
    raw_string: ($) => seq("'", optional(alias(token.immediate(prec(1, /[^'\n]+/)), $.raw_text)), token.immediate("'")),
    regex: () => /\/(\\[^\n]|[^\/\\\n])+\//,
    duration: () => /([0-9]+(ms|s|m|h|d))+/,
    size: () => /[0-9]+(KiB|MiB|GiB|TiB|kB|MB|GB|B)/,
    decimal: () => /-?[0-9]+\.[0-9]+/,
    integer: () => /-?[0-9]+/,
    date: () => /[0-9]{4}-[0-9]{2}-[0-9]{2}/,
  },
});
