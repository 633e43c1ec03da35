// A request of htmx that failed says so in words; the page stays as it is.

const SENTENCES = {
  401: inWords("You are signed out. Sign in again in another tab; what you wrote is kept here."),
  403: inWords("This was refused. Reload the page and try again; what you wrote is kept."),
  404: inWords("This is no longer there, or no longer yours to see."),
  413: inWords("This is too large to be taken in."),
  429: inWords("Too many at once. Please wait a little and try again."),
};

function say(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "error" } }));
}

document.addEventListener("htmx:response:error", ({ detail }) => {
  const { status } = detail.ctx.response;
  if (status >= 500) say(inWords("The desk could not do this just now. Nothing was changed; please try again."));
  else if (SENTENCES[status]) say(SENTENCES[status]);
});
document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx) say(inWords("The desk cannot be reached. What you wrote is kept; please try again."));
});
