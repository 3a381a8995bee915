// The installer's part: Wi-Fi, lines, meters and appliances found by scanning, the hub, and a test of it all.

// what the box must know of an appliance: [field, usual value]; what nobody asks for is set beside
const ABOUT = {
  heat_pump: [["power_max_w", 2500], ["power_min_w", 500]], tank: [["litres", 200], ["power_w", 2000]], ev: [["phases", 1], ["max_a", 16], ["daily_km", 40]],
  battery: [["capacity_wh", 10000], ["charge_max_w", 5000], ["discharge_max_w", 5000]], pv: [["peak_w", 5000]],
};
const BESIDE = {
  heat_pump: {cop_pm: [[-7000, 2500], [2000, 3300], [7000, 3900]], min_run_s: 600, min_pause_s: 600}, tank: {min_mc: 45000, max_mc: 62000, loss_w_k: 2, daily_use_wh: 6000},
  ev: {wh_per_km: 180, ready_by: "07:30"}, battery: {eta_pm: 950, reserve_pm: 100}, pv: {},
};
const select = (name, options, chosen) => h("select", {name}, options.map(([key, label]) => h("option", {value: key, selected: key == chosen}, label)));
const field = (label, attributes) => h("label", {}, label, h("input", attributes));

const INSTALLER = {
  build(root) {
    this.root = h("div");
    this.scanned = h("div");
    root.append(h("p", {class: "soft"}, t("setup.how")), this.root);
    this.load();
  },
  async load() {
    const answer = await ask("/api/setup");
    if (!this.root.isConnected) return;
    if (!answer.ok) return this.root.replaceChildren(card("", h("p", {class: "soft"}, answer.error)));
    const d = this.data = answer.data;
    this.root.replaceChildren(d.taken_back ? h("p", {class: "warn"}, t("setup.back"), " ", String(d.taken_back)) : "", this.wifi(d), this.lines(d), this.scan(d), this.devices(d), this.hub(d), this.test(d));
    this.found();
  },
  async send(body, said) {
    if (!await wish("/api/setup", body, said)) return false;
    if (body.settings || body.wifi) notice(t("restart"), true);
    else await this.load();
    return true;
  },
  wifi(d) {
    if (!d.wifi) return "";
    const names = d.wifi.networks.map(n => n.ssid);
    if (d.wifi.ssid && !names.includes(d.wifi.ssid)) names.unshift(d.wifi.ssid);
    return this.form(t("wifi"), f => ({wifi: {ssid: f.get("ssid"), password: f.get("password")}}), h("div", {class: "fields"}, h("label", {}, t("wifi.name"), select("ssid", names.map(n => [n, n]), d.wifi.ssid)), field(t("password"), {type: "password", name: "password", autocomplete: "off"})), t("wifi.do"));
  },
  form(title, body, fields, label) {
    return h("form", {onsubmit: event => { event.preventDefault(); this.send(body(new FormData(event.target))); }}, card(title, fields, h("button", {class: "plain"}, label)));
  },
  lines(d) {
    const type = select("type", [["rtu", "RS-485 (Modbus RTU)"], ["tcp", "Modbus TCP"], ["p1", "P1 / HAN"]]), more = h("div", {class: "fields"});
    const show = () => more.replaceChildren(...(type.value == "tcp" ? [field(t("bus.host"), {name: "host", required: true}), field(t("bus.port"), {name: "port", type: "number", value: 502})]
      : [field(t("bus.port"), {name: "port", required: true, value: type.value == "p1" ? "uart1" : "uart0"}), type.value == "rtu" && field(t("bus.baud"), {name: "baud", type: "number", value: 9600})].filter(Boolean)));
    type.addEventListener("change", show);
    show();
    return card(t("bus"), d.buses.length ? h("ul", {class: "list"}, d.buses.map(b => h("li", {}, h("strong", {}, b.name), " ", h("span", {class: "soft"}, [b.type.toUpperCase(), b.host || b.port, b.baud].filter(Boolean).join(" · "))))) : h("p", {class: "soft"}, t("bus.none")),
      h("details", {}, h("summary", {}, t("bus.add")), h("form", {onsubmit: event => {
        event.preventDefault();
        const f = new FormData(event.target), bus = {name: f.get("name"), type: f.get("type")};
        if (bus.type == "tcp") Object.assign(bus, {host: f.get("host"), port: +f.get("port")});
        else bus.port = f.get("port");
        if (bus.type == "rtu") bus.baud = +f.get("baud");
        this.send({settings: {buses: [...d.buses, bus]}});
      }}, h("div", {class: "fields"}, field(t("bus.name"), {name: "name", required: true, maxlength: 16}), h("label", {}, t("bus.type"), type)), more, h("button", {class: "plain"}, t("add")))));
  },
  scan(d) {
    const buses = d.buses.filter(b => b.type != "p1");
    if (!buses.length) return "";
    return card(t("scan"), h("p", {class: "soft"}, t("scan.how")), h("div", {class: "chips"}, buses.map(b => h("button", {class: "plain", disabled: d.scan.running, onclick: () => this.send({scan: b.name}, t("scan.begun"))}, b.name))), this.scanned);
  },
  found() {
    const d = this.data, scan = d.scan, parts = [];
    if (scan.running) {
      parts.push(h("progress", {max: scan.of, value: scan.done, "aria-label": t("scan")}), h("p", {class: "soft"}, t("scan.running", {n: num(scan.done), of: num(scan.of)})));
      setTimeout(() => { if (this.scanned.isConnected) this.poll(); }, 1500);
    } else if (scan.bus) parts.push(h("p", {class: "soft"}, many("scan.done", scan.found.length)));
    parts.push(h("ul", {class: "list"}, scan.found.map(x => {
      const profile = d.profiles.find(p => p.name == x.profile), there = d.devices.some(v => v.bus == x.bus && v.unit == x.unit);
      return h("li", {}, h("div", {class: "row"}, h("span", {}, h("strong", {}, x.title || t("scan.unknown")), h("br"), h("span", {class: "soft small"}, x.bus + " · " + x.unit)), there ? h("span", {class: "tag"}, t("scan.used"))
        : profile && profile.roles.map(role => h("button", {class: "plain", onclick: () => this.add({role, profile: x.profile, bus: x.bus, unit: x.unit})}, t("scan.as", {role: t("role." + role)})))));
    })));
    this.scanned.replaceChildren(...parts);
  },
  async poll() {
    const answer = await ask("/api/setup");
    if (answer.ok) { this.data = answer.data; if (answer.data.scan.running) this.found(); else this.load(); }
  },
  devices(d) {
    const title = name => (d.profiles.find(p => p.name == name) || {title: name}).title;
    const role = select("role", d.roles.map(r => [r, t("role." + r)])), profile = h("select", {name: "profile"}), bus = select("bus", d.buses.map(b => [b.name, b.name]));
    const fit = () => profile.replaceChildren(...d.profiles.filter(p => p.roles.includes(role.value)).map(p => h("option", {value: p.name}, p.title)));
    role.addEventListener("change", fit);
    fit();
    this.more = h("div");
    return card(t("devices"), d.devices.length ? h("ul", {class: "list"}, d.devices.map((v, i) => h("li", {class: "row"}, h("span", {}, h("strong", {}, t("role." + v.role)), h("br"), h("span", {class: "soft small"}, [title(v.profile), v.bus, v.unit].filter(x => x !== null && x !== undefined).join(" · "))),
      h("button", {class: "danger", "aria-label": t("remove") + ": " + t("role." + v.role), onclick: () => this.send({settings: {devices: d.devices.filter((_, k) => k != i)}})}, t("remove"))))) : h("p", {class: "soft"}, t("devices.none")), this.more,
    d.buses.length > 0 && h("details", {}, h("summary", {}, t("devices.add")), h("form", {onsubmit: event => {
      event.preventDefault();
      const f = new FormData(event.target), device = {role: f.get("role"), profile: f.get("profile"), bus: f.get("bus")};
      if (f.get("unit")) device.unit = +f.get("unit");
      this.add(device);
    }}, h("div", {class: "fields"}, h("label", {}, t("devices.role"), role), h("label", {}, t("devices.profile"), profile), h("label", {}, t("bus"), bus), field(t("devices.unit"), {name: "unit", type: "number", min: 0, max: 255, value: 1})), h("button", {class: "plain"}, t("add")))));
  },
  // the box says what it still has to know of an appliance: then that is asked for
  async add(device, home) {
    const settings = {devices: [...this.data.devices, device], ...(home && {home: {[device.role]: home}})}, answer = await ask("/api/setup", {settings});
    if (answer.ok) return notice(t("restart"), true);
    if (home || !ABOUT[device.role] || !answer.error.includes("home." + device.role)) return notice(answer.error, true);
    const form = h("form", {onsubmit: event => {
      event.preventDefault();
      this.add(device, {...Object.fromEntries([...new FormData(event.target)].map(([k, v]) => [k, +v])), ...BESIDE[device.role]});
    }}, h("h3", {}, t("setup.about", {role: t("role." + device.role)})), h("div", {class: "fields"}, ABOUT[device.role].map(([name, usual]) => field(t("about." + name), {name, type: "number", min: 0, value: usual, required: true}))), h("button", {class: "wide"}, t("add")));
    this.more.replaceChildren(form);
    form.querySelector("input").focus();
  },
  hub(d) {
    return this.form(t("hub"), f => ({settings: {hub: f.get("host") ? {host: f.get("host"), port: +f.get("port"), user: f.get("user") || null, password: f.get("password") || null, keepalive_s: 60, retry_s: 60} : null}}),
      [h("p", {class: "soft"}, d.hub ? t(d.hub.connected ? "hub.on" : "hub.off", {host: d.hub.host}) : t("hub.none")), h("details", {}, h("summary", {}, t("hub.change")), h("div", {class: "fields"}, field(t("bus.host"), {name: "host", value: d.hub ? d.hub.host : ""}), field(t("bus.port"), {name: "port", type: "number", value: 8883}),
        field(t("hub.user"), {name: "user", autocomplete: "off", value: S.box || ""}), field(t("password"), {name: "password", type: "password", autocomplete: "off"})))], t("hub.do"));
  },
  test(d) {
    return card(t("test"), d.self_test ? h("ul", {class: "list"}, d.self_test.map(x => h("li", {class: "row"}, h("span", {}, h("strong", {}, has("test." + x.what) ? t("test." + x.what) : x.what), h("br"), h("span", {class: "soft small"}, x.says)), h("span", {class: "tag" + (x.ok ? "" : " quiet")}, (x.ok ? "✓ " : "✗ ") + t(x.ok ? "test.ok" : "test.bad"))))) : h("p", {class: "soft"}, t("test.how")),
      h("button", {class: "wide", onclick: () => this.send({self_test: true}, t("test.done"))}, t("test.do")));
  },
};
