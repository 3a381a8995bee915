// What the box must be told of a device beside its model: its address, or where it is wired to the board.

const PULSES = {pin: "pulses", numbers: {per_kwh: 1000}};
// profiles of the board's own pins: which kind of pin, how many, and the numbers that sense/attach.py asks for
const PARTS = {
  s0_pulse: PULSES, s0_pulse_pv: PULSES, pir: {pin: "inputs", numbers: {hold_s: 300}}, dim_contact: {pin: "inputs"},
  analogue: {pin: "analogue", row: ["mv", [0, 0, 3000, 100]]}, ntc: {pin: "analogue", row: ["ntc", [10000, 3950, 10000]]},
  board_relay: {pin: "relays"}, board_sg_ready: {pin: "relays", names: ["block", "more"]}, ds18b20: {pin: "onewire"}, sht3x: {pin: "i2c"},
};

Object.assign(INSTALLER, {
  // a board that tells what is wired to it has nothing else
  possible(profile) {
    const part = PARTS[profile], {wired} = this.data;
    return !part || !Object.keys(wired).length || !!wired[part.pin];
  },
  free(kind) {
    const used = this.draft.devices.flatMap(v => (v.at || "").split(","));
    return (this.data.wired[kind] || []).filter(name => !used.includes(name));
  },
  needs(profile, line) {
    if (line == "rtu" || line == "tcp") return [field(t("devices.unit"), {name: "unit", type: "number", min: line == "tcp" ? 0 : 1, max: line == "tcp" ? 255 : 247, value: profile == "keba_p30" ? 255 : 1, required: true})];
    const part = PARTS[profile];
    if (!part) return [];
    if (profile == "ds18b20") return [field(t("need.code"), {name: "at", pattern: "[0-9a-fA-F]{16}", maxlength: 16, autocapitalize: "none"})];
    if (profile == "sht3x") return [h("label", {}, t("devices.unit"), select("at", [["0x44", "0x44"], ["0x45", "0x45"]]))];
    const pins = this.free(part.pin), number = (name, value, label) => field(t("need." + label), {name, type: "number", step: "any", value, required: true});
    const [key, row] = part.row || ["", []];
    return [...(part.names || ["pin"]).flatMap((name, i) => choice(t("need." + name), "at", pins, pins[i])),
      ...Object.entries(part.numbers || {}).map(([name, value]) => number(name, value, name)), ...row.map((value, i) => number(key, value, key + i))];
  },
  // the device as the configuration has it
  told(f) {
    const device = {role: f.get("role"), profile: f.get("profile"), bus: f.get("bus")}, at = f.getAll("at").map(x => x.trim()).filter(Boolean).join(",");
    for (const key of ["unit", "per_kwh", "hold_s"]) if (f.get(key)) device[key] = Math.round(+f.get(key));
    if (at) device.at = at;
    if (f.has("mv")) device.mv = f.getAll("mv").map((x, i) => Math.round(x * (i % 2 ? 1000 : 1)));
    if (f.has("ntc")) device.ntc = f.getAll("ntc").map(x => Math.round(x));
    return device;
  },
});
