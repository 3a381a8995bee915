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
      h("p", {}, e.reason || t("kind." + e.kind)), followed.length > 0 && h("p", {class: "soft small"}, followed.map(([role, did]) => t(did ? "followed" : "notfollowed", {role: t("to." + role)})).join(", ")),
      e.opted_out && h("p", {class: "soft small"}, t("optedout")), e.earned_ct !== null && h("p", {class: "small"}, t("earned", {money: money(e.earned_ct)})));
  },
  terms(terms) {
    if (!terms || !terms.offered && !terms.signed) return card(t("terms"), h("p", {class: "soft"}, t("terms.none")));
    const list = x => h("dl", {}, Object.entries(x).filter(([, v]) => v !== null && typeof v != "object").map(([k, v]) => [h("dt", {}, t("term." + k)), h("dd", {}, typeof v == "number" ? termValue(k, v) : String(v))]));
    return card(t("terms"), terms.signed && h("div", {}, h("h3", {}, t("terms.signed")), list(terms.signed)), terms.offered && h("div", {}, h("h3", {}, t("terms.offered")), list(terms.offered),
      h("div", {class: "row"}, h("button", {onclick: () => this.send({terms: {id: terms.id, answer: "accept"}}, t("terms.accepted"))}, t("terms.accept")), h("button", {class: "plain", onclick: () => this.send({terms: {id: terms.id, answer: "refuse"}}, t("terms.refused"))}, t("terms.refuse")))));
  },
  update() {},
};

function termValue(key, v) {
  if (key.endsWith("_w")) return watts(v);
  if (key.endsWith("_ct")) return money(v);
  if (key.endsWith("_s")) return num(v / 60) + " min";
  if (v > 1e9) return date(v);
  return num(v);
}
