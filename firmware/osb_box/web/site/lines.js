// The lines that lead from the box to meters and appliances, and who is found on them.

const SPEEDS = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200];
// the usual name of a line of each type; on a board its port is called so, too
const USUAL = {rtu: "rs485", tcp: "net", p1: "p1", sml: "p1", board: "board"};

Object.assign(INSTALLER, {
  kind: type => ({rtu: "RS-485 (Modbus RTU)", tcp: "Modbus TCP", p1: "P1 / HAN"})[type] || t("bus." + type),
  about: bus => [INSTALLER.kind(bus.type), bus.host, bus.port, bus.baud, bus.parity && t("parity." + bus.parity)].filter(Boolean).join(" · "),
  tag: (one, base) => !base.some(x => same(x, one)) && [h("br"), h("span", {class: "tag"}, t("draft.new"))],
  lines() {
    const {buses, devices, base} = this.draft;
    return card(t("bus"), buses.length ? h("ul", {class: "list"}, buses.map(b => h("li", {class: "row"}, h("span", {class: "wide"}, h("strong", {}, b.name), h("br"), h("span", {class: "soft small"}, this.about(b)), this.tag(b, base[0])),
      !devices.some(v => v.bus == b.name) && h("button", {class: "danger", "aria-label": t("remove") + ": " + b.name, onclick: () => { this.draft.buses = buses.filter(x => x != b); this.show(["lines", "summary"]); }}, t("remove"))))) : h("p", {class: "soft"}, t("bus.none")),
    h("details", {}, h("summary", {}, t("bus.add")), this.newLine()));
  },
  newLine() {
    const {buses} = this.draft, wired = (this.data.wired.uarts || []).filter(port => !buses.some(b => b.port == port));
    const types = Object.keys(USUAL).filter(type => type != "board" || !buses.some(b => b.type == type));
    const type = select("type", types.map(x => [x, this.kind(x)])), name = h("input", {name: "name", required: true, maxlength: 16}), more = h("div", {class: "fields"});
    const show = () => {
      const usual = USUAL[type.value], taken = x => buses.some(b => b.name == x);
      name.value = usual;
      for (let n = 2; taken(name.value); n++) name.value = usual + n;
      more.replaceChildren(...type.value == "board" ? [] : type.value == "tcp" ? [field(t("bus.host"), {name: "host", required: true, maxlength: 120}), field(t("bus.port"), {name: "port", type: "number", min: 1, max: 65535, value: 502, required: true})]
        : [...choice(t("bus.port"), "port", wired, wired.find(port => port == usual)), ...type.value != "rtu" ? [] : [h("label", {}, t("bus.baud"), select("baud", SPEEDS.map(x => [x, x]), 9600)), h("label", {}, t("bus.parity"), select("parity", ["N", "E", "O"].map(x => [x, t("parity." + x)])))]]);
    };
    type.addEventListener("change", show);
    show();
    return h("form", {onsubmit: event => {
      event.preventDefault();
      const bus = Object.fromEntries(new FormData(event.target));
      if (buses.some(b => b.name == bus.name)) return notice(t("bus.twice", {name: bus.name}), true);
      if (bus.type == "tcp") bus.port = +bus.port;
      if (bus.baud) bus.baud = +bus.baud;
      if (bus.parity == "N") delete bus.parity;
      notice("");
      this.draft.buses = [...buses, bus];
      this.show(["lines", "summary"]);
    }}, h("div", {class: "fields"}, h("label", {}, t("bus.type"), type), h("label", {}, t("bus.name"), name)), more, h("button", {class: "plain"}, t("add")));
  },

  scan() {
    const d = this.data, buses = d.buses.filter(b => b.type == "rtu" || b.type == "tcp"), all = h("input", {type: "checkbox"});
    if (!buses.length) return this.parts.scan.replaceChildren();
    const begin = async b => {
      const bauds = b.type == "rtu" ? SPEEDS.slice(1, 6) : [];
      if (await this.send({scan: all.checked ? {bus: b.name, first: 1, last: 247, bauds} : b.name}, t("scan.begun"))) this.parts.scan.querySelector("button").focus();
    };
    this.result = h("div");
    this.parts.scan.replaceChildren(card(t("scan"), h("p", {class: "soft"}, t("scan.how")), d.scan.running ? h("button", {class: "plain", onclick: () => this.send({scan: null})}, t("scan.stop"))
      : [h("div", {class: "chips"}, buses.map(b => h("button", {class: "plain", onclick: () => begin(b)}, t("scan.do", {name: b.name})))), h("label", {class: "check"}, all, t("scan.all"))], this.result));
    this.found();
    if (d.scan.running) this.poll();
  },
  found() {
    const {data: d, draft} = this, scan = d.scan, parts = [];
    if (scan.running) parts.push(h("progress", {max: scan.of, value: scan.done, "aria-label": t("scan")}), h("p", {class: "soft"}, t("scan.running", {n: num(scan.done), of: num(scan.of)})));
    else if (scan.error) parts.push(h("p", {class: "warn"}, scan.error));
    else if (scan.bus) parts.push(h("p", {class: "soft"}, many("scan.done", scan.found.length)));
    parts.push(h("ul", {class: "list"}, scan.found.map(x => {
      const profile = d.profiles.find(p => p.name == x.profile), there = draft.devices.some(v => v.bus == x.bus && v.unit == x.unit && (v.profile == x.profile || !profile));
      const where = [x.bus, x.unit, x.baud && t("bus.at", {n: x.baud})].filter(Boolean).join(" · ");
      return h("li", {}, h("strong", {}, profile || !x.profile && x.title ? x.title : t("scan.unknown")), h("br"), h("span", {class: "soft small"}, where), there ? h("p", {}, h("span", {class: "tag"}, t("scan.used")))
        : profile && this.offer(x, d.roles.filter(role => profile.roles.includes(role)), x.title + ", " + where));
    })));
    this.result.replaceChildren(...parts);
  },
  offer(x, roles, where) {
    const pick = select("as", roles.map(role => [role, t("role." + role)]), roles.find(role => !this.draft.devices.some(v => v.role == role)), {"aria-label": t("devices.role") + ": " + where});
    return h("div", {class: "chips"}, h("label", {}, pick), h("button", {class: "plain", "aria-label": t("scan.use") + ": " + where, onclick: () => this.use(pick.value, x)}, t("scan.use")));
  },
  // one that answers at another speed brings its line to that speed
  use(role, x) {
    if (x.baud) this.draft.buses = this.draft.buses.map(b => b.name == x.bus ? {...b, baud: x.baud} : b);
    this.add({role, profile: x.profile, bus: x.bus, unit: x.unit}, ["scan", "li button"]);
  },
  async poll() {
    if (this.polling) return;
    this.polling = true;
    while (this.data.scan.running && this.result.isConnected) {
      await pause(1500);
      const answer = await ask("/api/setup?scan");
      if (!answer.ok || !this.result.isConnected) continue;
      this.data.scan = answer.data.scan;
      if (this.data.scan.running) this.found();
      else { this.scan(); say(many("scan.done", this.data.scan.found.length)); }
    }
    this.polling = false;
  },
});
