// Short words about what just happened: a "toast" event on document with {text, tone} copies <template id="toast"> into the region
// #toasts. Toasts go by themselves, except errors; [data-dismiss] closes one.

const STAYS = 6_000;
const region = document.getElementById("toasts");

function leave(toast) {
  const go = () => (toast.matches(":hover, :focus-within") ? setTimeout(go, 1_000) : toast.remove());
  setTimeout(go, STAYS);
}

document.addEventListener("toast", ({ detail }) => {
  const template = document.getElementById("toast");
  if (!region || !template) return;
  const same = [...region.children].find((other) => other.textContent.includes(detail.text));
  same?.remove();
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-words]").textContent = detail.text;
  if (detail.tone === "error") toast.classList.add("toast-error");
  else leave(toast);
  region.append(toast);
});
document.addEventListener("click", ({ target }) => target.closest("[data-dismiss]")?.closest(".toast-note")?.remove());
region?.querySelectorAll(".toast-note:not(.toast-error, undo-toast *)").forEach(leave);
