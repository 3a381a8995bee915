// What the box is about to do, and why.

const COMING = {
  build(root) { this.root = h("div"); root.append(this.root); this.load(); },
  async load() {
    const answer = await ask("/api/ahead");
    if (!this.root.isConnected) return;
    if (!answer.ok || !answer.data || !answer.data.by) return this.root.replaceChildren(card("", h("p", {class: "lead"}, t(answer.status == 404 ? "coming.no" : "coming.none")), h("p", {class: "soft"}, who().join(". "))));
    const d = answer.data, parts = [];
    parts.push(card("", h("p", {class: "lead"}, t("coming.by." + d.by)), h("p", {class: "soft small"}, t("coming.made", {time: moment(d.made)}),
      d.cost_ct !== null ? " " + t(d.cost_ct < 0 ? "coming.earn" : "coming.cost", {money: money(Math.abs(d.cost_ct))}) : "", d.saved_ct > 0 ? " " + t("coming.saved", {money: money(d.saved_ct)}) : "")));
    if (d.why.length) parts.push(card(t("coming.why"), h("ol", {class: "list"}, [...d.why].sort((x, y) => x.from - y.from).map(w => this.reason(w)))));
    parts.push(card(t("coming.when"), this.strip(d)));
    this.root.replaceChildren(...parts);
  },
  reason(w) {
    const value = w.key == "ready_by" && w.value ? moment(w.value) : w.key == "peak" && w.value ? watts(w.value) : w.key == "warm_in_time" && w.value ? degrees(w.value) : "";
    return h("li", {class: "why"}, h("span", {class: "c-" + w.role}, icon(w.role)),
      h("div", {}, h("strong", {}, t("do." + w.role)), " ", t("between", {from: moment(w.from), to: clock(w.to)}), h("p", {class: "soft"}, t("why." + w.key, {value}))));
  },
  strip(d) {
    const n = Math.max(...d.parts.map(p => p.power_w.length), 1), left = 30, step = 310 / n, rows = [];
    d.parts.forEach((p, k) => {
      const most = Math.max(1, ...p.power_w.map(Math.abs)), y = 26 + k * 40;
      rows.push(s("g", {class: "c-" + p.role}, s("g", {transform: `translate(0 ${y})`}, icon(p.role)), p.power_w.map((w, i) => Math.abs(w) > most / 50 &&
        s("rect", {x: left + i * step, width: Math.max(.8, step * .95), y: y + 26 - Math.abs(w) / most * 26, height: Math.abs(w) / most * 26, fill: "currentColor", opacity: w < 0 ? .55 : 1}))));
    });
    let high = 30 + d.parts.length * 40;
    if (d.price) {
      const low = Math.min(...d.price), top = Math.max(...d.price, low + 1);
      rows.push(s("text", {x: 0, y: high + 26}, "€"), s("polyline", {fill: "none", stroke: "var(--soft)", "stroke-width": 1.5, points: d.price.slice(0, n).map((p, i) => `${left + i * step},${high + 32 - (p - low) / (top - low) * 28}`).join(" ")}));
      high += 40;
    }
    for (let i = 0; i < n; i++) {
      const at = d.start + i * d.slot_s;
      if (new Date(at * 1000).getMinutes() == 0 && new Date(at * 1000).getHours() % 6 == 0) rows.push(s("line", {x1: left + i * step, x2: left + i * step, y1: 18, y2: high, stroke: "var(--line)"}), s("text", {x: left + i * step, y: 12, "text-anchor": "middle"}, clock(at)));
    }
    const table = h("table", {}, h("thead", {}, h("tr", {}, h("th", {scope: "col"}, ""), d.parts.map(p => h("th", {scope: "col"}, t("role." + p.role))))),
      h("tbody", {}, Array.from({length: Math.ceil(n / 4)}, (_, k) => h("tr", {}, h("th", {scope: "row"}, moment(d.start + k * 4 * d.slot_s)), d.parts.map(p => {
        const four = p.power_w.slice(k * 4, k * 4 + 4);
        return h("td", {}, watts(four.reduce((a, b) => a + b, 0) / Math.max(1, four.length)));
      })))));
    return h("figure", {}, s("svg", {class: "picture", viewBox: `0 0 344 ${high}`, role: "img", "aria-label": t("coming.when")}, rows),
      h("details", {}, h("summary", {}, t("table")), h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": t("coming.when")}, table)));
  },
  update() {},
};
