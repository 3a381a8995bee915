// A bar chart that is a table, too. `series` are [name, label, values]; negative values hang below the line.

function chart(label, ticks, series, unit) {
  const wide = 340, high = 150, left = 30, n = ticks.length;
  const sum = sign => Math.max(0, ...ticks.map((_, i) => series.reduce((all, [, , v]) => all + Math.max(0, sign * (v[i] || 0)), 0)));
  const up = sum(1), down = sum(-1), all = up + down || 1, scale = (high - 8) / all, zero = 6 + up * scale, step = (wide - left) / n;
  const grain = 10 ** Math.floor(Math.log10(all)), mark = all / grain > 5 ? grain * 2 : all / grain > 2 ? grain : grain / 2;
  const lines = [];
  for (let v = -Math.floor(down / mark) * mark; v <= up; v += mark)
    lines.push(s("line", {x1: left, x2: wide, y1: zero - v * scale, y2: zero - v * scale, stroke: "var(--line)"}),
      s("text", {x: left - 5, y: zero - v * scale + 4, "text-anchor": "end"}, num(Math.abs(v), mark < 1 ? 1 : 0)));
  const bars = ticks.map((_, i) => {
    let top = zero, bottom = zero;
    return series.map(([name, , v]) => {
      const size = Math.abs(v[i] || 0) * scale;
      if (size < .3) return null;
      if (v[i] > 0) top -= size; else bottom += size;
      return s("rect", {class: "c-" + name, x: left + i * step + step * .12, width: step * .76, y: v[i] > 0 ? top : bottom - size, height: size, rx: Math.min(1.5, step / 4), fill: "currentColor"});
    });
  });
  const every = Math.ceil(n / 7), names = ticks.map((tick, i) => i % every == 0 && s("text", {x: left + (i + .5) * step, y: high + 14, "text-anchor": "middle"}, tick[0]));
  const table = h("table", {}, h("caption", {class: "hear"}, label),
    h("thead", {}, h("tr", {}, h("th", {scope: "col"}, ""), series.map(([, words]) => h("th", {scope: "col"}, words + " (" + unit + ")")))),
    h("tbody", {}, ticks.map((tick, i) => h("tr", {}, h("th", {scope: "row"}, tick[1]), series.map(([, , v]) => h("td", {}, v[i] === null ? "–" : num(Math.abs(v[i]), 1)))))));
  return h("figure", {}, s("svg", {class: "picture", viewBox: `0 0 ${wide} ${high + 20}`, role: "img", "aria-label": label}, lines, bars, s("line", {x1: left, x2: wide, y1: zero, y2: zero, stroke: "var(--edge)"}), names),
    h("p", {class: "legend"}, series.map(([name, words]) => h("span", {class: "c-" + name}, h("i"), h("span", {class: "ink"}, words)))),
    h("details", {}, h("summary", {}, t("table")), h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": label}, table)));
}
