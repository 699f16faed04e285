import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { VirtualDocuments } from './documents';
import { TaskProvider } from './tasks';
import { TestExplorer } from './tests';

const hookcPath = () => vscode.workspace.getConfiguration('hookc').get('path', 'hookc');

let client: LanguageClient | undefined;

async function start(output: vscode.OutputChannel) {
  const command = hookcPath();
  client = new LanguageClient('hookc', 'hookc', { command, args: ['lsp'] }, {
    documentSelector: [{ language: 'hook', scheme: 'file' }, { language: 'hook', scheme: 'untitled' }],
    outputChannel: output,
  });
  try {
    await client.start();
  } catch (failure) {
    const settings = 'Open Settings';
    const chosen = await vscode.window.showErrorMessage(
      `The language server of hookc does not start as \`${command} lsp\`: ${failure}`, settings);
    if (chosen === settings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'hookc.path');
    }
  }
}

async function stop() {
  const stopping = client;
  client = undefined;
  if (stopping?.needsStop()) await stopping.stop();
}

// The server announces its commands, and shows what they make in a document of its own.
async function execute(command: string, documents: VirtualDocuments) {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (!uri || !client) return;
  const result: { uri?: string } | null =
    await client.sendRequest('workspace/executeCommand', { command, arguments: [uri.toString()] });
  if (result?.uri) documents.refresh(vscode.Uri.parse(result.uri));
}

export async function activate(context: vscode.ExtensionContext) {
  const output = vscode.window.createOutputChannel('hookc');
  const documents = new VirtualDocuments(() => client);
  const restart = async () => {
    await stop();
    await start(output);
  };
  context.subscriptions.push(
    output,
    documents,
    new TestExplorer(() => client),
    vscode.workspace.registerTextDocumentContentProvider('hookc', documents),
    vscode.tasks.registerTaskProvider('hookc', new TaskProvider(hookcPath)),
    vscode.commands.registerCommand('hook.restartServer', restart),
    vscode.commands.registerCommand('hook.showPlan', () => execute('hookc.plan', documents)),
    vscode.commands.registerCommand('hook.showSimulation', () => execute('hookc.simulate', documents)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('hookc.path')) void restart();
    }),
  );
  await start(output);
}

export const deactivate = stop;
