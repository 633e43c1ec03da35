// <live-ticket data-ticket="1042" data-seq="5120" data-src="/tickets/1042/live/">: thread and review pane of one ticket.
// Whatever happens to the ticket, its fragment is fetched and morphed in; keep-edits.js keeps what is being written.
// It opens at the end of its thread; a live change scrolls nothing.

const TYPING_EVERY = 4_000;

class LiveTicket extends HTMLElement {
  #leaving = new AbortController();
  #busy = false;
  #again = false;
  #typedAt = 0;
  #retry = null;

  connectedCallback() {
    const { signal } = this.#leaving;
    document.addEventListener("feed:ticket", (event) => this.#hear(event.detail), { signal });
    document.addEventListener("feed:resync", () => this.refresh(), { signal });
    this.addEventListener("input", () => this.#type(), { signal });
    document.addEventListener("feed:state", ({ detail }) => detail.state === "live" && this.#look(), { signal });
    this.#openAtTheEnd();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    clearTimeout(this.#retry);
  }

  /** Fetches the ticket as it is now; calls that come meanwhile become one more fetch. */
  async refresh() {
    if (this.#busy) return void (this.#again = true);
    this.#busy = true;
    clearTimeout(this.#retry);
    try {
      const answer = await fetch(this.dataset.src, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if (answer.status === 404 || answer.status === 403) complain(inWords("This ticket is no longer yours to see. What you wrote stays on this page."));
      else if (answer.redirected) complain(inWords("You are signed out. Sign in in another tab; what you wrote stays on this page."));
      else if (!answer.ok) throw new Error(`The ticket answered ${answer.status}`);
      else this.#show(await answer.text());
    } catch {
      this.#retry = setTimeout(() => this.refresh(), 2_000);
    } finally {
      this.#busy = false;
    }
    if (this.#again) {
      this.#again = false;
      this.refresh();
    }
  }

  #openAtTheEnd() {
    const thread = this.querySelector(".thread-body");
    if (!thread || thread.querySelector(":target")) return;
    const toTheEnd = () => (thread.scrollTop = thread.scrollHeight);
    toTheEnd();
    const end = thread.scrollTop;
    // A font that comes late makes the thread longer once more.
    document.fonts.ready.then(() => thread.scrollTop === end && toTheEnd());
  }

  #hear(frame) {
    if (String(frame.ticket) === this.dataset.ticket && frame.seq > Number(this.dataset.seq ?? 0)) this.refresh();
  }

  #show(html) {
    const page = document.createElement("template");
    page.innerHTML = html;
    const seq = Number(page.content.querySelector("[data-seq]")?.dataset.seq ?? 0);
    if (seq && seq < Number(this.dataset.seq ?? 0)) return;
    window.htmx.swap({ text: html, target: this, sourceElement: this, swap: "innerMorph" });
    if (seq) this.dataset.seq = seq;
    this.#announce();
  }

  #announce() {
    const news = this.querySelector("[data-announce]")?.dataset.announce;
    if (news && news !== this.dataset.nowAnnounced) {
      this.dataset.nowAnnounced = news;
      document.dispatchEvent(new CustomEvent("announce", { detail: news }));
    }
  }

  #look() {
    say({ viewing: Number(this.dataset.ticket) });
  }

  #type() {
    if (Date.now() - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = Date.now();
    say({ typing: Number(this.dataset.ticket) });
  }
}

function complain(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "error" } }));
}

function say(message) {
  document.dispatchEvent(new CustomEvent("feed:say", { detail: message }));
}

customElements.define("live-ticket", LiveTicket);
