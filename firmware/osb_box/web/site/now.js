// What the home uses now, where it comes from and where it goes.

const KETTLE_W = 2000, LAMP_W = 10;

// {from: [[name, W]], to: [[name, W]], used}: null where the meter is silent; shares add up on both sides
function flows() {
  const grid = value("grid.power");
  if (grid === null) return null;
  const pv = Math.max(0, -(value("pv.power") || 0)), battery = value("battery.power") || 0;
  const used = Math.max(0, grid + pv - battery);
  const to = [];
  let rest = used;
  for (const role of ["heat_pump", "tank", "ev"]) {
    const w = Math.max(0, value(role + ".power") || 0);
    rest -= w;
    if (w >= 5) to.push([role, w]);
  }
  if (rest >= 5) to.push(["rest", rest]);
  if (battery >= 5) to.push(["battery", battery]);
  if (grid <= -5) to.push(["grid", -grid]);
  const from = [];
  if (pv >= 5) from.push(["sun", pv]);
  if (battery <= -5) from.push(["battery", -battery]);
  if (grid >= 5) from.push(["grid", grid]);
  return {from, to, used};
}

// a power in words for somebody who never heard of kilowatts
function likened(w) {
  if (w < 40) return t("like.none");
  if (w < 700) return t("like.lamps", {n: num(Math.round(w / LAMP_W / 5) * 5)});
  const halves = Math.round(w / KETTLE_W * 2);
  if (halves <= 1) return t("like.half");
  return halves == 2 ? t("like.one") : t("like.kettles", {n: num(Math.floor(halves / 2)) + (halves % 2 ? "½" : "")});
}

function picture(f) {
  const ribbons = [], icons = [];
  for (const [side, y0, y1, yIcon] of [[f.from, 34, 84, 4], [f.to, 166, 116, 172]]) {
    const total = Math.max(1, side.reduce((sum, [, w]) => sum + w, 0)), room = 340 - 34 * side.length, wide = Math.min(200, room);
    let at = 170 - wide / 2, left = 0;
    for (const [name, w] of side) {
      const middle = left + 17 + w / total * room / 2, half = Math.max(1, w / total * wide / 2), a = at, b = at + w / total * wide, y = (y0 + y1) / 2;
      at = b;
      left += 34 + w / total * room;
      ribbons.push(s("path", {class: "ribbon c-" + name, fill: "currentColor", opacity: .85,
        d: `M${middle - half} ${y0}C${middle - half} ${y} ${a} ${y} ${a} ${y1}H${b}C${b} ${y} ${middle + half} ${y} ${middle + half} ${y0}z`}));
      icons.push(s("g", {class: "c-" + name, transform: `translate(${middle - 13} ${yIcon})`}, icon(name, {width: 26, height: 26})));
    }
  }
  const house = s("path", {d: "M58 116V94Q58 88 64 87L162 70Q170 68.500 178 70L276 87Q282 88 282 94V116z", fill: "var(--ink)"});
  const home = s("g", {class: "home", transform: "translate(158 84)"}, icon("now"));
  return s("svg", {class: "picture", viewBox: "0 0 340 202", "aria-hidden": "true"}, ribbons, house, home, icons);
}

const flowList = (title, side, total) => [h("h2", {}, title), side.length
  ? h("ul", {class: "flow"}, side.map(([name, w]) => h("li", {}, h("span", {class: "c-" + name}, icon(name)),
      h("b", {}, t((title == t("now.to") ? "to." : "from.") + name)), h("span", {}, watts(w)),
      h("span", {class: "bar c-" + name, "aria-hidden": "true"}, share(w / total)))))
  : h("p", {class: "soft"}, t("nothing"))];

function share(x) {
  const bar = h("i");
  bar.style.width = Math.round(Math.min(1, x) * 100) + "%";
  return bar;
}

function sources(f) {
  const all = f.from.reduce((sum, [, w]) => sum + w, 0), grid = f.from.find(([n]) => n == "grid"), out = f.to.find(([n]) => n == "grid");
  if (out) return t("now.spare", {power: watts(out[1])});
  if (!grid) return all ? t("now.own") : "";
  const own = Math.round((all - grid[1]) / all * 100);
  return own < 3 ? t("now.bought") : t("now.part", {n: percent(own * 10)});
}

function who() {
  const c = S.control;
  if (c.override) return [t("who.you"), t("who.you.why", {temp: degrees(c.override.target_mc), time: moment(c.override.until)})];
  if (c.plan) return [t("who.plan"), c.plan.reason];
  return [t("who.box"), S.link === null ? t("hub.none") : S.link ? t("who.box.why") : t("hub.away")];
}

function tile(title, figure, words, link) {
  return h("section", {class: "card"}, h("h2", {class: "soft small"}, title), h("p", {class: "mid"}, figure), words && h("p", {class: "soft small"}, words), link && h("p", {class: "small"}, link));
}

function carWords() {
  const car = S.control.car;
  if (!car) return null;
  if (!car.connected) return [t("car.out"), ""];
  const left = car.need_wh - car.charged_wh, short = car.shortfall_wh > 0 && {energy: energy(car.shortfall_wh)};
  if (car.idle && left > 0) return [t("car.idle"), short ? t("car.unless", short) : ""];
  if (short) return [t("car.short", short), t("car.by", {time: moment(car.by)})];
  return left > 0 ? [t("car.left", {energy: energy(left)}), t("car.by", {time: moment(car.by)})] : [t("car.ready"), ""];
}

const NOW = {
  build(root) { this.root = h("div"); root.append(this.root); this.load(); },
  async load() {
    const answer = await ask("/api/savings");
    this.today = answer.ok ? answer.data.today : null;
    this.update();
  },
  update() {
    const f = flows(), room = value("room.temp"), parts = [];
    if (f) {
      const total = Math.max(1, f.from.reduce((sum, [, w]) => sum + w, 0)), kettles = Math.min(6, f.used / KETTLE_W);
      parts.push(card("", h("p", {class: "big", id: "used"}, watts(f.used)), h("p", {class: "lead"}, likened(f.used), " ", sources(f)),
        f.used >= 700 && h("div", {class: "kettles"}, Array.from({length: Math.max(1, Math.ceil(kettles - .05))}, (_, i) => kettle(Math.min(1, kettles - i)))),
        picture(f)), card("", flowList(t("now.from"), f.from, total)), card("", flowList(t("now.to"), f.to, total)));
    } else {
      const old = S.points["grid.power"];
      parts.push(card("", h("p", {class: "mid old"}, t(old ? "now.silent" : "now.nometer")), old && old[1] !== null && h("p", {class: "soft"}, t("now.last", {power: watts(old[1]), time: moment(S.t - old[4])}))));
    }
    const tiles = [];
    const band = S.control.band;
    if (known("room.temp") || S.roles.includes("heat_pump"))
      tiles.push(tile(t("room"), room === null ? t("unknown") : degrees(room), band ? t("room.band", {low: degrees(band.min_mc), high: degrees(band.max_mc)}) : ""));
    const car = carWords();
    if (car) tiles.push(tile(t("nav.car"), ...car));
    const soc = value("battery.soc");
    if (soc !== null) tiles.push(tile(t("to.battery.tile"), percent(soc), ""));
    const [decides, why] = who();
    tiles.push(tile(t("who"), decides, why));
    if (this.today && this.today.used_wh !== null) tiles.push(tile(t("use.day"), energy(this.today.used_wh), this.today.self_made_pm !== null ? t("use.made", {n: percent(this.today.self_made_pm)}) : ""));
    parts.push(h("div", {class: "duo"}, tiles));
    const silent = Object.values(S.points).filter(row => row[3] != "good" && !row[0].startsWith("grid."));
    if (silent.length) parts.push(h("p", {class: "soft small"}, t("silent", {names: silent.map(row => pointName(row[0])).join(", ")})));
    this.root.replaceChildren(...parts);
  },
};

function pointName(name) {
  const [role, ...what] = name.split(".");
  const last = what.join(".").replace(/_l(\d)$/, "").replace(/^l\d\./, "");
  return t("role." + role) + ": " + t("q." + last) + (/l(\d)/.test(name) ? " L" + /l(\d)/.exec(name)[1] : "");
}
