// Measures one server with one document, once: node measure.mjs '{"command": […], "file": …, "language": …,
// "wrong": …, "edits": N}' prints the milliseconds of everything as JSON.
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { Server } from './client.mjs';

const { command, file, language, wrong, edits } = JSON.parse(process.argv[2]);
const text = fs.readFileSync(file, 'utf8');
const lines = text.split('\n');
const uri = pathToFileURL(file).href;
const textDocument = { uri };
// A statement in the middle begins where a line begins in the first column, or with a list's dash.
let middle = Math.floor(lines.length / 2);
while (!/^(pre|post|hold|void|  - )/.test(lines[middle])) ++middle;
const start = { line: middle, character: 0 };
const onAWord = { line: middle, character: lines[middle].search(/\w/) + 1 };
const at = (position) => ({ textDocument, position });

const server = new Server(command);
const times = { init: [await server.initialize(pathToFileURL(path.dirname(file)).href)] };
const can = server.capabilities;
const record = (what, value) => {
  if (value !== undefined) (times[what] ??= []).push(value);
};

let version = 1;
const change = (range, replacement) => server.tell('textDocument/didChange', {
  textDocument: { uri, version: ++version }, contentChanges: can.textDocumentSync?.change === 1 || can.textDocumentSync === 1
    ? [{ text: replacement === '' ? text : [...lines.slice(0, middle), replacement + lines[middle], ...lines.slice(middle + 1)].join('\n') }]
    : [{ range, text: replacement }],
});
const insert = (what) => change({ start, end: start }, what);
const remove = (what) => change({ start, end: what.endsWith('\n') ? { line: middle + 1, character: 0 } : { line: middle, character: what.length } }, '');

// By errors, not by count: an error may hide what is milder.
const isWrong = (found) => found.some(({ severity }) => severity === 1);
const isRight = (found) => !isWrong(found);
let told = server.findings(isRight);
server.tell('textDocument/didOpen', { textDocument: { uri, languageId: language, version, text } });
record('open', await told);

// Edit to findings: a wrong line in the middle comes and goes.
const cpu = server.cpu();
for (let i = 0; i < edits; ++i) {
  told = server.findings(isWrong);
  insert(wrong);
  record('edit', await told);
  told = server.findings(isRight);
  remove(wrong);
  record('mend', await told);
}
times.cpu = [(server.cpu() - cpu) / (2 * edits)];

for (let i = 0; i < edits; ++i) {
  if (can.completionProvider) record('completion', await server.time('textDocument/completion', at(onAWord)));
  if (can.hoverProvider) record('hover', await server.time('textDocument/hover', at(onAWord)));
  if (can.documentSymbolProvider) record('symbols', await server.time('textDocument/documentSymbol', { textDocument }));
  if (can.semanticTokensProvider) record('tokens', await server.time('textDocument/semanticTokens/full', { textDocument }));
}
// Completion right after an edit: nothing is waited for between the two.
for (let i = 0; can.completionProvider && i < edits; ++i) {
  told = server.findings(isWrong);
  insert('p');
  record('completion after an edit', await server.time('textDocument/completion', at({ line: middle, character: 1 })));
  // A server may skip a text that is gone already, and say nothing of one that is as it was.
  await told;
  told = server.findings(isRight);
  remove('p');
  await told;
}
times.peak = [server.peak()];
times.wall = [performance.now()];
await server.stop();
process.stdout.write(JSON.stringify(times));
