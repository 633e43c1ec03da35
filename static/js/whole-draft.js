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

function watch() {
  observer.disconnect();
  document.querySelectorAll("[data-draft-edge]").forEach((edge) => observer.observe(edge));
}

document.addEventListener("key:press", (event) => {
  if (!event.target.matches?.("[data-after-reading]")) return;
  const unseen = [...document.querySelectorAll("[data-draft-edge]")].find((edge) => !seen.has(nameOf(edge)));
  if (!unseen) return;
  event.preventDefault();
  unseen.scrollIntoView({ block: "end", behavior: "smooth" });
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Read the draft to its end first, then press again." } }));
});
document.addEventListener("htmx:after:swap", watch);
watch();
