// <undo-toast data-until data-now>: counts down while a decision can be taken back, then goes. data-now is the server's clock
// when the page was made: the browser's own may be wrong by more than the ten seconds that count.

class UndoToast extends HTMLElement {
  #timer = null;

  connectedCallback() {
    const now = this.dataset.now ? Date.parse(this.dataset.now) : Date.now();
    const end = performance.now() + (Date.parse(this.dataset.until) - now);
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1_000);
      if (left <= 0 && !this.querySelector("[data-now-sending]")) return this.#over();
      const clock = this.querySelector("[data-countdown]");
      if (clock) clock.textContent = `${Math.max(0, left)} s`;
    };
    tick();
    this.#timer = setInterval(tick, 250);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #over() {
    if (this.dataset.after) document.dispatchEvent(new CustomEvent("announce", { detail: this.dataset.after }));
    this.remove();
  }
}

customElements.define("undo-toast", UndoToast);
