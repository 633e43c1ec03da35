// Who looks at a ticket and who writes: fills [data-presence="1042"] with copies of the page's two <template>s.
// The feed says {"ticket", "viewing": [{"id", "name"}], "typing": [...]} of one ticket at a time.

const known = new Map();

function fill(element) {
  const { viewing = [], typing = [] } = known.get(element.dataset.presence) ?? {};
  const me = document.documentElement.dataset.person;
  const writers = new Set(typing.map((person) => String(person.id)));
  const chips = [];
  for (const person of [...typing, ...viewing.filter((one) => !writers.has(String(one.id)))]) {
    if (String(person.id) === me) continue;
    const template = document.getElementById(writers.has(String(person.id)) ? "presence-typing" : "presence-viewing");
    const chip = template.content.firstElementChild.cloneNode(true);
    chip.querySelector("[data-name]").textContent = person.name;
    chips.push(chip);
  }
  element.replaceChildren(...chips);
}

document.addEventListener("feed:presence", ({ detail }) => {
  const ticket = String(detail.ticket);
  known.set(ticket, detail);
  document.querySelectorAll(`[data-presence="${CSS.escape(ticket)}"]`).forEach(fill);
});
document.addEventListener("htmx:after:swap", ({ target }) => target.querySelectorAll?.("[data-presence]").forEach(fill));
