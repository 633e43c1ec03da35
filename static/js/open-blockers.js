// A draft with an open blocker cannot be approved: the button [data-approves] of a form with data-blocked waits until every
// [data-blocker] has an answer, and says which one is open. The server asks again; this only saves the trip.

function openOnes() {
  return [...document.querySelectorAll("[data-blocker]")].filter((blocker) => !blocker.querySelector("input[type=radio]:checked"));
}

function show() {
  for (const form of document.querySelectorAll("form[data-blocked]")) {
    const count = openOnes().length;
    const button = form.querySelector("[data-approves]");
    if (!button) continue;
    if (count) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    button.title = count ? count === 1 ? inWords("1 blocker is open") : inWords("{count} blockers are open", { count }) : "";
  }
}

document.addEventListener("submit", (event) => {
  const [first] = openOnes();
  if (!event.submitter?.matches("[data-approves]") || !first) return;
  event.preventDefault();
  first.scrollIntoView({ block: "nearest" });
  (first.querySelector("input, a, button") ?? first).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: inWords("Answer the blocker first, or edit its words away.") } }));
});
document.addEventListener("change", show);
document.addEventListener("htmx:after:swap", show);
show();
