// Lets the reader sort a table by its columns. Without scripts the table stays in the order of the page.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, index) => {
    const isNumber = head.classList.contains("number");
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      // The first click puts the best on top, the next turns the order round.
      const descending = before ? before === "ascending" : isNumber && head.dataset.better !== "lower";
      const key = (row) => (isNumber ? row.cells[index].dataset.value : row.cells[index].textContent.trim());
      const sign = descending ? -1 : 1;
      const rows = [...body.rows].sort((one, other) => {
        const a = key(one), b = key(other);
        if (isNumber && (a === "" || b === "")) return (a === "") - (b === "");
        return sign * (isNumber ? a - b : a.localeCompare(b));
      });
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      body.append(...rows);
    });
  });
}
