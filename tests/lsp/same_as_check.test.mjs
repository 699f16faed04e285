// An editor and `hookc check` never disagree: what is pushed for a file is what check prints of it, every finding.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';
import { Client, fileUri } from './client.mjs';
import { ROOT, hookFiles } from './lib/files.mjs';
import { HOOKC } from './lib/process.mjs';
import { Text } from './lib/text.mjs';

const SEVERITY = { error: 1, warning: 2, info: 3, hint: 4 };
const FILES = ['examples', 'stdlib/std', 'tests/corpus'].flatMap(hookFiles);

function check(file) {
  return new Promise((resolve, reject) => {
    execFile(HOOKC, ['check', '--format', 'json', '--show', 'hint', '--quiet', file.path], { maxBuffer: 1 << 26 },
      (error, stdout, stderr) => (error && error.code !== 1 ? reject(new Error(stderr)) : resolve(JSON.parse(stdout).findings)));
  });
}

const texts = new Map();
function textOf(file, encoding) {
  const key = `${encoding} ${file}`;
  if (!texts.has(key)) texts.set(key, new Text(fs.readFileSync(file, 'utf8'), encoding));
  return texts.get(key);
}

/** A finding of check as the protocol has it. */
function converted(finding, encoding) {
  const range = ({ path: name, start, end }) => ({
    start: textOf(name, encoding).positionOfByte(start.offset),
    end: textOf(name, encoding).positionOfByte(end.offset),
  });
  const lines = [finding.message, finding.label, ...finding.notes.map((note) => `note: ${note}`), ...finding.helps.map((help) => `help: ${help}`)];
  return {
    code: finding.code,
    message: lines.filter(Boolean).join('\n'),
    range: range(finding),
    severity: SEVERITY[finding.severity],
    related: finding.related.map((one) => ({ uri: fileUri(one.path), range: range(one), message: one.text })),
  };
}

const pushed = ({ code, message, range, severity, relatedInformation = [] }) => ({
  code, message, range, severity,
  related: relatedInformation.map(({ location, message: text }) => ({ ...location, message: text })),
});

/** What check says of every file; four processes at a time. */
const found = (async () => {
  const results = new Array(FILES.length);
  const next = FILES.entries();
  const worker = async () => {
    for (const [i, file] of next) results[i] = await check(file);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return results;
})();

for (const encoding of ['utf-8', 'utf-16', 'utf-32']) {
  test(`the findings of every file, ${encoding}`, async (t) => {
    const expected = await found;
    const client = await Client.start({ encodings: [encoding], folders: [ROOT] });
    for (const [i, file] of FILES.entries()) {
      await t.test(file.name, async () => {
        const uri = fileUri(file.path);
        const since = client.published.length;
        client.open(uri, file.text, i + 1);
        await client.findings(uri, i + 1);
        await client.settled(); // what is said of imported files comes with it
        const told = {};
        for (const { uri: of, diagnostics } of client.published.slice(since)) {
          if (diagnostics.length > 0) told[of] = diagnostics.map(pushed);
        }
        const want = {};
        for (const finding of expected[i]) (want[fileUri(finding.path)] ??= []).push(converted(finding, encoding));
        assert.deepEqual(told, want);
        client.close(uri);
        for (const of of Object.keys(told)) {
          await client.publish(of, ({ diagnostics }) => diagnostics.length === 0, 'no findings, after closing,');
        }
      });
    }
    assert.equal(await client.stop(), 0);
  });
}
