// <theme-choice>: light, dark, or as the system, at once. Its form is kept with the person (preference.js); the cookie is for the
// pages before signing in.

class ThemeChoice extends HTMLElement {
  connectedCallback() {
    const root = document.documentElement;
    const chosen = root.dataset.theme ?? "system";
    for (const radio of this.querySelectorAll("input[type=radio]")) radio.checked = radio.value === chosen;
    this.addEventListener("change", ({ target }) => {
      if (target.value === "system") delete root.dataset.theme;
      else root.dataset.theme = target.value;
      const age = target.value === "system" ? 0 : 31_536_000;
      document.cookie = `theme=${target.value}; path=/; max-age=${age}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    });
  }
}

customElements.define("theme-choice", ThemeChoice);
