// Hovering or focusing a sentence of the draft (data-source="1 2") shows the passages it rests on, and the other way round.

function light(event) {
  const sentence = event.target.closest?.("[data-source]");
  const passage = event.target.closest?.("[data-passage]");
  const numbers = sentence ? sentence.dataset.source.split(" ") : passage ? [passage.dataset.passage] : [];
  for (const element of document.querySelectorAll("[data-passage], [data-source]")) {
    const own = element.dataset.passage ? [element.dataset.passage] : element.dataset.source.split(" ");
    const on = sentence ? element === sentence || (element.dataset.passage && numbers.includes(own[0])) : own.some((one) => numbers.includes(one));
    element.toggleAttribute("data-now-lit", Boolean(on));
  }
}

document.addEventListener("pointerover", light);
document.addEventListener("focusin", (event) => {
  light(event);
  // Who walks by keyboard sees the passage, wherever it stands.
  if (event.target.closest?.("[data-source]")) document.querySelector("[data-passage][data-now-lit]")?.scrollIntoView({ block: "nearest" });
});
