// A form[data-preference] keeps its choice with the person as soon as it is changed; the page stays as it is.

function complain(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "error" } }));
}

document.addEventListener("change", async ({ target }) => {
  const form = target.form?.matches("form[data-preference]") ? target.form : null;
  if (!form) return;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(`The desk answered ${answer.status}`);
  } catch {
    complain(inWords("This holds for this page; the desk could not keep it. Please try again."));
  }
});
