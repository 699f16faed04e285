import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';

// Documents that the server makes: modules of the standard library, plans, outcome tables.
export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly saves = vscode.workspace.onDidSaveTextDocument((saved) => {
    if (saved.languageId !== 'hook') return;
    for (const document of vscode.workspace.textDocuments) this.refresh(document.uri);
  });
  readonly onDidChange = this.changed.event;

  constructor(private readonly client: () => LanguageClient | undefined) {}

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const answer = await this.client()?.sendRequest<{ text: string }>(
      'workspace/textDocumentContent', { uri: uri.toString() }, token);
    return answer?.text ?? '';
  }

  refresh(uri: vscode.Uri) {
    if (uri.scheme === 'hookc') this.changed.fire(uri);
  }

  dispose() {
    this.saves.dispose();
    this.changed.dispose();
  }
}
