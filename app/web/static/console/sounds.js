// What must not be overlooked: tones that repeat until somebody sees to it, a count in the tab, and words at thresholds.
const EVERY_SECONDS = { unclaimed: 30, holding: 10 };
const STORED = "threegate-shift";

const shift = document.getElementById("shift");
const start = document.getElementById("shift-start");
const stop = document.getElementById("shift-stop");
const hush = document.getElementById("shift-hush");
const told = document.getElementById("shift-told");
const title = document.title;

let sound = null;
let hushed = null;
let playedAt = -Infinity;
let played = 0;
let before = null;

const read = () => {
  const data = document.getElementById("signals")?.dataset;
  if (!data) return null;
  return Object.fromEntries(["unclaimed", "holding", "long", "overdue", "waiting"].map((name) => [name, Number(data[name])]));
};

// ---- tones: two short ones for the list, three high ones for a caller on hold

function tone(hertz, after, seconds) {
  const at = sound.currentTime + after;
  const wave = sound.createOscillator();
  const volume = sound.createGain();
  wave.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.2, at + 0.02);
  volume.gain.linearRampToValueAtTime(0, at + seconds);
  wave.connect(volume).connect(sound.destination);
  wave.start(at);
  wave.stop(at + seconds);
}

function play(kind) {
  if (!sound || sound.state !== "running") return;
  const notes = kind === "holding" ? [[880, 0], [1108, 0.18], [880, 0.36]] : [[523, 0], [659, 0.22]];
  for (const [hertz, after] of notes) tone(hertz, after, 0.16);
  playedAt = performance.now();
  played += 1;
  shift.dataset.played = String(played);
  shift.dataset.last = kind;
}

// ---- the shift: a click unlocks the sound, and tries it

async function begin(byHand) {
  sound ??= new AudioContext();
  if (byHand) await sound.resume();
  // Without a click the browser may keep it shut: then the button says so.
  if (sound.state !== "running") return show();
  sessionStorage.setItem(STORED, "on");
  if (byHand) play("test");
  show();
}

function end() {
  sessionStorage.removeItem(STORED);
  sound?.close();
  sound = null;
  hushed = null;
  show();
}

function show() {
  const running = sound?.state === "running";
  shift.dataset.on = running ? "yes" : "no";
  start.hidden = running;
  stop.hidden = !running;
  const loud = running && wanted() !== null;
  hush.hidden = !loud || hushed !== null;
  told.textContent = running ? (hushed !== null ? "Quiet until the next" : "Sound is on") : "Sound is off";
}

start?.addEventListener("click", () => begin(true));
stop?.addEventListener("click", end);
hush?.addEventListener("click", () => {
  const now = read();
  hushed = now ? now.unclaimed + now.holding : 0;
  show();
});
if (sessionStorage.getItem(STORED) === "on") begin(false);

function wanted() {
  const now = read();
  if (!now) return null;
  return now.holding ? "holding" : now.unclaimed ? "unclaimed" : null;
}

function sounds() {
  if (!shift) return;
  const kind = wanted();
  const now = read();
  if (hushed !== null && now && now.unclaimed + now.holding !== hushed) {
    // Fewer: what was hushed is being seen to. More: somebody new, who was never heard.
    hushed = now.unclaimed + now.holding < hushed && now.unclaimed + now.holding > 0 ? now.unclaimed + now.holding : null;
  }
  if (kind && hushed === null && performance.now() - playedAt >= EVERY_SECONDS[kind] * 1000) play(kind);
  show();
}
setInterval(sounds, 1000);

// ---- the tab

function badge(count) {
  document.title = count ? `(${count}) ${title}` : title;
  const icon = document.querySelector('link[rel="icon"]');
  icon.dataset.plain ??= icon.href;
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#b3261e"/><text x="16" y="22" font-family="sans-serif" font-size="17" font-weight="700" fill="#fff" text-anchor="middle">${count > 99 ? "99" : count}</text></svg>`;
  const wantedIcon = count ? `data:image/svg+xml,${encodeURIComponent(drawn)}` : icon.dataset.plain;
  if (icon.href !== wantedIcon) icon.href = wantedIcon;
}

// ---- words: once for each threshold that is crossed, never for a tick

const callers = (count) => `${count} ${count === 1 ? "caller" : "callers"}`;
const people = (count) => `${count} ${count === 1 ? "person" : "people"}`;

function say(now) {
  const words = [];
  if (now.holding && now.holding > before.holding) words.push(`${callers(now.holding)} on hold`);
  if (now.long && !before.long) words.push(`${callers(now.long)} waiting over 3 minutes`);
  if (now.unclaimed > before.unclaimed) words.push(`${people(now.unclaimed)} unclaimed`);
  if (now.overdue > before.overdue) words.push(`${now.overdue} overdue`);
  if (words.length) {
    const region = document.getElementById("announce");
    region.textContent = "";
    requestAnimationFrame(() => { region.textContent = `${words.join(". ")}.`; });
  }
}

function look() {
  const now = read();
  if (!now) return;
  badge(now.unclaimed + now.holding);
  if (before) say(now);
  const isNew = !before || now.unclaimed > before.unclaimed || now.holding > before.holding;
  before = now;
  if (isNew && now.unclaimed + now.holding > 0) {
    hushed = null;
    playedAt = -Infinity;
  }
  sounds();
}
addEventListener("htmx:afterSettle", look);
look();
