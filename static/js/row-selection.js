// Rows of the list are selected by their boxes: v for the one under the focus, with Shift all from the last one, [data-select-all]
// for all that are shown. <form data-bulk> is sent in portions, so that it is seen how far it is; what was refused stays selected.

const PORTION = 10;
let last = null;

const list = () => document.querySelector("live-list");
const boxes = () => [...(list()?.querySelectorAll('[data-ticket] input[name="ticket"]') ?? [])];
const chosen = () => boxes().filter(({ checked }) => checked);

function count() {
  const many = chosen().length;
  for (const place of document.querySelectorAll("[data-selected-count]")) place.textContent = many;
  list()?.closest(".list")?.toggleAttribute("data-now-selecting", many > 0);
}

function say() {
  count();
  document.dispatchEvent(new CustomEvent("announce", { detail: inWords("{count} selected", { count: chosen().length }) }));
}

/** All from the last one that was chosen to this one become like this one. */
function extend(box) {
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (from >= 0) for (const each of all.slice(from, to + 1)) each.checked = box.checked;
}

document.addEventListener("click", (event) => {
  if (event.target.matches?.('live-list input[name="ticket"]')) {
    if (event.shiftKey) extend(event.target);
    last = event.target;
    say();
  }
  if (event.target.closest?.("[data-select-all]")) {
    for (const box of boxes()) box.checked = true;
    say();
  }
});
document.addEventListener("reset", ({ target }) => target.matches("form[data-bulk]") && setTimeout(say));

document.addEventListener("key:press", (event) => {
  const { key } = event.detail;
  if (key !== "v" && key !== "V") return;
  const box = document.activeElement?.closest("[data-ticket]")?.querySelector('input[name="ticket"]');
  if (!box || !document.querySelector("form[data-bulk]")) return;
  event.preventDefault();
  box.checked = key === "V" || !box.checked;
  if (key === "V") extend(box);
  last = box;
  say();
});

/** One portion; answers with its note. */
async function send(form, given, tickets, soFar) {
  const body = new FormData();
  for (const [name, value] of given) if (name !== "ticket") body.append(name, value);
  for (const ticket of tickets) body.append("ticket", ticket);
  if (soFar) body.append("so_far", soFar);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
  const page = document.createElement("template");
  page.innerHTML = answer.redirected ? "" : await answer.text();
  return { ok: answer.ok, note: page.content.querySelector("[data-outcome]") };
}

async function sendAll(form, given, progress) {
  const tickets = given.getAll("ticket");
  progress.max = tickets.length;
  let shown = null;
  for (let at = 0; at < tickets.length; at += PORTION) {
    progress.value = at;
    const { ok, note } = await send(form, given, tickets.slice(at, at + PORTION), shown?.dataset.soFar);
    if (!note) throw new Error("No answer");
    // Kept as it comes: if the desk goes away in between, what was done is told and can be taken back.
    document.dispatchEvent(new CustomEvent("outcome", { detail: note }));
    if (!ok) return null;
    shown = note;
    const done = new Set(tickets.slice(at, at + PORTION));
    for (const box of chosen()) if (done.has(box.value)) box.checked = false;
    count();
  }
  return shown;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-bulk]")) return;
  const { submitter } = event;
  const given = new FormData(form, submitter);
  // Every ticket of the list is a job of the desk's, with a page of its own.
  if (given.has("all")) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  const progress = document.querySelector(".select-progress");
  form.setAttribute("aria-busy", "true");
  progress.hidden = false;
  try {
    const note = await sendAll(form, given, progress);
    if (!note) return;
    form.reset();
    const refused = note.dataset.refused.trim().split(/\s+/);
    for (const box of boxes()) if (refused.includes(box.value)) box.checked = true;
    form.dispatchEvent(new CustomEvent("in-place:done", { bubbles: true, detail: { submitter } }));
    document.querySelector("live-ticket")?.refresh();
  } catch {
    const text = inWords("The desk cannot be reached. What was not done yet is still selected; please try again.");
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "error" } }));
  } finally {
    form.removeAttribute("aria-busy");
    progress.hidden = true;
    count();
  }
});

// Rows come and go by themselves: what is gone is selected no more.
if (list()) new MutationObserver(count).observe(list(), { childList: true });
count();
