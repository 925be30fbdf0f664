// A producer's browser as their phone. It registers with the carrier, says every 20 s that it is there, rings,
// and presses the whisper's key; whether anybody may talk is decided elsewhere, at that key.
const panel = document.getElementById("softphone");
const { words, ...given } = JSON.parse(panel.dataset.script);
const told = document.getElementById("softphone-told");
const about = document.getElementById("softphone-call");
const ownWindow = panel.querySelector(".softphone-window");
const offText = told.textContent;
const pageTitle = document.title;

const BUTTONS = {
  off: ["turn_on"], starting: ["turn_off"], ready: ["turn_off"], lost: ["turn_off"],
  ringing: ["take", "not_now"], taking: [], talking: ["mute", "hang_up"],
};
const LOOK_MS = 600;
const PRESS_AGAIN_MS = 1500;
const MOST_PRESSES = 4;
const NO_NEWS_MS = 3000;
const PASS_RENEWED_MS = 120000;
const CONNECTS_MS = 8000;

let device = null;
let clock = null;
let wants = false;
let turns = 0;
let ring = null;

const button = (name) => panel.querySelector(`[data-does="${name}"]`);

function show(state, text, trouble = false) {
  panel.dataset.state = state;
  panel.classList.toggle("has-trouble", trouble);
  for (const each of panel.querySelectorAll("[data-does]")) each.hidden = !BUTTONS[state].includes(each.dataset.does);
  if (told.textContent !== text) told.textContent = text;
  if (ownWindow) ownWindow.hidden = state !== "off";
  document.title = state === "ringing" ? `☎ ${words.incoming} · ${pageTitle}` : pageTitle;
  if (!["ringing", "taking", "talking"].includes(state)) {
    about.hidden = true;
    about.replaceChildren();
  }
}

// ---- asking our own server

const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

async function post(url) {
  // A redirect leads to the sign-in page, which is no answer.
  return fetch(url, { method: "POST", headers: { "X-CSRFToken": csrf() }, redirect: "manual" });
}

const signedOut = (answer) => answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;

async function pass() {
  const answer = await post(given.token);
  if (signedOut(answer)) throw new Error("signed_out");
  if (!answer.ok) throw new Error(answer.status === 409 ? "pass_refused" : "server_trouble");
  return (await answer.json()).token;
}

async function sign() {
  if (!device || device.state !== "registered") return;
  try {
    const answer = await post(given.here);
    if (signedOut(answer)) turnOff(words.signed_out, true);
    else if (!answer.ok) troubled(words.server_trouble);
    else if (panel.dataset.state === "lost") show("ready", words.ready);
  } catch {
    troubled(navigator.onLine ? words.server_trouble : words.offline);
  }
}

function gone() {
  const form = new FormData();
  form.append("csrf_token", csrf());
  navigator.sendBeacon(given.gone, form);
}

function troubled(text) {
  if (!ring && wants) show("lost", text, true);
}

// ---- on and off

async function turnOn() {
  wants = true;
  turns += 1;
  const mine = turns;
  try {
    show("starting", words.asking);
    await microphone();
    if (turns !== mine) return;
    show("starting", words.connecting);
    await library();
    const token = await pass();
    if (turns !== mine) return;
    device = new window.Twilio.Device(token, {
      closeProtection: words.leaving, tokenRefreshMs: PASS_RENEWED_MS, logLevel: "error", codecPreferences: ["opus", "pcmu"],
    });
    device.on("registered", () => { if (!ring) show("ready", words.ready); sign(); });
    device.on("unregistered", () => { if (wants) { gone(); troubled(words.offline); } });
    device.on("error", (error) => troubled(meaning(error)));
    device.on("tokenWillExpire", renew);
    device.on("incoming", rings);
    clock = new Worker(panel.dataset.clock);
    clock.onmessage = sign;
    clock.postMessage(given.sign_seconds);
    // The library tries for ever and says nothing meanwhile.
    setTimeout(() => { if (turns === mine && device.state !== "registered") troubled(words.offline); }, CONNECTS_MS);
    await device.register();
  } catch (error) {
    if (turns === mine) turnOff(words[error.message] || meaning(error), true);
  }
}

function turnOff(text = offText, trouble = false) {
  if (device) gone();
  wants = false;
  turns += 1;
  clock?.terminate();
  device?.destroy();
  device = clock = ring = null;
  show("off", text, trouble);
}

async function renew() {
  try {
    device?.updateToken(await pass());
  } catch (error) {
    if (error.message === "signed_out" || error.message === "pass_refused") turnOff(words[error.message], true);
    // Otherwise the pass runs out; the library says so, and the next sign of life is not sent.
  }
}

async function microphone() {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error("not_supported");
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
  } catch (error) {
    throw new Error(error.name === "NotFoundError" ? "microphone_missing" : "microphone_refused");
  }
}

function library() {
  if (window.Twilio?.Device) return null;
  return new Promise((loaded, failed) => {
    const script = document.createElement("script");
    script.src = panel.dataset.sdk;
    script.onload = loaded;
    script.onerror = () => failed(new Error("offline"));
    document.head.append(script);
  });
}

// Source of the codes: @twilio/voice-sdk 2.18.5, errors.
function meaning(error) {
  const code = error?.code || 0;
  if ([20101, 20103, 20104, 20151, 31202, 31204, 31205].includes(code)) return words.pass_refused;
  if (code === 31401) return words.microphone_refused;
  if (code === 31402) return words.microphone_missing;
  return navigator.onLine ? words.server_trouble : words.offline;
}

// ---- a ring

function rings(call) {
  const mine = { call, key: null, stage: null, openedAt: null, pressedAt: 0, presses: 0, known: false };
  ring = mine;
  call.on("accept", () => { mine.openedAt = performance.now(); });
  for (const end of ["disconnect", "cancel", "reject"]) call.on(end, () => over(mine, end));
  call.on("error", (error) => { if (ring === mine && !mine.openedAt) over(mine, "error", meaning(error)); });
  call.on("mute", (isMuted) => showMute(isMuted));
  show("ringing", words.incoming);
  follow(mine);
}

async function follow(mine) {
  while (ring === mine && mine.stage !== "accepted") {
    try {
      const answer = await fetch(given.ringing, { redirect: "manual" });
      if (ring !== mine) return;
      if (answer.ok) learn(mine, await answer.json());
    } catch {
      // The key itself goes through the carrier; a page that knows less still rings.
    }
    if (ring !== mine) return;
    if (!mine.known && about.hidden) describe([words.no_details]);
    press(mine);
    await new Promise((later) => setTimeout(later, LOOK_MS));
  }
}

function learn(mine, found) {
  if (found.stage === "over") {
    // Nothing of ours rings here: not answered. What we knew, the library will end.
    if (!mine.known && !mine.key) {
      ring = null;
      mine.call.ignore();
      show("ready", words.stranger, true);
    }
    return;
  }
  if (!mine.known) {
    mine.known = true;
    mine.callback = found.callback;
    describe(found.words);
    if (!mine.key) show("ringing", found.callback ? words.incoming_callback : words.incoming);
  }
  mine.stage = found.stage;
  if (found.stage === "accepted") show("talking", mine.callback ? words.calling : words.talking);
  else if (found.stage === "authority_lost") show("taking", words.authority_lost, true);
}

function describe(sentences) {
  about.replaceChildren(...sentences.map((sentence) => {
    const line = document.createElement("li");
    line.textContent = sentence;
    return line;
  }));
  about.hidden = false;
}

function press(mine) {
  if (!mine.key || mine.openedAt === null) return;
  const now = performance.now();
  const listens = mine.stage === "asked" || (mine.stage === null && now - mine.openedAt > NO_NEWS_MS);
  if (!listens || mine.presses >= MOST_PRESSES || now - mine.pressedAt < PRESS_AGAIN_MS) return;
  mine.presses += 1;
  mine.pressedAt = now;
  mine.call.sendDigits(mine.key);
}

function choose(key) {
  if (!ring || ring.key) return;
  ring.key = key;
  show("taking", key === "1" ? words.taking : words.passing);
  // Both answer: "not now" is a key like "take it", and the whisper listens for it.
  ring.call.accept();
}

function over(mine, how, text = null) {
  if (ring !== mine) return;
  ring = null;
  const talked = mine.stage === "accepted";
  const said = text || (mine.stage === "authority_lost" && words.authority_lost)
    || (mine.key === "2" && words.passed) || (talked && words.ended) || (how === "cancel" && words.missed) || words.ended;
  showMute(false);
  if (device?.state === "registered") show("ready", `${said} ${words.ready}`, mine.stage === "authority_lost");
  else show(wants ? "lost" : "off", wants ? `${said} ${words.offline}` : offText, wants);
}

function showMute(isMuted) {
  const mute = button("mute");
  mute.setAttribute("aria-pressed", String(isMuted));
  mute.textContent = isMuted ? words.unmute : words.mute;
  if (panel.dataset.state === "talking") show("talking", isMuted ? words.muted : words.talking);
}

// ---- what a person does

const DOES = {
  turn_on: turnOn,
  turn_off: () => turnOff(),
  take: () => choose("1"),
  not_now: () => choose("2"),
  mute: () => ring?.call.mute(!ring.call.isMuted()),
  hang_up: () => ring?.call.disconnect(),
};
panel.addEventListener("click", (event) => DOES[event.target.closest("[data-does]")?.dataset.does]?.());
addEventListener("pagehide", () => { if (device) gone(); });
addEventListener("offline", () => troubled(words.offline));
addEventListener("online", sign);
