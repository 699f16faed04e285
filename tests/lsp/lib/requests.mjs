// Every request of the server's, with params as a correct client makes them. `position` and `range` are in the
// document `uri`; `end` is the document's end.

const of = ({ uri, position }) => ({ textDocument: { uri }, position });
const whole = ({ uri }) => ({ textDocument: { uri } });
const ranged = ({ uri, range }) => ({ textDocument: { uri }, range });
const options = { tabSize: 2, insertSpaces: true };

/** Asked at a position, or of the range that begins there. */
export const POSITIONAL = {
  'textDocument/completion': (where) => ({ ...of(where), context: { triggerKind: 1 } }),
  'textDocument/hover': of,
  'textDocument/signatureHelp': of,
  'textDocument/definition': of,
  'textDocument/declaration': of,
  'textDocument/typeDefinition': of,
  'textDocument/implementation': of,
  'textDocument/references': (where) => ({ ...of(where), context: { includeDeclaration: true } }),
  'textDocument/documentHighlight': of,
  'textDocument/prepareRename': of,
  'textDocument/rename': (where) => ({ ...of(where), newName: 'renamed' }),
  'textDocument/prepareCallHierarchy': of,
  'textDocument/linkedEditingRange': of,
  'textDocument/selectionRange': ({ uri, position }) => ({ textDocument: { uri }, positions: [position] }),
  'textDocument/inlayHint': ranged,
  'textDocument/semanticTokens/range': ranged,
  'textDocument/codeAction': (where) => ({ ...ranged(where), context: { diagnostics: [] } }),
  'textDocument/onTypeFormatting': (where) => ({ ...of(where), ch: '\n', options }),
  'textDocument/rangeFormatting': (where) => ({ ...ranged(where), options }),
};

/** Asked of a document. */
export const WHOLE = {
  'textDocument/codeLens': whole,
  'textDocument/foldingRange': whole,
  'textDocument/documentLink': whole,
  'textDocument/documentSymbol': whole,
  'textDocument/semanticTokens/full': whole,
  'textDocument/semanticTokens/full/delta': (where) => ({ ...whole(where), previousResultId: '0' }),
  'textDocument/formatting': (where) => ({ ...whole(where), options }),
};

/** Asked of the workspace. */
export const WORKSPACE = {
  'workspace/symbol': () => ({ query: 'o' }),
  'workspace/executeCommand': ({ uri }) => ({ command: 'hookc.check', arguments: [uri] }),
  'workspace/textDocumentContent': ({ uri }) => ({ uri }),
  'workspace/willRenameFiles': ({ uri }) => ({ files: [{ oldUri: uri, newUri: `${uri.slice(0, -5)}-moved.hook` }] }),
};

/** Asked with something that the server gave. */
export const FOLLOWING = {
  'completionItem/resolve': () => ({ label: 'pre' }),
  'callHierarchy/incomingCalls': ({ uri, range }) => ({ item: { name: 'a', kind: 12, uri, range, selectionRange: range } }),
  'callHierarchy/outgoingCalls': ({ uri, range }) => ({ item: { name: 'a', kind: 12, uri, range, selectionRange: range } }),
};

/** Answered only where the client pulls. */
export const PULLED = {
  'textDocument/diagnostic': whole,
  'workspace/diagnostic': () => ({ previousResultIds: [] }),
};

export const ALL = { ...POSITIONAL, ...WHOLE, ...WORKSPACE, ...FOLLOWING, ...PULLED };

/** Answers of a text that changed, or of a request that nobody waits for any more (LSP 3.17, "ErrorCodes"). */
export const PASSING = new Set([-32800, -32801]);
