// Every request at every place of every example, whole and cut off: an answer, never a crash or an internal error.
// By default a sample of places; HOOKC_SWEEP=full takes each.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileUri } from './client.mjs';
import { hookFiles } from './lib/files.mjs';
import { RawClient } from './lib/raw.mjs';
import { ALL, PASSING, POSITIONAL, WHOLE, WORKSPACE } from './lib/requests.mjs';
import { Text } from './lib/text.mjs';

const FULL = process.env.HOOKC_SWEEP === 'full';
// Primes, so that the sample meets every column. Each file begins at another place.
const STRIDE = FULL ? 1 : 13;
const CUT_STRIDE = FULL ? 1 : 23;
const IN_FLIGHT = 200;
const FILES = hookFiles('examples');

/** Sends requests, a few hundred in flight, and gives what is wrong with their answers. */
async function pump(client, requests) {
  const wrong = [];
  const waiting = [];
  const settle = async () => {
    const { id, method, params } = waiting.shift();
    const { error } = await client.answer(id);
    client.forget(id);
    // A rename that cannot be says why (LSP 3.17, "Rename Request").
    const fine = !error || PASSING.has(error.code) || (error.code === -32803 && /[rR]ename$/.test(method));
    if (!fine) wrong.push(`${method} ${JSON.stringify(params)}: ${error.code} ${error.message}`);
  };
  for (const [method, params] of requests) {
    const message = client.request(method, params);
    client.write(message);
    waiting.push(message);
    if (waiting.length >= IN_FLIGHT) await settle();
  }
  while (waiting.length > 0) await settle();
  return wrong;
}

function* everywhere(uri, text, stride, start) {
  const end = text.position(text.string.length);
  for (let at = start % stride; at <= text.string.length; at += stride) {
    const position = text.position(at);
    // To the same place a few lines on: a selection.
    const range = { start: position, end: text.position(Math.min(at + 80, text.string.length)) };
    for (const [method, params] of Object.entries(POSITIONAL)) yield [method, params({ uri, position, range, end })];
  }
}

function* ofDocument(uri) {
  for (const [method, params] of Object.entries({ ...WHOLE, ...WORKSPACE })) yield [method, params({ uri })];
}

async function start() {
  return RawClient.start({ capabilities: { general: { positionEncodings: ['utf-8'] }, textDocument: { completion: { completionItem: { snippetSupport: true } } } } });
}

const open = (client, uri, text, version) =>
  client.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'hook', version, text } });

test('every request at the places of every example', async (t) => {
  assert.ok(FILES.length > 20 && Object.keys(ALL).length > 30);
  const client = await start();
  for (const [i, file] of FILES.entries()) {
    await t.test(file.name, async () => {
      const uri = fileUri(file.path);
      open(client, uri, file.text, 1);
      const text = new Text(file.text, 'utf-8');
      assert.deepEqual(await pump(client, ofDocument(uri)), []);
      assert.deepEqual(await pump(client, everywhere(uri, text, STRIDE, i * 7)), []);
      client.tell('textDocument/didClose', { textDocument: { uri } });
    });
  }
  assert.equal(await client.stop(), 0);
});

test('every request at the end of examples that are cut off', async (t) => {
  const client = await start();
  for (const [i, file] of FILES.entries()) {
    await t.test(file.name, async () => {
      const uri = fileUri(file.path);
      open(client, uri, '', 1);
      let version = 1;
      for (let at = (i * 11) % CUT_STRIDE; at <= file.text.length; at += CUT_STRIDE) {
        const text = new Text(file.text.slice(0, at), 'utf-8');
        client.tell('textDocument/didChange', { textDocument: { uri, version: ++version }, contentChanges: [{ text: text.string }] });
        const asked = [...everywhere(uri, text, Math.max(1, text.string.length), text.string.length), ...ofDocument(uri)];
        assert.deepEqual(await pump(client, asked), [], `cut at ${at}`);
      }
      client.tell('textDocument/didClose', { textDocument: { uri } });
    });
  }
  assert.equal(await client.stop(), 0);
});
