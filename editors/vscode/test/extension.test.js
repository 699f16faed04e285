'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const root = path.dirname(__dirname);
const read = (file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
const manifest = read('package.json');
const language = read('language-configuration.json');

test('what the manifest names is there, and goes into the package', () => {
  const named = [manifest.main];
  for (const { configuration } of manifest.contributes.languages) named.push(configuration);
  for (const grammar of manifest.contributes.grammars) named.push(grammar.path);
  const packed = fs.readFileSync(path.join(root, '.vscodeignore'), 'utf8').split('\n');
  for (const file of named) {
    assert.ok(fs.existsSync(path.join(root, file)), file);
    assert.ok(packed.includes('!' + file.replace('./', '')), `${file} is not packed`);
  }
});

test('every command of the manifest is registered', () => {
  const source = fs.readFileSync(path.join(root, 'src/extension.ts'), 'utf8');
  for (const { command } of manifest.contributes.commands) assert.ok(source.includes(`'${command}'`), command);
});

test('the problem matchers read what hookc prints', () => {
  const [short, text] = manifest.contributes.problemMatchers;
  const golden = fs.readFileSync(path.join(root, '../../tests/cli/check-all-formats/out'), 'utf8').split('\n');
  const line = golden[golden.indexOf('== short') + 1];
  const found = new RegExp(short.pattern.regexp).exec(line);
  assert.deepStrictEqual(found?.slice(1, 6), ['a.hook', '1', '5', 'error', 'HK0005'], line);
  const at = golden.indexOf('== text') + 1;
  assert.match(golden[at], new RegExp(text.pattern[0].regexp));
  assert.match(golden[at + 1], new RegExp(text.pattern[1].regexp));
});

test('Enter after a sentence that goes on indents', () => {
  const indents = (line) => language.onEnterRules.some(({ beforeText, afterText, action }) =>
    !afterText && action.indent === 'indent' && new RegExp(beforeText).test(line));
  for (const line of ['hold backup "writes paused"', '  release exec in pod db "x"', 'pod orders-db', '  exec local """']) {
    assert.ok(indents(line), line);
  }
  for (const line of ['  timeout 5m', 'import std.postgres', 'together {', '  pod: db,', '  """']) {
    assert.ok(!indents(line), line);
  }
  const open = new RegExp(language.indentationRules.increaseIndentPattern);
  assert.match('together {', open);
  assert.doesNotMatch('hold backup "a {"', open);
  assert.match('  }', new RegExp(language.indentationRules.decreaseIndentPattern));
  assert.deepStrictEqual('pod orders-db'.match(new RegExp(language.wordPattern, 'g')), ['pod', 'orders-db']);
});

async function scopesOf(scopeName, text) {
  const oniguruma = require('vscode-oniguruma');
  const { INITIAL, Registry, parseRawGrammar } = require('vscode-textmate');
  const wasm = fs.readFileSync(path.join(path.dirname(require.resolve('vscode-oniguruma')), 'onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength)).catch(() => {});
  const files = { 'source.hook': 'dist/hook.tmLanguage.json', 'markdown.hook.codeblock': 'hook.markdown.tmLanguage.json' };
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (string) => new oniguruma.OnigString(string),
    }),
    loadGrammar: async (name) => (files[name]
      ? parseRawGrammar(fs.readFileSync(path.join(root, files[name]), 'utf8'), files[name])
      : { scopeName: name, patterns: [{ match: '\\b\\w+\\b', name: `word.${name}` }], repository: {} }),
  });
  const grammar = await registry.loadGrammar(scopeName);
  const found = [];
  let state = INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    for (const { startIndex, endIndex, scopes } of tokens) found.push([line.slice(startIndex, endIndex), scopes.join(' ')]);
    state = ruleStack;
  }
  return (word) => found.find(([text]) => text === word)?.[1] ?? assert.fail(`no token ${word} in ${JSON.stringify(found)}`);
}

test('commands are shell, bodies are JSON, placeholders are the language', async () => {
  const at = await scopesOf('source.hook', [
    'pre backup "note" exec in pod db "pg_dump ${table}"',
    'post backup http post "https://example.org" body """',
    '{ "state": 1 }',
    '"""',
    'hold backup exec local """',
    'cat ${file}',
    '"""',
    'param limit: duration = 5m # longest',
  ].join('\n'));
  assert.match(at('pre'), /keyword\.control\.statement\.hook/);
  assert.match(at('pg_dump'), /source\.shell word\.source\.shell/);
  assert.match(at('${'), /source\.shell meta\.embedded\.line\.hook/);
  assert.match(at('state'), /source\.json/);
  assert.match(at('cat'), /meta\.embedded\.block\.shell source\.shell/);
  assert.match(at('duration'), /support\.type\.hook/);
  assert.match(at('5m'), /constant\.numeric\.duration\.hook/);
  assert.match(at('# longest'), /comment/);
});

test('blocks of Markdown are the language', async () => {
  const at = await scopesOf('markdown.hook.codeblock', '```hook\npre backup exec local "true"\n```');
  assert.match(at('pre'), /meta\.embedded\.block\.hook keyword\.control\.statement\.hook/);
});

test('the package holds the extension and nothing else', { skip: !fs.existsSync(path.join(root, 'dist/hook.vsix')) && 'not packaged' }, () => {
  const list = execFileSync('python3', ['-m', 'zipfile', '-l', path.join(root, 'dist/hook.vsix')], { encoding: 'utf8' });
  const files = list.split('\n').map((line) => line.split(' ')[0]).filter((name) => name.startsWith('extension/'));
  assert.deepStrictEqual(files.map((name) => name.slice('extension/'.length).toLowerCase()).sort(), [
    'dist/extension.js', 'dist/hook.tmlanguage.json', 'hook.markdown.tmlanguage.json', 'language-configuration.json',
    'license.txt', 'package.json', 'readme.md',
  ]);
});
