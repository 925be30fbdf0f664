// The queue by keyboard: Alt chords, so that a word typed into a field is never a command; and a sheet that says them.
import { tinykeys } from "../vendor/tinykeys/tinykeys.module.js";

const STORED = "threegate-keys";
const sheet = document.getElementById("keys");
const onBox = document.getElementById("keys-on");
const stored = localStorage.getItem(STORED);
if (onBox) onBox.checked = stored !== "off";
onBox?.addEventListener("change", () => localStorage.setItem(STORED, onBox.checked ? "on" : "off"));

const on = () => localStorage.getItem(STORED) !== "off";
const rows = () => [...document.querySelectorAll("[data-row]")];
const typing = (target) => target.matches?.("input, textarea, select, [contenteditable]") ?? false;

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  all[next].focus();
  all[next].closest(".person")?.scrollIntoView({ block: "nearest" });
}

function claimNext() {
  document.getElementById("claim-next")?.requestSubmit();
}

function resolve() {
  const here = document.getElementById("f-outcome");
  if (here) {
    document.getElementById("resolve").scrollIntoView({ block: "center" });
    here.focus();
    return;
  }
  const row = document.activeElement?.closest?.(".person")?.querySelector("[data-row]");
  if (row) location.assign(`${row.href}#resolve`);
}

const chord = (act) => (event) => {
  if (!on() || sheet?.open) return;
  event.preventDefault();
  act();
};

tinykeys(window, {
  "Alt+KeyJ": chord(() => move(1)),
  "Alt+KeyK": chord(() => move(-1)),
  "Alt+KeyC": chord(claimNext),
  "Alt+KeyE": chord(resolve),
  "Shift+?": (event) => {
    if (!on() || typing(event.target) || sheet?.open) return;
    event.preventDefault();
    sheet?.showModal();
  },
});

if (location.hash === "#resolve") document.getElementById("f-outcome")?.focus();
