// Random edits: after each the server knows of the text what a server knows that sees it for the first time.
// HOOKC_SEED=N repeats a run, HOOKC_EDITS=N makes it longer.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Client, fileUri, lsp } from './client.mjs';
import { ROOT, hookFiles } from './lib/files.mjs';
import { Random, seedOf } from './lib/random.mjs';
import { Text } from './lib/text.mjs';

const SEED = seedOf('HOOKC_SEED', 20261128);
const EDITS = Number(process.env.HOOKC_EDITS ?? 12);
const FILES_EACH = 8;
const FILES = ['examples', 'tests/corpus'].flatMap(hookFiles);

// What people type, and what they never would.
const PIECES = [
  'pre backup ', 'post restore on failure ', 'hold backup "h"\n', 'exec in pod db "true"', 'http get "https://a.example"', 'timeout 5m', 'retry 3 every 2s',
  'import "./x.hook"\n', 'import std.postgres\n', 'param p: int = 3\n', 'secret s: url from env S\n', 'pod db labels "a=b"\n', '${p}', '${', '}', '"', '"""', '\\', '#', ' ', '\n', '\r\n', '\n\n',
  '\t', 'é', 'ü\u0301', '😀', '𝒳', '👩‍👩‍👧', '\u200b', '\ufeff', '\u2028', '{ ', ' }', '(', ')', '[', ']', 'on', 'x', '1', '99999999999999999999', 'together {\n', 'together', '\u0000', 'ſ', '中文',
];

/** An edit of an editor: some replace, some delete much, some come in one notification. */
function edits(random, text, others) {
  const changes = [];
  for (let count = 1 + (random.below(4) === 0 ? random.below(3) : 0); count > 0; --count) {
    if (random.below(40) === 0) {
      changes.push({ text: random.one(others).text });
    } else {
      // Not between CR and LF: no position names that place.
      const begin = text.index(text.position(random.below(text.string.length + 1)));
      const length = random.below(3) > 0 ? 0 : random.below(random.below(5) === 0 ? 400 : 12);
      const end = text.index(text.position(Math.min(begin + length, text.string.length)));
      const piece = random.below(6) === 0 ? '' : random.one(PIECES);
      changes.push({ range: text.range(Math.min(begin, end), Math.max(begin, end)), text: piece });
    }
    text = text.changed([changes.at(-1)]);
  }
  return { changes, text };
}

/** A lone CR ends no line in hookc: lsp/README.md. A lone surrogate cannot be in a file. */
const isFair = ({ string }) => !/\r(?!\n)/.test(string) && !/\p{Surrogate}/u.test(string);

async function stateOf(client, uri, version, positions) {
  const document = { textDocument: { uri } };
  const [content, findings, symbols, tokens, folds, ...hovers] = await Promise.all([
    client.ask(lsp.TextDocumentContentRequest, { uri }),
    client.findings(uri, version),
    client.ask(lsp.DocumentSymbolRequest, document),
    client.ask(lsp.SemanticTokensRequest, document),
    client.ask(lsp.FoldingRangeRequest, document),
    ...positions.map((position) => client.ask(lsp.HoverRequest, { ...document, position })),
  ]);
  return { content, findings, symbols, tokens: tokens.data, folds, hovers };
}

/** The tokens that a delta makes of those before it. */
function patched(data, { data: whole, edits: changes = [] }) {
  if (whole) return whole;
  const made = [...data];
  for (const { start, deleteCount, data: added = [] } of [...changes].sort((a, b) => b.start - a.start)) made.splice(start, deleteCount, ...added);
  return made;
}

async function play(random, encoding, file) {
  const [edited, fresh] = await Promise.all([0, 1].map(() => Client.start({ encodings: [encoding], folders: [ROOT] })));
  const uri = fileUri(file.path);
  const crlf = random.below(3) === 0;
  let text = new Text(crlf ? file.text.replaceAll('\n', '\r\n') : file.text, encoding);
  edited.open(uri, text.string, 1);
  let tokens = await edited.ask(lsp.SemanticTokensRequest, { textDocument: { uri } });
  for (let version = 2; version < 2 + EDITS; ++version) {
    let next;
    do next = edits(random, text, FILES); while (!isFair(next.text));
    text = next.text;
    edited.change(uri, version, next.changes);
    fresh.open(uri, text.string, version);
    const positions = Array.from({ length: 4 }, () => text.position(random.below(text.string.length + 1)));
    const [got, want] = await Promise.all([edited, fresh].map((client) => stateOf(client, uri, version, positions)));
    const where = `edit ${version - 1}: ${JSON.stringify(next.changes)}`;
    assert.equal(got.content.text, text.string, where);
    assert.deepEqual(got, want, where);
    const delta = await edited.ask(lsp.SemanticTokensDeltaRequest, { textDocument: { uri }, previousResultId: tokens.resultId });
    tokens = { resultId: delta.resultId, data: patched(tokens.data, delta) };
    assert.deepEqual(tokens.data, want.tokens, `tokens by delta after ${where}`);
    fresh.close(uri);
  }
  assert.deepEqual(await Promise.all([edited.stop(), fresh.stop()]), [0, 0]);
}

for (const [i, encoding] of ['utf-8', 'utf-16', 'utf-32'].entries()) {
  test(`random edits, ${encoding}`, async (t) => {
    const random = new Random(SEED + i);
    for (let n = 0; n < FILES_EACH; ++n) {
      const file = random.one(FILES);
      const seed = random.below(2 ** 31);
      await t.test(`${file.name}, HOOKC_SEED=${SEED}`, () => play(new Random(seed), encoding, file));
    }
  });
}
