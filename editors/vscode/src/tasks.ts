import * as vscode from 'vscode';

interface Definition extends vscode.TaskDefinition {
  command: 'check' | 'test' | 'plan';
  path?: string;
}

const MATCHERS = { check: '$hookc', test: '$hookc-text', plan: '$hookc-text' };
const OPTIONS = { check: ['--format', 'short'], test: [], plan: [] };

export class TaskProvider implements vscode.TaskProvider {
  constructor(private readonly hookc: () => string) {}

  provideTasks(): vscode.Task[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const commands: Definition['command'][] = ['check', 'test', 'plan'];
    return folders.flatMap((folder) =>
      commands.map((command) => this.task({ type: 'hookc', command }, folder)));
  }

  resolveTask(task: vscode.Task): vscode.Task {
    return this.task(task.definition as Definition, task.scope ?? vscode.TaskScope.Workspace);
  }

  private task(definition: Definition, scope: vscode.WorkspaceFolder | vscode.TaskScope): vscode.Task {
    const { command } = definition;
    const path = definition.path ?? (command === 'plan' ? '${file}' : undefined);
    const execution = new vscode.ProcessExecution(
      this.hookc(), [command, ...OPTIONS[command], ...(path ? [path] : [])], { cwd: '${workspaceFolder}' });
    const task = new vscode.Task(definition, scope, command, 'hookc', execution, MATCHERS[command]);
    if (command === 'check') task.group = vscode.TaskGroup.Build;
    if (command === 'test') task.group = vscode.TaskGroup.Test;
    return task;
  }
}
