// A textarea with data-autosave="person:ticket:what" is kept by the desk (data-unsent-to) a moment after each pause: it survives
// reload, sign-out and crash, and comes back for the same person only (data-unsent: what the desk has, the newest first). Until
// the desk has taken it, it is in this browser. Two windows write on rows of their own: what another one holds is offered below.
// A text that stands in the thread ([data-sent]) has arrived.

const PREFIX = "countersign:text:";
const KEEP_FOR = 14 * 86_400_000;
const AFTER = 800;
const AGAIN_AFTER = 5_000;
const SELECTOR = "textarea[data-autosave]";
const WINDOW = (sessionStorage["countersign:window"] ??= crypto.randomUUID?.() ?? String(Math.random()).slice(2));

const states = new WeakMap();

/** What is known of a field: `row` of the desk that it writes on, `others` that the desk holds besides. */
function stateOf(field) {
  if (!states.has(field)) states.set(field, { row: null, others: [], timer: null, saving: null, sending: false });
  return states.get(field);
}

function what(field) {
  return field.dataset.autosave.split(":").slice(2).join(":");
}

function textOf(field) {
  return field.value === field.defaultValue ? "" : field.value;
}

function keepHere(field) {
  const name = `${PREFIX}${field.dataset.autosave}#${WINDOW}`;
  try {
    if (textOf(field)) localStorage.setItem(name, JSON.stringify({ text: field.value, at: Date.now(), row: stateOf(field).row }));
    else localStorage.removeItem(name);
  } catch {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: inWords("This browser's storage is full: your text is kept on this page only."), tone: "error" } }));
  }
}

/** The newest text of this field that the desk may not have, of any window of this browser. */
function keptHere(field) {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(`${PREFIX}${field.dataset.autosave}#`));
  const found = names.map((name) => ({ name, ...JSON.parse(localStorage.getItem(name)) }));
  return found.sort((one, other) => other.at - one.at)[0];
}

function post(field, fields, more = {}) {
  const token = field.form.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(field.dataset.unsentTo, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(fields), ...more });
}

/** Saves what stands there now; one save at a time, and another one when more was written meanwhile. */
async function save(field, more) {
  const state = stateOf(field);
  clearTimeout(state.timer);
  if (state.saving) await state.saving;
  if (state.sending || !field.dataset.unsentTo) return;
  const text = textOf(field);
  if (!text && !state.row) return;
  state.saving = tell(field, state, text, more);
  await state.saving;
  state.saving = null;
}

async function tell(field, state, text, more) {
  try {
    const answer = await post(field, { what: what(field), text, ...(state.row ?? {}) }, more);
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    const { gone: sentOrDiscarded, id, revision, others } = await answer.json();
    if (sentOrDiscarded) {
      state.row = null;
      return void (state.sending || (await tell(field, state, text, more)));
    }
    state.row = id === null ? null : { id, revision };
    const elsewhere = state.others.filter((other) => other.what !== what(field));
    state.others = [...others, ...elsewhere];
    if (textOf(field) === text) localStorage.removeItem(`${PREFIX}${field.dataset.autosave}#${WINDOW}`);
    offer(field);
  } catch (error) {
    offer(field, { hereOnly: true });
    // A refusal stays one; a desk that is away comes back.
    if (error instanceof TypeError || error.message >= "500") state.timer = setTimeout(() => save(field), AGAIN_AFTER);
  }
}

/** Shows below the field what else there is of the person's own words. */
function offer(field, { hereOnly = false } = {}) {
  const place = document.querySelector(`[data-unsent-words="${CSS.escape(field.id)}"]`);
  if (!place) return;
  const shown = stateOf(field).others.map((other) => {
    const note = document.getElementById("unsent-other").content.firstElementChild.cloneNode(true);
    const time = note.querySelector("time");
    time.dateTime = other.at;
    time.textContent = new Date(other.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    note.querySelector("[data-beginning]").textContent = other.text.slice(0, 200);
    note.querySelector("[data-bring-back]").addEventListener("click", () => bringBack(field, other));
    note.querySelector("[data-give-up]").addEventListener("click", () => giveUp(field, other));
    return note;
  });
  if (hereOnly) shown.push(document.getElementById("unsent-here-only").content.firstElementChild.cloneNode(true));
  place.replaceChildren(...shown);
}

/** The other text into the field; what stands there now is kept, and offered in its place. */
async function bringBack(field, other) {
  const state = stateOf(field);
  await save(field);
  const mine = { ...state.row, what: what(field), text: textOf(field), at: new Date().toISOString() };
  state.others = state.others.filter(({ id }) => id !== other.id);
  if (mine.text && mine.id) state.others.unshift(mine);
  const same = other.what === what(field);
  state.row = same ? { id: other.id, revision: other.revision } : null;
  put(field, other.text);
  field.focus();
  await save(field);
  if (!same && state.row) await discard(field, other);
  offer(field);
}

async function giveUp(field, other) {
  if (!(await discard(field, other))) return;
  stateOf(field).others = stateOf(field).others.filter(({ id }) => id !== other.id);
  offer(field);
  field.focus();
}

async function discard(field, { id, revision, what: of }) {
  const answer = await post(field, { what: of, text: "", id, revision }).catch(() => null);
  return Boolean(answer?.ok && !answer.redirected);
}

function put(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new CustomEvent("autosave:restored", { bubbles: true }));
}

function bare(text) {
  return text.normalize().replace(/[\s\p{Cf}]+/gu, "");
}

function arrived(text) {
  return [...document.querySelectorAll("[data-sent]")].some((message) => bare(message.textContent) === bare(text));
}

function restore(field) {
  if (states.has(field)) return;
  const state = stateOf(field);
  const rows = JSON.parse(field.dataset.unsent || "[]");
  const here = keptHere(field);
  const newest = rows.find(({ aside }) => !aside);
  const chosen = here && (!newest || here.at > Date.parse(newest.at)) ? here : newest;
  state.others = rows.filter(({ id, text }) => id !== (chosen?.row?.id ?? chosen?.id) && text !== chosen?.text);
  offer(field);
  if (!chosen) return;
  state.row = chosen === here ? here.row : { id: newest.id, revision: newest.revision };
  if (arrived(chosen.text)) return void gone(field, state, here);
  if (field.value !== field.defaultValue || chosen.text === field.value) return;
  put(field, chosen.text);
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: inWords("Your unsent text is back.") } }));
  if (here && chosen === here && !here.name.endsWith(WINDOW)) localStorage.removeItem(here.name);
}

/** It was sent after all: nothing of it has to be kept. */
async function gone(field, state, here) {
  if (here) localStorage.removeItem(here.name);
  if (state.row && field.dataset.unsentTo) await discard(field, { ...state.row, what: what(field) });
  state.row = null;
}

function look() {
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
    const saved = JSON.parse(localStorage.getItem(name) ?? "null");
    if (saved && Date.now() - saved.at > KEEP_FOR) localStorage.removeItem(name);
  }
  document.querySelectorAll(SELECTOR).forEach(restore);
}

function all() {
  return [...document.querySelectorAll(SELECTOR)];
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches(SELECTOR)) return;
  keepHere(target);
  clearTimeout(stateOf(target).timer);
  stateOf(target).timer = setTimeout(() => save(target), AFTER);
});
// What is sent is gone from the desk with it: the form says which row it was.
document.addEventListener("formdata", ({ target, formData }) => {
  const field = target.querySelector(SELECTOR);
  if (!field) return;
  const state = stateOf(field);
  state.sending = true;
  clearTimeout(state.timer);
  formData.set("unsent_what", what(field));
  if (state.row) formData.set("unsent", state.row.id);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") for (const field of all()) if (keptHere(field)) save(field, { keepalive: true });
});
window.addEventListener("online", () => all().forEach((field) => keptHere(field) && save(field)));
window.addEventListener("pageshow", ({ persisted }) => persisted && all().forEach((field) => (stateOf(field).sending = false)));
document.addEventListener("htmx:after:swap", look);
customElements.whenDefined("review-pane").then(look);
if (!document.querySelector("review-pane")) look();
