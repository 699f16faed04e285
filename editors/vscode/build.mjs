// Bundles the extension into dist/, and copies there what the repository owns elsewhere.
import { copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';

mkdirSync('dist', { recursive: true });
copyFileSync('../../grammar/hook.tmLanguage.json', 'dist/hook.tmLanguage.json');
copyFileSync('../../LICENSE', 'LICENSE');
await build({
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node18',
  external: ['vscode'],
});
