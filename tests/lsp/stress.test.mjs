// Two documents edited at once under ten thousand requests, many cancelled: each is answered exactly once. Meant for
// the thread sanitizer. HOOKC_SEED=N repeats a run, HOOKC_REQUESTS=N bounds it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileUri } from './client.mjs';
import { hookFiles, scratchFolder } from './lib/files.mjs';
import { Random, seedOf } from './lib/random.mjs';
import { RawClient } from './lib/raw.mjs';
import { ALL } from './lib/requests.mjs';
import { Text } from './lib/text.mjs';

const SEED = seedOf('HOOKC_SEED', 1128);
const REQUESTS = Number(process.env.HOOKC_REQUESTS ?? 10_000);
const IN_FLIGHT = 64;

test(`${REQUESTS} requests, HOOKC_SEED=${SEED}`, async () => {
  const random = new Random(SEED);
  const files = hookFiles('examples');
  const library = files.find(({ name }) => name.endsWith('shared/notify.hook'));
  const importer = files.find(({ name }) => name.endsWith('12-templates-and-imports.hook'));
  // Copies, so that one imports the other and both are edited.
  const folder = scratchFolder({ 'shared/notify.hook': library.text, 'a.hook': importer.text });
  const documents = ['a.hook', 'shared/notify.hook'].map((name, i) => {
    const { text } = [importer, library][i];
    return { uri: fileUri(`${folder}/${name}`), original: text, text: new Text(text, 'utf-16'), version: 1 };
  });
  const client = await RawClient.start({ folders: [{ uri: fileUri(folder), name: 'stress' }], capabilities: { textDocument: { publishDiagnostics: {} } } });
  for (const { uri, text } of documents) {
    client.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'hook', version: 1, text: text.string } });
  }
  const methods = Object.keys(ALL);
  const sent = [];
  let open = 0;
  for (let n = 0; n < REQUESTS; ++n) {
    const document = random.one(documents);
    if (random.below(8) === 0) {
      const reset = random.below(10) === 0;
      const at = document.text.position(random.below(document.text.string.length + 1));
      const changes = [reset ? { text: document.original } : { range: { start: at, end: at }, text: random.one(['x', '\n', '"', ' ', '😀', '}', 'pre ']) }];
      document.text = document.text.changed(changes);
      client.tell('textDocument/didChange', { textDocument: { uri: document.uri, version: ++document.version }, contentChanges: changes });
    }
    if (random.below(100) === 0) client.tell('workspace/didChangeWatchedFiles', { changes: documents.map(({ uri }) => ({ uri, type: 2 })) });
    const method = random.one(methods);
    const position = document.text.position(random.below(document.text.string.length + 1));
    const request = client.request(method, ALL[method]({ uri: document.uri, position, range: { start: position, end: position } }));
    client.write(request);
    sent.push({ id: request.id, method, cancelled: false });
    if (random.below(3) === 0) {
      const victim = sent[Math.max(0, sent.length - 1 - random.below(IN_FLIGHT))];
      victim.cancelled = true;
      client.tell('$/cancelRequest', { id: victim.id });
    }
    // As many wait at once as a fast typist makes, and no more.
    if (sent.length - open >= IN_FLIGHT) await client.answer(sent[open++].id);
  }
  for (const { id } of sent) await client.answer(id);

  for (const { uri, version, original } of documents) {
    client.tell('textDocument/didChange', { textDocument: { uri, version: version + 1 }, contentChanges: [{ text: original }] });
    const told = await client.wait(`the last findings of ${uri}`, () => client.messages.findLast(({ method, params }) =>
      method === 'textDocument/publishDiagnostics' && params.uri === uri && params.version === version + 1));
    assert.deepEqual(told.params.diagnostics.filter(({ severity }) => severity === 1), []);
  }
  assert.deepEqual(sent.filter(({ id }) => client.answers(id).length !== 1), [], 'each request is answered exactly once');
  assert.equal(client.answered().length, sent.length + 1, 'and nothing else is: initialize is the other one');
  for (const { id, method, cancelled } of sent) {
    const { error } = client.answers(id)[0];
    if (!error) continue;
    // -32601: what this client did not say it wants. -32602: a refused rename.
    const fine = [-32801, -32602, -32803].includes(error.code) || (error.code === -32800 && cancelled);
    assert.ok(fine, `${method}: ${error.code} ${error.message}`);
  }
  assert.equal(await client.stop(), 0);
  assert.equal(client.server.stderr, '');
});
