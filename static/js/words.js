// inWords("{count} new", { count: 3 }): what a behaviour says, in the language of the page. <template id="words"> holds an <i data-says>
// for each English sentence; a page without it is English. Loaded before everything that speaks.

const known = new Map();
for (const one of document.getElementById("words")?.content.children ?? []) known.set(one.dataset.says, one.textContent);

globalThis.inWords = (english, values = {}) =>
  (known.get(english) ?? english).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
