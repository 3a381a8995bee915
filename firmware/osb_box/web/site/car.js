// The car: how far, by when. A charger does not tell how full the battery is: people know where they want to go.

const CAR = {
  build(root) {
    this.state = h("div");
    this.learned = h("div");
    this.usual = null;
    root.append(this.state);
    if (S.roles.includes("ev")) root.append(this.form(), this.learned);
    this.update();
  },
  form() {
    const by = new Date(((S.control.car || {}).by || S.t + 43200) * 1000);
    const km = h("input", {id: "km", type: "range", min: 0, max: 400, step: 10, value: 60, "aria-describedby": "far"}), far = h("output", {class: "mid", id: "far", for: "km"});
    const time = h("input", {type: "time", required: true, value: two(by.getHours()) + ":" + two(by.getMinutes())});
    const tell = () => { far.textContent = num(km.value) + " km"; km.setAttribute("aria-valuetext", far.textContent); };
    km.addEventListener("input", tell);
    tell();
    const send = event => {
      event.preventDefault();
      const then = new Date(S.t * 1000);
      then.setHours(...time.value.split(":"), 0, 0);
      if (then / 1000 <= S.t) then.setDate(then.getDate() + 1);
      wish("/api/car", {km: +km.value, by: Math.round(then / 1000)}, t("car.said", {n: num(km.value), time: moment(then / 1000)}));
    };
    return h("form", {onsubmit: send}, card(t("car.trip"), h("div", {}, h("label", {for: "km"}, t("car.far")), far, km),
      h("label", {}, t("car.when"), time), h("button", {class: "wide"}, t("car.do"))), h("p", {class: "soft small"}, t("car.how")));
  },
  update() {
    const words = carWords(), w = value("ev.power"), car = S.control.car;
    if (!words) return this.state.replaceChildren(card("", h("p", {class: "lead"}, t("car.none"))));
    if (car.usual_wh !== this.usual) {
      this.usual = car.usual_wh;
      this.learned.replaceChildren(...(this.usual ? [card(t("learned"), h("p", {class: "soft"}, t("car.usual", {energy: energy(this.usual)})),
        h("button", {class: "plain", onclick: () => wish("/api/car", {forget: true}, t("forgotten"))}, t("forget")))] : []));
    }
    const done = car.connected && car.need_wh > 0 ? Math.min(1, car.charged_wh / car.need_wh) : 0;
    this.state.replaceChildren(card("", h("p", {class: "mid"}, words[0]), words[1] && h("p", {class: "lead soft"}, words[1]),
      car.connected && h("div", {class: "flow"}, h("div", {class: "bar c-ev", role: "img", "aria-label": percent(done * 1000)}, share(done))),
      car.connected && h("p", {class: "soft"}, t("car.charged", {energy: energy(car.charged_wh), power: w === null ? t("unknown") : watts(w)}))));
  },
};
