// [data-bell]: how many notices wait. More of them are said; what is about the ticket on the screen counts as seen.

const bell = document.querySelector("[data-bell]");
let before = Number(bell?.querySelector("b").textContent || 0);

async function see(lease) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams({ ticket: lease.dataset.ticket });
  const answer = await fetch(lease.dataset.seen, { method: "POST", headers: { "X-CSRFToken": token }, body }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  return (await answer.json()).bell;
}

async function count(waiting) {
  let left = waiting;
  const lease = document.querySelector("claim-lease[data-seen]");
  if (waiting > before && lease && document.visibilityState === "visible") left = (await see(lease)) ?? waiting;
  bell.querySelector("b").textContent = left || "";
  if (left > before) document.dispatchEvent(new CustomEvent("toast", { detail: { text: bell.dataset.words } }));
  before = left;
  document.dispatchEvent(new CustomEvent("bell:count", { detail: left }));
}

document.addEventListener("feed:counts", ({ detail }) => bell && detail.bell !== undefined && detail.bell !== before && count(detail.bell));
