// Comfort: one big override, what the box has learned, holidays, and how it feels.

const HOLD = [["1h", 60], ["2h", 120], ["4h", 240], ["night", 0]];

function untilNight(night) {
  const [hour, minute] = (night || "23:00").split(":"), now = new Date(S.t * 1000), then = new Date(now);
  then.setHours(hour, minute, 0, 0);
  if (then <= now) then.setDate(then.getDate() + 1);
  return Math.max(30, Math.min(1440, Math.round((then - now) / 60000)));
}

function chips(name, options, chosen) {
  return h("div", {class: "chips"}, options.map(([key, label]) =>
    h("label", {}, h("input", {type: "radio", name, value: key, checked: key == chosen}), h("span", {}, label))));
}
const picked = name => { const r = document.querySelector(`input[name=${name}]:checked`); return r && r.value; };

const COMFORT = {
  build(root) {
    this.target = this.data = null;
    this.room = h("div");
    this.wish = h("section", {class: "card", "aria-labelledby": "warm"});
    this.rest = h("div", {}, ["feel", "learned", "holiday", "everyday", "model"].map(() => h("div")));
    this.told = [];
    this.shown = "";
    root.append(this.room, this.wish, this.rest);
    this.update();
    this.load();
  },
  async load() {
    const answer = await ask("/api/comfort");
    if (!answer.ok) return;
    this.data = answer.data;
    // made anew only where what it says has changed: somebody may be typing in another
    this.profile(this.data).forEach(([told, made], i) => {
      const key = JSON.stringify(told);
      if (this.told[i] !== key) this.rest.children[i].replaceChildren(...(told === undefined ? [] : [made()]));
      this.told[i] = key;
    });
  },
  async send(body, said) { if (await wish("/api/comfort", body, said)) await this.load(); },
  update() {
    const c = S.control, band = c.band || {}, room = value("room.temp"), outside = value("outdoor.temp"), old = S.points["room.temp"];
    this.room.replaceChildren(card("", h("p", {class: "big" + (room === null ? " old" : "")}, room === null ? t("unknown") : degrees(room)),
      room === null && old && old[1] !== null && h("p", {class: "soft"}, t("room.last", {temp: degrees(old[1]), time: moment(S.t - old[4])})),
      band.min_mc && h("p", {class: "lead"}, t(c.override ? "room.asked" : "room.keeps", {low: degrees(band.min_mc), high: degrees(band.max_mc), temp: degrees(band.target_mc)})),
      outside !== null && h("p", {class: "soft"}, t("outside", {temp: degrees(outside)}))));
    const key = JSON.stringify([c.override, S.roles.includes("heat_pump"), lang]);
    if (key == this.shown) return;
    this.shown = key;
    if (!S.roles.includes("heat_pump")) return this.wish.replaceChildren(h("h2", {id: "warm"}, t("override")), h("p", {class: "soft"}, t("comfort.none")));
    if (c.override) return this.wish.replaceChildren(h("h2", {id: "warm"}, t("override")),
      h("p", {class: "lead good"}, t("override.on", {temp: degrees(c.override.target_mc), time: moment(c.override.until)})),
      h("button", {class: "wide", onclick: () => wish("/api/override", {target_mc: c.override.target_mc, minutes: 0}, t("override.ended"))}, t("override.end")));
    if (this.target === null) this.target = Math.round((band.target_mc || 20500) / 500) * 500;
    const out = h("output", {class: "big", "aria-live": "polite", id: "wanted"}, degrees(this.target));
    const step = by => { this.target = Math.max(10000, Math.min(28000, this.target + by)); out.textContent = degrees(this.target); };
    this.wish.replaceChildren(h("h2", {id: "warm"}, t("override")), h("p", {class: "soft"}, t("override.how")),
      h("div", {class: "steps"}, h("button", {class: "plain", "aria-label": t("cooler"), onclick: () => step(-500)}, "−"), out,
        h("button", {class: "plain", "aria-label": t("warmer"), onclick: () => step(500)}, "+")),
      h("fieldset", {}, h("legend", {class: "label"}, t("howlong")), chips("hold", HOLD.map(([key]) => [key, t("hold." + key)]), "2h")),
      h("button", {class: "wide", onclick: () => {
        const minutes = HOLD.find(([key]) => key == picked("hold"))[1] || untilNight(this.data && this.data.night[0]);
        wish("/api/override", {target_mc: this.target, minutes}, t("override.said", {temp: degrees(this.target)}));
      }}, t("override.do")));
  },
  // [what it says, how it is made] of each part; undefined where there is nothing to say
  profile(d) {
    return [
      [d.feel === undefined ? d.feel : [d.feel, d.ppd_pm], () => card("", h("fieldset", {}, h("legend", {class: "label"}, t("feel")),
        chips("feel", [-3, -2, -1, 0, 1, 2, 3].map(n => [n, t("feel." + (n + 3))]), d.feel ? d.feel.last : null)),
        h("button", {class: "plain", onclick: () => { const v = picked("feel"); if (v !== null) this.send({feel: +v}, t("feel.thanks")); }}, t("feel.send")),
        d.ppd_pm !== null && d.ppd_pm !== undefined && h("p", {class: "soft small"}, t("feel.ppd", {n: percent(d.ppd_pm)})))],
      [d.learned, () => card(t("learned"), d.learned.length ? h("ul", {class: "list"}, d.learned.map(l => this.lesson(l))) : h("p", {class: "soft"}, t("learned.none")))],
      [d.holiday || null, () => this.holiday(d)],
      [[d.setpoint_mc, d.min_mc, d.max_mc, d.night_min_mc, d.night], () => this.everyday(d)],
      [d.model || undefined, () => card(t("model"), h("p", {class: "soft"}, t("model.how", {loss: num(d.model.loss_w_k), hours: num(d.model.capacity_wh_k / d.model.loss_w_k), error: num(d.model.error_mk / 1000, 1)})))],
    ];
  },
  lesson(l) {
    const id = "lesson" + l.id;
    return h("li", {}, h("label", {class: "check", for: id}, h("input", {type: "checkbox", id, checked: l.on, onchange: event => this.send({learned: {id: l.id, on: event.target.checked}})}),
      h("span", {}, t("lesson." + l.key, {temp: degrees(Math.abs(l.mc)), from: l.from, to: l.to, days: t("days." + l.days)}))),
    h("div", {class: "row"}, h("span", {class: "soft small"}, many("lesson.seen", l.seen)),
      h("button", {class: "plain", "aria-describedby": id, onclick: () => this.send({learned: {id: l.id, forget: true}}, t("forgotten"))}, t("forget"))));
  },
  holiday(d) {
    if (d.holiday) return card(t("holiday"), h("p", {class: "good"}, t("holiday.on", {time: date(d.holiday.until), temp: degrees(d.holiday.mc)})),
      h("button", {class: "plain", onclick: () => this.send({holiday: null}, t("holiday.ended"))}, t("holiday.end")));
    const until = h("input", {type: "date", required: true, min: forDate(S.t), id: "until"}), temp = h("input", {type: "number", min: 8, max: 20, step: .5, value: 16, inputmode: "decimal"});
    return h("form", {onsubmit: event => { event.preventDefault(); this.send({holiday: {until: Math.round(new Date(until.value + "T16:00").getTime() / 1000), mc: Math.round(temp.value * 1000)}}); }},
      card(t("holiday"), h("p", {class: "soft"}, t("holiday.how")), h("div", {class: "fields"}, h("label", {}, t("holiday.until"), until), h("label", {}, t("holiday.temp"), temp)), h("button", {class: "plain"}, t("holiday.do"))));
  },
  everyday(d) {
    const field = (key, label) => h("label", {}, label, h("input", {type: "number", name: key, step: .5, min: 5, max: 30, value: d[key] / 1000, inputmode: "decimal", required: true}));
    const hour = (i, label) => h("label", {}, label, h("input", {type: "time", name: "night" + i, value: d.night[i], required: true}));
    return h("form", {onsubmit: event => {
      event.preventDefault();
      const f = new FormData(event.target), mc = key => Math.round(f.get(key) * 1000);
      this.send({setpoint_mc: mc("setpoint_mc"), min_mc: mc("min_mc"), max_mc: mc("max_mc"), night_min_mc: mc("night_min_mc"), night: [f.get("night0"), f.get("night1")]});
    }}, card(t("everyday"), h("p", {class: "soft"}, t("everyday.how")), h("div", {class: "fields"}, field("setpoint_mc", t("temp.usual")), field("min_mc", t("temp.min")), field("max_mc", t("temp.max")), field("night_min_mc", t("temp.night")), hour(0, t("night.from")), hour(1, t("night.to"))), h("button", {class: "plain"}, t("save"))));
  },
};
