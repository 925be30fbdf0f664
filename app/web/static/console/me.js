// The producer's page: says aloud (to who cannot see it) when the state changes, and shows a form again that was answered with 422.
const spoken = document.getElementById("announce");
const title = document.title;
let before = document.getElementById("my-state")?.dataset.state;

function look() {
  const state = document.getElementById("my-state");
  if (!state || state.dataset.state === before) return;
  before = state.dataset.state;
  document.title = ["ringing", "missed"].includes(before) ? `(!) ${title}` : title;
  spoken.textContent = state.dataset.announce;
}

addEventListener("htmx:afterSettle", look);
addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== 422) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
// After a form or a tab the reader begins at the top of what is new.
addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "my-panel" && event.detail.target?.id !== "my-panel") return;
  const wrong = document.querySelector("#my-panel [aria-invalid]");
  if (wrong) wrong.focus();
  else scrollTo({ top: 0 });
});
