// What every page needs: clocks that tick by the server's time, live regions that keep focus and say when they are old.
const body = document.body;

// ---- the server's clock: it may be shifted, and run faster than ours (the demo's does)

const speed = Number(body.dataset.speed || 1);
let serverThen = Date.parse(body.dataset.now);
let hereThen = performance.now();

export function serverNow() {
  return serverThen + (performance.now() - hereThen) * speed;
}

function syncClock(told) {
  const at = Date.parse(told);
  if (Number.isNaN(at)) return;
  serverThen = at;
  hereThen = performance.now();
}

const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

export function duration(seconds) {
  const left = Math.max(0, Math.floor(seconds));
  for (let nth = 0; nth < units.length; nth += 1) {
    const [size, unit] = units[nth];
    if (left < size) continue;
    const below = units[nth + 1];
    const rest = below ? Math.floor((left % size) / below[0]) : 0;
    return `${Math.floor(left / size)} ${unit}${rest ? ` ${rest} ${below[1]}` : ""}`;
  }
  return "0 s";
}

export function tick() {
  const now = serverNow();
  for (const clock of document.querySelectorAll("time[data-since], time[data-until]")) {
    const seconds = (Date.parse(clock.dateTime) - now) / 1000;
    const text = "since" in clock.dataset ? duration(-seconds)
      : seconds > 0 ? duration(seconds) : `${duration(-seconds)} ${clock.dataset.over || "over"}`;
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("clock-over", "until" in clock.dataset && seconds <= 0);
    clock.classList.toggle("clock-soon", "until" in clock.dataset && seconds > 0 && seconds < 600);
  }
}
tick();
setInterval(tick, 1000);

// ---- live regions

const STALE_AFTER_MS = 10000;
let freshAt = performance.now();
let paused = false;

const isLive = (element) => element?.hasAttribute?.("data-live");
const live = () => document.querySelector("[data-live]");

const agencyTime = new Intl.DateTimeFormat("en-US", {
  hour: "numeric", minute: "2-digit", second: "2-digit", timeZone: body.dataset.zone, timeZoneName: "short",
});

function showAge() {
  const region = live();
  const asOf = document.getElementById("as-of");
  if (!asOf) return;
  asOf.hidden = !region;
  if (!region) {
    document.getElementById("stale").hidden = true;
    body.classList.remove("is-stale");
    return;
  }
  const at = new Date(serverThen);
  const text = paused ? "Paused" : `As of ${agencyTime.format(at)}`;
  const shown = document.getElementById("as-of-text");
  if (shown.textContent !== text) shown.textContent = text;
  const old = !paused && performance.now() - freshAt > STALE_AFTER_MS;
  body.classList.toggle("is-stale", old);
  const told = document.getElementById("stale");
  if (old && told.hidden) told.textContent = "This board is old: no answer for more than ten seconds. What you see may not be so any more.";
  told.hidden = !old;
}
setInterval(showAge, 1000);
showAge();

addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});
addEventListener("htmx:beforeRequest", (event) => {
  const asked = event.detail.requestConfig?.triggeringEvent?.type;
  if (paused && isLive(event.target) && asked !== "look") event.preventDefault();
});
addEventListener("htmx:afterRequest", (event) => {
  syncClock(event.detail.xhr?.getResponseHeader("X-Now"));
  if (isLive(event.target) && event.detail.successful) freshAt = performance.now();
  // 286 is htmx's word for "there will be nothing new": what stands there is not old.
  if (event.detail.xhr?.status === 286) event.target.removeAttribute("data-live");
  showAge();
});
addEventListener("htmx:afterSwap", tick);

// What a person has unfolded or opened stays so; the server knows nothing of it.
function keepOpen() {
  if (!window.Idiomorph) return;
  const { callbacks } = window.Idiomorph.defaults;
  callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && (node.tagName === "DETAILS" || node.tagName === "DIALOG"));
  // Nor is what is being typed or chosen; a pressed button gets its new words.
  callbacks.beforeNodeMorphed = (node) =>
    !(node === document.activeElement && node.matches("input:not([type=hidden]), select, textarea"));
}
addEventListener("DOMContentLoaded", keepOpen);
keepOpen();

const pause = document.getElementById("pause");
pause?.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Go on" : "Pause";
  if (!paused) {
    freshAt = performance.now();
    window.htmx?.trigger(body, "look");
  }
  showAge();
});

// ---- what was done

export function tell(message, how = "done") {
  const toasts = document.getElementById("told");
  const toast = document.createElement("div");
  toast.className = `told told-${how}`;
  toast.textContent = message;
  toasts.append(toast);
  if (how === "done") setTimeout(() => toast.remove(), 8000);
}
addEventListener("told", (event) => tell(event.detail.message, event.detail.how));
for (const toast of document.querySelectorAll("#told .told-done")) setTimeout(() => toast.remove(), 8000);

export function announce(message) {
  const region = document.getElementById("announce");
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = message; });
}

// ---- menus, theme, confirmations

document.getElementById("theme")?.addEventListener("click", () => {
  const dark = document.documentElement.classList.toggle("dark");
  localStorage.setItem("threegate-theme", dark ? "dark" : "light");
});
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".bar details[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest?.("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(".bar details[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
// A form that says why it must be asked twice: data-confirm.
addEventListener("submit", (event) => {
  const why = event.submitter?.dataset.confirm || event.target.dataset?.confirm;
  if (why && !window.confirm(why)) event.preventDefault();
});
// Secrets that are shown once can be copied.
addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copies]");
  if (!button) return;
  const shown = document.getElementById(button.dataset.copies);
  await navigator.clipboard.writeText(shown.value ?? shown.textContent.trim());
  announce("Copied");
  button.textContent = "Copied";
});
