// Texts on their way to the server and findings on their way back: encodings, sync, versions, pull, files on disk.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { Client, fileUri, lsp } from './client.mjs';
import { scratchFolder, write } from './lib/files.mjs';
import { Text } from './lib/text.mjs';

const ENCODINGS = ['utf-8', 'utf-16', 'utf-32'];
const WRONG = 'pre backup on failure exec in pod db "true"\n';
const RIGHT = 'pre backup exec in pod db "true"\n';
const URI = 'file:///a.hook';
const codes = (findings) => findings.map((finding) => finding.code);

// Texts whose one finding stands at ‹…›; what comes before it on its line has other columns in each encoding.
const UNKNOWN = 'exec local "x" when ‹lowr›("A") == "a"';
const MARKED = {
  ascii: `pre backup "a" ${UNKNOWN}\n`,
  accents: `pre backup "é à ü" ${UNKNOWN}\n`,
  emoji: `pre backup "😀😀" ${UNKNOWN}\n`,
  'astral and combining': `pre backup "𝒳e\u0301👩‍👩‍👧" ${UNKNOWN}\n`,
  CRLF: `# one\r\n# two\r\npre backup "é😀" ${UNKNOWN}\r\n`,
  'a byte order mark': `\uFEFFpre backup "😀" ${UNKNOWN}\n`,
  'a byte order mark, second line': `\uFEFF# one\npre backup ${UNKNOWN}\n`,
  tabs: `pre backup\t\t"é"\t${UNKNOWN}\n`,
  'the last characters of planes': `pre backup "\u07ff\u0800\uffee\u{10fffd}" ${UNKNOWN}\n`,
  'no end of line': `pre backup "😀" ${UNKNOWN}`,
};

for (const encoding of ENCODINGS) {
  test(`${encoding}: a finding stands at its characters`, async (t) => {
    const client = await Client.start({ encodings: [encoding] });
    assert.equal(client.encoding, encoding);
    let version = 0;
    for (const [name, marked] of Object.entries(MARKED)) {
      await t.test(name, async () => {
        const text = new Text(marked.replace(/[‹›]/g, ''), encoding);
        const want = text.range(marked.indexOf('‹'), marked.indexOf('›') - 1);
        if (version++ === 0) client.open(URI, text.string, version);
        else client.change(URI, version, text.string);
        const findings = await client.findings(URI, version);
        assert.deepEqual(findings.map(({ code, range }) => [code, range]), [['HK1001', want]]);
      });
    }
    assert.equal(await client.stop(), 0);
  });

  test(`${encoding}: edits reach the characters they name`, async () => {
    const client = await Client.start({ encodings: [encoding] });
    let text = new Text('# é😀𝒳\r\npre backup "😀"\texec in pod db "true"\r\n', encoding);
    client.open(URI, text.string, 1);
    assert.deepEqual(codes(await client.findings(URI, 1)), []);
    const replaced = [['"😀"\t', '"ü😀"\t on failure '], ['on failure ', ''], ['db', 'd😀b'], ['😀b', 'b'], ['# é😀𝒳\r\n', '']];
    for (const [version, [old, text2]] of replaced.entries()) {
      const begin = text.string.indexOf(old);
      const changes = [{ range: text.range(begin, begin + old.length), text: text2 }];
      text = text.changed(changes);
      client.change(URI, version + 2, changes);
      const fresh = `file:///fresh-${version}.hook`;
      client.open(fresh, text.string, 1);
      assert.deepEqual(await client.findings(URI, version + 2), await client.findings(fresh, 1));
      client.close(fresh);
    }
    assert.equal(text.string, 'pre backup "ü😀"\t exec in pod db "true"\r\n');
    assert.deepEqual(await client.ask(lsp.TextDocumentContentRequest, { uri: URI }), { text: text.string });
    assert.equal(await client.stop(), 0);
  });
}

test('of the encodings a client offers, utf-8 is taken, then utf-32', async () => {
  const taken = {};
  for (const offered of [['utf-8'], ['utf-16', 'utf-8'], ['utf-16', 'utf-32'], ['utf-16'], [], ['utf-7', 'utf-9'], undefined]) {
    const client = await Client.start({ initialize: { capabilities: { general: { positionEncodings: offered } } } });
    taken[String(offered)] = client.encoding;
    assert.equal(await client.stop(), 0);
  }
  assert.deepEqual(taken, {
    'utf-8': 'utf-8', 'utf-16,utf-8': 'utf-8', 'utf-16,utf-32': 'utf-32', 'utf-16': 'utf-16', '': 'utf-16',
    'utf-7,utf-9': 'utf-16', undefined: 'utf-16',
  });
});

test('a finding says what it is', async () => {
  const client = await Client.start();
  client.open(URI, 'pod a labels "x=y"\npod a labels "x=y"\npre backup exec in pod a "x"\n');
  const [twice] = await client.findings(URI, 1);
  assert.deepEqual([twice.code, twice.source, twice.severity, twice.tags], ['HK1004', 'hookc', lsp.DiagnosticSeverity.Error, undefined]);
  assert.match(twice.message, /^pod `a` is declared twice\n/);
  assert.deepEqual(twice.relatedInformation, [{
    location: { uri: URI, range: { start: { line: 0, character: 4 }, end: { line: 0, character: 5 } } },
    message: 'first declared here',
  }]);
  client.change(URI, 2, '# hookc: ignore HK7005 -- nothing\npre backup exec local "x"\n');
  const [idle] = await client.findings(URI, 2);
  assert.deepEqual([idle.code, idle.severity, idle.tags], ['HK9001', lsp.DiagnosticSeverity.Warning, [lsp.DiagnosticTag.Unnecessary]]);
  assert.equal(await client.stop(), 0);
});

test('several changes of one notification apply in their order, a whole text among them', async () => {
  const client = await Client.start();
  client.open(URI, 'nonsense');
  client.change(URI, 2, [
    { text: 'pre backup exec in pod db "x"\n' },
    { range: { start: { line: 0, character: 11 }, end: { line: 0, character: 11 } }, text: 'on success ' },
    { range: { start: { line: 0, character: 14 }, end: { line: 0, character: 21 } }, rangeLength: 7, text: 'failure' },
  ]);
  assert.equal((await client.ask(lsp.TextDocumentContentRequest, { uri: URI })).text, 'pre backup on failure exec in pod db "x"\n');
  assert.deepEqual(codes(await client.findings(URI, 2)), ['HK2103']);
  assert.equal(await client.stop(), 0);
});

test('a text that is right again has no findings, a closed one neither', async () => {
  const client = await Client.start();
  client.open(URI, WRONG);
  assert.deepEqual(codes(await client.findings(URI, 1)), ['HK2103']);
  client.change(URI, 2, RIGHT);
  assert.deepEqual(await client.findings(URI, 2), []);
  client.change(URI, 3, WRONG);
  assert.deepEqual(codes(await client.findings(URI, 3)), ['HK2103']);
  client.close(URI);
  await client.publish(URI, ({ diagnostics }) => diagnostics.length === 0, 'no findings once it is closed');
  client.open(URI, WRONG, 1);
  assert.deepEqual(codes(await client.findings(URI, 1)), ['HK2103']);
  assert.equal(await client.stop(), 0);
});

test('versions are those of the text the findings belong to, also where the findings stay the same', async () => {
  const client = await Client.start();
  client.open(URI, RIGHT, 7);
  assert.deepEqual(await client.findings(URI, 7), []);
  client.change(URI, 9, `${RIGHT}\n`);
  assert.deepEqual(await client.findings(URI, 9), []);
  client.change(URI, 10, `${WRONG}\n`);
  assert.deepEqual(codes(await client.findings(URI, 10)), ['HK2103']);
  client.change(URI, 12, `\n${WRONG}`);
  assert.equal((await client.findings(URI, 12))[0].range.start.line, 1);
  assert.equal(await client.stop(), 0);
});

test('of 50 edits at once the last one wins', async () => {
  const client = await Client.start();
  client.open(URI, RIGHT, 1);
  await client.findings(URI, 1);
  const start = { line: 0, character: 0 };
  for (let version = 2; version <= 51; ++version) {
    const text = version % 2 === 0 ? 'nonsense\n' : '';
    client.change(URI, version, [{ range: { start, end: version % 2 === 0 ? start : { line: 1, character: 0 } }, text }]);
  }
  assert.deepEqual(await client.findings(URI, 51), []);
  await client.settled();
  const versions = client.published.map(({ version }) => version);
  assert.equal(versions.at(-1), 51, 'nothing older comes after it');
  assert.deepEqual(versions, [...versions].sort((a, b) => a - b));
  assert.equal(await client.stop(), 0);
});

test('saving with another text than was typed puts the document right', async () => {
  const client = await Client.start();
  client.open(URI, RIGHT, 1);
  await client.findings(URI, 1);
  client.save(URI, WRONG);
  const told = await client.publish(URI, ({ diagnostics }) => diagnostics.length > 0);
  assert.deepEqual(codes(told.diagnostics), ['HK2103']);
  assert.equal(await client.stop(), 0);
});

const LIBRARY = 'template say(text: string) {\n  exec local "echo ${text}"\n}\n';
const IMPORTER = 'import "./lib/say.hook"\npre backup use say.say(text: "x")\n';

test('a file that changes on disk changes what its importers are told', async () => {
  const folder = scratchFolder({ 'a.hook': IMPORTER, 'lib/say.hook': LIBRARY });
  const [uri, library] = ['a.hook', 'lib/say.hook'].map((name) => fileUri(path.join(folder, name)));
  const client = await Client.start({ folders: [folder] });
  client.open(uri, IMPORTER);
  assert.deepEqual(await client.findings(uri, 1), []);
  write(path.join(folder, 'lib/say.hook'), LIBRARY.replaceAll('say', 'tell'));
  client.changedOnDisk(library);
  const told = await client.publish(uri, ({ diagnostics }) => diagnostics.length > 0);
  assert.deepEqual(codes(told.diagnostics), ['HK1001']);
  assert.equal(told.version, 1);
  write(path.join(folder, 'lib/say.hook'), LIBRARY);
  client.changedOnDisk(library);
  await client.publish(uri, ({ diagnostics }) => diagnostics.length === 0);
  assert.equal(await client.stop(), 0);
});

test('the text in the editor counts, not the one on disk; closing it brings the disk back', async () => {
  const folder = scratchFolder({ 'a.hook': IMPORTER, 'lib/say.hook': LIBRARY });
  const [uri, library] = ['a.hook', 'lib/say.hook'].map((name) => fileUri(path.join(folder, name)));
  const client = await Client.start({ folders: [folder] });
  client.open(library, LIBRARY.replaceAll('say', 'tell'));
  client.open(uri, IMPORTER);
  assert.deepEqual(codes(await client.findings(uri, 1)), ['HK1001']);
  client.changedOnDisk(library);
  client.change(uri, 2, IMPORTER);
  assert.deepEqual(codes(await client.findings(uri, 2)), ['HK1001']);
  client.close(library);
  await client.publish(uri, ({ diagnostics }) => diagnostics.length === 0);
  // Mistakes in an imported file are told at that file.
  client.open(library, `${LIBRARY}${WRONG}`, 2);
  assert.deepEqual(codes(await client.findings(library, 2)), ['HK2103']);
  await client.publish(uri, ({ diagnostics }) => diagnostics.length === 0);
  assert.equal(await client.stop(), 0);
});

test('pull: a document, unchanged when nothing changed, and nothing is pushed', async () => {
  const client = await Client.start({ pull: true });
  client.open(URI, WRONG);
  const pull = (previousResultId) =>
    client.ask(lsp.DocumentDiagnosticRequest, { textDocument: { uri: URI }, identifier: 'hookc', previousResultId });
  const first = await pull();
  assert.equal(first.kind, 'full');
  assert.deepEqual(codes(first.items), ['HK2103']);
  assert.deepEqual(await pull(first.resultId), { kind: 'unchanged', resultId: first.resultId });
  client.change(URI, 2, RIGHT);
  const second = await pull(first.resultId);
  assert.deepEqual([second.kind, second.items], ['full', []]);
  assert.notEqual(second.resultId, first.resultId);
  assert.deepEqual(client.published, []);
  assert.equal(await client.stop(), 0);
});

test('pull: the whole workspace, several folders, open and on disk; a changed file asks for a refresh', async () => {
  const one = scratchFolder({ 'a.hook': WRONG, 'deep/er/b.hook': RIGHT, 'c.txt': WRONG });
  const two = scratchFolder({ 'path with # and é/d.hook': WRONG });
  const uri = (folder, name) => fileUri(path.join(folder, name));
  const client = await Client.start({ pull: true, folders: [one, two] });
  client.open(uri(one, 'deep/er/b.hook'), WRONG, 5);
  const pull = async (previous = []) => {
    const { items } = await client.ask(lsp.WorkspaceDiagnosticRequest, { previousResultIds: previous });
    return items;
  };
  const summary = (items) => Object.fromEntries(items.map((item) => [item.uri, [item.version, item.kind, codes(item.items ?? [])]]));
  const first = await pull();
  assert.deepEqual(summary(first), {
    [uri(one, 'a.hook')]: [null, 'full', ['HK2103']],
    [uri(one, 'deep/er/b.hook')]: [5, 'full', ['HK2103']],
    [uri(two, 'path with # and é/d.hook')]: [null, 'full', ['HK2103']],
  });
  write(path.join(one, 'a.hook'), RIGHT);
  client.changedOnDisk(uri(one, 'a.hook'));
  await client.message('workspace/diagnostic/refresh');
  const again = summary(await pull(first.map(({ uri: of, resultId }) => ({ uri: of, value: resultId }))));
  assert.deepEqual(again[uri(one, 'a.hook')], [null, 'full', []]);
  assert.deepEqual(again[uri(two, 'path with # and é/d.hook')], [null, 'unchanged', []]);
  client.tell(lsp.DidChangeWorkspaceFoldersNotification, { event: { removed: [{ uri: fileUri(two), name: 'two' }], added: [] } });
  assert.deepEqual(Object.keys(summary(await pull())).sort(), [uri(one, 'a.hook'), uri(one, 'deep/er/b.hook')]);
  client.tell(lsp.DidChangeWorkspaceFoldersNotification, { event: { removed: [], added: [{ uri: fileUri(two), name: 'two' }] } });
  assert.equal((await pull()).length, 3);
  assert.equal(await client.stop(), 0);
});

test('URIs come back as the client writes them', async () => {
  const folder = scratchFolder({ 'a b#é.hook': WRONG });
  const client = await Client.start({ folders: [folder] });
  // VS Code escapes what need not be escaped, and writes drive letters and others its own way.
  const spelled = [fileUri(path.join(folder, 'a b#é.hook')), `file://${folder}/a%20b%23%c3%a9.hook`];
  for (const uri of spelled) {
    client.open(uri, WRONG, 1);
    assert.deepEqual(codes(await client.findings(uri, 1)), ['HK2103']);
    client.close(uri);
    await client.publish(uri, ({ diagnostics }) => diagnostics.length === 0);
  }
  client.open('untitled:Untitled-1', WRONG, 3);
  assert.deepEqual(codes(await client.findings('untitled:Untitled-1', 3)), ['HK2103']);
  assert.equal(await client.stop(), 0);
});
