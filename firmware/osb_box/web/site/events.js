// What the neighbourhood asks of the home, what it earned, and the right to say no.

const EVENTS = {
  build(root) { this.root = h("div"); root.append(this.root); this.load(); },
  async load() {
    const answer = await ask("/api/events");
    if (!this.root.isConnected) return;
    this.root.replaceChildren(...(answer.ok ? this.shown(answer.data) : this.simple()));
  },
  async send(body, said) { if (await wish("/api/events", body, said)) await this.load(); },
  simple() {
    const list = (S.control.events || []).map(e => h("li", {}, h("strong", {}, t("between", {from: moment(e.start), to: clock(e.end)})), h("p", {class: "soft"}, e.reason || "")));
    return [card("", list.length ? h("ul", {class: "list"}, list) : h("p", {class: "lead"}, t("events.none")), h("p", {class: "soft"}, t(S.link === null ? "hub.none" : "events.how")))];
  },
  shown(d) {
    const parts = [h("div", {class: "duo"}, tile(t("earned.month"), money(d.earned_ct.month), ""), tile(t("earned.year"), money(d.earned_ct.year), ""))];
    parts.push(d.not_today_until
      ? card(t("nottoday"), h("p", {class: "good"}, t("nottoday.on", {time: moment(d.not_today_until)})), h("button", {class: "plain", onclick: () => this.send({not_today: false}, t("nottoday.ended"))}, t("nottoday.end")))
      : card(t("nottoday"), h("p", {class: "soft"}, t("nottoday.how")), h("button", {class: "wide", onclick: () => this.send({not_today: true}, t("nottoday.said"))}, t("nottoday.do"))));
    const limit = d.limit;
    if (limit && limit.power_w !== null) parts.push(h("p", {class: "warn"}, t("limit.on", {power: watts(limit.power_w), time: limit.until ? moment(limit.until) : t("limit.open")})));
    parts.push(card(t("events"), d.events.length ? h("ul", {class: "list"}, d.events.map(e => this.event(e))) : h("p", {class: "soft"}, t(S.link === null ? "hub.none" : "events.none"))));
    parts.push(this.terms(d.terms));
    return parts;
  },
  event(e) {
    const followed = Object.entries(e.followed || {});
    return h("li", {}, h("div", {class: "row"}, h("strong", {}, moment(e.start) + " – " + clock(e.end)), h("span", {class: "tag" + (e.state == "now" ? "" : " quiet")}, t("state." + e.state))),
      h("p", {}, e.reason || t("kind." + e.kind)), followed.length > 0 && h("p", {class: "soft small"}, followed.map(([role, did]) => t(did ? "followed" : "notfollowed", {role: t("role." + role)})).join(", ")),
      e.opted_out ? h("p", {class: "soft small"}, t("optedout")) : e.no && h("p", {class: "soft small"}, t("no." + e.no)), e.earned_ct !== null && h("p", {class: "small"}, t("earned", {money: money(e.earned_ct)})));
  },
  terms(terms) {
    if (!terms || !terms.offered && !terms.signed) return card(t("terms"), h("p", {class: "soft"}, t("terms.none")));
    const list = x => [x.text && h("p", {class: "soft"}, x.text), h("dl", {}, TERMS.map(key => [h("dt", {}, t("term." + key)), h("dd", {}, termValue(key, x[key]))]))];
    const answer = (x, word, said) => this.send({terms: {id: x.id, answer: word}}, said);
    const {signed, offered} = terms;
    return card(t("terms"), signed && h("div", {}, h("h3", {}, t("terms.signed")), list(signed),
      h("details", {}, h("summary", {}, t("terms.leave")), h("p", {class: "soft"}, t("terms.leave.how")), h("button", {class: "danger", onclick: () => answer(signed, "refuse", t("terms.left"))}, t("terms.leave.do")))),
    offered && h("div", {}, h("h3", {}, t("terms.offered")), list(offered),
      h("div", {class: "row"}, h("button", {onclick: () => answer(offered, "accept", t("terms.accepted"))}, t("terms.accept")), h("button", {class: "plain", onclick: () => answer(offered, "refuse", t("terms.refused"))}, t("terms.refuse")))));
  },
  update() {},
};

const TERMS = ["start", "end", "week_events", "month_events", "duration_s", "capacity_w", "notice_s", "energy_price", "event_price_ct", "plans"];

function termValue(key, v) {
  if (key.endsWith("_w")) return watts(v);
  if (key.endsWith("_ct")) return money(v);
  if (key.endsWith("_s")) return v % 3600 ? num(v / 60) + "\u00a0min" : num(v / 3600) + "\u00a0h";
  // told in EUR/MWh
  if (key == "energy_price") return money(v / 10) + "\u00a0/\u00a0kWh";
  if (key == "plans") return t("plans." + v);
  if (key == "start" || key == "end") return when(v, {day: "numeric", month: "short", year: "numeric"});
  return num(v);
}
