// Meters and appliances: which there are, and one more by hand.

// what the box must know of an appliance: [field, usual value or values to choose from]; what nobody asks for is set beside
const ABOUT = {
  heat_pump: [["power_max_w", 2500], ["power_min_w", 500]], tank: [["litres", 200], ["power_w", 2000]], ev: [["phases", [1, 3]], ["max_a", 16], ["daily_km", 40]],
  battery: [["capacity_wh", 10000], ["charge_max_w", 5000], ["discharge_max_w", 5000]], pv: [["peak_w", 5000]],
};
const BESIDE = {
  heat_pump: {cop_pm: [[-7000, 2500], [2000, 3300], [7000, 3900]], min_run_s: 600, min_pause_s: 600}, tank: {min_mc: 45000, max_mc: 62000, loss_w_k: 2, daily_use_wh: 6000},
  ev: {wh_per_km: 180, ready_by: "07:30"}, battery: {eta_pm: 950, reserve_pm: 100}, pv: {},
};

Object.assign(INSTALLER, {
  devices() {
    const d = this.data, {devices, base} = this.draft;
    const title = v => [(d.profiles.find(p => p.name == v.profile) || {title: v.profile}).title, v.bus, v.unit, v.at, v.per_kwh && t("per", {n: num(v.per_kwh)})].filter(x => x !== null && x !== undefined).join(" · ");
    this.more = h("div");
    return card(t("devices"), devices.length ? h("ul", {class: "list"}, devices.map(v => h("li", {class: "row"}, h("span", {class: "wide"}, h("strong", {}, t("role." + v.role)), h("br"), h("span", {class: "soft small"}, title(v)), this.tag(v, base[1])),
      h("button", {class: "danger", "aria-label": t("remove") + ": " + t("role." + v.role) + ", " + title(v), onclick: () => { this.draft.devices = devices.filter(x => x != v); this.show(["devices", "summary"]); }}, t("remove"))))) : h("p", {class: "soft"}, t("devices.none")),
    this.more, this.lineChoices().length > 0 && h("details", {}, h("summary", {}, t("devices.add")), this.newDevice()));
  },
  // the board's own pins need no line of their own before a device is there
  lineChoices() {
    const {buses} = this.draft;
    return buses.some(b => b.type == "board") ? buses : [...buses, {name: "board", type: "board"}];
  },
  newDevice() {
    const d = this.data, lines = this.lineChoices(), needs = h("div", {class: "fields"});
    const bus = select("bus", lines.map(b => [b.name, b.type == "board" ? this.kind(b.type) : b.name + " (" + this.kind(b.type) + ")"])), role = h("select", {name: "role"}), profile = h("select", {name: "profile"});
    const line = () => lines.find(b => b.name == bus.value), modbus = type => type == "rtu" || type == "tcp";
    // a gateway brings a serial line onto the network, and some devices speak both: those of the line come first
    const fitting = () => d.profiles.filter(p => (p.bus == line().type || modbus(p.bus) && modbus(line().type)) && this.possible(p.name)).sort((a, b) => (b.bus == line().type) - (a.bus == line().type));
    const fit = (select, options) => { const before = select.value; select.replaceChildren(...options.map(([key, label]) => h("option", {value: key, selected: key == before}, label))); };
    const show = () => {
      fit(role, d.roles.filter(r => fitting().some(p => p.roles.includes(r))).map(r => [r, t("role." + r)]));
      fit(profile, fitting().filter(p => p.roles.includes(role.value)).map(p => [p.name, p.title]));
      needs.replaceChildren(...this.needs(profile.value, line().type));
    };
    for (const one of [bus, role, profile]) one.addEventListener("change", show);
    show();
    return h("form", {onsubmit: event => {
      event.preventDefault();
      this.add(this.told(new FormData(event.target)), ["devices", "summary"]);
    }}, h("label", {}, t("devices.bus"), bus), h("label", {}, t("devices.role"), role), h("label", {}, t("devices.profile"), profile), needs, h("button", {class: "plain"}, t("add")));
  },
  // of the first with a role the box wants to know how large it is
  add(device, focus) {
    const {draft, data} = this, {role} = device;
    if (!ABOUT[role] || data.about.includes(role) || draft.home[role]) return this.take(device, focus);
    // a contact says only on or off: all of its power, or none
    const asked = ABOUT[role].filter(([name]) => name != "power_min_w" || !/sg_ready|stiebel/.test(device.profile));
    const form = h("form", {onsubmit: event => {
      event.preventDefault();
      const told = Object.fromEntries([...new FormData(event.target)].map(([k, v]) => [k, +v]));
      if (role == "heat_pump" && told.power_min_w === undefined) told.power_min_w = told.power_max_w;
      draft.home[role] = {...told, ...BESIDE[role]};
      this.take(device, focus);
    }}, h("h3", {}, t("setup.about", {role: t("role." + role)})), h("div", {class: "fields"}, asked.map(([name, usual]) => Array.isArray(usual) ? h("label", {}, t("about." + name), select(name, usual.map(x => [x, x]))) : field(t("about." + name), {name, type: "number", min: 0, value: usual, required: true}))), h("button", {class: "wide"}, t("add")));
    this.more.replaceChildren(form);
    form.querySelector("input, select").focus();
  },
  take(device, focus) {
    const {draft} = this;
    if (!draft.buses.some(b => b.name == device.bus)) draft.buses = [...draft.buses, {name: device.bus, type: "board"}];
    draft.devices = [...draft.devices, device];
    notice("");
    this.show(focus);
  },
});
