// Line drawings on a field of 24; one each, so that nobody depends on a colour.

const ICONS = {
  now: "M4 11l8-7 8 7v9H4zM10 20v-5h4v5",
  comfort: "M10 14V5a2 2 0 014 0v9a4 4 0 11-4 0zM12 9v8",
  car: "M4 16v-4l2-5h12l2 5v4zM4 12h16M7 16v2M17 16v2M7.5 14h.01M16.5 14h.01",
  use: "M5 20V11M12 20V5M19 20v-6M3 20h18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  coming: "M12 7v5l3 2M12 3a9 9 0 100 18 9 9 0 000-18z",
  events: "M13 3L5 14h6l-1 7 8-11h-6z",
  privacy: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4",
  settings: "M4 7h9M19 7h1M4 17h1M11 17h9M16 5v4M8 15v4",
  installer: "M14 6a4 4 0 005 5l-8 8a2 2 0 01-4-3zM14 6l3 3",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  grid: "M8 21l4-18 4 18M9.3 15h5.4M10.3 10h3.4M5 8h14M7 8v2M17 8v2",
  battery: "M4 8h14v8H4zM20 11v2M7 11v2M10 11v2M13 11v2",
  heat_pump: "M12 3c1 4 5 5 5 10a5 5 0 01-10 0c0-2 1-3 2-4 0 2 1 3 2 3 1-2 0-5 1-9z",
  tank: "M12 3c4 5 6 8 6 11a6 6 0 01-12 0c0-3 2-6 6-11z",
  ev: "M4 16v-4l2-5h12l2 5v4zM4 12h16M7 16v2M17 16v2M7.5 14h.01M16.5 14h.01",
  rest: "M9 3v5M15 3v5M6 8h12v3a6 6 0 01-12 0zM12 17v4",
};
ICONS.pv = ICONS.sun;
const KETTLE = "M6 9h10l1.5 10h-13zM16 11h2a2 2 0 012 2v3M9 9a2 2 0 014 0M4.8 17L2 11";

const path = d => s("path", {d, fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round"});
const icon = (name, attributes) => s("svg", {viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true", ...attributes}, path(ICONS[name] || ICONS.rest));

// a kettle of which a share is in use
function kettle(share) {
  const top = 19 - 10 * share;
  const slope = y => (19 - y) * .15;
  const full = s("path", {d: `M${4.5 + slope(top)} ${top}H${17.5 - slope(top)}L17.5 19H4.5z`, fill: "currentColor", opacity: .45});
  return s("svg", {viewBox: "0 0 24 24", width: 34, height: 34, "aria-hidden": "true"}, share > 0 && full, path(KETTLE));
}
