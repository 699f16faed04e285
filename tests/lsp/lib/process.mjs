// A `hookc lsp` process: what it wrote to standard error, how it ended, and deadlines. Nothing here waits for a clock
// but a deadline, and a deadline that passes is a failure.
import { spawn } from 'node:child_process';
import { after } from 'node:test';

export const HOOKC = process.env.HOOKC;
if (!HOOKC) throw new Error('the environment variable HOOKC names the program under test; see tests/lsp/run');

const DEADLINE_MS = 1000 * Number(process.env.HOOKC_LSP_DEADLINE ?? 60);
const running = new Set();
const killAll = () => {
  for (const child of running) child.kill('SIGKILL');
};
after(killAll); // a test that failed leaves its server behind, which would keep this process waiting
process.on('exit', killAll);

/** Rejects with what was waited for if `promise` is not settled in time. */
export function within(what, promise, milliseconds = DEADLINE_MS) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: nothing within ${milliseconds / 1000} s`)), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class Process {
  stderr = '';
  /** {code, signal} once it has ended. */
  ended = null;

  constructor(args = [], { command = HOOKC, cwd, env } = {}) {
    this.child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this.child);
    this.child.stderr.on('data', (bytes) => (this.stderr += bytes));
    this.child.stdin.on('error', () => {}); // a server that died: its end is reported by `closed`
    this.closed = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        running.delete(this.child);
        this.ended = { code, signal };
        resolve(this.ended);
      });
    });
    this.closed.catch(() => {});
  }

  /** Its exit code, when it ends by itself; a signal's name where one ended it. */
  async exitCode() {
    const { code, signal } = await within('the end of the server', this.closed);
    return code ?? signal;
  }

  describe() {
    const how = this.ended ? `ended (${this.ended.signal ?? `exit code ${this.ended.code}`})` : 'is running';
    return `the server ${how}${this.stderr ? `; it wrote to standard error:\n${this.stderr}` : ''}`;
  }

  kill() {
    this.child.kill('SIGKILL');
    return this.closed;
  }
}
