// One key for every action. An element says which by data-key ("e", "?", "Mod+Enter", "Escape"); pressing it clicks a button or
// link and focuses a field. Silent while typing (Mod+Enter and Escape aside), for held keys, and when switched off (data-keys="off"
// on the page, by a checkbox [data-keys-switch]). Of several visible elements with the same key it is the next one after the focus, and from within a field only
// one of the field's own form. Before acting it sends a cancelable "key:press" (to document when no element has the key).

const root = document.documentElement;

function typing(target) {
  return target.closest?.("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])");
}

function nameOf(event) {
  const modified = event.ctrlKey || event.metaKey;
  if (event.altKey || (modified && event.key !== "Enter")) return null;
  if (modified) return "Mod+Enter";
  return event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key;
}

function choose(key, field) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  // What a closed menu holds is at hand all the same.
  const shown = (element) => (element.closest("details.menu") ?? element).checkVisibility({ visibilityProperty: true });
  const usable = all.filter((element) => !element.disabled && shown(element));
  // From within a field only that field's own form is sent: a search must never approve a draft.
  if (field) return usable.find((element) => (field.form && element.form === field.form) || element.closest("form")?.contains(field));
  const focused = document.activeElement;
  const after = (element) => focused.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
  return usable.find((element) => element !== focused && after(element)) ?? usable[0];
}

function press(element) {
  if (element.matches("input:not([type=radio], [type=checkbox], [type=submit]), textarea, select, [data-key-focuses]")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

document.addEventListener("keydown", (event) => {
  const key = nameOf(event);
  if (!key || event.repeat || event.isComposing || event.defaultPrevented) return;
  const field = typing(event.target);
  if (field && key !== "Mod+Enter" && key !== "Escape") return;
  if (document.querySelector("dialog:modal")) return;
  if (root.dataset.keys === "off" && key.length === 1) return;
  const element = key === "Escape" && field ? undefined : choose(key, field);
  const asking = new CustomEvent("key:press", { detail: { key }, bubbles: true, cancelable: true });
  const goOn = (element ?? document).dispatchEvent(asking);
  if (element || !goOn) event.preventDefault();
  if (element && goOn) press(element);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-keys-switch]")) root.dataset.keys = target.checked ? "on" : "off";
});
if (/mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform)) root.dataset.platform = "mac";
