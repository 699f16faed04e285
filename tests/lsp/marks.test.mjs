// What the server answers at the marks in marks/**.hook; lib/marks.mjs says how a mark reads. HOOKC_UPDATE=1 rewrites them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, at, fileUri, lsp } from './client.mjs';
import { scratchFolder } from './lib/files.mjs';
import { Edited, shown, takeMarks, withGoldens } from './lib/marks.mjs';
import { Text } from './lib/text.mjs';

const MARKS = fileURLToPath(new URL('marks/', import.meta.url));
const UPDATE = process.env.HOOKC_UPDATE === '1';
const KINDS = Object.fromEntries(Object.entries(lsp.CompletionItemKind).map(([name, value]) => [value, name.toLowerCase()]));

const sources = Object.fromEntries(fs.readdirSync(MARKS).flatMap((name) =>
  name.endsWith('.hook') ? [name] : fs.readdirSync(path.join(MARKS, name)).map((inner) => `${name}/${inner}`),
).sort().map((name) => [name, fs.readFileSync(path.join(MARKS, name), 'utf8')]));
const parsed = Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, takeMarks(source)]));

/** One file open in a server, and how its answers are written. */
class Session {
  constructor(client, folder, name) {
    Object.assign(this, { client, folder, name, version: 1 });
    this.uri = fileUri(path.join(folder, name));
    this.edited = new Edited(parsed[name].text);
    client.open(this.uri, this.edited.text.string, 1);
  }

  nameOf(uri) {
    return uri.startsWith(fileUri(this.folder)) ? decodeURI(uri.slice(fileUri(this.folder).length + 1)) : uri;
  }

  async textOf(uri) {
    if (uri === this.uri) return this.edited.text;
    return new Text((await this.client.ask(lsp.TextDocumentContentRequest, { uri })).text);
  }

  async locations(found) {
    if (found === null) return [];
    const lines = await Promise.all([found].flat().map(async (one) => {
      const uri = one.targetUri ?? one.uri;
      return `${this.nameOf(uri)}: ${shown(await this.textOf(uri), one.targetSelectionRange ?? one.range)}`;
    }));
    return lines;
  }

  async workspaceEdit(edit) {
    if (edit === null) return [];
    const byUri = edit.documentChanges
      ? edit.documentChanges.map((change) => [change.textDocument.uri, change.edits])
      : Object.entries(edit.changes);
    const lines = [];
    for (const [uri, edits] of byUri.sort(([a], [b]) => (a < b ? -1 : 1))) {
      const before = await this.textOf(uri);
      const after = before.edited(edits).string.split('\n');
      // Only what a rename touches, and it touches no line end.
      for (const [i, line] of before.string.split('\n').entries()) {
        if (line !== after[i]) lines.push(`${this.nameOf(uri)}: ${after[i].trim()}`);
      }
    }
    return lines;
  }

  async completion(position) {
    const found = await this.client.ask(lsp.CompletionRequest, { ...at(this.uri, position), context: { triggerKind: 1 } });
    const items = found === null ? [] : Array.isArray(found) ? found : found.items;
    return items.sort((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1));
  }
}

/** What is asked, by the mark's first word: (session, position, rest of the mark, mark) to the lines of the golden. */
const ASK = {
  hover: async (session, position) => {
    const found = await session.client.ask(lsp.HoverRequest, at(session.uri, position));
    if (found === null) return ['nothing'];
    return [...(found.range ? [shown(session.edited.text, found.range)] : []), ...found.contents.value.trimEnd().split('\n')];
  },
  definition: async (session, position) =>
    session.locations(await session.client.ask(lsp.DefinitionRequest, at(session.uri, position))),
  declaration: async (session, position) =>
    session.locations(await session.client.ask(lsp.DeclarationRequest, at(session.uri, position))),
  typeDefinition: async (session, position) =>
    session.locations(await session.client.ask(lsp.TypeDefinitionRequest, at(session.uri, position))),
  implementation: async (session, position) =>
    session.locations(await session.client.ask(lsp.ImplementationRequest, at(session.uri, position))),
  references: async (session, position, rest) => session.locations(await session.client.ask(lsp.ReferencesRequest, {
    ...at(session.uri, position), context: { includeDeclaration: rest !== 'without declaration' },
  })),
  highlight: async (session, position) => {
    const kinds = { 1: 'text', 2: 'read', 3: 'write' };
    const found = await session.client.ask(lsp.DocumentHighlightRequest, at(session.uri, position));
    return (found ?? []).map(({ range, kind }) => `${kinds[kind ?? 1]}: ${shown(session.edited.text, range)}`);
  },
  prepareRename: async (session, position) => {
    const found = await session.client.ask(lsp.PrepareRenameRequest, at(session.uri, position));
    return [found === null ? 'nothing' : `${shown(session.edited.text, found.range ?? found)}${found.placeholder ? `, ${found.placeholder}` : ''}`];
  },
  rename: async (session, position, newName) => {
    return session.workspaceEdit(await session.client.ask(lsp.RenameRequest, { ...at(session.uri, position), newName }));
  },
  signature: async (session, position) => {
    const found = await session.client.ask(lsp.SignatureHelpRequest, at(session.uri, position));
    if (found === null || found.signatures.length === 0) return ['nothing'];
    return found.signatures.map((signature, i) => {
      const active = i === (found.activeSignature ?? 0) ? signature.parameters?.[signature.activeParameter ?? found.activeParameter ?? -1] : undefined;
      if (!active) return signature.label;
      const [begin, end] = Array.isArray(active.label)
        ? active.label
        : [signature.label.indexOf(active.label), signature.label.indexOf(active.label) + active.label.length];
      return `${signature.label.slice(0, begin)}«${signature.label.slice(begin, end)}»${signature.label.slice(end)}`;
    });
  },
  completion: async (session, position, rest) => {
    const items = await session.completion(position);
    if (rest === '') return items.map(({ label, kind, detail }) => [label, KINDS[kind], detail].filter(Boolean).join(' · '));
    if (rest.startsWith('accept ')) {
      const wanted = rest.slice('accept '.length);
      const item = items.find(({ label }) => label === wanted);
      assert.ok(item, `${wanted} is among ${items.map(({ label }) => label).join(', ')}`);
      const { textEdit, additionalTextEdits = [] } = item.textEdit ? item : await session.client.ask(lsp.CompletionResolveRequest, item);
      const own = { range: textEdit.range ?? textEdit.replace, newText: textEdit.newText };
      const before = session.edited.text.string.split('\n');
      return session.edited.text.edited([own, ...additionalTextEdits]).string.split('\n').filter((line) => !before.includes(line));
    }
    const labels = new Set(items.map(({ label }) => label));
    for (const part of rest.split(';')) {
      const [, verb, list] = /^ *(has|lacks): *(.*)$/.exec(part) ?? assert.fail(`not understood: ${part}`);
      for (const label of list.split(',').map((one) => one.trim())) {
        assert.equal(labels.has(label), verb === 'has', `completion ${verb} ${label}; it is ${[...labels].join(', ')}`);
      }
    }
    return [];
  },
  edit: async (session, position, rest, { begin, end }) => {
    const change = session.edited.replace(session.edited.index(begin), session.edited.index(end - begin === 1 ? begin : end), JSON.parse(rest));
    session.client.change(session.uri, ++session.version, [change]);
    return [];
  },
  findings: async (session) => (await session.client.findings(session.uri, session.version))
    .map(({ code, range, message }) => `${code}: ${message.split('\n')[0]}: ${shown(session.edited.text, range)}`),
};

for (const [name, { marks }] of Object.entries(parsed)) {
  if (marks.length === 0) continue;
  test(name, async (t) => {
    // What is in lib/ is shared; the other files with marks are worlds of their own.
    const world = Object.entries(parsed).filter(([file]) => file === name || file.includes('/'));
    const folder = scratchFolder(Object.fromEntries(world.map(([file, { text }]) => [file, text])));
    const client = await Client.start({ folders: [folder] });
    const session = new Session(client, folder, name);
    for (const mark of marks) {
      await t.test(`line ${mark.line}: ${mark.what}`, async () => {
        const [, word, rest] = /^(\w+) *(.*)$/.exec(mark.what);
        assert.ok(ASK[word], `no mark is called ${word}`);
        const position = session.edited.text.position(session.edited.index(mark.begin));
        const got = await ASK[word](session, position, rest, mark).catch((error) => {
          // A place that has no name to change is refused with a reason; any other error is one.
          if (error.code !== lsp.LSPErrorCodes.RequestFailed) throw error;
          return [`refused: ${error.message.replaceAll(`${folder}/`, '')}`];
        });
        if (UPDATE) mark.golden = got;
        else assert.deepEqual(got, mark.golden);
      });
    }
    assert.equal(await client.stop(), 0);
    if (UPDATE) fs.writeFileSync(path.join(MARKS, name), withGoldens(sources[name], marks));
  });
}
