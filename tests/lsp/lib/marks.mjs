// Expectations inside hook files, as comments below the line they are about:
//
//   pre backup exec in pod orders-db "true"
//   #@                     ^ definition
//   #@ | lib/pods.hook: pod «orders-db»
//
// The first caret is where the request is made; beyond the end of the line it stands for blanks up to there. `#@ | …` lines are the golden; HOOKC_UPDATE=1 rewrites them. A word of
// completion can be demanded by hand, which nothing rewrites:
//
//   #@       ^ completion has: timeout, retry; lacks: header
//
// `^^^ edit "text"` replaces what the carets mark (one caret: inserts before it), in this order with the other marks; those
// after it are asked of the new text, at the same places. The lines of marks are not in the text that the server sees.
import { Text } from './text.mjs';

/** {text, marks}: a mark is {line, begin, end, what, golden, at}; begin and end are indices of the text without marks. */
export function takeMarks(source) {
  const lines = source.split('\n');
  const kept = [];
  const marks = [];
  let start = 0; // of the last line that was kept
  for (const [number, line] of lines.entries()) {
    if (!line.startsWith('#@')) {
      start = kept.reduce((sum, one) => sum + one.length + 1, 0);
      kept.push(line);
      continue;
    }
    const golden = /^#@ \| ?(.*)$/.exec(line);
    if (golden) {
      if (marks.length === 0) throw new Error(`line ${number + 1}: an expectation of nothing`);
      marks.at(-1).golden.push(golden[1]);
      continue;
    }
    const carets = /^#@ *(\^+) *(.+)$/.exec(line);
    const plain = /^#@ +(\S.*)$/.exec(line);
    if (!carets && !plain) throw new Error(`line ${number + 1}: not a mark: ${line}`);
    const column = carets ? line.indexOf('^') : 0;
    if (kept.length === 0) throw new Error(`line ${number + 1}: a mark above everything`);
    kept[kept.length - 1] = kept.at(-1).padEnd(column);
    const end = carets ? column + carets[1].length : column;
    marks.push({ line: number + 1, begin: start + column, end: start + end, what: carets ? carets[2] : plain[1], golden: [] });
  }
  return { text: kept.join('\n'), marks };
}

/** The source with the goldens of `marks` as they are now. */
export function withGoldens(source, marks) {
  const made = [];
  const byLine = new Map(marks.map((mark) => [mark.line, mark]));
  for (const [number, line] of source.split('\n').entries()) {
    if (/^#@ \|/.test(line)) continue;
    made.push(line);
    for (const text of byLine.get(number + 1)?.golden ?? []) made.push(text ? `#@ | ${text}` : '#@ |');
  }
  return made.join('\n');
}

/** A text under edits that still knows where a place of the first one went. */
export class Edited {
  #edits = [];

  constructor(string) {
    this.text = new Text(string);
  }

  /** Where an index of the first text is now; one inside what was replaced is at the end of what came. */
  index(first) {
    return this.#edits.reduce((at, { begin, end, length }) => (at < begin || (at === begin && end > begin) ? at : at >= end ? at + length - (end - begin) : begin + length), first);
  }

  /** The change that replaces [begin, end) of the text as it is now. */
  replace(begin, end, text) {
    const change = { range: this.text.range(begin, end), text };
    this.#edits.push({ begin, end, length: text.length });
    this.text = this.text.changed([change]);
    return change;
  }
}

/** The line of a range, without what indents it, the range between « and ». */
export function shown(text, range) {
  const [begin, end] = [text.index(range.start), text.index(range.end)];
  const lineStart = text.string.lastIndexOf('\n', begin - 1) + 1;
  const next = text.string.indexOf('\n', end);
  const lineEnd = next < 0 ? text.string.length : next;
  const marked = `${text.string.slice(lineStart, begin)}«${text.string.slice(begin, end)}»${text.string.slice(end, lineEnd)}`;
  return marked.trim().replaceAll('\n', '⏎');
}
