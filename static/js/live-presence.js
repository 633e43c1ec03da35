// Who looks at a ticket, who writes and who has it: fills [data-presence="1042"] with copies of the page's three <template>s.
// The feed says {"ticket", "viewing": [{"id", "name"}], "typing": [...], "claim"?: {"id", "name"}} of one ticket at a time.

const known = new Map();

function fill(element) {
  const { viewing = [], typing = [], claim } = known.get(element.dataset.presence) ?? {};
  const me = document.documentElement.dataset.person;
  const writers = new Set(typing.map((person) => String(person.id)));
  const chips = claim && String(claim.id) !== me ? [chip("presence-claim", claim)] : [];
  for (const person of [...typing, ...viewing.filter((one) => !writers.has(String(one.id)))]) {
    if (String(person.id) === me) continue;
    chips.push(chip(writers.has(String(person.id)) ? "presence-typing" : "presence-viewing", person));
  }
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
