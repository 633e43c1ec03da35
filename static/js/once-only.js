// A form with data-once is sent once, however often its button is clicked and however long a key is held.

const GIVE_UP_AFTER = 20_000;

function free(form) {
  delete form.dataset.nowSending;
  form.removeAttribute("aria-busy");
}

document.addEventListener(
  "submit",
  (event) => {
    if (!("nowSending" in event.target.dataset)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);

// On window, after every other behaviour had its chance to stop the form.
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-once]")) return;
  form.dataset.nowSending = "";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => free(form), GIVE_UP_AFTER);
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-now-sending]").forEach(free);
});
