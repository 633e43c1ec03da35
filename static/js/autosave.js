// A textarea with data-autosave="person:ticket:what" keeps its text in this browser until the server has taken it: it survives
// reload, crash and sign-out, and comes back for the same person only. A text that stands in the thread ([data-sent]) has arrived.

const PREFIX = "countersign:text:";
const KEEP_FOR = 14 * 86_400_000;
const SELECTOR = "textarea[data-autosave]";
const restored = new WeakSet();

function save(field) {
  const name = PREFIX + field.dataset.autosave;
  try {
    if (field.value === field.defaultValue) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify({ text: field.value, at: Date.now() }));
  } catch {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: inWords("This browser's storage is full: your text is kept on this page only."), tone: "error" } }));
  }
}

function bare(text) {
  return text.normalize().replace(/[\s\p{Cf}]+/gu, "");
}

function arrived(text) {
  return [...document.querySelectorAll("[data-sent]")].some((message) => bare(message.textContent) === bare(text));
}

function restore(field) {
  if (restored.has(field)) return;
  restored.add(field);
  const saved = JSON.parse(localStorage.getItem(PREFIX + field.dataset.autosave) ?? "null");
  if (saved && arrived(saved.text)) return localStorage.removeItem(PREFIX + field.dataset.autosave);
  if (!saved || field.value !== field.defaultValue || saved.text === field.value) return;
  field.value = saved.text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new CustomEvent("autosave:restored", { bubbles: true }));
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: inWords("Your unsent text is back.") } }));
}

function look() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    const saved = JSON.parse(localStorage.getItem(name) ?? "null");
    if (saved && Date.now() - saved.at > KEEP_FOR) localStorage.removeItem(name);
  }
  document.querySelectorAll(SELECTOR).forEach(restore);
}

document.addEventListener("input", ({ target }) => target.matches(SELECTOR) && save(target));
document.addEventListener("htmx:after:swap", look);
customElements.whenDefined("review-pane").then(look);
if (!document.querySelector("review-pane")) look();
