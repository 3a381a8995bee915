// Language, sessions, taking settings along, moving house, and which version runs.

function languageField() {
  const change = async event => {
    localStorage.setItem("language", event.target.value);
    await choose(event.target.value);
    if (door) { door = null; signIn(); } else draw();
    $("language").focus();
  };
  return h("label", {}, t("language"), h("select", {id: "language", onchange: change, autocomplete: "off"}, Object.entries(LANGUAGES).map(([key, name]) => h("option", {value: key, lang: key, selected: key == lang}, name))));
}

const SETTINGS = {
  build(root) {
    const file = h("input", {type: "file", accept: ".json,application/json", required: true});
    const restore = async event => {
      event.preventDefault();
      const answer = await ask("/api/restore", await file.files[0].text(), true);
      notice(answer.ok ? t("restart") : answer.error, !answer.ok);
    };
    root.append(card("", languageField()),
      card(t("sessions"), h("p", {class: "soft"}, t("sessions.how")), h("button", {class: "plain", onclick: async () => { if ((await ask("/api/logout", {})).ok) signIn(); }}, t("logout"))),
      card(t("backup"), h("p", {class: "soft"}, t("backup.how")), h("button", {class: "plain", onclick: this.save}, t("backup.do")),
        h("details", {}, h("summary", {}, t("restore")), h("form", {onsubmit: restore}, h("label", {}, t("restore.file"), file), h("p", {class: "soft small"}, t("restore.how")), h("button", {class: "plain"}, t("restore.do"))))),
      card(t("move"), h("p", {class: "soft"}, t("move.how")), this.leave("house"), this.leave("owner")));
    this.about = card(t("about"));
    root.append(this.about);
    this.update();
  },
  async save() {
    const answer = await ask("/api/backup");
    if (!answer.ok) return notice(answer.error, true);
    const url = URL.createObjectURL(new Blob([JSON.stringify(answer.data, null, 1)], {type: "application/json"}));
    h("a", {href: url, download: "open-smart-box-" + forDate(S.t) + ".json"}).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    say(t("saved"));
  },
  leave(who) {
    const code = h("input", {autocomplete: "off", required: true, autocapitalize: "none", spellcheck: "false"});
    const go = async event => {
      event.preventDefault();
      const answer = await ask("/api/reset", {code: code.value.trim(), leave: who});
      if (answer.ok) { localStorage.removeItem("session"); notice(t("restart"), false); signIn(); }
      else notice(answer.status == 401 ? t("login.wrong") : answer.error, true);
    };
    return h("details", {}, h("summary", {}, t("move." + who)), h("form", {onsubmit: go, class: "stack"}, h("p", {class: "soft"}, t("move." + who + ".how")), h("label", {}, t("login.code"), code), h("button", {class: "danger"}, t("move." + who + ".do"))));
  },
  update() {
    const f = S.firmware || {};
    const facts = [[t("about.box"), S.box], [t("about.version"), f.version], [t("about.release"), f.release], [t("about.looked"), f.looked], [t("about.note"), Array.isArray(f.note) ? f.note[1] : f.note]];
    this.about.replaceChildren(h("h2", {}, t("about")), h("dl", {}, facts.filter(([, v]) => v !== null && v !== undefined && v !== "").map(([k, v]) => [h("dt", {}, k), h("dd", {}, String(v))])));
  },
};
