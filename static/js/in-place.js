// <form data-in-place>: sent without leaving the page, where what is being written would lose its place. The answer is a note
// [data-outcome] that says how it went; an "outcome" event on document with such a note as its detail shows it.

const STAYS = 30_000;
const region = document.getElementById("toasts");

function complain(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "error" } }));
}

function leave(note) {
  const go = () => (note.matches(":hover, :focus-within") ? setTimeout(go, 1_000) : note.remove());
  setTimeout(go, STAYS);
}

/** The note of an answer, or why there is none. */
async function read(answer) {
  if (answer.redirected) return complain(inWords("You are signed out. Sign in in another tab; what you wrote stays on this page."));
  const page = document.createElement("template");
  page.innerHTML = await answer.text();
  const note = page.content.querySelector("[data-outcome]");
  if (!note) complain(answer.status === 404 ? inWords("This is no longer there, or no longer yours to see.") : inWords("The desk could not do this just now. Please try again."));
  return note;
}

document.addEventListener("outcome", ({ detail: note }) => {
  document.getElementById("outcome")?.remove();
  region?.append(note);
  if (!note.matches(".toast-error")) leave(note);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-in-place]")) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  const { submitter } = event;
  const body = new FormData(form, submitter);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    const note = await read(answer);
    if (!note) return;
    document.dispatchEvent(new CustomEvent("outcome", { detail: note }));
    if (!answer.ok || note.matches(".toast-error")) return;
    form.reset();
    form.dispatchEvent(new CustomEvent("in-place:done", { bubbles: true, detail: { submitter } }));
    document.querySelector("live-ticket")?.refresh();
  } catch {
    complain(inWords("The desk cannot be reached. Nothing was changed; please try again."));
  } finally {
    form.removeAttribute("aria-busy");
  }
});
