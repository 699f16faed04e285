// A language server under a stopwatch: what it is told, when findings come, and what the process cost.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const require = createRequire(`${process.env.HOOKC_BENCH_MODULES}/from.mjs`);
const rpc = require('vscode-jsonrpc/node');

const DEADLINE_MS = Number(process.env.HOOKC_BENCH_DEADLINE ?? 60) * 1000;
/** Of Linux; what /proc/PID/stat counts in (proc(5)). */
const TICKS_A_SECOND = 100;

export class Server {
  #waiting = [];

  constructor([command, ...args]) {
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.started = performance.now();
    this.connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(this.process.stdout), new rpc.StreamMessageWriter(this.process.stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', (params) => {
      const now = performance.now();
      this.#waiting = this.#waiting.filter((one) => !one(params, now));
    });
    this.connection.onRequest('workspace/configuration', ({ items }) => items.map(() => null));
    this.connection.onRequest(() => null);
    this.connection.onError(() => {});
    this.connection.listen();
  }

  /** Milliseconds from now until findings of which `wanted` is true. */
  findings(wanted) {
    const begin = performance.now();
    return within(new Promise((resolve) => {
      this.#waiting.push((params, now) => wanted(params.diagnostics) && (resolve(now - begin), true));
    }), 'findings');
  }

  /** Milliseconds that a request takes; undefined where the server refuses it. */
  async time(method, params) {
    const begin = performance.now();
    try {
      await within(this.connection.sendRequest(method, params), method);
    } catch (error) {
      if (error instanceof rpc.ResponseError) return undefined;
      throw error;
    }
    return performance.now() - begin;
  }

  async initialize(folder) {
    const answer = await within(this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: folder,
      workspaceFolders: [{ uri: folder, name: 'bench' }],
      capabilities: {
        textDocument: {
          completion: { completionItem: { snippetSupport: true } },
          documentSymbol: { hierarchicalDocumentSymbolSupport: true },
          publishDiagnostics: { versionSupport: true },
          semanticTokens: { requests: { full: true }, tokenTypes: [], tokenModifiers: [], formats: ['relative'] },
        },
      },
    }), 'initialize');
    const took = performance.now() - this.started;
    this.capabilities = answer.capabilities;
    this.tell('initialized', {});
    return took;
  }

  tell(method, params) {
    void this.connection.sendNotification(method, params);
  }

  /** CPU milliseconds so far, user and system. */
  cpu() {
    const stat = fs.readFileSync(`/proc/${this.process.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_A_SECOND;
  }

  /** The most resident memory so far, in MB. */
  peak() {
    return Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync(`/proc/${this.process.pid}/status`, 'utf8'))[1]) / 1024;
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.on('close', resolve));
    await this.time('shutdown');
    this.tell('exit');
    await within(ended, 'the end of the server');
    this.connection.dispose();
  }
}

function within(promise, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: nothing within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
