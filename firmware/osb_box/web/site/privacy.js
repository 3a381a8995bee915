// What leaves the home: told by the box from the rule that it obeys, not by a text that somebody wrote.

const PRIVACY = {
  build(root) { this.root = h("div"); root.append(this.root); this.load(); },
  async load() {
    const answer = await ask("/api/privacy");
    if (!this.root.isConnected || !answer.ok) return;
    const d = answer.data;
    const names = list => list.length ? h("ul", {class: "list"}, Object.entries(group(list)).map(([role, whats]) => h("li", {}, h("strong", {}, t("role." + role)), h("p", {class: "soft"}, whats.join(" · "))))) : h("p", {class: "soft"}, t("privacy.nothing"));
    this.root.replaceChildren(card(t("privacy.leaves"), h("p", {class: "lead"}, d.hub ? t("privacy.hub", {host: d.hub.host}) : t("privacy.nohub")), d.hub && names(d.sent)),
      card(t("privacy.stays"), h("p", {class: "soft"}, t("privacy.stays.why")), names(d.kept)),
      d.hub && card(t("privacy.messages"), h("ul", {class: "list"}, d.messages.map(m => h("li", {}, t("message." + m))))),
      card(t("privacy.others"), h("ul", {class: "list"}, h("li", {}, d.home_assistant ? t("privacy.ha", {host: d.home_assistant}) : t("privacy.noha")), h("li", {}, d.updates ? t("privacy.updates", {host: d.updates}) : t("privacy.noupdates")), h("li", {}, t("privacy.page")))));
  },
  update() {},
};

function group(list) {
  const roles = {};
  for (const name of list) {
    const [role, what] = pointName(name).split(": ");
    const key = name.split(".")[0];
    (roles[key] = roles[key] || []).push(what);
  }
  return roles;
}
