// The client of the tests: starts `hookc lsp`, keeps nothing but what was published, and asks typed requests. Every
// wait has a deadline and ends at once, with its standard error, when the server dies.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Process, within } from './lib/process.mjs';

const require = createRequire(`${process.env.HOOKC_LSP_MODULES ?? import.meta.url.replace(/[^/]*$/, '')}/from.mjs`);
export const lsp = require('vscode-languageserver-protocol/node');

const FULL_CAPABILITIES = {
  general: { positionEncodings: ['utf-16'] },
  window: { showDocument: { support: true }, workDoneProgress: true },
  workspace: {
    applyEdit: true,
    configuration: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    fileOperations: { willRename: true },
    workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] },
    workspaceFolders: true,
    symbol: {},
  },
  textDocument: {
    callHierarchy: {},
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'refactor', 'source'] } },
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
    },
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
    definition: { linkSupport: false },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    foldingRange: {},
    hover: { contentFormat: ['markdown', 'plaintext'] },
    inlayHint: {},
    publishDiagnostics: { relatedInformation: true, versionSupport: true, codeDescriptionSupport: true, tagSupport: { valueSet: [1, 2] } },
    rename: { prepareSupport: true },
    semanticTokens: { requests: { full: { delta: true }, range: true }, tokenTypes: [], tokenModifiers: [], formats: ['relative'] },
    signatureHelp: { signatureInformation: { parameterInformation: { labelOffsetSupport: true } } },
    synchronization: { didSave: true },
  },
};

/** What an editor with every feature says it can; `pull` asks for findings itself. */
export function capabilities({ encodings = ['utf-16'], pull = false } = {}) {
  const made = structuredClone(FULL_CAPABILITIES);
  made.general.positionEncodings = encodings;
  if (pull) {
    made.textDocument.diagnostic = { relatedDocumentSupport: false };
    made.workspace.diagnostics = { refreshSupport: true };
  }
  return made;
}

export const fileUri = (path) => pathToFileURL(path).href;
export const at = (uri, position) => ({ textDocument: { uri }, position });

export class Client {
  /** Every publishDiagnostics, in order. */
  published = [];
  /** Requests and notifications of the server's, beside the findings: {method, params}. */
  received = [];
  #watchers = new Set();
  #pending = new Set();

  constructor(args = [], options = {}) {
    this.server = new Process(['lsp', ...args], options);
    const { stdin, stdout } = this.server.child;
    this.connection = lsp.createProtocolConnection(
      new lsp.StreamMessageReader(stdout), new lsp.StreamMessageWriter(stdin), null);
    this.connection.onError(() => {});
    this.connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => {
      this.published.push(params);
      this.#changed();
    });
    this.connection.onNotification((method, params) => {
      this.received.push({ method, params });
      this.#changed();
    });
    this.connection.onRequest((method, params) => {
      this.received.push({ method, params });
      this.#changed();
      return method === 'window/showDocument' ? { success: true } : null;
    });
    this.connection.listen();
    this.server.closed.then(() => {
      for (const fail of this.#pending) fail(new Error(this.server.describe()));
    });
  }

  /** A server that is initialized; options: args, encodings, pull, folders, processId, initialize, cwd, env. */
  static async start({ args, cwd, env, folders = [], encodings, pull, initialize = {} } = {}) {
    const client = new Client(args, { cwd, env });
    client.initialized = await client.ask(lsp.InitializeRequest, {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: folders.map((folder) => ({ uri: fileUri(folder), name: folder })),
      capabilities: capabilities({ encodings, pull }),
      ...initialize,
    });
    client.encoding = client.initialized.capabilities.positionEncoding ?? 'utf-16';
    client.tell(lsp.InitializedNotification, {});
    return client;
  }

  /** The result of a request: `lsp.HoverRequest`, or a method's name. Rejects with the server's error. */
  ask(request, params, token) {
    const type = request.type ?? new lsp.RequestType(request);
    return this.#alive(type.method, this.connection.sendRequest(type, params, token));
  }

  /** The error of a request that must fail. */
  async refused(request, params) {
    const answer = await this.ask(request, params).then((result) => ({ result }), (error) => ({ error }));
    if (answer.error instanceof lsp.ResponseError) return answer.error;
    throw answer.error ?? new Error(`an answer instead of an error: ${JSON.stringify(answer.result)}`);
  }

  tell(notification, params) {
    void this.connection.sendNotification(notification.type ?? notification, params).catch(() => {});
  }

  open(uri, text, version = 1) {
    this.tell(lsp.DidOpenTextDocumentNotification, { textDocument: { uri, languageId: 'hook', version, text } });
  }

  /** `changes`: the whole text, or a list of {range, text}. */
  change(uri, version, changes) {
    const contentChanges = typeof changes === 'string' ? [{ text: changes }] : changes;
    this.tell(lsp.DidChangeTextDocumentNotification, { textDocument: { uri, version }, contentChanges });
  }

  save(uri, text) {
    this.tell(lsp.DidSaveTextDocumentNotification, { textDocument: { uri }, text });
  }

  close(uri) {
    this.tell(lsp.DidCloseTextDocumentNotification, { textDocument: { uri } });
  }

  changedOnDisk(...uris) {
    this.tell(lsp.DidChangeWatchedFilesNotification, {
      changes: uris.map((uri) => ({ uri, type: lsp.FileChangeType.Changed })),
    });
  }

  /** The findings of a document at exactly this version, once they are there. */
  async findings(uri, version) {
    const told = await this.publish(uri, (params) => params.version === version, `findings of version ${version}`);
    return told.diagnostics;
  }

  /** The latest publication for `uri` as soon as `wanted` is true of it. `since` passes over earlier ones. */
  publish(uri, wanted, what = 'findings', since = 0) {
    return this.wait(`${what} of ${uri}`, () => {
      const latest = this.published.slice(since).findLast((params) => params.uri === uri);
      return latest && wanted(latest) ? latest : undefined;
    });
  }

  /** The first message of that method that is, or comes. */
  message(method, wanted = () => true) {
    return this.wait(method, () => this.received.find((one) => one.method === method && wanted(one.params))?.params);
  }

  /** What `look` gives, as soon as it is not undefined; asked after every message. */
  wait(what, look) {
    return this.#alive(what, new Promise((resolve) => {
      const check = () => {
        const found = look();
        if (found === undefined) return;
        this.#watchers.delete(check);
        resolve(found);
      };
      this.#watchers.add(check);
      check();
    }));
  }

  /** All that was sent before has been handled. Findings may still follow: they are told when nothing waits. */
  async settled() {
    await this.refused('hookc/barrier', {});
  }

  /** Shuts down as an editor does, and gives the exit code. */
  async stop() {
    await this.ask(lsp.ShutdownRequest);
    this.tell(lsp.ExitNotification);
    const code = await this.server.exitCode();
    this.connection.dispose();
    return code;
  }

  #changed() {
    for (const check of [...this.#watchers]) check();
  }

  #alive(what, promise) {
    if (this.server.ended) return Promise.reject(new Error(this.server.describe()));
    let fail;
    const dead = new Promise((_, reject) => (fail = reject));
    this.#pending.add(fail);
    return within(what, Promise.race([promise, dead])).finally(() => this.#pending.delete(fail));
  }
}
