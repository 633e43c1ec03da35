// Approving by key wants the whole draft to have been on the screen: a button with data-after-reading answers its key only when
// both [data-draft-edge] of the draft were seen. Clicking the button is deliberate enough by itself.

const seen = new Set();

const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) seen.add(nameOf(target));
  }
});

function nameOf(edge) {
  return `${edge.closest("[data-version]").dataset.version} ${edge.dataset.draftEdge}`;
}

/** What the observer has not come round to yet: is it on the screen at this moment? */
function onScreen(edge) {
  const { top, bottom } = edge.getBoundingClientRect();
  const frame = edge.closest(".pane-body").getBoundingClientRect();
  return top >= Math.max(0, frame.top) && bottom <= Math.min(window.innerHeight, frame.bottom);
}

function watch() {
  observer.disconnect();
  document.querySelectorAll("[data-draft-edge]").forEach((edge) => observer.observe(edge));
}

document.addEventListener("key:press", (event) => {
  if (!event.target.matches?.("[data-after-reading]")) return;
  const unseen = [...document.querySelectorAll("[data-draft-edge]")].find((edge) => !seen.has(nameOf(edge)) && !onScreen(edge));
  if (!unseen) return;
  event.preventDefault();
  unseen.scrollIntoView({ block: "end" });
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: inWords("Read the draft to its end first, then press again.") } }));
});
document.addEventListener("htmx:after:swap", watch);
watch();
