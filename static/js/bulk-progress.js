// <bulk-progress data-src>: as long as something in it is [data-at-work], it asks how far that is, and shows it.

const EVERY = 800;

class BulkProgress extends HTMLElement {
  #timer = null;

  connectedCallback() {
    this.#wait();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #wait() {
    if (this.querySelector("[data-at-work]")) this.#timer = setTimeout(() => this.#look(), EVERY);
  }

  async #look() {
    try {
      const answer = await fetch(this.dataset.src, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if (answer.ok && !answer.redirected) {
        window.htmx.swap({ text: await answer.text(), target: this, sourceElement: this, swap: "innerMorph" });
      }
    } catch {
      // Offline: what is shown is what is known; the next look may find more.
    }
    this.#wait();
  }
}

customElements.define("bulk-progress", BulkProgress);
