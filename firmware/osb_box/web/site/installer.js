// The installer's part. Lines and devices are put together here, and saved at once, as each saving restarts the box.

const select = (name, options, chosen, more) => h("select", {name, ...more}, options.map(([key, label]) => h("option", {value: key, selected: key == chosen}, label)));
const field = (label, attributes) => h("label", {}, label, h("input", attributes));
const same = (a, b) => JSON.stringify(a) == JSON.stringify(b);

// one of the names that the box knows, or one that is typed
function choice(label, name, options, usual) {
  const input = h("input", {name, required: true, autocapitalize: "none"}), typed = h("label", {}, label, input);
  if (!options.length) return [typed];
  const pick = select(name, [...options.map(o => [o, o]), ["", t("other")]], usual);
  const show = () => {
    typed.hidden = input.disabled = !!pick.value;
    pick.disabled = false;
    if (pick.value) pick.name = name; else pick.removeAttribute("name");
  };
  pick.addEventListener("change", show);
  show();
  return [h("label", {}, label, pick), typed];
}

const INSTALLER = {
  build(root) {
    this.root = h("div", {class: "setup"});
    this.parts = Object.fromEntries(["draft", "lines", "scan", "devices"].map(name => [name, h("div", {class: name})]));
    root.append(h("p", {class: "soft"}, t("setup.how")), this.root);
    this.load();
  },
  // `awaited`: a box that restarts will answer, and what is shown meanwhile stays
  async load(awaited) {
    const answer = await ask("/api/setup");
    if (!this.root.isConnected || (awaited && !answer.ok)) return false;
    if (!answer.ok) {
      this.root.replaceChildren(card("", h("p", {class: "soft"}, answer.error), h("button", {class: "plain", onclick: () => this.load()}, t("again"))));
      return false;
    }
    const d = this.data = answer.data, parts = this.parts;
    // what somebody else has changed meanwhile is not undone
    if (!this.draft || !same(this.draft.base, [d.buses, d.devices])) this.fresh();
    this.root.replaceChildren(d.taken_back ? h("p", {class: "warn"}, t("setup.back"), " ", String(d.taken_back)) : "", parts.draft, this.wifi(d), parts.lines, parts.scan, parts.devices, this.hub(d), this.test(d));
    this.show();
    return true;
  },
  fresh() {
    const d = this.data;
    this.draft = {base: [d.buses, d.devices], buses: [...d.buses], devices: [...d.devices], home: {}};
  },
  // after a change: how many there are is said, and the focus is not lost
  show(focus) {
    const {draft, parts} = this;
    const differ = (one, other) => one.filter(x => !other.some(y => same(x, y))).length;
    const pairs = [[draft.buses, draft.base[0]], [draft.devices, draft.base[1]]], n = pairs.reduce((sum, [now, was]) => sum + Math.max(differ(now, was), differ(was, now)), 0);
    const told = many("draft", n);
    parts.draft.replaceChildren(n ? card("", h("p", {tabindex: "-1"}, h("strong", {}, told)), h("div", {class: "chips"}, h("button", {onclick: () => this.save()}, t("draft.do")), h("button", {class: "plain", onclick: () => { this.fresh(); this.show(["devices", "summary"]); }}, t("draft.drop")))) : "");
    parts.lines.replaceChildren(this.lines());
    parts.devices.replaceChildren(this.devices());
    this.scan();
    if (!focus) return;
    say(told);
    const target = parts[focus[0]].querySelector(focus[1]) || parts.draft.querySelector("p") || parts.lines.querySelector("summary");
    if (target) target.focus();
  },
  async save() {
    const {base, buses, devices, home} = this.draft, settings = {};
    if (!same(buses, base[0])) settings.buses = buses;
    if (!same(devices, base[1])) settings.devices = devices;
    if (Object.keys(home).length) settings.home = home;
    await this.send({settings});
  },
  // after other settings the box restarts: this waits until it is back
  async send(body, said) {
    const answer = await ask("/api/setup", body), restarts = body.settings || body.wifi;
    notice(answer.ok ? said || t(restarts ? "restart" : "saved") : answer.error, !answer.ok);
    if (!answer.ok) { const box = $("notice"); if (box) box.focus(); return false; }
    if (!restarts) return this.load();
    if (body.settings && (body.settings.buses || body.settings.devices)) this.draft = null;
    const root = this.root, title = $("screen").querySelector("h1");
    root.replaceChildren(card("", h("p", {class: "lead"}, t("restart")), h("progress", {"aria-label": t("restart")})));
    title.focus();
    await pause(4000);
    while (root.isConnected && !(await this.load(true))) await pause(1500);
    if (root.isConnected) say(t(this.data.taken_back ? "setup.back" : "setup.up"));
    return true;
  },
  form(body, fields, label, ...more) {
    return h("form", {onsubmit: event => { event.preventDefault(); this.send(body(new FormData(event.target))); }}, fields, h("div", {class: "chips"}, h("button", {class: "plain"}, label), more));
  },
  wifi(d) {
    if (!d.wifi) return "";
    const names = d.wifi.networks.map(n => n.ssid);
    if (d.wifi.ssid && !names.includes(d.wifi.ssid)) names.unshift(d.wifi.ssid);
    return card(t("wifi"), this.form(f => ({wifi: {ssid: f.get("ssid"), password: f.get("password")}}), h("div", {class: "fields"}, choice(t("wifi.name"), "ssid", names, d.wifi.ssid), field(t("password"), {type: "password", name: "password", autocomplete: "off"})),
      t("wifi.do"), h("button", {type: "button", class: "plain", onclick: () => this.send({scan: "wifi"}, t("wifi.look"))}, t("wifi.look"))));
  },
  hub(d) {
    // what is left empty stays as it is
    const change = f => {
      const hub = {keepalive_s: 60, retry_s: 60};
      for (const key of ["host", "user", "password"]) if (f.get(key)) hub[key] = f.get(key);
      return {settings: {hub: hub.host ? {...hub, port: +f.get("port")} : null}};
    };
    return card(t("hub"), h("p", {class: "soft"}, d.hub ? t(d.hub.connected ? "hub.on" : "hub.off", {host: d.hub.host}) : t("hub.none")), h("details", {}, h("summary", {}, t("hub.change")), this.form(change, [h("div", {class: "fields"}, field(t("bus.host"), {name: "host", value: d.hub ? d.hub.host : ""}), field(t("bus.port"), {name: "port", type: "number", min: 1, max: 65535, required: true, value: d.hub ? d.hub.port : 8883}),
      field(t("hub.user"), {name: "user", autocomplete: "off", value: d.hub ? "" : S.box || ""}), field(t("password"), {name: "password", type: "password", autocomplete: "off"})), h("p", {class: "soft small"}, t("hub.kept"))], t("hub.do"))));
  },
  test(d) {
    return card(t("test"), d.self_test ? h("ul", {class: "list"}, d.self_test.map(x => h("li", {class: "row"}, h("span", {class: "wide"}, h("strong", {}, has("test." + x.what) ? t("test." + x.what) : x.what), h("br"), h("span", {class: "soft small"}, x.says)), h("span", {class: "tag" + (x.ok ? "" : " quiet")}, (x.ok ? "✓ " : "✗ ") + t(x.ok ? "test.ok" : "test.bad"))))) : h("p", {class: "soft"}, t("test.how")),
      h("button", {class: "wide", id: "test", onclick: async () => { if (await this.send({self_test: true}, t("test.done"))) $("test").focus(); }}, t("test.do")));
  },
};
