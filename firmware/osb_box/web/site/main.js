// Which screen is shown; the address says it, so that going back works.

const SCREENS = {now: NOW, comfort: COMFORT, car: CAR, use: USE, coming: COMING, events: EVENTS, privacy: PRIVACY, settings: SETTINGS, installer: INSTALLER};
const FIRST = ["now", "comfort", "car", "use"];
let screen = null;

function draw(moved) {
  if (door) return;
  const wanted = location.hash.slice(1);
  screen = wanted in SCREENS ? wanted : "now";
  const nav = $("nav"), link = name => h("li", {class: FIRST.includes(name) ? null : "extra"}, h("a", {href: "#" + name, "aria-current": name == screen && "page"}, icon(name), h("span", {}, t("nav." + name))));
  const hidden = !FIRST.includes(screen);
  const more = h("button", {"aria-expanded": "false", "aria-current": hidden && "true", onclick: () => {
    const open = nav.classList.toggle("open");
    more.setAttribute("aria-expanded", open);
    if (open) nav.querySelector(".extra a").focus();
  }}, icon("more"), h("span", {}, t("nav.more")));
  nav.hidden = false;
  nav.classList.remove("open");
  nav.setAttribute("aria-label", t("nav"));
  nav.replaceChildren(h("ul", {}, Object.keys(SCREENS).map(link), h("li", {class: "more"}, more)));
  $("skip").textContent = t("skip");
  $("brand").textContent = t("title");
  const title = h("h1", {tabindex: "-1"}, t("title." + screen)), root = h("div");
  $("screen").replaceChildren(title, root);
  SCREENS[screen].build(root);
  redraw();
  if (moved) { title.focus({preventScroll: true}); scrollTo(0, 0); }
}

function redraw() {
  if (door || !screen) return;
  const live = $("live");
  live.className = "live" + (S.away ? "" : " on");
  live.replaceChildren(h("i", {"aria-hidden": "true"}), t(S.away ? "live.no" : "live.yes", {time: clock(S.t)}));
  const key = S.away + lang;
  if ($("banner").dataset.key != key) {
    $("banner").dataset.key = key;
    $("banner").replaceChildren(...(S.away ? [h("p", {class: "warn"}, t("away.how"))] : []));
  }
  if (SCREENS[screen].update) SCREENS[screen].update();
}

async function start() {
  await choose(preferred());
  if (!localStorage.getItem("session")) return signIn();
  if (!await look() && door) return;
  draw();
  follow();
}

addEventListener("hashchange", () => { if (location.hash != "#main") draw(true); });
addEventListener("keydown", event => { if (event.key == "Escape" && $("nav").classList.contains("open")) { const more = document.querySelector("nav .more button"); more.click(); more.focus(); } });
setInterval(() => { if (!door && S.heard && Date.now() - S.heard > SILENT_MS + 5000) away(true); }, 5000);
$("skip").addEventListener("click", event => { event.preventDefault(); $("main").focus(); });
start();
