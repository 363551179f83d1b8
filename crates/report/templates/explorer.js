// One user at a time: what was rated, what two models put on top, where the relevant items landed with every model.
if (document.getElementById("explorer-data")) {
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const view = document.getElementById("explorer-view");
  const knownOrder = view.dataset.knownOrder;
  const count = (n) => n.toLocaleString("en");
  const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;
  const stars = (value) => element("span", { class: "stars" }, `${value} ★`);
  const option = (value, text) => element("option", { value }, text);
  const labelled = (text, control) => element("label", {}, text, control);

  const user = element("select", { id: "explorer-user" }, ...data.users.map((one, at) =>
    option(at, `${one.id} · ${count(one.n_known)} known, ${count(one.relevant.length)} relevant`)));
  const models = () => data.models.map((name, at) => option(at, name));
  const left = element("select", { id: "explorer-left" }, ...models());
  const right = element("select", { id: "explorer-right" }, ...models());
  // The best model beside the best base model, where there is one.
  const firstBase = data.kinds.indexOf("base");
  const usual = { left: 0, right: firstBase > 0 ? firstBase : Math.min(1, data.models.length - 1) };
  const before = element("button", { type: "button" }, "‹ Previous");
  const after = element("button", { type: "button" }, "Next ›");
  const body = element("div", { "aria-live": "polite" });

  const itemList = (items, row) => (items.length
    ? element("ol", { class: "items" }, ...items.map(row))
    : element("p", { class: "aside" }, "None."));
  const title = (index) => element("span", { class: "title", title: data.titles[index] }, data.titles[index]);

  const knownCard = (one) => {
    const note = one.known.length < one.n_known ? `${one.known.length} of ${count(one.n_known)}` : `all ${one.n_known}`;
    return element("div", { class: "card" }, element("h3", {}, "Rated before"),
      element("p", { class: "aside" }, note + (knownOrder ? `, ${knownOrder}` : "")),
      itemList(one.known, ([item, value]) => element("li", {}, title(item), stars(value))));
  };

  const topCard = (one, model) => {
    const [value, top] = one.models[model] ?? [null, []];
    const row = ([item, score, relevant, rating, why]) => {
      const mark = relevant ? element("b", { class: "hit", title: "relevant" }, "✓", element("span", { class: "unseen" }, " relevant")) : element("b", {});
      return element("li", { class: relevant ? "relevant" : null, title: score === null ? null : `score ${score}` }, mark, title(item), rating === null ? null : stars(rating), why ? element("span", { class: "why" }, why) : null);
    };
    return element("div", { class: "card top" }, element("h3", {}, `${data.models[model]} puts on top`),
      element("p", { class: "aside" }, value === null ? "" : `${data.metric} ${value.toFixed(4)}`), itemList(top, row));
  };

  // Ranks on a logarithmic scale: the first places are what a reader of a list sees.
  const strip = (one, ranks) => {
    const last = Math.max(2, one.candidates);
    const at = (rank) => (Math.log(rank) / Math.log(last)) * 100;
    const shown = ranks.map((rank, index) => [rank, index]).filter(([rank]) => rank !== null);
    return element("div", { class: "strip", "aria-hidden": "true" },
      element("span", { class: "zone", style: `width:${Math.min(100, at(Math.min(data.k + 0.5, last)))}%` }),
      ...shown.map(([rank, index]) => element("span", {
        class: rank <= data.k ? "dot in" : "dot", style: `left:${at(Math.min(rank, last))}%`,
        title: `${data.titles[one.relevant[index][0]]}: rank ${count(rank)}`,
      })));
  };

  const landedCard = (one) => {
    const rows = data.models.map((name, at) => {
      const [value, , ranks] = one.models[at] ?? [null, [], []];
      const hits = ranks.filter((rank) => rank !== null && rank <= data.k).length;
      return element("tr", { class: data.kinds[at] }, element("th", { scope: "row" }, name), element("td", { class: "wide" }, strip(one, ranks)),
        element("td", { class: "number" }, `${hits} of ${ranks.length}`),
        element("td", { class: "number" }, value === null ? "–" : value.toFixed(4)));
    });
    const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Model"),
      element("th", { scope: "col", class: "wide" }, element("span", { class: "ends-of" }, element("span", {}, "rank 1"), element("span", {}, count(one.candidates)))),
      element("th", { scope: "col", class: "number" }, `In top ${data.k}`), element("th", { scope: "col", class: "number" }, data.metric)));
    return element("div", { class: "card" }, element("h3", {}, "Where the relevant items landed"),
      element("p", { class: "aside" }, `A point an item, the first ${data.k} places shaded; ranks on a logarithmic scale.`),
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Where the relevant items landed" },
        element("table", { class: "landed" }, head, element("tbody", {}, ...rows))), ranksTable(one));
  };

  const ranksTable = (one) => {
    const rank = (value) => element("td", { class: value !== null && value <= data.k ? "number hit-rank" : "number" }, value === null ? "–" : count(value));
    const rows = one.relevant.map(([item, value], at) => element("tr", {}, element("th", { scope: "row" }, title(item), stars(value)),
      ...one.models.map(([, , ranks]) => rank(ranks[at] ?? null))));
    return element("details", {}, element("summary", {}, "The ranks as a table"),
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Ranks of the relevant items" },
        element("table", { class: "ranks-table" }, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Relevant item"),
          ...data.models.map((name) => element("th", { scope: "col", class: "number" }, name)))), element("tbody", {}, ...rows))));
  };

  // Relevant items that no model ranked, because they were no candidates, are told of.
  const whoText = (one) => {
    const ranked = one.relevant.filter((_, at) => one.models.some(([, , ranks]) => ranks[at] !== null && ranks[at] !== undefined)).length;
    const relevant = ranked === one.relevant.length
      ? `, ${count(ranked)} of them relevant.`
      : `. Of the user's ${plural(one.relevant.length, "relevant test item")}, ${count(ranked)} ${ranked === 1 ? "is" : "are"} among these.`;
    return `User ${one.id}: the models knew ${plural(one.n_known, "rating")} and ranked ${plural(one.candidates, "item")}${relevant}`;
  };

  const draw = () => {
    const one = data.users[user.value];
    const open = body.querySelector("details")?.open;
    const [a, b] = [Number(left.value), Number(right.value)];
    body.replaceChildren(
      element("p", { class: "who" }, whoText(one)),
      element("div", { class: "lists" }, knownCard(one), topCard(one, a), topCard(one, b)),
      landedCard(one));
    if (open) body.querySelector("details").open = true;
    before.disabled = Number(user.value) === 0;
    after.disabled = Number(user.value) === data.users.length - 1;
  };
  const chosen = () => {
    draw();
    const told = (select, home) => (Number(select.value) === home ? null : data.models[select.value]);
    address.set({ user: Number(user.value) === 0 ? null : data.users[user.value].id, left: told(left, usual.left), right: told(right, usual.right) });
  };
  const fromAddress = () => {
    const index = (list, wanted, home) => (wanted !== null && list.includes(wanted) ? list.indexOf(wanted) : home);
    user.value = index(data.users.map((one) => String(one.id)), address.get("user"), 0);
    left.value = index(data.models, address.get("left"), usual.left);
    right.value = index(data.models, address.get("right"), usual.right);
    draw();
  };
  const step = (by) => {
    user.value = Math.min(data.users.length - 1, Math.max(0, Number(user.value) + by));
    chosen();
  };
  before.addEventListener("click", () => step(-1));
  after.addEventListener("click", () => step(1));
  for (const select of [user, left, right]) select.addEventListener("change", chosen);
  view.append(element("div", { class: "card controls chooser" }, labelled("User", user), element("div", { class: "pager" }, before, after),
    labelled("First list", left), labelled("Second list", right)), body);
  address.onChange(fromAddress);
  view.hidden = false;
  fromAddress();
}
