// A draft with an open blocker cannot be approved: the button [data-approves] of a form with data-blocked waits until every
// [data-blocker] has an answer, and says which one is open. The server asks again; this only saves the trip.

function openOnes() {
  return [...document.querySelectorAll("[data-blocker]")].filter((blocker) => !blocker.querySelector("input[type=radio]:checked"));
}

/** In the editor a blocker is done with when its words were in the text and are gone; the server looks again when it is sent. */
function clear() {
  const editing = document.querySelector("review-pane")?.dataset.nowMode === "edit";
  const text = document.querySelector("draft-editor textarea")?.value;
  for (const blocker of document.querySelectorAll("[data-blocker][data-words]")) {
    // What only the customer wrote never stood in the text: nothing is edited away by that.
    const stands = Boolean(text?.includes(blocker.dataset.words));
    if (stands) blocker.dataset.nowStood = "";
    blocker.toggleAttribute("data-now-cleared", editing && "nowStood" in blocker.dataset && !stands);
  }
}

function show() {
  clear();
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
/** On a blocker that has the focus, `1` says that it is true and goes on to where it was seen, `2` that it is a false alarm. */
function answer(event) {
  const blocker = event.target === document && document.activeElement?.closest?.("[data-blocker]");
  const choice = blocker && blocker.querySelectorAll("input[type=radio]")[Number(event.detail.key) - 1];
  if (!choice) return;
  event.preventDefault();
  choice.click();
  if (choice.value === "true") blocker.querySelector(".flag-seen input")?.focus();
}

document.addEventListener("key:press", answer);
document.addEventListener("change", show);
document.addEventListener("input", clear);
document.addEventListener("pane:opened", clear);
document.addEventListener("htmx:after:swap", show);
show();
