// The wire, byte by byte: for what a correct client never sends, and for counting answers.
import { Process, within } from './process.mjs';

export function frame(message) {
  const body = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

export class RawClient {
  /** Notifications and requests of the server's, and answers to nobody (id null), in order. */
  messages = [];
  #answers = new Map();
  #bytes = Buffer.alloc(0);
  #watchers = new Set();
  #id = 0;

  constructor(args = [], options = {}) {
    this.server = new Process(['lsp', ...args], options);
    this.server.child.stdout.on('data', (bytes) => this.#take(bytes));
    this.server.closed.then(() => this.#changed());
  }

  static async start({ capabilities = {}, folders = [] } = {}) {
    const client = new RawClient();
    const answer = await client.ask('initialize', { processId: process.pid, rootUri: null, workspaceFolders: folders, capabilities });
    client.capabilities = answer.result.capabilities;
    client.tell('initialized', {});
    return client;
  }

  write(...parts) {
    this.server.child.stdin.write(Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : frame(part)))));
  }

  request(method, params) {
    return { jsonrpc: '2.0', id: ++this.#id, method, params };
  }

  tell(method, params) {
    this.write({ jsonrpc: '2.0', method, params });
  }

  /** The whole answer, an error too. */
  ask(method, params) {
    const message = this.request(method, params);
    this.write(message);
    return this.answer(message.id);
  }

  answers(id) {
    return this.#answers.get(id) ?? [];
  }

  /** Every answer so far: [id, [answer…]]. */
  answered() {
    return [...this.#answers];
  }

  forget(id) {
    this.#answers.delete(id);
  }

  answer(id) {
    return this.wait(`the answer to request ${id}`, () => this.answers(id)[0]);
  }

  wait(what, look) {
    return within(what, new Promise((resolve, reject) => {
      const check = () => {
        const found = look();
        if (found !== undefined) resolve(found);
        else if (this.server.ended) reject(new Error(`${what}: ${this.server.describe()}`));
        else return;
        this.#watchers.delete(check);
      };
      this.#watchers.add(check);
      check();
    }));
  }

  async stop() {
    await this.ask('shutdown');
    this.tell('exit');
    return this.server.exitCode();
  }

  #take(bytes) {
    this.#bytes = this.#bytes.length ? Buffer.concat([this.#bytes, bytes]) : bytes;
    for (;;) {
      const header = this.#bytes.indexOf('\r\n\r\n');
      if (header < 0) break;
      const length = /^Content-Length: (\d+)$/im.exec(this.#bytes.toString('latin1', 0, header));
      if (!length) throw new Error(`not a header: ${this.#bytes.subarray(0, header)}`);
      const end = header + 4 + Number(length[1]);
      if (this.#bytes.length < end) break;
      // Fatal: a server that sends what is not UTF-8 fails the test.
      const message = JSON.parse(UTF8.decode(this.#bytes.subarray(header + 4, end)));
      this.#bytes = this.#bytes.subarray(end);
      if (message.method !== undefined || message.id === null) this.messages.push(message);
      else if (this.#answers.has(message.id)) this.#answers.get(message.id).push(message);
      else this.#answers.set(message.id, [message]);
    }
    this.#changed();
  }

  #changed() {
    for (const check of [...this.#watchers]) check();
  }
}
