// What the home used: today, week, month, year; what that cost, and what the own sun was worth.

const SPANS = ["day", "week", "month", "year"];
const DAY_S = 86400;

const USE = {
  span: "day", back: 0,
  build(root) {
    const group = h("fieldset", {}, h("legend", {class: "hear"}, t("use.span")), chips("span", SPANS.map(key => [key, t("use." + key)]), this.span));
    group.addEventListener("change", () => { this.span = picked("span"); this.back = 0; this.load(); });
    this.title = h("h2", {"aria-live": "polite"});
    const move = by => { this.back = Math.max(0, this.back + by); this.load(); };
    this.next = h("button", {class: "plain", "aria-label": t("use.next"), onclick: () => move(-1)}, "›");
    this.body = h("div");
    root.append(group, h("div", {class: "row", id: "span"}, h("button", {class: "plain", "aria-label": t("use.before"), onclick: () => move(1)}, "‹"), this.title, this.next), this.body);
    this.load();
  },
  range() {
    const now = new Date(S.t * 1000), a = new Date(now.getFullYear(), now.getMonth(), now.getDate()), b = new Date(a);
    const weekday = (a.getDay() + 6) % 7;
    if (this.span == "day") { a.setDate(a.getDate() - this.back); b.setTime(+a); b.setDate(a.getDate() + 1); }
    else if (this.span == "week") { a.setDate(a.getDate() - weekday - 7 * this.back); b.setTime(+a); b.setDate(a.getDate() + 7); }
    else if (this.span == "month") { a.setMonth(a.getMonth() - this.back, 1); b.setTime(+a); b.setMonth(a.getMonth() + 1); }
    else { a.setFullYear(a.getFullYear() - this.back, 0, 1); b.setTime(+a); b.setFullYear(a.getFullYear() + 1); }
    return [Math.round(a / 1000), Math.round(b / 1000)];
  },
  async load() {
    const [a, b] = this.range(), span = this.span, names = {day: {weekday: "long", day: "numeric", month: "long"}, month: {month: "long", year: "numeric"}, year: {year: "numeric"}};
    this.title.textContent = span == "week" ? when(a, {day: "numeric", month: "short"}) + " – " + when(b - 1, {day: "numeric", month: "short"}) : when(a, names[span]);
    this.next.disabled = !this.back;
    const asked = this.asked = {};
    const [rows, savings] = await Promise.all([this.rows(a, b), this.back ? null : ask("/api/savings")]);
    if (asked !== this.asked || !this.body.isConnected) return;
    if (savings && savings.ok) this.peak = savings.data.peak_eur_kw_year;
    if (rows.error) return this.body.replaceChildren(card("", h("p", {class: "soft"}, rows.error)));
    this.body.replaceChildren(...this.shown(a, b, rows, savings && savings.ok ? savings.data[span == "day" ? "today" : span] : null));
  },
  // [when, what] in Wh; closed days from their records, the running one from its slots
  async rows(a, b) {
    const out = [], read = async (step, from, to) => {
      const answer = await ask(`/api/history?step=${step}&from=${from}&to=${to}`);
      if (!answer.ok) throw answer.error;
      for (const row of answer.data.rows) {
        const r = Object.fromEntries(answer.data.columns.map((c, i) => [c, row[i]]));
        // a day begins at midnight UTC + so much of the reader's clock
        const at = step == "slot" ? r.t : new Date(1970, 0, 1 + r.day) / 1000;
        out.push([at, r]);
      }
    };
    try {
      const today = new Date(S.t * 1000).setHours(0, 0, 0, 0) / 1000;
      if (this.span == "day") await read("slot", a, b);
      else {
        await read("day", a, Math.min(b, today));
        if (b > today) await read("slot", Math.max(a, today), Math.min(b, today + 2 * DAY_S));
      }
    } catch (error) { return {error}; }
    return out;
  },
  shown(a, b, rows, sums) {
    const bins = [], add = (from, short, long) => bins.push({from, short, long, r: {}});
    if (this.span == "year") for (let m = 0; m < 12; m++) { const d = new Date(new Date(a * 1000).getFullYear(), m, 1) / 1000; add(d, when(d, {month: "narrow"}), when(d, {month: "long"})); }
    else if (this.span == "day") for (let k = a; k < b; k += 3600) add(k, String(new Date(k * 1000).getHours()), clock(k));
    else for (let d = new Date(a * 1000); d / 1000 < b; d.setDate(d.getDate() + 1)) add(d / 1000, when(d / 1000, this.span == "week" ? {weekday: "short"} : {day: "numeric"}).replace(/\.$/, ""), when(d / 1000, {weekday: "short", day: "numeric", month: "short"}));
    const total = {};
    for (const [at, r] of rows) {
      const bin = bins.findLast(bin => bin.from <= at);
      if (!bin) continue;
      for (const key in r) if (r[key] !== null && key.endsWith("_wh")) for (const sum of [bin.r, total]) sum[key] = (sum[key] || 0) + r[key];
      if (r.cost_ct100 !== null) total.cost = (total.cost || 0) + r.cost_ct100;
    }
    if (!Object.keys(total).length) return [card("", h("p", {class: "lead"}, t("use.none")), h("p", {class: "soft"}, t("use.none.why")))];
    const used = r => r.import_wh === undefined ? null : Math.max(0, r.import_wh - (r.export_wh || 0) + (r.pv_wh || 0) + (r.battery_out_wh || 0) - (r.battery_in_wh || 0));
    const parts = ["heat_pump", "tank", "ev"].filter(role => total[role + "_wh"]);
    const series = parts.map(role => [role, t("to." + role), bins.map(({r}) => r[role + "_wh"] === undefined ? null : r[role + "_wh"] / 1000)]);
    series.push(["rest", t("to.rest"), bins.map(({r}) => used(r) === null ? null : Math.max(0, used(r) - parts.reduce((sum, role) => sum + (r[role + "_wh"] || 0), 0)) / 1000)]);
    if (total.export_wh) series.push(["grid", t("to.grid"), bins.map(({r}) => r.export_wh === undefined ? null : -r.export_wh / 1000)]);
    const all = used(total), own = total.pv_wh ? Math.max(0, total.pv_wh - (total.export_wh || 0)) : null;
    const facts = [[t("use.bought"), total.import_wh === undefined ? null : energy(total.import_wh)], [t("use.sold"), total.export_wh && energy(total.export_wh)], [t("use.sun"), total.pv_wh && energy(total.pv_wh)],
      [t("use.kept"), own !== null && percent(own / total.pv_wh * 1000)], [t("use.worth"), sums && sums.sun_ct ? money(sums.sun_ct) : null]];
    return [h("div", {class: "duo"}, tile(t("use.used"), all === null ? t("unknown") : energy(all), all === null ? "" : t("use.like", {n: num(Math.round(all / 110))})),
      total.cost !== undefined && tile(t("use.cost"), money(total.cost / 100), t(this.peak ? "use.cost.peak" : "use.cost.how")),
      all && own !== null && tile(t("use.self"), percent(Math.max(0, 1000 - total.import_wh / all * 1000)), t("use.self.how"))),
    card(t("use.when"), chart(t("use.when") + ", " + this.title.textContent, bins.map(bin => [bin.short, bin.long]), series, "kWh")),
    card("", h("dl", {}, facts.filter(([, v]) => v).map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])))];
  },
};
