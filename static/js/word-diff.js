// <word-diff>: show(before, after) writes the second text with what was put in and taken out, word by word.

const MOST_CELLS = 4_000_000;

/** A word takes the space after it along: spaces alone would count as common and tear every change apart. Line ends stand alone. */
function words(text) {
  return text.match(/\n|\S+[^\S\n]*|[^\S\n]+/g) ?? [];
}

/** Pairs of [kind, text], kind being "same", "del" or "ins": the longest common run of words stays. */
function compare(before, after) {
  const a = words(before);
  const b = words(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const changes = between(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [["same", a.slice(0, start).join("")], ...changes, ["same", a.slice(a.length - end).join("")]];
}

function between(a, b) {
  // A text rewritten from end to end is one change; a table of it would only freeze the page.
  if (a.length * b.length > MOST_CELLS) return [["del", a.join("")], ["ins", b.join("")]];
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        a[i] === b[j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const changes = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      changes.push(["same", a[i]]);
      [i, j] = [i + 1, j + 1];
    } else if (i < a.length && (j === b.length || longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      changes.push(["del", a[i++]]);
    } else {
      changes.push(["ins", b[j++]]);
    }
  }
  return changes;
}

/** Neighbours of one kind become one piece. */
function joined(changes) {
  const pieces = [];
  for (const [kind, text] of changes) {
    if (!text) continue;
    const last = pieces.at(-1);
    if (last?.[0] === kind) last[1] += text;
    else pieces.push([kind, text]);
  }
  return pieces;
}

class WordDiff extends HTMLElement {
  show(before, after) {
    const pieces = before === after ? [] : joined(compare(before, after));
    this.replaceChildren(
      ...pieces.map(([kind, text]) => {
        if (kind === "same") return document.createTextNode(text);
        const element = document.createElement(kind);
        element.textContent = text;
        return element;
      }),
    );
  }
}

customElements.define("word-diff", WordDiff);
