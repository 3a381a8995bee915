// What the box says, as it says it. S is all that is known of now; nothing in it looks live once the box is silent.

const S = {points: {}, control: {}, roles: [], link: null, t: Date.now() / 1000, poll_s: 60, heard: 0, away: false, firmware: null};
const SILENT_MS = 30000;
let door = null, hush = null;

const value = name => { const row = S.points[name]; return row && row[3] == "good" && !S.away ? row[1] : null; };
const known = name => name in S.points;

const pause = ms => new Promise(done => setTimeout(done, ms));

async function ask(path, body, raw) {
  const options = {headers: {Authorization: "Bearer " + (localStorage.getItem("session") || "")}};
  if (body !== undefined) Object.assign(options, {method: "POST", body: raw ? body : JSON.stringify(body)});
  let answer, data, broken;
  // a small box that has no room just now has it a moment later; an answer that ceases in the middle is none
  for (let again = raw || body !== undefined ? 3 : 6; again; again--) {
    try { answer = await fetch(path, {...options, signal: AbortSignal.timeout ? AbortSignal.timeout(25000) : undefined}); } catch (e) { away(true); return {ok: false, status: 0, error: t("away")}; }
    broken = false;
    data = await answer.json().catch(() => { broken = true; return {}; });
    if (answer.status != 503 && !(broken && body === undefined)) break;
    if (again > 1) await pause(700);
  }
  if (answer.status == 401 && path != "/api/login" && path != "/api/reset") signIn();
  else if (answer.status != 503) away(false);
  return {ok: answer.ok && !broken, status: answer.status, data, error: data && data.error || t("failed")};
}

function away(is) {
  if (is != S.away) { S.away = is; say(is ? t("away") : t("back")); redraw(); }
}

// the wish of somebody who looks at the page; tells how it went and returns whether it did
async function wish(path, body, said) {
  const answer = await ask(path, body);
  notice(answer.ok ? said || t("saved") : answer.error, !answer.ok);
  if (answer.ok) await look();
  return answer.ok;
}

function notice(text, bad) {
  say(text);
  const old = $("notice");
  if (old) old.remove();
  if (!bad) return;
  const box = h("p", {class: "warn", id: "notice", tabindex: "-1"}, text);
  $("screen").querySelector("h1").after(box);
  box.scrollIntoView({block: "nearest"});
}

async function look() {
  const answer = await ask("/api/status");
  if (!answer.ok) return false;
  const d = answer.data;
  Object.assign(S, {t: d.t, roles: d.roles, poll_s: d.poll_s, control: d.control, link: d.link ? d.link.connected : null, heard: Date.now(), firmware: d.firmware, errors: d.errors, box: d.box_id});
  S.points = Object.fromEntries(d.points.map(row => [row[0], row]));
  redraw();
  return true;
}

function hear(event) {
  S.t = event.t;
  S.heard = Date.now();
  S.away = false;
  for (const row of event.points) S.points[row[0]] = row;
  if (event.control) S.control = event.control;
  S.link = event.connected;
  redraw();
}

// what the box says, unless it is silent for too long
function spoken(work) {
  let timer;
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error("silent")), SILENT_MS); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function follow() {
  if (hush) hush.abort();
  const mine = hush = new AbortController();
  for (let wait = 1000; !mine.signal.aborted; wait = Math.min(wait * 2, 30000)) {
    if (!localStorage.getItem("session")) return;
    const once = new AbortController();
    mine.signal.onabort = () => once.abort();
    try {
      const answer = await spoken(fetch("/api/live", {headers: {Authorization: "Bearer " + localStorage.getItem("session")}, signal: once.signal}));
      if (answer.status == 401) return signIn();
      if (answer.ok) { wait = 1000; await listen(answer.body.getReader(), mine.signal); }
      else await look();
    } catch (e) { if (!mine.signal.aborted) await look(); } finally { once.abort(); }
    if (!mine.signal.aborted) await pause(wait);
  }
}

async function listen(reader, signal) {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const part = await spoken(reader.read());
    if (part.done || signal.aborted) return;
    S.heard = Date.now();
    text += decoder.decode(part.value, {stream: true});
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) if (event.startsWith("data: ")) hear(JSON.parse(event.slice(6)));
  }
}

function signIn() {
  localStorage.removeItem("session");
  if (hush) hush.abort();
  if (door) return;
  const code = h("input", {id: "code", autocomplete: "current-password", autocapitalize: "none", spellcheck: "false", required: true, "aria-describedby": "wrong"});
  const wrong = h("p", {id: "wrong", class: "warn", role: "alert", hidden: true});
  const open = async event => {
    event.preventDefault();
    const answer = await ask("/api/login", {code: code.value.trim()});
    if (!answer.ok) {
      const seconds = /(\d+) seconds/.exec(answer.error);
      wrong.textContent = answer.status == 429 ? t("login.wait", {n: seconds ? num(+seconds[1]) : "60"}) : answer.status == 401 ? t("login.wrong") : answer.error;
      wrong.hidden = false;
      code.focus();
      return;
    }
    localStorage.setItem("session", answer.data.session);
    door = null;
    await start();
  };
  door = h("form", {onsubmit: open}, h("h1", {tabindex: "-1"}, t("login.title")),
    card("", h("p", {class: "lead"}, t("login.how")), wrong, h("label", {}, t("login.code"), code), h("button", {class: "wide"}, t("login.open")), languageField()));
  $("nav").hidden = true;
  $("banner").replaceChildren();
  $("screen").replaceChildren(door);
  code.focus();
}
