// The hook files of the repository, and scratch folders.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Every *.hook file below a folder of the repository, sorted: {path, name, text}. */
export function hookFiles(folder) {
  const found = [];
  const walk = (relative) => {
    for (const entry of fs.readdirSync(path.join(ROOT, relative), { withFileTypes: true })) {
      const name = path.join(relative, entry.name);
      // A link shows what another file holds.
      if (entry.isDirectory()) walk(name);
      else if (entry.isFile() && name.endsWith('.hook')) found.push(name);
    }
  };
  walk(folder);
  return found.sort().map((name) => ({ name, path: path.join(ROOT, name), text: fs.readFileSync(path.join(ROOT, name), 'utf8') }));
}

const scratch = [];
process.on('exit', () => {
  for (const folder of scratch) fs.rmSync(folder, { recursive: true, force: true });
});

/** A new folder that holds `files`, {name: text}; it goes with the process. */
export function scratchFolder(files = {}) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hookc-lsp-')));
  scratch.push(folder);
  for (const [name, text] of Object.entries(files)) write(path.join(folder, name), text);
  return folder;
}

export function write(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
