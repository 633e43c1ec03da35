// <claim-lease data-ticket data-claimed-by data-claimed-name data-url data-seen>: who has the open ticket. While its person is
// active here their claim is renewed; when somebody takes it over they are told in words, and the page shows it as it is now.

const RENEW_EVERY = 60_000;
const ACTIVE = ["keydown", "pointerdown", "pointermove", "wheel", "input"];

let activeAt = Date.now();
for (const kind of ACTIVE) document.addEventListener(kind, () => (activeAt = Date.now()), { passive: true, capture: true });

function post(url, fields) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  return fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(fields) });
}

class ClaimLease extends HTMLElement {
  static observedAttributes = ["data-claimed-by"];
  #leaving = new AbortController();
  #timer = null;
  #holder = null;

  connectedCallback() {
    this.#holder ??= this.dataset.claimedBy;
    document.addEventListener("feed:presence", ({ detail }) => this.#hear(detail), { signal: this.#leaving.signal });
    this.#timer = setInterval(() => this.#renew(), RENEW_EVERY);
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    clearInterval(this.#timer);
  }

  attributeChangedCallback(name, before, now) {
    if (before !== null) this.#know(now, this.dataset.claimedName);
  }

  get #me() {
    return document.documentElement.dataset.person;
  }

  #hear({ ticket, claim }) {
    if (String(ticket) !== this.dataset.ticket) return;
    const holder = String(claim?.id ?? "");
    if (holder !== this.dataset.claimedBy) this.closest("live-ticket")?.refresh();
    this.#know(holder, claim?.name);
  }

  #know(holder, name) {
    const lost = this.#holder === this.#me && holder && holder !== this.#me;
    this.#holder = holder;
    if (!lost) return;
    const text = inWords("{name} took this ticket over from you. What you wrote is kept.", { name });
    document.dispatchEvent(new CustomEvent("toast", { detail: { text } }));
  }

  async #renew() {
    if (this.#holder !== this.#me || !this.dataset.url || Date.now() - activeAt > RENEW_EVERY) return;
    // What cannot be reached now is tried again in a minute; the lease is longer than that.
    await post(this.dataset.url, { renew: "1" }).catch(() => null);
  }
}

customElements.define("claim-lease", ClaimLease);
