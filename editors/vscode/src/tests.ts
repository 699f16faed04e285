import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';

interface Outcome {
  name: string;
  passed: boolean;
  message?: string;
}

interface Report {
  text: string;
  tests: Outcome[];
}

// The `test` statements of hook files: an item for each file, and below it one for each test.
export class TestExplorer implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('hookc', 'Hook tests');
  private readonly parts: vscode.Disposable[] = [this.controller];

  constructor(private readonly client: () => LanguageClient | undefined) {
    const files = vscode.workspace.createFileSystemWatcher('**/*.hook');
    this.controller.resolveHandler = (item) => (item ? this.readTests(item) : this.findFiles());
    this.controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, (request, token) => this.run(request, token), true);
    this.parts.push(
      files,
      files.onDidCreate((uri) => this.addFile(uri)),
      files.onDidDelete((uri) => this.controller.items.delete(uri.toString())),
      vscode.workspace.onDidOpenTextDocument((document) => this.refresh(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.refresh(document)),
    );
  }

  dispose() {
    for (const part of this.parts) part.dispose();
  }

  private addFile(uri: vscode.Uri): vscode.TestItem {
    const known = this.controller.items.get(uri.toString());
    if (known) return known;
    const item = this.controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    this.controller.items.add(item);
    return item;
  }

  private async findFiles() {
    for (const uri of await vscode.workspace.findFiles('**/*.hook')) this.addFile(uri);
  }

  private async refresh(document: vscode.TextDocument) {
    if (document.languageId === 'hook' && document.uri.scheme === 'file') {
      await this.readTests(this.addFile(document.uri));
    }
  }

  private async readTests(file: vscode.TestItem) {
    const symbols: vscode.DocumentSymbol[] | undefined =
      await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', file.uri);
    const tests = (symbols ?? []).filter((symbol) => symbol.detail === 'test');
    file.children.replace(tests.map((symbol) => {
      const item = this.controller.createTestItem(`${file.id}#${symbol.name}`, symbol.name, file.uri);
      item.range = symbol.range;
      return item;
    }));
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken) {
    const run = this.controller.createTestRun(request);
    if (!request.include) await this.findFiles();
    for (const item of request.include ?? [...this.controller.items].map(([, file]) => file)) {
      if (token.isCancellationRequested) break;
      const file = item.parent ?? item;
      if (item === file) await this.readTests(file);
      const wanted = item === file ? [...file.children].map(([, test]) => test) : [item];
      await this.runIn(run, file, wanted.filter((test) => !request.exclude?.includes(test)), token);
    }
    run.end();
  }

  // The tests of one file: all in one request, or one by its name.
  private async runIn(run: vscode.TestRun, file: vscode.TestItem, tests: vscode.TestItem[], token: vscode.CancellationToken) {
    if (tests.length === 0) return;
    for (const test of tests) run.started(test);
    const one = tests.length === 1 ? [tests[0].label] : [];
    let report: Report | undefined;
    let failure = 'the language server is not running';
    try {
      report = await this.client()?.sendRequest<Report>(
        'workspace/executeCommand', { command: 'hookc.test', arguments: [file.uri!.toString(), ...one] }, token);
    } catch (thrown) {
      failure = String(thrown);
    }
    if (report) run.appendOutput(report.text.replace(/\r?\n/g, '\r\n'));
    for (const test of tests) {
      const outcome = report?.tests.find(({ name }) => name === test.label);
      if (outcome?.passed) {
        run.passed(test);
      } else if (outcome) {
        run.failed(test, this.message(outcome.message ?? report!.text, test));
      } else {
        run.errored(test, this.message(report ? report.text : failure, test));
      }
    }
  }

  private message(text: string, test: vscode.TestItem): vscode.TestMessage {
    const message = new vscode.TestMessage(text);
    if (test.range) message.location = new vscode.Location(test.uri!, test.range);
    return message;
  }
}
