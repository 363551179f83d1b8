// Lets the reader sort a table by its columns. Without scripts the table stays in the order of the page. `sorted` is told the column and
// the direction; floors and ceilings stay at the end.
function makeSortable(table, sorted = () => {}) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const sortBy = (index, descending) => {
    const isNumber = heads[index].classList.contains("number");
    const key = (row) => (isNumber ? row.cells[index].dataset.value : row.cells[index].textContent.trim());
    const isYardstick = (row) => row.classList.contains("yardstick");
    const sign = descending ? -1 : 1;
    const rows = [...body.rows].sort((one, other) => {
      if (isYardstick(one) !== isYardstick(other)) return isYardstick(one) - isYardstick(other);
      const a = key(one), b = key(other);
      if (isNumber && (a === "" || b === "")) return (a === "") - (b === "");
      return sign * (isNumber ? a - b : a.localeCompare(b));
    });
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[index].setAttribute("aria-sort", descending ? "descending" : "ascending");
    body.append(...rows);
  };
  heads.forEach((head, index) => {
    const button = element("button", { type: "button" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      // The first click puts the best on top, the next turns the order round.
      const best = head.classList.contains("number") && head.dataset.better !== "lower";
      const descending = before ? before === "ascending" : best;
      sortBy(index, descending);
      sorted(index, descending);
    });
  });
  return sortBy;
}

for (const table of document.querySelectorAll("table[data-sortable]")) {
  // The metric table is written anew by its own script where its numbers are there.
  if (!document.getElementById("measurements")) makeSortable(table);
}
