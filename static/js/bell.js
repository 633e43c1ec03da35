// [data-bell]: how many notices wait. More of them are said; what is about the ticket on the screen counts as seen.
// The page of notices shows them as they come.

const bell = document.querySelector("[data-bell]");
let before = Number(bell?.querySelector("b").textContent || 0);

async function see(lease) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams({ ticket: lease.dataset.ticket });
  const answer = await fetch(lease.dataset.seen, { method: "POST", headers: { "X-CSRFToken": token }, body }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  return (await answer.json()).bell;
}

async function show() {
  const page = document.getElementById("notices");
  if (!page) return;
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const text = fresh.content.getElementById("notices")?.outerHTML;
  if (text) window.htmx.swap({ text, target: page, sourceElement: page, swap: "outerMorph" });
}

async function count(waiting) {
  let left = waiting;
  const lease = document.querySelector("claim-lease[data-seen]");
  if (waiting > before && lease && document.visibilityState === "visible") left = (await see(lease)) ?? waiting;
  bell.querySelector("b").textContent = left || "";
  if (left > before) document.dispatchEvent(new CustomEvent("toast", { detail: { text: bell.dataset.words } }));
  before = left;
  await show();
}

document.addEventListener("feed:counts", ({ detail }) => bell && detail.bell !== undefined && detail.bell !== before && count(detail.bell));
