// The client's own model of a text: positions in the three encodings, and edits. It shares no code with the server.

/** What a column counts. */
function units(string, encoding) {
  switch (encoding) {
    case 'utf-8': return Buffer.byteLength(string);
    case 'utf-16': return string.length;
    case 'utf-32': return [...string].length;
    default: throw new Error(`no encoding ${encoding}`);
  }
}

/** Starts and ends (without line end) of the lines, as indices of the string. LSP 3.17, "Text Documents". */
function linesOf(string) {
  const lines = [];
  const end = /\r\n|\n|\r/g;
  let start = 0;
  for (let found; (found = end.exec(string)); start = end.lastIndex) lines.push([start, found.index]);
  lines.push([start, string.length]);
  return lines;
}

export class Text {
  constructor(string, encoding = 'utf-16') {
    this.string = string;
    this.encoding = encoding;
    this.lines = linesOf(string);
  }

  /** Position of an index of the string; one inside a line end is the line's end. */
  position(index) {
    let low = 0;
    let high = this.lines.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.lines[middle][0] <= index) low = middle;
      else high = middle - 1;
    }
    const [start, end] = this.lines[low];
    return { line: low, character: units(this.string.slice(start, Math.min(index, end)), this.encoding) };
  }

  range(begin, end) {
    return { start: this.position(begin), end: this.position(end) };
  }

  /** Index of a position. Beyond a line is its end, beyond the text the text's; inside a character its start. */
  index({ line, character }) {
    if (line >= this.lines.length) return this.string.length;
    const [start, end] = this.lines[line];
    let index = start;
    let seen = 0;
    for (const point of this.string.slice(start, end)) {
      seen += units(point, this.encoding);
      if (seen > character) break;
      index += point.length;
    }
    return index;
  }

  slice(range) {
    return this.string.slice(this.index(range.start), this.index(range.end));
  }

  /** The position of a byte offset of the UTF-8 form. */
  positionOfByte(offset) {
    return this.position(Buffer.from(this.string).subarray(0, offset).toString().length);
  }

  /** The text after a list of {range?, text}, applied in order. */
  changed(changes) {
    return changes.reduce((text, change) => {
      if (!change.range) return new Text(change.text, this.encoding);
      const begin = text.index(change.range.start);
      const end = text.index(change.range.end);
      return new Text(text.string.slice(0, begin) + change.text + text.string.slice(end), this.encoding);
    }, this);
  }

  /** The text after TextEdits, which all speak of the text before. */
  edited(edits) {
    const sorted = edits
      .map(({ range, newText }, order) => ({ begin: this.index(range.start), end: this.index(range.end), newText, order }))
      .sort((a, b) => b.begin - a.begin || b.order - a.order);
    let string = this.string;
    for (const { begin, end, newText } of sorted) string = string.slice(0, begin) + newText + string.slice(end);
    return new Text(string, this.encoding);
  }
}
