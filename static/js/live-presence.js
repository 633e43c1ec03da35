// Who looks at a ticket, who writes and who has it: fills [data-presence="1042"] with copies of the page's three <template>s.
// The feed says {"ticket", "viewing": [{"id", "name"}], "typing": [...], "claim"?: {"id", "name"}} of one ticket at a time.

const known = new Map();

function fill(element) {
  const { viewing = [], typing = [], claim } = known.get(element.dataset.presence) ?? {};
  const me = document.documentElement.dataset.person;
  const writers = new Set(typing.map((person) => String(person.id)));
  const holder = String(claim?.id ?? "");
  const people = new Map([claim, ...typing, ...viewing].filter(Boolean).map((person) => [String(person.id), person]));
  people.delete(me);
  const chips = [...people].map(([id, person]) => {
    if (id !== holder) return chip(writers.has(id) ? "presence-typing" : "presence-viewing", person);
    const held = chip("presence-claim", person);
    if (writers.has(id)) held.querySelector(".icon").after(chip("presence-typing", person).querySelector(".icon"));
    return held;
  });
  element.replaceChildren(...chips);
}

function chip(template, { name }) {
  const made = document.getElementById(template).content.firstElementChild.cloneNode(true);
  made.querySelector("[data-name]").textContent = name;
  return made;
}

document.addEventListener("feed:presence", ({ detail }) => {
  const ticket = String(detail.ticket);
  known.set(ticket, detail);
  document.querySelectorAll(`[data-presence="${CSS.escape(ticket)}"]`).forEach(fill);
});
document.addEventListener("htmx:after:swap", ({ target }) => target.querySelectorAll?.("[data-presence]").forEach(fill));
