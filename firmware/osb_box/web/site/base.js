"use strict";
// Small tools: elements, words of the chosen language, numbers and times as the reader is used to them.

const $ = id => document.getElementById(id);
const LANGUAGES = {nl: "Nederlands", fr: "Français", de: "Deutsch", da: "Dansk", sv: "Svenska", en: "English"};
let words = {}, lang = "en", locale = "en-GB";

function fill(e, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else if (key == "value" || key == "checked" || key == "disabled") e[key] = value;
    else e.setAttribute(key, value === true ? "" : value);
  }
  e.append(...children.flat(9).filter(c => c !== null && c !== undefined && c !== false));
  return e;
}
const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) => fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const card = (title, ...children) => h("section", {class: "card"}, title && h("h2", {}, title), ...children);

// what the box may name that no language knows yet is shown as it is
const t = (key, values) => (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => values && name in values ? values[name] : "");
const has = key => key in words;
const many = (key, n, values) => t(key + (new Intl.PluralRules(lang).select(n) == "one" ? ".one" : ".other"), {n: num(n), ...values});

const num = (x, digits = 0) => new Intl.NumberFormat(locale, {minimumFractionDigits: digits, maximumFractionDigits: digits}).format(x);
const watts = w => Math.abs(w) < 1000 ? num(Math.abs(w)) + "\u00a0W" : num(Math.abs(w) / 1000, 1) + "\u00a0kW";
const energy = wh => num(wh / 1000, Math.abs(wh) < 100000 ? 1 : 0) + "\u00a0kWh";
const degrees = mc => num(mc / 1000, 1) + "\u00a0°C";
const money = ct => new Intl.NumberFormat(locale, {style: "currency", currency: "EUR"}).format(ct / 100);
const percent = pm => new Intl.NumberFormat(locale, {style: "percent"}).format(pm / 1000);
const when = (t, options) => new Intl.DateTimeFormat(locale, options).format(new Date(t * 1000));
const clock = t => when(t, {hour: "2-digit", minute: "2-digit"});
const sameDay = (a, b) => new Date(a * 1000).toDateString() == new Date(b * 1000).toDateString();
const moment = t => sameDay(t, S.t) ? clock(t) : when(t, {weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit"});
const date = t => when(t, {weekday: "long", day: "numeric", month: "long"});

const forDate = t => { const d = new Date(t * 1000); return d.getFullYear() + "-" + two(d.getMonth() + 1) + "-" + two(d.getDate()); };
const two = n => String(n).padStart(2, "0");

async function choose(wanted) {
  lang = wanted in LANGUAGES ? wanted : "en";
  // numbers and times as this reader has them elsewhere; else as in Europe
  locale = (navigator.languages || []).find(l => l.startsWith(lang + "-")) || (lang == "en" ? "en-GB" : lang);
  // without words there is no page; a box that has other work says them a moment later
  for (const mine = lang; mine == lang; await pause(1000)) {
    const answer = await fetch("/words?" + mine).catch(() => 0), said = answer && answer.ok && await answer.json().catch(() => 0);
    if (said) { words = said; break; }
  }
  document.documentElement.lang = lang;
  document.title = t("title");
}
const preferred = () => localStorage.getItem("language") || (navigator.languages || [navigator.language]).map(l => l.slice(0, 2)).find(l => l in LANGUAGES) || "en";

// said once, to those who see and to those who listen
function say(text) {
  const e = $("say");
  clearTimeout(say.end);
  e.textContent = "";
  e.className = "seen";
  setTimeout(() => { e.textContent = text; }, 50);
  say.end = setTimeout(() => { e.className = ""; }, 7000);
}
