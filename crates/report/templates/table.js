// The metric table by protocol, segment and cut-off. Numbers come in ten-thousandths, the digits that are printed.
if (document.getElementById("measurements")) {
  const data = JSON.parse(document.getElementById("measurements").textContent);
  const table = document.querySelector("table.metrics");
  const form = document.getElementById("table-view");
  const choice = form.elements;
  const names = ["protocol", "segment", "k", "columns", "intervals"];
  const usual = Object.fromEntries(names.map((name) => [name, choice[name].value]));
  const usualOrder = "ndcg";
  const fixed = (value) => (value / 1e4).toFixed(4).replace("-", "\u2212");
  const views = new Map(data.views.map((view) => [view.protocol + "\n" + view.segment, view]));
  const viewOf = (protocol, segment) => views.get(protocol + "\n" + segment);
  const textOf = (select) => select.selectedOptions[0].textContent;

  // A segment that the protocol does not have cannot be chosen.
  const settleSegment = () => {
    const options = [...choice.segment.options];
    for (const option of options) option.disabled = !viewOf(choice.protocol.value, option.value);
    if (choice.segment.selectedOptions[0]?.disabled) {
      choice.segment.value = (options.find((option) => !option.disabled) ?? options[0]).value;
    }
  };

  const cellOf = (value, best, domain) => {
    if (value === null || value === undefined) return element("td", { class: "number", "data-value": "" }, "–");
    const [middle, low, high] = Array.isArray(value) ? value : [value];
    const isBest = middle === best;
    const text = low === undefined ? null : `${fixed(low)} to ${fixed(high)}`;
    const cell = element("td", { class: isBest ? "number best" : "number", "data-value": middle, title: text });
    if (isBest) {
      cell.append(element("b", { class: "mark", "aria-hidden": "true" }, "★"), element("strong", {}, fixed(middle)));
      cell.append(element("span", { class: "unseen" }, " best"));
    } else {
      cell.append(fixed(middle));
    }
    if (text && choice.intervals.value === "text") cell.append(element("span", { class: "ends" }, text));
    if (text && choice.intervals.value === "bars" && domain) {
      const width = domain[1] - domain[0];
      const at = (point) => (width > 0 ? Math.min(100, Math.max(0, ((point - domain[0]) / width) * 100)) : 50);
      cell.append(element("span", { class: "range", "aria-hidden": "true" },
        element("span", { style: `left:${at(low)}%;width:${at(high) - at(low)}%` }), element("i", { style: `left:${at(middle)}%` })));
    }
    return cell;
  };

  const headOf = (metric) => {
    const lower = metric.better === "lower";
    const title = metric.meaning + (metric.better ? ` ${lower ? "Lower" : "Higher"} is better.` : "");
    return element("th", { scope: "col", class: "number", "data-better": lower ? "lower" : null, title },
      metric.label, lower ? " " : "", lower ? element("span", { class: "way", "aria-hidden": "true" }, "▼") : null,
      lower ? element("span", { class: "unseen" }, " (lower is better)") : null);
  };

  const draw = () => {
    settleSegment();
    const view = viewOf(choice.protocol.value, choice.segment.value) ?? { metrics: [], rows: [], users: "0" };
    const k = Number(choice.k.value);
    const shown = view.metrics
      .map((index, at) => ({ ...data.metrics[index], at: at + 1 }))
      .filter((metric) => (metric.k === null || metric.k === k) && ["all", metric.columns].includes(choice.columns.value));
    const isYardstick = (row) => data.models[row[0]][1] === "yardstick";
    const competing = view.rows.filter((row) => !isYardstick(row));
    for (const metric of shown) {
      const cells = competing.map((row) => row[metric.at]).filter((cell) => cell !== null && cell !== undefined);
      const values = cells.map((cell) => (Array.isArray(cell) ? cell[0] : cell));
      metric.best = values.length && metric.better ? Math[metric.better === "lower" ? "min" : "max"](...values) : null;
      const ends = cells.filter(Array.isArray);
      metric.domain = [Math.min(...ends.map((end) => end[1])), Math.max(...ends.map((end) => end[2]))];
    }
    table.tHead.rows[0].replaceChildren(element("th", { scope: "col" }, "Model"),
      element("th", { scope: "col" }, element("span", {}, "Kind")), ...shown.map(headOf));
    table.tBodies[0].replaceChildren(...view.rows.map((row) => {
      const [name, kind, symbol] = data.models[row[0]];
      return element("tr", { class: kind }, element("th", { scope: "row" }, name),
        element("td", { class: "kind" }, element("span", { class: "symbol", "aria-hidden": "true" }, symbol), " ",
          element("span", { class: "word" }, kind)),
        // Floors and ceilings would squeeze the scale: they are not marked and have no bar.
        ...shown.map((metric) => (isYardstick(row) ? cellOf(row[metric.at], null, null) : cellOf(row[metric.at], metric.best, metric.domain))));
    }));

    const columns = ["model", "kind", ...shown.map((metric) => metric.key)];
    const sortBy = makeSortable(table, (index, descending) => {
      const order = columns[index] + (descending ? "" : ".up");
      address.set({ sort: order === usualOrder ? null : order });
    });
    const order = address.get("sort") ?? usualOrder;
    const column = columns.indexOf(order.replace(/\.up$/, ""));
    if (column >= 0) sortBy(column, !order.endsWith(".up"));

    const protocol = data.protocols.find(([name]) => name === view.protocol);
    document.getElementById("view-name").textContent =
      `Protocol ${textOf(choice.protocol)}, segment ${textOf(choice.segment)}, K = ${k}: ${view.users} users`;
    document.getElementById("view-note").textContent =
      (protocol ? protocol[1] + " " : "") + "Means over the users with a relevant test item" +
      (protocol ? `; ${protocol[2]} without one are left out of the protocol` : "") + ". Ties in a score go to the smaller item id.";
  };

  const fromAddress = () => {
    for (const name of names) {
      const wanted = address.get(name) ?? usual[name];
      choice[name].value = [...choice[name].options].some((option) => option.value === wanted) ? wanted : usual[name];
    }
    draw();
  };
  form.addEventListener("change", () => {
    draw();
    address.set(Object.fromEntries(names.map((name) => [name, choice[name].value === usual[name] ? null : choice[name].value])));
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  address.onChange(fromAddress);
  form.hidden = false;
  fromAddress();
}
