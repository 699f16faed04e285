// The life of a session, and what both sides tell each other outside of texts.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Client, at, capabilities, fileUri, lsp } from './client.mjs';
import { HOOKC, Process, within } from './lib/process.mjs';
import { RawClient, frame } from './lib/raw.mjs';
import { scratchFolder } from './lib/files.mjs';

const WRONG = 'pre backup on failure exec in pod db "true"\n'; // HK2103 at `on failure`
const RIGHT = 'pre backup exec in pod db "true"\n';
const TESTED = `pre backup "first" exec local "true"
test "good"
  given backup succeeds
  expect hook "first" ran
test "bad"
  given backup succeeds
  expect session failed
`;
const codes = (findings) => findings.map((finding) => finding.code);

test('initialize says what the server can do', async () => {
  const client = await Client.start({ encodings: ['utf-8', 'utf-16'] });
  const { capabilities: can, serverInfo } = client.initialized;
  assert.equal(serverInfo.name, 'hookc');
  assert.match(serverInfo.version, /^\d+\.\d+\.\d+/);
  assert.deepEqual([can.textDocumentSync.openClose, can.textDocumentSync.change, !!can.textDocumentSync.save], [true, 2, true]);
  const missing = [
    'completionProvider', 'hoverProvider', 'signatureHelpProvider', 'definitionProvider', 'declarationProvider',
    'typeDefinitionProvider', 'implementationProvider', 'referencesProvider', 'documentHighlightProvider',
    'renameProvider', 'documentSymbolProvider', 'workspaceSymbolProvider', 'callHierarchyProvider',
    'semanticTokensProvider', 'documentFormattingProvider', 'documentRangeFormattingProvider',
    'documentOnTypeFormattingProvider', 'codeActionProvider', 'codeLensProvider', 'inlayHintProvider',
    'foldingRangeProvider', 'selectionRangeProvider', 'linkedEditingRangeProvider', 'documentLinkProvider',
    'executeCommandProvider',
  ].filter((name) => !can[name]);
  assert.deepEqual(missing, []);
  assert.equal(can.completionProvider.resolveProvider, true);
  assert.equal(can.renameProvider.prepareProvider, true);
  assert.equal(can.semanticTokensProvider.full.delta, true);
  assert.equal(can.semanticTokensProvider.range, true);
  for (const kind of ['quickfix', 'refactor.extract', 'refactor.inline', 'source.organizeImports', 'source.fixAll']) {
    assert.ok(can.codeActionProvider.codeActionKinds.includes(kind), kind);
  }
  assert.deepEqual([...can.executeCommandProvider.commands].sort(), ['hookc.check', 'hookc.plan', 'hookc.simulate', 'hookc.test']);
  assert.deepEqual(can.workspace.textDocumentContent.schemes, ['hookc']);
  assert.ok(can.workspace.fileOperations.willRename.filters.length > 0);
  assert.equal(await client.stop(), 0);
});

test('pull diagnostics are offered only to a client that pulls', async () => {
  const pushed = await Client.start();
  assert.equal(pushed.initialized.capabilities.diagnosticProvider, undefined);
  const pulled = await Client.start({ pull: true });
  assert.deepEqual(pulled.initialized.capabilities.diagnosticProvider,
    { identifier: 'hookc', interFileDependencies: true, workspaceDiagnostics: true });
  assert.deepEqual(await Promise.all([pushed.stop(), pulled.stop()]), [0, 0]);
});

test('a request before initialize is refused, and the session can still begin', async () => {
  const client = new RawClient();
  const early = await client.ask('textDocument/hover', at('file:///a.hook', { line: 0, character: 0 }));
  assert.equal(early.error.code, -32002);
  client.tell('textDocument/didOpen', { textDocument: { uri: 'file:///a.hook', languageId: 'hook', version: 1, text: WRONG } });
  const answer = await client.ask('initialize', { processId: null, rootUri: null, capabilities: {} });
  assert.equal(answer.result.serverInfo.name, 'hookc');
  assert.equal((await client.ask('initialize', { processId: null, rootUri: null, capabilities: {} })).error.code, -32600);
  assert.equal(await client.stop(), 0);
});

test('after shutdown everything but exit is refused', async () => {
  const client = await Client.start();
  await client.ask(lsp.ShutdownRequest);
  const error = await client.refused(lsp.HoverRequest, at('file:///a.hook', { line: 0, character: 0 }));
  assert.equal(error.code, -32600);
  client.tell(lsp.ExitNotification);
  assert.equal(await client.server.exitCode(), 0);
});

test('exit without shutdown ends with 1', async () => {
  const client = await Client.start();
  client.tell(lsp.ExitNotification);
  assert.equal(await client.server.exitCode(), 1);
});

test('exit before initialize ends with 1', async () => {
  const client = new Client();
  client.tell(lsp.ExitNotification);
  assert.equal(await client.server.exitCode(), 1);
});

test('a closed input ends it', async () => {
  const idle = await Client.start();
  idle.server.child.stdin.end();
  assert.equal(await idle.server.exitCode(), 1);
  const midway = await Client.start();
  midway.server.child.stdin.end('Content-Length: 100\r\n\r\n{"jsonrpc"');
  assert.equal(await midway.server.exitCode(), 1);
  const unused = new Process(['lsp']);
  unused.child.stdin.end();
  assert.equal(await unused.exitCode(), 1);
});

test('a client that stops reading and goes away ends it', async () => {
  const client = await Client.start();
  client.server.child.stdout.destroy();
  client.open('file:///a.hook', WRONG);
  client.server.child.stdin.end();
  assert.equal(await client.server.exitCode(), 1);
});

// A parent that starts the server on our own pipes, so that they stay open when it dies.
const PARENT = `
require('node:child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit' });
`;

test('it ends when the process named by initialize is gone', async () => {
  const parent = new Process(['-e', PARENT, '--', HOOKC, 'lsp'], { command: process.execPath });
  const answered = new Promise((resolve) => parent.child.stdout.once('data', resolve));
  const params = { processId: parent.child.pid, rootUri: null, capabilities: {} };
  parent.child.stdin.write(frame({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
  await within('the answer to initialize', answered);
  parent.child.kill('SIGKILL');
  // Standard output is the server's as well: it closes when the server ends, and not before.
  await within('the end of the server', parent.closed);
});

for (const form of ['--clientProcessId=', '--clientProcessId ']) {
  test(`it ends when the process of ${form.trim()} is gone`, async () => {
    const editor = new Process(['-e', 'process.stdin.resume()'], { command: process.execPath });
    const client = await Client.start({
      args: ['--stdio', ...`${form}${editor.child.pid}`.split(' ')], initialize: { processId: null },
    });
    await client.settled();
    await editor.kill();
    assert.equal(await client.server.exitCode(), 1);
  });
}

test('what is not known: requests are refused, notifications passed over', async () => {
  const client = await Client.start();
  assert.equal((await client.refused('textDocument/unheardOf', {})).code, -32601);
  assert.equal((await client.refused('$/unheardOf', {})).code, -32601);
  client.tell('$/unheardOf', {});
  client.tell('workspace/unheardOf', { a: 1 });
  client.open('file:///a.hook', WRONG);
  assert.deepEqual(codes(await client.findings('file:///a.hook', 1)), ['HK2103']);
  assert.equal(await client.stop(), 0);
});

test('$/setTrace turns $/logTrace on and off', async () => {
  const client = await RawClient.start();
  const traces = () => client.messages.filter(({ method }) => method === '$/logTrace').length;
  await client.ask('hookc/barrier', {});
  assert.equal(traces(), 0);
  client.tell('$/setTrace', { value: 'verbose' });
  await client.ask('hookc/barrier', {});
  const verbose = traces();
  assert.ok(verbose > 0);
  client.tell('$/setTrace', { value: 'off' });
  await client.ask('hookc/barrier', {});
  const before = traces();
  await client.ask('hookc/barrier', {});
  assert.equal(traces(), before);
  assert.equal(await client.stop(), 0);
});

test('it asks to be told of changed files, only where the client can be asked', async () => {
  const client = await Client.start();
  const { registrations } = await client.message('client/registerCapability');
  assert.deepEqual(registrations.map(({ method }) => method), ['workspace/didChangeWatchedFiles']);
  assert.ok(registrations[0].registerOptions.watchers.some(({ globPattern }) => globPattern === '**/*.hook'));
  const plain = await Client.start({ initialize: { capabilities: {} } });
  await plain.settled();
  assert.deepEqual(plain.received, []);
  assert.deepEqual(await Promise.all([client.stop(), plain.stop()]), [0, 0]);
});

test('a cancelled request is answered, once, and the others with their results', async () => {
  const client = await RawClient.start();
  const uri = 'file:///big.hook';
  const text = RIGHT.repeat(3000);
  const hovers = Array.from({ length: 200 }, (_, i) => client.request('textDocument/hover', at(uri, { line: i, character: 2 })));
  const cancelled = hovers.slice(50);
  client.write(
    { jsonrpc: '2.0', method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'hook', version: 1, text } } },
    ...hovers,
    ...cancelled.map(({ id }) => ({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } })),
    { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 99999 } },
    { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: hovers[0].id } }, // answered or not: no second answer
  );
  for (const { id } of hovers) await client.answer(id);
  await client.ask('hookc/barrier', {});
  const answers = hovers.map(({ id }) => client.answers(id));
  assert.ok(answers.every((list) => list.length === 1));
  const wrong = answers.flat().filter(({ error }) => error && error.code !== -32800);
  assert.deepEqual(wrong, []);
  assert.ok(answers.slice(1, 50).every(([{ error }]) => !error), 'what was not cancelled has a result');
  // All of it went out in one piece: the opening alone takes longer than to read the cancellations.
  assert.ok(answers.slice(50).some(([{ error }]) => error), 'something was cancelled in time');
  assert.equal(await client.stop(), 0);
});

test('ids are numbers or texts, and come back as they were', async () => {
  const client = await RawClient.start();
  client.write({ jsonrpc: '2.0', id: 'a text', method: 'hookc/unheardOf' }, { jsonrpc: '2.0', id: '7', method: 'hookc/unheardOf' });
  assert.equal((await client.answer('a text')).error.code, -32601);
  assert.equal((await client.answer('7')).error.code, -32601);
  assert.deepEqual(client.answers(7), []);
  assert.equal(await client.stop(), 0);
});

test('a recorded session can be played again', async () => {
  const folder = scratchFolder();
  const file = path.join(folder, 'session.jsonl');
  const client = await Client.start({ args: ['--record', file] });
  client.open('file:///a.hook', WRONG);
  await client.findings('file:///a.hook', 1);
  await client.ask(lsp.CodeLensRequest, { textDocument: { uri: 'file:///a.hook' } });
  assert.equal(await client.stop(), 0);

  const entries = fs.readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.ok(entries.every(({ time_ms: time, direction, message }) =>
    Number.isInteger(time) && ['in', 'out'].includes(direction) && message.jsonrpc === '2.0'));
  const times = entries.map(({ time_ms: time }) => time);
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
  const said = (direction) => entries.filter((entry) => entry.direction === direction).map(({ message }) => message);
  assert.deepEqual(said('in').map(({ method }) => method).filter(Boolean),
    ['initialize', 'initialized', 'textDocument/didOpen', 'textDocument/codeLens', 'shutdown', 'exit']);
  assert.equal(fs.statSync(file).mode & 0o077, 0, 'nobody else may read what holds the texts of files');

  const replay = new Process(['lsp', '--replay', file]);
  let out = '';
  replay.child.stdout.on('data', (bytes) => (out += bytes));
  assert.equal(await replay.exitCode(), 0);
  const again = out.trimEnd().split('\n').map((line) => JSON.parse(line).message);
  assert.deepEqual(again, said('out'));
});

test('what is given on the command line and cannot be used', async () => {
  const folder = scratchFolder({ 'there.jsonl': 'mine\n' });
  assert.equal(await new Process(['lsp', '--record', path.join(folder, 'there.jsonl')]).exitCode(), 3);
  assert.equal(fs.readFileSync(path.join(folder, 'there.jsonl'), 'utf8'), 'mine\n', 'nothing is written over');
  assert.equal(await new Process(['lsp', '--replay', path.join(folder, 'missing')]).exitCode(), 3);
  assert.equal(await new Process(['lsp', '--unheard-of']).exitCode(), 2);
  assert.equal(await new Process(['lsp', '--clientProcessId', 'many']).exitCode(), 2);
});

test('a client that says nothing of itself is served in utf-16', async () => {
  const client = await RawClient.start({ capabilities: {} });
  assert.equal(client.capabilities.positionEncoding ?? 'utf-16', 'utf-16');
  assert.equal(await client.stop(), 0);
  assert.ok(capabilities().general, 'and the other tests say what they can');
});

test('commands check, plan, simulate and test a file', async () => {
  const folder = scratchFolder();
  const uri = fileUri(path.join(folder, 'a.hook'));
  const client = await Client.start({ folders: [folder] });
  const run = (command, ...args) => client.ask(lsp.ExecuteCommandRequest, { command, arguments: [uri, ...args] });
  client.open(uri, WRONG);
  const checked = await run('hookc.check');
  assert.equal(checked.findings, 1);
  assert.match(checked.text, /HK2103/);
  client.change(uri, 2, TESTED);
  assert.equal((await run('hookc.check')).findings, 0);
  const tested = await run('hookc.test');
  assert.deepEqual([tested.passed, tested.failed], [1, 1]);
  assert.deepEqual(tested.tests.map(({ name, passed }) => [name, passed]), [['good', true], ['bad', false]]);
  assert.deepEqual(tested.tests[1].range.start.line, 4);
  assert.equal((await run('hookc.test', 'good')).tests.length, 1);
  for (const name of ['plan', 'simulate']) {
    const shown = await run(`hookc.${name}`);
    assert.equal(shown.uri, `hookc:/${name}.txt?${encodeURIComponent(uri)}`);
    assert.match(shown.text, /first/);
    assert.equal((await client.message('window/showDocument', (params) => params.uri === shown.uri)).uri, shown.uri);
    assert.equal((await client.ask('workspace/textDocumentContent', { uri: shown.uri })).text, shown.text);
  }
  const ir = await client.ask('workspace/textDocumentContent', { uri: `hookc:/ir.txt?${encodeURIComponent(uri)}` });
  assert.match(ir.text, /first/);
  const postgres = await client.ask('workspace/textDocumentContent', { uri: 'hookc:/std/postgres.hook' });
  assert.match(postgres.text, /template/);
  assert.ok((await client.refused('workspace/textDocumentContent', { uri: 'hookc:/std/unheard-of.hook' })).code < 0);
  assert.ok((await client.refused(lsp.ExecuteCommandRequest, { command: 'hookc.unheardOf', arguments: [uri] })).code < 0);
  assert.equal(await client.stop(), 0);
});
