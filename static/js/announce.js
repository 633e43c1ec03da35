// What a screen reader should say and nobody needs to see: an "announce" event on document, its detail the sentence.

const region = document.getElementById("announcer");
let clearing = null;

document.addEventListener("announce", ({ detail }) => {
  if (!region) return;
  const line = document.createElement("p");
  line.textContent = detail;
  region.append(line);
  clearTimeout(clearing);
  clearing = setTimeout(() => region.replaceChildren(), 10_000);
});
