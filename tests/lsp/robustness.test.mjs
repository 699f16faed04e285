// What no correct client sends, and what no sane text holds. The server lives, says so, and is right afterwards.
import assert from 'node:assert/strict';
import test from 'node:test';
import { RawClient, frame } from './lib/raw.mjs';
import { ALL } from './lib/requests.mjs';
import { scratchFolder, write } from './lib/files.mjs';
import { fileUri } from './client.mjs';

const WRONG = 'pre backup on failure exec in pod db "true"\n';
const URI = 'file:///robust.hook';
const ORIGIN = { line: 0, character: 0 };
const ZERO = { start: ORIGIN, end: ORIGIN };

const didOpen = (uri, text, version = 1) =>
  ({ jsonrpc: '2.0', method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'hook', version, text } } });
const didChange = (uri, version, ...contentChanges) =>
  ({ jsonrpc: '2.0', method: 'textDocument/didChange', params: { textDocument: { uri, version }, contentChanges } });

function findings(client, uri, version) {
  return client.wait(`findings of ${uri} at version ${version}`, () => client.messages.findLast(({ method, params }) =>
    method === 'textDocument/publishDiagnostics' && params.uri === uri && params.version === version)?.params.diagnostics);
}

const codes = (list) => list.map(({ code }) => code);

let fresh = 0;
/** Another document gets its findings, its hover and its end: whatever came before did no harm. */
async function isRight(client) {
  const uri = `file:///right-${++fresh}.hook`;
  client.write(didOpen(uri, `pod db labels "app=db"\n${WRONG}`));
  const told = await findings(client, uri, 1);
  assert.deepEqual(told.map(({ code, range }) => [code, range.start, range.end]),
    [['HK2103', { line: 1, character: 11 }, { line: 1, character: 21 }]]);
  const pod = { line: 1, character: WRONG.indexOf('db') };
  const target = await client.ask('textDocument/definition', { textDocument: { uri }, position: pod });
  assert.deepEqual([target.result].flat()[0]?.range.start, { line: 0, character: 4 }, JSON.stringify(target));
  client.tell('textDocument/didClose', { textDocument: { uri } });
  await client.wait('no findings after closing', () => client.messages.findLast(({ method, params }) =>
    method === 'textDocument/publishDiagnostics' && params.uri === uri)?.params.diagnostics.length === 0 || undefined);
}

/** A test with a running server, which must be right at the end and end well. */
function check(name, body, options) {
  test(name, async () => {
    const client = await RawClient.start(options);
    await body(client);
    await isRight(client);
    assert.equal(await client.stop(), 0);
    assert.equal(client.server.stderr, '');
  });
}

/** All that is asked of one document is answered without an internal error. */
async function askAll(client, uri, position = ORIGIN) {
  const asked = Object.entries(ALL).map(([method, params]) => client.request(method, params({ uri, position, range: { start: position, end: position } })));
  client.write(...asked);
  for (const { id, method } of asked) {
    const { error } = await client.answer(id);
    assert.notEqual(error?.code, -32603, `${method}: ${error?.message}`);
  }
}

check('a body that is not JSON', async (client) => {
  for (const body of ['nonsense', '', '{', '{"jsonrpc":"2.0","id":1,', '\u0000', '[[[[', 'nul', '{"a":1}{"b":2}']) {
    const before = client.messages.length;
    client.write(frame(body));
    const answer = await client.wait('an answer', () => client.messages.slice(before).find(({ method }) => method === undefined));
    assert.deepEqual([answer.id, answer.error.code], [null, -32700], JSON.stringify(body));
  }
  client.write(Buffer.concat([Buffer.from('Content-Length: 3\r\n\r\n'), Buffer.from([0x22, 0xff, 0x22])])); // not UTF-8
});

check('a body that is JSON and no message', async (client) => {
  for (const body of ['1', 'null', '"x"', '[]', '{}', '[1,2]', '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","method":7}', '{"jsonrpc":"2.0","id":[1],"method":"shutdown"}',
    '{"jsonrpc":"2.0","id":{},"method":"shutdown"}', '{"jsonrpc":"2.0","id":null,"method":"shutdown"}', '{"id":"x","result":1}', '{"id":99,"error":{}}',
    '{"jsonrpc":"2.0","method":"$/cancelRequest"}', '{"jsonrpc":"2.0","method":"$/cancelRequest","params":[]}', '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}']) {
    client.write(frame(body));
  }
});

check('JSON that is deep, long or odd', async (client) => {
  client.write(frame('['.repeat(100_000) + ']'.repeat(100_000)));
  client.write(frame(`{"jsonrpc":"2.0","method":"x","params":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`));
  client.write(frame(`{"jsonrpc":"2.0","id":1e400,"method":"hookc/unheardOf"}`));
  client.write(frame(`{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"hookc/unheardOf"}`));
  client.write(frame(`{"jsonrpc":"2.0","id":"dup","id":"dup2","method":"hookc/unheardOf"}`));
  client.write(frame({ jsonrpc: '2.0', id: 'x'.repeat(1_000_000), method: 'hookc/unheardOf' }));
  client.write(frame({ jsonrpc: '2.0', id: 'long', method: 'y'.repeat(1_000_000) }));
  assert.equal((await client.answer('long')).error.code, -32601);
});

check('an unknown request', async (client) => {
  assert.equal((await client.ask('textDocument/unheardOf', {})).error.code, -32601);
});

check('headers: other case, other order, other fields, only LF', async (client) => {
  const asked = Array.from({ length: 4 }, () => client.request('hookc/unheardOf', {}));
  const bodies = asked.map((message) => JSON.stringify(message));
  client.write(
    Buffer.from(`content-length: ${bodies[0].length}\r\n\r\n${bodies[0]}`),
    Buffer.from(`Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: ${bodies[1].length}\r\n\r\n${bodies[1]}`),
    Buffer.from(`Content-Length:${bodies[2].length}\r\nX-Other: 1\r\n\r\n${bodies[2]}`),
    Buffer.from(`Content-Length:   ${bodies[3].length}  \r\n\r\n${bodies[3]}`),
  );
  for (const { id } of asked) assert.equal((await client.answer(id)).error.code, -32601);
});

check('headers that are nonsense are passed over', async (client) => {
  for (const header of ['Content-Length: -5', 'Content-Length: x', 'Content-Length: ', 'Content-Length: 99999999999999999999', 'Content-Length: 0x10', 'Nothing: here', 'Content-Length 12', ': ', '']) {
    client.write(Buffer.from(`${header}\r\n\r\n`));
    const asked = client.request('hookc/unheardOf', {});
    client.write(asked);
    assert.equal((await client.answer(asked.id)).error.code, -32601, header);
  }
});

check('a header of a megabyte', async (client) => {
  client.write(Buffer.from(`X-Long: ${'x'.repeat(1 << 20)}\r\n\r\n`));
});

check('10,000 bytes of noise between frames', async (client) => {
  const noise = Buffer.alloc(10_000);
  for (let i = 0, state = 1; i < noise.length; ++i) noise[i] = (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16;
  for (const bytes of [noise, Buffer.alloc(10_000, '\n'), Buffer.alloc(10_000, 'a'), Buffer.alloc(10_000)]) {
    const asked = client.request('hookc/unheardOf', {});
    client.write(bytes, Buffer.from('\r\n\r\n'), asked);
    assert.equal((await client.answer(asked.id)).error.code, -32601);
  }
});

check('frames that come in pieces, and many in one piece', async (client) => {
  const message = frame(client.request('hookc/unheardOf', { text: '😀é' }));
  for (const byte of message) client.write(Buffer.from([byte]));
  const many = Array.from({ length: 500 }, () => client.request('hookc/unheardOf', {}));
  client.write(...many);
  for (const { id } of many) assert.equal((await client.answer(id)).error.code, -32601);
});

const ODD = [null, true, 0, -1, 1.5, 1e300, '', 'x', [], {}, [null], { uri: 7 }, 'file://', 'hookc:/', '\u0000'];

check('params of wrong types, for every request', async (client) => {
  client.write(didOpen(URI, WRONG));
  const where = { uri: URI, position: ORIGIN, range: ZERO };
  for (const [method, params] of Object.entries(ALL)) {
    const right = params(where);
    const wrong = [undefined, ...ODD];
    // Each field, and each field of a field, replaced or left out.
    for (const [key, value] of Object.entries(right)) {
      wrong.push({ ...right, [key]: undefined }, ...ODD.map((odd) => ({ ...right, [key]: odd })));
      if (typeof value !== 'object') continue;
      for (const inner of Object.keys(value)) {
        wrong.push({ ...right, [key]: { ...value, [inner]: undefined } }, ...ODD.map((odd) => ({ ...right, [key]: { ...value, [inner]: odd } })));
      }
    }
    const asked = wrong.map((odd) => client.request(method, odd));
    client.write(...asked);
    for (const { id, params: sent } of asked) {
      const { error, result } = await client.answer(id);
      assert.ok(error ? error.code < 0 && error.message : result !== undefined, `${method} ${JSON.stringify(sent)}`);
      assert.notEqual(error?.code, -32603, `${method} ${JSON.stringify(sent)}: ${error?.message}`);
    }
  }
}, { capabilities: { textDocument: { publishDiagnostics: { versionSupport: true } } } });

check('params of wrong types, for every notification', async (client) => {
  const uri = 'file:///odd.hook';
  const right = {
    'textDocument/didOpen': didOpen(uri, WRONG).params,
    'textDocument/didChange': didChange(uri, 2, { text: 'x', range: ZERO, rangeLength: 0 }).params,
    'textDocument/didSave': { textDocument: { uri }, text: 'x' },
    'textDocument/didClose': { textDocument: { uri } },
    'workspace/didChangeWatchedFiles': { changes: [{ uri, type: 1 }] },
    'workspace/didChangeWorkspaceFolders': { event: { added: [{ uri, name: 'a' }], removed: [] } },
    'workspace/didChangeConfiguration': { settings: {} },
    '$/setTrace': { value: 'off' },
    '$/cancelRequest': { id: 12345 },
    initialized: {},
  };
  for (const [method, params] of Object.entries(right)) {
    for (const odd of [undefined, ...ODD]) {
      client.tell(method, odd);
      for (const [key, value] of Object.entries(params)) {
        client.tell(method, { ...params, [key]: odd });
        if (typeof value !== 'object') continue;
        for (const inner of Object.keys(value)) client.tell(method, { ...params, [key]: { ...value, [inner]: odd } });
      }
    }
  }
});

check('positions beyond everything, for every request', async (client) => {
  client.write(didOpen(URI, WRONG));
  for (const position of [{ line: 99999, character: 0 }, { line: 0, character: 99999 }, { line: 2 ** 31, character: 2 ** 31 },
    { line: 2 ** 32 - 1, character: 2 ** 32 - 1 }, { line: 2 ** 53, character: 0 }, { line: -1, character: -1 }, { line: 1, character: 0 }]) {
    await askAll(client, URI, position);
  }
});

check('every request of a document that is not there', async (client) => {
  for (const uri of ['file:///nowhere/none.hook', 'file:///', 'untitled:None', 'https://example.org/a.hook', 'hookc:/std/none.hook', 'hookc:/plan.txt?', 'nonsense', '', 'file:///%', 'file:///%zz%00']) {
    await askAll(client, uri);
  }
});

check('edits with ranges that are swapped, beyond the end, or negative', async (client) => {
  const odd = [
    { start: { line: 0, character: 5 }, end: { line: 0, character: 2 } },
    { start: { line: 5, character: 0 }, end: { line: 2, character: 0 } },
    { start: { line: 1000, character: 0 }, end: { line: 2000, character: 0 } },
    { start: { line: 0, character: 1000 }, end: { line: 0, character: 2000 } },
    { start: ORIGIN, end: { line: 2 ** 31, character: 2 ** 31 } },
    { start: { line: -1, character: -1 }, end: ORIGIN },
    { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } }, // Neovim's end of the text
  ];
  for (const [i, range] of odd.entries()) {
    const uri = `file:///range-${i}.hook`;
    client.write(didOpen(uri, WRONG), didChange(uri, 2, { range, text: 'x' }));
    await findings(client, uri, 2);
    client.write(didChange(uri, 3, { text: WRONG }));
    assert.deepEqual(codes(await findings(client, uri, 3)), ['HK2103'], 'the document is served after it');
  }
});

check('edits with versions that go back or are none', async (client) => {
  client.write(didOpen(URI, 'x', 5));
  client.write(didChange(URI, 3, { text: 'y' }), didChange(URI, null, { text: 'z' }), didChange(URI, '7', { text: 'z' }), didChange(URI, 7.5, { text: 'z' }));
  client.write(didChange(URI, 9, { text: WRONG }));
  assert.deepEqual(codes(await findings(client, URI, 9)), ['HK2103']);
});

check('edits and closing of what is not open, opening twice', async (client) => {
  client.write(didChange('file:///never.hook', 2, { text: WRONG }));
  client.tell('textDocument/didClose', { textDocument: { uri: 'file:///never.hook' } });
  client.tell('textDocument/didSave', { textDocument: { uri: 'file:///never.hook' }, text: WRONG });
  client.write(didOpen(URI, 'x', 1), didOpen(URI, WRONG, 2));
  assert.deepEqual(codes(await findings(client, URI, 2)), ['HK2103']);
  client.tell('textDocument/didClose', { textDocument: { uri: URI } });
  client.tell('textDocument/didClose', { textDocument: { uri: URI } });
  await client.wait('no findings', () => client.messages.findLast(({ method, params }) =>
    method === 'textDocument/publishDiagnostics' && params.uri === URI)?.params.diagnostics.length === 0 || undefined);
});

const TEXTS = {
  'an empty text': '',
  'NUL and control bytes': `pre \u0000\u0001\u001b[31m backup\u007f exec local "\u0000"\n${WRONG}`,
  'a lone surrogate': `# \ud800 \udc00\npre backup "\udfff" exec in pod db "\ud83d"\n`,
  'noncharacters and private use': `# \uffff\ufffe\ufdd0 \u{10ffff}\ue000\n`,
  '10,000 nested brackets': `pre backup http post "https://a.example" json ${'['.repeat(10_000)}\n`,
  '10,000 nested parentheses': `pre backup exec local "a" when ${'('.repeat(10_000)}true${')'.repeat(10_000)}\n`,
  '10,000 nested braces': `together ${'{ '.repeat(10_000)}\n`,
  '10,000 nested placeholders': `pre backup exec local "${'${'.repeat(10_000)}"\n`,
  '10,000 operators': `pre backup exec local "a" when ${'not '.repeat(10_000)}true\n`,
  'a line of 5 MB': `pre backup exec local "${'a'.repeat(5_000_000)}"\n`,
  'a comment of 5 MB with characters of every width': `# ${'aé€😀'.repeat(500_000)}\npre backup on failure exec local "a"\n`,
  '20,000 lines': 'pre backup exec local "a"\n'.repeat(20_000),
  '5,000 findings': WRONG.repeat(5_000),
  'a text that ends in the middle': 'pre backup exec in pod db "tr',
  'an open multi-line string': `pre backup exec local """\n${'a\n'.repeat(1000)}`,
  'every line end': 'pre backup exec local "a"\rpre backup exec local "b"\r\npre backup exec local "c"\n\r\n\r\u2028\u2029\u0085',
};

for (const [name, text] of Object.entries(TEXTS)) {
  check(name, async (client) => {
    client.write(didOpen(URI, text));
    await findings(client, URI, 1);
    await askAll(client, URI, { line: 0, character: 40 });
    client.write(didChange(URI, 2, { range: ZERO, text: '# \n' }));
    await findings(client, URI, 2);
    client.write(didChange(URI, 3, { text: WRONG }));
    assert.deepEqual(codes(await findings(client, URI, 3)), ['HK2103']);
  });
}

check('folders and files that cannot be read', async (client) => {
  const folder = scratchFolder({ 'ok.hook': WRONG });
  write(`${folder}/not-utf8.hook`, Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]));
  client.tell('workspace/didChangeWorkspaceFolders', { event: { removed: [], added: [{ uri: fileUri(folder), name: 'a' }, { uri: 'file:///nowhere', name: 'b' }, { uri: 'https://x', name: 'c' }] } });
  const importer = fileUri(`${folder}/importer.hook`);
  client.write(didOpen(importer, 'import "./not-utf8.hook"\nimport "./."\nimport "."\nimport "/"\nimport "./none.hook"\n'));
  await findings(client, importer, 1);
  await askAll(client, importer, { line: 1, character: 10 });
});
